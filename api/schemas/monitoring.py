"""The tower's state, as it is shown."""

from typing import Literal

from pydantic import Field

from api.schemas.fields import Shown, Time
from api.schemas.renderers import RendererShown


class GpuShown(Shown):
    """One GPU: percent and MiB; null for what it does not tell."""

    name: str
    utilization: int | None
    memory_used: int | None
    memory_total: int | None
    server: str | None = Field(default=None, description="The renderer that tells of it, if not here.")


class MetricsShown(Shown):
    """The machine in percent, its GPUs, and the work of the tower."""

    cpu_usage: float
    memory_usage: float
    gpu_usage: dict[str, GpuShown]
    active_tasks: int
    queue_size: int


class DatabaseShown(Shown):
    """The database; rates and counts since PostgreSQL's statistics were reset."""

    name: str
    version: str
    started_at: Time
    is_standby: bool
    size_bytes: int
    revision: str = Field(description="The newest migration that has run.")
    cache_hit_rate: float | None = Field(description="Of blocks, 0 to 1; null where none was read.")
    commits: int
    rollbacks: int
    deadlocks: int
    temp_bytes: int


class ConnectionsShown(Shown):
    """Who is connected to the database."""

    used: int
    most: int
    active: int
    idle: int
    idle_in_transaction: int
    waiting_for_locks: int
    longest_transaction_s: float | None = Field(description="Of others than this one; null for none.")


class TableShown(Shown):
    """A table; rows as PostgreSQL estimates them."""

    schema_name: str = Field(alias="schema")
    table: str
    rows: int
    dead_rows: int
    size_bytes: int
    index_bytes: int
    sequential_scans: int
    index_scans: int
    vacuumed_at: Time | None
    analyzed_at: Time | None


class IndexShown(Shown):
    """An index, and how often it was used."""

    schema_name: str = Field(alias="schema")
    table: str
    index: str
    scans: int
    size_bytes: int


class ReplicaShown(Shown):
    """A server that follows the database; nulls where we may not see more."""

    name: str | None
    state: str | None
    sync_state: str | None
    behind_bytes: int | None
    behind_s: float | None


class StatsShown(Shown):
    """What PostgreSQL's own views tell of the database."""

    database: DatabaseShown
    connections: ConnectionsShown
    tables: list[TableShown]
    indexes: list[IndexShown]
    replicas: list[ReplicaShown]


class LanguageModelShown(Shown):
    """What may enrich plans: nothing is missing without one."""

    state: Literal["none", "ready", "unreachable"] = Field(description="none: no `OLLAMA_HOST` is set")
    model: str | None = None
    version: str | None = None
    reason: str | None = None


class ServiceShown(Shown):
    """A service of this tower, by its own health."""

    name: str
    url: str
    state: str = Field(examples=["up", "degraded", "down"])
    answered_in_ms: float | None
    reason: str | None


class QueueShown(Shown):
    """One line in front of a pool; 1 is served first."""

    name: str
    priority: int | None
    limit: int | None
    status: str
    waiting: int


class WorkerShown(Shown):
    """A worker as Prefect knows it."""

    name: str
    status: str
    heartbeat_at: str | None


class PoolShown(Shown):
    """A work pool of Prefect."""

    name: str
    type: str
    status: str
    limit: int | None
    running: int
    queues: list[QueueShown]
    workers: list[WorkerShown]


class WorkShown(Shown):
    """What is made and said, as the tables hold it."""

    generations: dict[str, int]
    active_tasks: int
    queue_size: int
    conversations: int
    decisions: int


class StatusShown(Shown):
    """The whole tower; null for what did not answer in time."""

    status: Literal["healthy", "degraded"]
    timestamp: Time
    services: list[ServiceShown]
    work: WorkShown | None
    pools: list[PoolShown] | None
    renderers: list[RendererShown] | None
    language_model: LanguageModelShown | None
