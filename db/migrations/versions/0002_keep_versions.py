"""Keep versions: trees, commits, tags, merges, and what of a branch is not committed yet.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VERSIONED = ("characters", "scenes", "bible_characters", "project_bibles")
NUMBERED = ("characters", "scenes", "bible_characters")
NAMED = ("characters", "bible_characters")


def _at(name: str = "created_at") -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _json(name: str, empty: str) -> "sa.Column[object]":
    return sa.Column(name, postgresql.JSONB(none_as_null=True), server_default=empty, nullable=False)


def _fk(
    table: str, column: str, target: str, *, key: str = "id", cascade: bool = True
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"anime_api.{target}.{key}"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    for table in ("tree_nodes", "tree_blobs"):
        op.create_table(
            table,
            sa.Column("hash", sa.String(), nullable=False),
            sa.Column("content", sa.String(), nullable=False),
            _at(),
            sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name=op.f(f"ck_{table}_hash")),
            sa.PrimaryKeyConstraint("hash", name=op.f(f"pk_{table}")),
            schema="anime_api",
        )
    op.create_table(
        "commits",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("tree_hash", sa.String(), nullable=False),
        _json("notes", "{}"),
        _at(),
        sa.CheckConstraint(
            "kind IN ('first', 'commit', 'merge', 'revert', 'cherry-pick')", name=op.f("ck_commits_kind")
        ),
        _fk("commits", "project_id", "anime_projects"),
        _fk("commits", "tree_hash", "tree_nodes", key="hash", cascade=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commits")),
        sa.UniqueConstraint("number", name=op.f("uq_commits_number")),
        schema="anime_api",
    )
    op.create_index("ix_commits_project_id_number", "commits", ["project_id", "number"], schema="anime_api")
    op.create_table(
        "commit_parents",
        sa.Column("commit_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=False),
        _fk("commit_parents", "commit_id", "commits"),
        _fk("commit_parents", "parent_id", "commits"),
        sa.PrimaryKeyConstraint("commit_id", "position", name=op.f("pk_commit_parents")),
        schema="anime_api",
    )
    op.create_index(op.f("ix_commit_parents_parent_id"), "commit_parents", ["parent_id"], schema="anime_api")
    op.create_table(
        "tags",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("commit_id", sa.String(), nullable=False),
        sa.Column("message", sa.String(), server_default="", nullable=False),
        _at(),
        _fk("tags", "project_id", "anime_projects"),
        _fk("tags", "commit_id", "commits"),
        sa.PrimaryKeyConstraint("project_id", "name", name=op.f("pk_tags")),
        schema="anime_api",
    )
    op.create_index(op.f("ix_tags_commit_id"), "tags", ["commit_id"], schema="anime_api")
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        _json("conflicts", "[]"),
        _json("resolutions", "[]"),
        sa.Column("commit_id", sa.String(), nullable=True),
        _at(),
        _at("updated_at"),
        sa.CheckConstraint("kind IN ('merge', 'revert', 'cherry-pick')", name=op.f("ck_merges_kind")),
        sa.CheckConstraint("status IN ('open', 'merged', 'aborted')", name=op.f("ck_merges_status")),
        _fk("merges", "project_id", "anime_projects"),
        _fk("merges", "branch_id", "branches"),
        _fk("merges", "commit_id", "commits"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        schema="anime_api",
    )
    for column in ("project_id", "branch_id"):
        op.create_index(op.f(f"ix_merges_{column}"), "merges", [column], schema="anime_api")
    op.create_table(
        "branch_parts",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("blob_hash", sa.String(), nullable=False),
        sa.Column("dirty", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint("part IN ('project', 'style', 'scene_order')", name=op.f("ck_branch_parts_part")),
        _fk("branch_parts", "branch_id", "branches"),
        _fk("branch_parts", "blob_hash", "tree_blobs", key="hash", cascade=False),
        sa.PrimaryKeyConstraint("branch_id", "part", name=op.f("pk_branch_parts")),
        schema="anime_api",
    )
    op.create_table(
        "tombstones",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        _at(),
        sa.CheckConstraint(
            "kind IN ('characters', 'scenes', 'episodes', 'bible/characters')",
            name=op.f("ck_tombstones_kind"),
        ),
        _fk("tombstones", "branch_id", "branches"),
        sa.PrimaryKeyConstraint("branch_id", "kind", "entity_id", name=op.f("pk_tombstones")),
        schema="anime_api",
    )
    op.add_column("branches", sa.Column("head_commit_id", sa.String(), nullable=True), schema="anime_api")
    op.create_foreign_key(
        op.f("fk_branches_head_commit_id_commits"), "branches", "commits", ["head_commit_id"], ["id"],
        source_schema="anime_api", referent_schema="anime_api",
    )  # fmt: skip
    op.add_column("takes", sa.Column("tree_hash", sa.String(), nullable=True), schema="anime_api")
    op.create_foreign_key(
        op.f("fk_takes_tree_hash_tree_nodes"), "takes", "tree_nodes", ["tree_hash"], ["hash"],
        source_schema="anime_api", referent_schema="anime_api",
    )  # fmt: skip
    for table in VERSIONED:
        op.create_index(
            f"ix_{table}_dirty", table, ["branch_id"], schema="anime_api", postgresql_where=sa.text("dirty")
        )
    for table in NUMBERED:
        op.create_index(f"ix_{table}_id", table, ["id"], schema="anime_api")
    for table in NAMED:  # a merge may have two rows swap their names in one statement
        op.drop_constraint(op.f(f"uq_{table}_branch_id_name"), table, schema="anime_api", type_="unique")
        op.create_unique_constraint(
            op.f(f"uq_{table}_branch_id_name"), table, ["branch_id", "name"],
            schema="anime_api", deferrable=True, initially="IMMEDIATE",
        )  # fmt: skip


def downgrade() -> None:
    for table in NAMED:
        op.drop_constraint(op.f(f"uq_{table}_branch_id_name"), table, schema="anime_api", type_="unique")
        op.create_unique_constraint(
            op.f(f"uq_{table}_branch_id_name"), table, ["branch_id", "name"], schema="anime_api"
        )
    for table in NUMBERED:
        op.drop_index(f"ix_{table}_id", table, schema="anime_api")
    for table in VERSIONED:
        op.drop_index(f"ix_{table}_dirty", table, schema="anime_api")
    op.drop_column("takes", "tree_hash", schema="anime_api")
    op.drop_column("branches", "head_commit_id", schema="anime_api")
    for table in ("tombstones", "branch_parts", "merges", "tags", "commit_parents", "commits"):
        op.drop_table(table, schema="anime_api")
    for table in ("tree_blobs", "tree_nodes"):
        op.drop_table(table, schema="anime_api")
