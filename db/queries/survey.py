"""What the reconciler looks at: generations under way, and how long since they were heard of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Float, cast, func, select, text
from sqlmodel import Session, col

from db.clock import NOW_EXACTLY
from db.locks import Lock
from db.models.production import ProductionJob as Job
from db.queries.ownership import Run
from db.session import engine


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A generation under way; ages are seconds by the database's clock, None where nothing happened yet."""

    run: Run
    first_attempt: int
    flow_run_id: UUID | None
    host: str | None
    pid: int | None
    pid_started: float | None
    silent_s: float | None
    submitted_ago_s: float | None
    changed_ago_s: float


@contextmanager
def held(lock: Lock) -> Iterator[bool]:
    """Hold a timer's lock for the length of the block; False while another process holds it."""
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"key": lock}
        is_mine = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        try:
            yield is_mine
        finally:
            if is_mine:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def under_way(session: Session, *, limit: int = 1000) -> list[UnderWay]:
    """The generations under way, oldest first."""
    rows = session.execute(
        select(
            Job,
            _age(Job.heartbeat_at).label("silent_s"),
            _age(Job.submitted_at).label("submitted_ago_s"),
            _age(Job.updated_at).label("changed_ago_s"),
        )
        .where(col(Job.status) == "processing")
        .order_by(col(Job.created_at))
        .limit(limit)
    )
    return [
        UnderWay(
            run=Run(job.id, job.attempt),
            first_attempt=job.first_attempt,
            flow_run_id=job.flow_run_id,
            host=job.run_host,
            pid=job.run_pid,
            pid_started=job.run_started,
            silent_s=silent_s,
            submitted_ago_s=submitted_ago_s,
            changed_ago_s=changed_ago_s,
        )
        for job, silent_s, submitted_ago_s, changed_ago_s in rows
    ]


def _age(moment: datetime | None) -> ColumnElement[float]:
    return cast(func.extract("epoch", NOW_EXACTLY - col(moment)), Float)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a generation stands, and for how long it has ended."""

    attempt: int
    status: str
    ended_ago_s: float | None


def standings(session: Session, generation_ids: Sequence[str]) -> dict[str, Standing]:
    """Where each of these generations stands; those that are not there are left out."""
    rows = session.execute(
        select(col(Job.id), col(Job.attempt), col(Job.status), _age(Job.finished_at)).where(
            col(Job.id).in_(generation_ids)
        )
    )
    return {row_id: Standing(attempt, status, age_s) for row_id, attempt, status, age_s in rows}
