"""What is set going by others than a user's own request: the director's commands, schedules."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from db.models.base import API, PUBLIC, Moment, Table, json_column, of_project, one_of, utc

OUTCOMES = ("planned", "asked", "accepted", "completed", "refused", "failed")
TURN_STATES = ("asked", "refused", "planned", "accepted", "dropped", "answered")
STEP_STATES = ("processing", "completed", "failed", "skipped")
SCHEDULES = ("cron", "rrule")


class OrchestrationLog(Table, table=True):
    """What the director was told, what it planned by rules or by a model, and what came of it."""

    __tablename__ = "echo_orchestration_logs"
    __table_args__ = (
        one_of("made_by", ("rules", "model")),
        one_of("outcome", OUTCOMES),
        Index("ix_echo_orchestration_logs_project", "project_id", "id"),
        Index("ix_echo_orchestration_logs_conversation", "conversation_id", "id"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    project_id: int | None = Field(default=None, foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    generation_id: str | None = Field(
        default=None, index=True, foreign_key=f"{API}.production_jobs.id", ondelete="CASCADE"
    )
    conversation_id: str | None = None
    command: str
    made_by: str = Field(default="rules", sa_column_kwargs={"server_default": "rules"})
    asked: dict[str, Any] = json_column()
    plan: list[dict[str, Any]] = json_column(empty="[]")
    dropped: list[dict[str, Any]] = json_column(empty="[]")
    outcome: str
    created_at: Moment = utc()
    updated_at: Moment = utc()
    token: str | None = None


class DirectorTurn(Table, table=True):
    """Something said to the director, the plan that it came to, and whether that is carried out."""

    __tablename__ = "director_turns"
    __table_args__ = (
        one_of("made_by", ("rules", "model")),
        one_of("state", TURN_STATES),
        UniqueConstraint("plan_id"),
        Index("ix_director_turns_conversation", "token", "conversation_id", "id"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    plan_id: str
    token: str
    conversation_id: str
    project_id: int | None = Field(default=None, foreign_key=f"{API}.anime_projects.id", ondelete="CASCADE")
    request: str
    context: dict[str, Any] = json_column()
    plan: dict[str, Any] = json_column()
    response: str
    made_by: str = Field(default="rules", sa_column_kwargs={"server_default": "rules"})
    state: str
    generation_id: str | None = Field(
        default=None, index=True, foreign_key=f"{API}.production_jobs.id", ondelete="SET NULL"
    )
    created_at: Moment = utc()
    updated_at: Moment = utc()


class DirectorStep(Table, table=True):
    """A step of a plan that is carried out: how it stands, and what it made."""

    __tablename__ = "director_steps"
    __table_args__ = (one_of("state", STEP_STATES), {"schema": API})

    generation_id: str = Field(primary_key=True, foreign_key=f"{API}.production_jobs.id", ondelete="CASCADE")
    step: int = Field(primary_key=True)
    state: str
    child_id: str | None = None
    result: dict[str, Any] = json_column()
    created_at: Moment = utc()
    updated_at: Moment = utc()


class ProductionSchedule(Table, table=True):
    """When a batch of a project runs, by cron or recurrence rule in a time zone."""

    __tablename__ = "production_schedule"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        one_of("kind", SCHEDULES),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = of_project()
    name: str
    kind: str
    expression: str
    time_zone: str = Field(default="UTC", sa_column_kwargs={"server_default": "UTC"})
    deployment: str
    parameters: dict[str, Any] = json_column()
    enabled: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    schedule_id: UUID | None = Field(default=None, unique=True)
    created_at: Moment = utc()
    updated_at: Moment = utc()


class RetiredFolder(Table, table=True):
    """A folder of the library whose project is gone: what was published stays, and nobody else gets it."""

    __tablename__ = "retired_folders"
    __table_args__ = ({"schema": API},)

    folder: str = Field(primary_key=True)
    created_at: Moment = utc()
