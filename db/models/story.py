"""What a project tells: its episodes, arcs and timelines, and how its bible came about."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Sequence, UniqueConstraint, text
from sqlmodel import Field

from db.models.base import (
    API,
    PUBLIC,
    Moment,
    Table,
    entity_id,
    json_column,
    of_branch,
    of_project,
    one_of,
    utc,
)

ARC_STATUSES = ("planned", "active", "resolved")
EPISODE_STATUSES = ("draft", "processing", "completed", "needs_review", "failed", "cancelled")
STATES = ("unknown", "introduced", "absent", "dead")

episode_ids = Sequence("episode_entity_id_seq", schema=API, metadata=Table.metadata)


class Episode(Table, table=True):
    """An episode as one branch has it; `id` is the same on every branch."""

    __tablename__ = "episodes"
    __table_args__ = (
        of_branch(),
        UniqueConstraint("branch_id", "episode_number", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("branch_id", "uuid"),
        one_of("status", EPISODE_STATUSES),
        CheckConstraint("episode_number > 0", name="number"),
        CheckConstraint("duration_s >= 0", name="duration"),
        CheckConstraint("quality_score BETWEEN 0 AND 10", name="quality"),
        Index("ix_episodes_project_id_branch_id", "project_id", "branch_id", "episode_number"),
        Index("ix_episodes_uuid", "uuid"),
        Index("ix_episodes_dirty", "branch_id", postgresql_where=text("dirty")),
        {"schema": PUBLIC},
    )

    branch_id: int = Field(primary_key=True)
    id: int | None = entity_id(episode_ids)
    uuid: UUID | None = Field(
        default=None, nullable=False, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    project_id: int
    episode_number: int
    title: str
    synopsis: str = Field(default="", sa_column_kwargs={"server_default": ""})
    scene_ids: list[int] = json_column(empty="[]")
    details: dict[str, Any] = json_column("metadata")
    status: str = Field(default="draft", sa_column_kwargs={"server_default": "draft"})
    video_path: str | None = None
    duration_s: float | None = None
    quality_score: float | None = None
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    dirty: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: Moment = utc()
    updated_at: Moment = utc()
    audio: dict[str, Any] | None = json_column(nullable=True)


class StoryArc(Table, table=True):
    """A thread of the narrative, over scenes and characters, in the order in which arcs are told."""

    __tablename__ = "story_arcs"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        one_of("status", ARC_STATUSES),
        Index("ix_story_arcs_project_id_position", "project_id", "position", "id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = of_project()
    name: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    status: str = Field(default="planned", sa_column_kwargs={"server_default": "planned"})
    position: int
    scene_ids: list[int] = json_column(empty="[]")
    characters: list[str] = json_column(empty="[]")
    created_at: Moment = utc()
    updated_at: Moment = utc()


class StoryTimeline(Table, table=True):
    """A line of story time: the main one, a flashback, another world."""

    __tablename__ = "story_timelines"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_story_timelines_project_id_position", "project_id", "position", "id"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = of_project()
    name: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    position: int
    created_at: Moment = utc()
    updated_at: Moment = utc()


class StorylineContext(Table, table=True):
    """What holds of somebody or something on a timeline, from a scene number on."""

    __tablename__ = "storyline_context"
    __table_args__ = (
        one_of("state", STATES),
        CheckConstraint("from_scene_number > 0", name="scene_number"),
        Index("ix_storyline_context_timeline", "timeline_id", "from_scene_number", "id"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    timeline_id: int = Field(foreign_key=f"{API}.story_timelines.id", ondelete="CASCADE")
    from_scene_number: int
    subject: str
    state: str | None = None
    note: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: Moment = utc()
    updated_at: Moment = utc()


class BibleHistory(Table, table=True):
    """What a version of a bible changed of the one before, as a merge patch."""

    __tablename__ = "bible_history"
    __table_args__ = (
        of_branch(),
        ForeignKeyConstraint(["bible_id"], [f"{API}.project_bibles.id"], ondelete="CASCADE"),
        UniqueConstraint("bible_id"),
        Index("ix_bible_history_branch_id_version", "branch_id", "version"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    bible_id: int
    project_id: int
    branch_id: int
    version: int
    changes: dict[str, Any] = json_column()
    created_at: Moment = utc()
