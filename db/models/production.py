"""Generations: what was asked, who owns the run, what was rendered, judged and published."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

import db.models.versions  # noqa: F401  (branches and takes point to its tables)
from db.models.base import API, PUBLIC, Moment, Table, json_column, one_of, utc

STATUSES = ("processing", "completed", "needs_review", "failed", "cancelled")
KINDS = ("clip", "episode", "trailer", "direct")
"""What a job makes; all kinds are owned, watched and ended alike."""
STAGES = ("queued", "plan", "check", "render", "assess", "sync", "publish", "done")


class ProductionJob(Table, table=True):
    """A generation: its state is the authority, and `attempt` says which run may write it.

    One of another kind than a clip is asked for in `request`; those that it has made are its children.
    """

    __tablename__ = "production_jobs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "branch_id"], [f"{API}.branches.project_id", f"{API}.branches.id"]
        ),
        one_of("kind", KINDS),
        one_of("status", STATUSES),
        one_of("stage", STAGES),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        Index("ix_production_jobs_project_id_created_at", "project_id", "created_at"),
        Index("ix_production_jobs_processing", "created_at", postgresql_where=text("status = 'processing'")),
        Index("ix_production_jobs_scene", "branch_id", "scene_id"),
        Index("ix_production_jobs_episode", "branch_id", "episode_id", "created_at"),
        {"schema": API},
    )

    id: str = Field(primary_key=True)
    project_id: int
    branch_id: int
    scene_id: int | None = None
    title: str
    status: str = Field(default="processing", sa_column_kwargs={"server_default": "processing"})
    stage: str = Field(default="queued", sa_column_kwargs={"server_default": "queued"})
    progress: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    attempt: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    first_attempt: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    take: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    chosen_take: int | None = None
    priority: int | None = Field(default=None, sa_type=SmallInteger)
    approved_at: Moment | None = utc(nullable=True)
    flow_run_id: UUID | None = None
    submitted_at: Moment | None = utc(nullable=True)
    heartbeat_at: Moment | None = utc(nullable=True)
    run_host: str | None = None
    run_pid: int | None = None
    run_started: float | None = None
    event_seq: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    video_path: str | None = None
    published_path: str | None = None
    error: dict[str, Any] | None = json_column(nullable=True)
    created_at: Moment = utc()
    updated_at: Moment = utc()
    started_at: Moment | None = utc(nullable=True)
    finished_at: Moment | None = utc(nullable=True)
    kind: str = Field(default="clip", sa_column_kwargs={"server_default": "clip"})
    parent_id: str | None = Field(
        default=None, index=True, foreign_key=f"{API}.production_jobs.id", ondelete="SET NULL"
    )
    episode_id: int | None = None
    request: dict[str, Any] = json_column()


def of_generation(*, primary_key: bool = False) -> Any:
    return Field(foreign_key=f"{API}.production_jobs.id", ondelete="CASCADE", primary_key=primary_key)


class GenerationRequest(Table, table=True):
    """What a user asked for, with what the defaults made of it."""

    __tablename__ = "generation_requests"
    __table_args__ = ({"schema": PUBLIC},)

    generation_id: str = of_generation(primary_key=True)
    prompt: str
    negative_prompt: str = ""
    duration_s: float
    style: str
    quality: str
    characters: list[str] = json_column(empty="[]")
    seed: int | None = Field(default=None, sa_type=BigInteger)
    audio_path: str | None = None
    workflow: str | None = None
    width: int
    height: int
    fps_num: int
    fps_den: int
    parameters: dict[str, Any] = json_column()
    body: dict[str, Any] = json_column()
    created_at: Moment = utc()


class Stage(Table, table=True):
    """A stage that a run began or finished; a finished one is not done again."""

    __tablename__ = "generation_stages"
    __table_args__ = (one_of("stage", STAGES), {"schema": API})

    generation_id: str = of_generation(primary_key=True)
    stage: str = Field(primary_key=True)
    take: int = Field(primary_key=True)
    attempt: int
    started_at: Moment = utc()
    finished_at: Moment | None = utc(nullable=True)
    result: dict[str, Any] = json_column()


class GenerationEvent(Table, table=True):
    """What happened to a generation, numbered without gaps."""

    __tablename__ = "generation_events"
    __table_args__ = ({"schema": API},)

    generation_id: str = of_generation(primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str
    payload: dict[str, Any] = json_column()
    created_at: Moment = utc()


class Take(Table, table=True):
    """One rendering of a generation, or a repair of one, with all that made it."""

    __tablename__ = "takes"
    __table_args__ = (Index("ix_takes_inputs_hash", "inputs_hash"), {"schema": API})

    generation_id: str = of_generation(primary_key=True)
    take: int = Field(primary_key=True)
    attempt: int
    tree_hash: str | None = Field(default=None, foreign_key=f"{API}.tree_nodes.hash")
    inputs_hash: str
    workflow: str
    workflow_hash: str
    model: str
    seed: int = Field(sa_type=BigInteger)
    parameters: dict[str, Any] = json_column()
    server: str | None = None
    video_sha256: str | None = Field(default=None, foreign_key="assets.sha256")
    clip_sha256: str | None = Field(default=None, foreign_key="assets.sha256")
    repaired_from: int | None = None
    repairs: list[dict[str, str]] = json_column(empty="[]")
    created_at: Moment = utc()


class Asset(Table, table=True):
    """A file in the content-addressed store, or one that was there and was taken away."""

    __tablename__ = "assets"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size_bytes >= 0", name="size"),
        CheckConstraint("(removed_at IS NULL) = (removed_why IS NULL)", name="removed"),
        Index("ix_assets_removed", "removed_at", postgresql_where=text("removed_at IS NOT NULL")),
        {"schema": PUBLIC},
    )

    sha256: str = Field(primary_key=True)
    path: str
    kind: str
    size_bytes: int = Field(sa_type=BigInteger)
    project_id: int | None = Field(
        default=None, index=True, foreign_key=f"{API}.anime_projects.id", ondelete="SET NULL"
    )
    created_at: Moment = utc()
    removed_at: Moment | None = utc(nullable=True)
    removed_why: str | None = None


class QualityMetrics(Table, table=True):
    """The verdict on a generation's chosen take."""

    __tablename__ = "quality_metrics"
    __table_args__ = (
        one_of("verdict", ("pass", "fail", "not judged")),
        CheckConstraint("score BETWEEN 0 AND 10", name="score"),
        {"schema": API},
    )

    generation_id: str = of_generation(primary_key=True)
    take: int
    verdict: str
    score: float | None = None
    reasons: list[str] = json_column(empty="[]")
    created_at: Moment = utc()


