"""What renderers are asked: workflows, the servers, and prompts in their places."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from db.models.base import API, PUBLIC, Moment, Table, json_column, one_of, utc
from db.models.production import of_generation

PLACE_STATES = ("waiting", "placed", "posted", "cancelling", "done", "failed", "cancelled", "lost")
OCCUPYING = ("placed", "posted", "cancelling")


class Workflow(Table, table=True):
    """A ComfyUI graph with named bindings and what it needs of a server."""

    __tablename__ = "workflows"
    __table_args__ = (UniqueConstraint("name", "version"), {"schema": PUBLIC})

    id: int | None = Field(default=None, primary_key=True)
    name: str
    version: int = 1
    hash: str
    graph: dict[str, Any] = json_column()
    bindings: dict[str, Any] = json_column()
    needs: dict[str, Any] = json_column()
    optional: list[str] = json_column(empty="[]")
    limits: dict[str, Any] = json_column()
    detours: dict[str, Any] = json_column()
    rank: int = Field(default=50, sa_column_kwargs={"server_default": "50"})
    enabled: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: Moment = utc()


class RenderServer(Table, table=True):
    """A renderer; its row is the lock under which places are given out."""

    __tablename__ = "render_servers"
    __table_args__ = ({"schema": API},)

    url: str = Field(primary_key=True)
    created_at: Moment = utc()


class RenderLine(Table, table=True):
    """The one line in which prompts stand for renderers: while it is paused, nobody is let in."""

    __tablename__ = "render_line"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), {"schema": API})

    id: int = Field(default=1, primary_key=True, sa_type=SmallInteger)
    paused_at: Moment | None = utc(nullable=True)
    updated_at: Moment = utc()


class RenderFailures(Table, table=True):
    """Renders of a workflow that failed on a server one after another; a success clears the row."""

    __tablename__ = "render_failures"
    __table_args__ = ({"schema": API},)

    server: str = Field(foreign_key=f"{API}.render_servers.url", ondelete="CASCADE", primary_key=True)
    workflow: str = Field(primary_key=True)
    in_a_row: int = 1
    set_aside_until: Moment | None = utc(nullable=True)
    created_at: Moment = utc()


class RenderPlace(Table, table=True):
    """A prompt's place on a renderer: it outlives the run that claimed it."""

    __tablename__ = "render_queue"
    __table_args__ = (
        one_of("state", PLACE_STATES),
        Index(
            "uq_render_queue_live",
            "generation_id",
            "take",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'placed', 'posted')"),
        ),
        Index(
            "ix_render_queue_server",
            "server",
            postgresql_where=text("state IN ('placed', 'posted', 'cancelling')"),
        ),
        Index("ix_render_queue_waiting", "priority", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_render_queue_take", "generation_id", "take"),
        Index(
            "ix_render_queue_measured",
            "id",
            postgresql_where=text("render_s IS NOT NULL"),
        ),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    generation_id: str = of_generation()
    take: int
    attempt: int
    prompt_id: UUID = Field(unique=True)
    candidates: list[str] = json_column(empty="[]")
    server: str | None = Field(default=None, foreign_key=f"{API}.render_servers.url")
    state: str = Field(default="waiting", sa_column_kwargs={"server_default": "waiting"})
    priority: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    error: dict[str, Any] | None = json_column(nullable=True)
    created_at: Moment = utc()
    posted_at: Moment | None = utc(nullable=True)
    finished_at: Moment | None = utc(nullable=True)
    workflow: str | None = None
    work: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
    output: dict[str, Any] | None = json_column(nullable=True)
    render_s: float | None = None
