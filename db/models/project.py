"""Projects, their branches, and the working state of each branch: a row per entity and branch."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Sequence, UniqueConstraint, text
from sqlmodel import Field

import db.models.versions  # noqa: F401  (branches and takes point to its tables)
from db.models.base import API, Moment, Table, entity_id, json_column, of_branch, one_of, utc

CONSISTENCY = ("refuse", "warn")
"""What becomes of a generation whose request contradicts the bible."""

character_ids = Sequence("character_entity_id_seq", schema=API, metadata=Table.metadata)
scene_ids = Sequence("scene_entity_id_seq", schema=API, metadata=Table.metadata)
bible_character_ids = Sequence("bible_character_entity_id_seq", schema=API, metadata=Table.metadata)


class AnimeProject(Table, table=True):
    """A project as its users know it."""

    __tablename__ = "anime_projects"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'archived')", name="status"),
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_length"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    status: str = Field(default="active", sa_column_kwargs={"server_default": "active"})
    details: dict[str, Any] = json_column("metadata")
    created_at: Moment = utc()
    updated_at: Moment = utc()


class ProjectSettings(Table, table=True):
    """How a project is produced: rate, size, style and its folder in the library."""

    __tablename__ = "projects"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0 AND fps_num > 0 AND fps_den > 0", name="positive"),
        one_of("consistency", CONSISTENCY),
        CheckConstraint("retention_days >= 1", name="retention_days"),
        {"schema": API},
    )

    id: int = Field(primary_key=True, foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    fps_num: int = 24
    fps_den: int = 1
    width: int = 832
    height: int = 480
    default_style: str = "anime"
    consistency: str = Field(default="refuse", sa_column_kwargs={"server_default": "refuse"})
    library_folder: str = Field(unique=True)
    created_at: Moment = utc()
    updated_at: Moment = utc()
    retention_days: int | None = None


class Branch(Table, table=True):
    """A line of work on a project."""

    __tablename__ = "branches"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        UniqueConstraint("project_id", "id"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    name: str
    head_commit_id: str | None = Field(default=None, foreign_key=f"{API}.commits.id")
    created_at: Moment = utc()
    updated_at: Moment = utc()


def _uncommitted(table: str) -> Index:
    """A commit reads only what changed since the one before."""
    return Index(f"ix_{table}_dirty", "branch_id", postgresql_where=text("dirty"))


class Character(Table, table=True):
    """A character as one branch has it; `id` is the same on every branch."""

    __tablename__ = "characters"
    __table_args__ = (
        of_branch(),
        UniqueConstraint("branch_id", "name", deferrable=True, initially="IMMEDIATE"),
        Index("ix_characters_project_id_branch_id", "project_id", "branch_id", "id"),
        _uncommitted("characters"),
        Index("ix_characters_id", "id"),
        {"schema": API},
    )

    branch_id: int = Field(primary_key=True)
    id: int | None = entity_id(character_ids)
    project_id: int
    name: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    image_path: str | None = None
    comfyui_workflow: str | None = None
    details: dict[str, Any] = json_column("metadata")
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    dirty: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: Moment = utc()
    updated_at: Moment = utc()


class Scene(Table, table=True):
    """A scene as one branch has it; `id` is the same on every branch."""

    __tablename__ = "scenes"
    __table_args__ = (
        of_branch(),
        UniqueConstraint("branch_id", "scene_number", deferrable=True, initially="DEFERRED"),
        CheckConstraint("scene_number > 0", name="number"),
        _uncommitted("scenes"),
        Index("ix_scenes_id", "id"),
        {"schema": API},
    )

    branch_id: int = Field(primary_key=True)
    id: int | None = entity_id(scene_ids)
    project_id: int
    scene_number: int
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    video_path: str | None = None
    details: dict[str, Any] = json_column("metadata")
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    dirty: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: Moment = utc()
    updated_at: Moment = utc()


class SceneCharacter(Table, table=True):
    """Who is in a scene: the name as given, and the character it names, once there is one."""

    __tablename__ = "scene_characters"
    __table_args__ = (
        ForeignKeyConstraint(
            ["branch_id", "scene_id"], [f"{API}.scenes.branch_id", f"{API}.scenes.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["branch_id", "character_id"], [f"{API}.characters.branch_id", f"{API}.characters.id"]
        ),
        Index("ix_scene_characters_character", "branch_id", "character_id"),
        {"schema": API},
    )

    branch_id: int = Field(primary_key=True)
    scene_id: int = Field(primary_key=True)
    name: str = Field(primary_key=True)
    position: int
    character_id: int | None = None


class ProjectBible(Table, table=True):
    """A version of a project's narrative guide on one branch; the newest is in effect."""

    __tablename__ = "project_bibles"
    __table_args__ = (
        of_branch(),
        UniqueConstraint("branch_id", "version"),
        _uncommitted("project_bibles"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    branch_id: int
    project_id: int = Field(index=True)
    version: int
    title: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    content: dict[str, Any] = json_column()
    dirty: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: Moment = utc()
    updated_at: Moment = utc()


class BibleCharacter(Table, table=True):
    """What the bible says of a character on one branch."""

    __tablename__ = "bible_characters"
    __table_args__ = (
        of_branch(),
        UniqueConstraint("branch_id", "name", deferrable=True, initially="IMMEDIATE"),
        _uncommitted("bible_characters"),
        Index("ix_bible_characters_id", "id"),
        {"schema": API},
    )

    branch_id: int = Field(primary_key=True)
    id: int | None = entity_id(bible_character_ids)
    project_id: int
    name: str
    role: str | None = None
    personality: str | None = None
    backstory: str | None = None
    visual_description: str | None = None
    abilities: list[Any] = json_column(empty="[]")
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    dirty: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: Moment = utc()
    updated_at: Moment = utc()


class MusicSceneSync(Table, table=True):
    """The music a scene is laid on and, for a generation, how its cuts measured against the beats."""

    __tablename__ = "music_scene_sync"
    __table_args__ = (
        ForeignKeyConstraint(
            ["branch_id", "scene_id"], [f"{API}.scenes.branch_id", f"{API}.scenes.id"], ondelete="CASCADE"
        ),
        CheckConstraint("bpm > 0", name="bpm"),
        Index("ix_music_scene_sync_scene", "branch_id", "scene_id", "id"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    branch_id: int
    scene_id: int | None = None
    generation_id: str | None = Field(
        default=None, unique=True, foreign_key=f"{API}.production_jobs.id", ondelete="CASCADE"
    )
    audio_path: str
    bpm: float | None = None
    sync_points: list[Any] = json_column(empty="[]")
    report: dict[str, Any] | None = json_column(nullable=True)
    created_at: Moment = utc()
    hit_rate_1_frame: float | None = None
    hit_rate_40ms: float | None = None
    chance_hit_rate_40ms: float | None = None
    median_ms: float | None = None
    p95_abs_ms: float | None = None
    downbeat_share: float | None = None
    beat_alignment: float | None = None
    largest_retime: float | None = None
    av_offset_ms: float | None = None
    cut_list: list[Any] | None = json_column(nullable=True)