class QualityAssessment(Table, table=True):
    """One measurement of one take."""

    __tablename__ = "quality_assessments"
    __table_args__ = (
        one_of("verdict", ("pass", "fail", "warn", "not judged")),
        {"schema": PUBLIC},
    )

    generation_id: str = of_generation(primary_key=True)
    take: int = Field(primary_key=True)
    metric: str = Field(primary_key=True)
    value: float | None = None
    unit: str
    threshold: float | None = None
    verdict: str
    frames: list[int] = json_column(empty="[]")
    source: str
    reason: str = ""
    created_at: Moment = utc()


class GenerationAnalytics(Table, table=True):
    """How long a stage took, from which completion is estimated."""

    __tablename__ = "generation_analytics"
    __table_args__ = (
        CheckConstraint("seconds >= 0", name="seconds"),
        Index("ix_generation_analytics_stage", "stage", "id"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    generation_id: str = of_generation()
    stage: str
    take: int
    seconds: float
    created_at: Moment = utc()


class Special(Table, table=True):
    """The number of a clip among its series' specials, kept for life, and the file that stands there now."""

    __tablename__ = "specials"
    __table_args__ = (
        UniqueConstraint("project_id", "scene_id"),
        UniqueConstraint("generation_id"),
        CheckConstraint("(scene_id IS NULL) <> (generation_id IS NULL)", name="one_owner"),
        {"schema": API},
    )

    project_id: int = Field(primary_key=True, foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    scene_id: int | None = None
    generation_id: str | None = Field(
        default=None, foreign_key=f"{API}.production_jobs.id", ondelete="CASCADE"
    )
    path: str | None = None
    created_at: Moment = utc()
    updated_at: Moment = utc()


class IdempotencyKey(Table, table=True):
    """A request that was answered once, and its answer."""

    __tablename__ = "idempotency_keys"
    __table_args__ = ({"schema": API},)

    token: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_sha256: str
    status: int
    answer: dict[str, Any] = json_column()
    created_at: Moment = utc()
