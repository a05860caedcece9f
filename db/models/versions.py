"""What version control keeps: trees of content-addressed nodes, commits, tags and merges under way."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index
from sqlmodel import Field

from db.models.base import API, Moment, Table, json_column, utc


class TreeNode(Table, table=True):
    """A node of a project's tree, under the SHA-256 of its canonical JSON."""

    __tablename__ = "tree_nodes"
    __table_args__ = (CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash"), {"schema": API})

    hash: str = Field(primary_key=True)
    content: str
    created_at: Moment = utc()


class TreeBlob(Table, table=True):
    """What an entity was at some time, under the SHA-256 of its canonical JSON."""

    __tablename__ = "tree_blobs"
    __table_args__ = (CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash"), {"schema": API})

    hash: str = Field(primary_key=True)
    content: str
    created_at: Moment = utc()


class Commit(Table, table=True):
    """A state of a project that somebody recorded; `number` is above that of every ancestor."""

    __tablename__ = "commits"
    __table_args__ = (
        CheckConstraint("kind IN ('first', 'commit', 'merge', 'revert', 'cherry-pick')", name="kind"),
        Index("ix_commits_project_id_number", "project_id", "number"),
        {"schema": API},
    )

    id: str = Field(primary_key=True)
    number: int | None = Field(
        default=None,
        sa_column=Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    )
    project_id: int = Field(foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    branch_name: str
    kind: str
    message: str
    tree_hash: str = Field(foreign_key=f"{API}.tree_nodes.hash")
    notes: dict[str, Any] = json_column()
    created_at: Moment = utc()


class CommitParent(Table, table=True):
    """What a commit follows: the branch's head first, then what was merged into it."""

    __tablename__ = "commit_parents"
    __table_args__ = ({"schema": API},)

    commit_id: str = Field(primary_key=True, foreign_key=f"{API}.commits.id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    parent_id: str = Field(index=True, foreign_key=f"{API}.commits.id", ondelete="CASCADE")


class Tag(Table, table=True):
    """A name for a commit that does not move."""

    __tablename__ = "tags"
    __table_args__ = ({"schema": API},)

    project_id: int = Field(primary_key=True, foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    commit_id: str = Field(index=True, foreign_key=f"{API}.commits.id", ondelete="CASCADE")
    message: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: Moment = utc()


class Merge(Table, table=True):
    """A merge, revert or cherry-pick that met conflicts, and what was decided about them."""

    __tablename__ = "merges"
    __table_args__ = (
        CheckConstraint("kind IN ('merge', 'revert', 'cherry-pick')", name="kind"),
        CheckConstraint("status IN ('open', 'merged', 'aborted')", name="status"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(index=True, foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    branch_id: int = Field(index=True, foreign_key=f"{API}.branches.id", ondelete="CASCADE")
    kind: str
    source: str
    message: str
    status: str = Field(default="open", sa_column_kwargs={"server_default": "open"})
    conflicts: list[Any] = json_column(empty="[]")
    resolutions: list[Any] = json_column(empty="[]")
    commit_id: str | None = Field(default=None, foreign_key=f"{API}.commits.id", ondelete="CASCADE")
    created_at: Moment = utc()
    updated_at: Moment = utc()


class BranchPart(Table, table=True):
    """The project's own fields, its style and its scene order, as a branch has them.

    The first two are rows of their own for `main`: there, this is what was committed of them.
    """

    __tablename__ = "branch_parts"
    __table_args__ = (
        CheckConstraint("part IN ('project', 'style', 'scene_order')", name="part"),
        {"schema": API},
    )

    branch_id: int = Field(primary_key=True, foreign_key=f"{API}.branches.id", ondelete="CASCADE")
    part: str = Field(primary_key=True)
    blob_hash: str = Field(foreign_key=f"{API}.tree_blobs.hash")
    dirty: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})


class Tombstone(Table, table=True):
    """An entity that was deleted on a branch since its head."""

    __tablename__ = "tombstones"
    __table_args__ = (
        CheckConstraint("kind IN ('characters', 'scenes', 'episodes', 'bible/characters')", name="kind"),
        {"schema": API},
    )

    branch_id: int = Field(primary_key=True, foreign_key=f"{API}.branches.id", ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    entity_id: str = Field(primary_key=True)
    created_at: Moment = utc()
