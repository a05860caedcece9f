"""Who owns a generation, and what only its owner may write.

Every write of a run takes the job row FOR UPDATE on condition of its attempt. No row means that
another attempt owns the generation, or that it was cancelled: the run leaves, touching nothing.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.clock import NOW, NOW_EXACTLY, ago
from db.models.production import GenerationAnalytics, GenerationEvent, ProductionJob, Stage
from db.models.story import Episode
from studio.errors import SupersededError

EVENTS_CHANNEL = "generation_events"
CHILDREN_CHANNEL = "generation_children"


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at one generation."""

    generation_id: str
    attempt: int


def own(session: Session, run: Run) -> ProductionJob:
    """Lock the job row of `run`.

    Raises:
        SupersededError: the attempt is no longer the owner.
    """
    job = session.scalar(
        select(ProductionJob)
        .where(col(ProductionJob.id) == run.generation_id, col(ProductionJob.attempt) == run.attempt)
        .where(col(ProductionJob.status) == "processing")
        .with_for_update()
    )
    if job is None:
        raise SupersededError(f"attempt {run.attempt} no longer owns {run.generation_id}")
    return job


def add_event(session: Session, job: ProductionJob, kind: str, **payload: object) -> None:
    """Number an event under the row lock that the caller holds, and wake who listens."""
    job.event_seq += 1
    job.updated_at = NOW
    value = {"status": job.status, "stage": job.stage, "progress": job.progress, **payload}
    session.add(GenerationEvent(generation_id=job.id, seq=job.event_seq, kind=kind, payload=value))
    session.flush()
    session.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": EVENTS_CHANNEL, "id": job.id})
    if kind != "progress":
        _tell_others(session, job)


def _tell_others(session: Session, job: ProductionJob) -> None:
    """Wake a parent that waits for its children; an episode's row follows its newest render."""
    if job.parent_id is not None and job.status != "processing":
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHILDREN_CHANNEL})
    if job.kind == "episode":
        later = aliased(ProductionJob)
        session.execute(
            update(Episode)
            .where(col(Episode.branch_id) == job.branch_id, col(Episode.id) == job.episode_id)
            .where(col(Episode.status) != job.status)
            .where(
                ~exists().where(
                    col(later.branch_id) == job.branch_id,
                    col(later.episode_id) == job.episode_id,
                    col(later.kind) == "episode",
                    col(later.created_at) > job.created_at,
                )
            )
            .values(status=job.status, updated_at=NOW)
        )


def start(session: Session, run: Run, *, host: str, pid: int, pid_started: float) -> None:
    """Note which process carries the run, and its first sign of life."""
    job = own(session, run)
    job.run_host, job.run_pid, job.run_started = host, pid, pid_started
    job.heartbeat_at = NOW
    job.started_at = job.started_at or NOW
    add_event(session, job, "attempt", attempt=run.attempt)


def beat(session: Session, run: Run) -> bool:
    """Write a sign of life; False when the run has lost its generation."""
    row = session.scalar(
        update(ProductionJob)
        .where(col(ProductionJob.id) == run.generation_id, col(ProductionJob.attempt) == run.attempt)
        .values(heartbeat_at=NOW)
        .returning(col(ProductionJob.id))
    )
    return row is not None


def finished_stage(session: Session, run: Run, stage: str, take: int) -> dict[str, Any] | None:
    """What a stage gave, when an attempt has finished it for this take."""
    row = session.get(Stage, (run.generation_id, stage, take))
    return None if row is None or row.finished_at is None else row.result


def begin_stage(session: Session, run: Run, stage: str) -> int:
    """Enter a stage; returns the take it is for."""
    job = own(session, run)
    job.stage, job.progress = stage, 0.0
    entry = insert(Stage).values(
        generation_id=run.generation_id, stage=stage, take=job.take, attempt=run.attempt
    )
    session.execute(
        entry.on_conflict_do_update(
            index_elements=["generation_id", "stage", "take"],
            set_={"attempt": run.attempt, "started_at": NOW},
        )
    )
    add_event(session, job, "stage", take=job.take)
    return job.take


def finish_stage(session: Session, run: Run, stage: str, take: int, result: dict[str, Any]) -> None:
    """Record what a stage gave, and how long it took."""
    job = own(session, run)
    row = session.get_one(Stage, (run.generation_id, stage, take))
    row.finished_at, row.result = NOW_EXACTLY, result
    job.progress = 1.0
    session.flush()
    session.refresh(row, ["finished_at"])
    if row.finished_at is not None:
        seconds = (row.finished_at - row.started_at).total_seconds()
        session.add(
            GenerationAnalytics(generation_id=job.id, stage=stage, take=take, seconds=max(seconds, 0))
        )
    add_event(session, job, "stage_finished", take=take)


def forget_stage(session: Session, job: ProductionJob, stage: str) -> None:
    """Have a stage of the present take carried once more."""
    mine = (col(Stage.generation_id) == job.id, col(Stage.stage) == stage, col(Stage.take) == job.take)
    session.execute(delete(Stage).where(*mine))


def set_progress(session: Session, run: Run, progress: float) -> None:
    """How far the present stage is, 0 to 1."""
    job = own(session, run)
    job.progress = min(max(progress, 0.0), 1.0)
    add_event(session, job, "progress")


def show_preview(session: Session, run: Run, jpeg: bytes) -> None:
    """Let those who watch see a picture of the present state; it is kept nowhere."""
    told = f"{run.generation_id} {b64encode(jpeg).decode()}"
    session.execute(text("SELECT pg_notify(:channel, :told)"), {"channel": EVENTS_CHANNEL, "told": told})


def settle(session: Session, run: Run, status: str, *, stage: str | None = None, **values: object) -> None:
    """End the generation in `status`; the run has nothing to write after this."""
    job = own(session, run)
    job.status, job.finished_at = status, NOW
    job.stage = stage or job.stage
    for name, value in values.items():
        setattr(job, name, value)
    add_event(session, job, "status", error=job.error)


def has_advanced(session: Session, run: Run) -> bool:
    """Whether the attempt has finished a stage."""
    mine = (col(Stage.generation_id) == run.generation_id, col(Stage.attempt) == run.attempt)
    query = select(col(Stage.stage)).where(*mine, col(Stage.finished_at).is_not(None)).limit(1)
    return session.scalar(query) is not None


def take_over(session: Session, run: Run, *, silent_s: float = 0.0) -> ProductionJob | None:
    """Raise the attempt by compare-and-set; the job as the next attempt finds it, or None.

    None too where the run was heard of within `silent_s`, or is writing at this moment: a verdict waits for
    nobody's lock, and falls again where it was right.
    """
    heard_at = col(ProductionJob.heartbeat_at)
    job = session.scalar(
        select(ProductionJob)
        .where(col(ProductionJob.id) == run.generation_id, col(ProductionJob.attempt) == run.attempt)
        .where(col(ProductionJob.status) == "processing")
        .where(heard_at.is_(None) | (heard_at <= ago(silent_s)))
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    renew(job)
    return job


def renew(job: ProductionJob) -> None:
    """Make room for a new attempt; whoever held the old one is fenced off from here on."""
    job.attempt += 1
    job.flow_run_id = job.heartbeat_at = job.submitted_at = None
    job.run_host = job.run_pid = job.run_started = None


def submitted(session: Session, run: Run, flow_run_id: UUID) -> None:
    """Note the flow run that carries the attempt."""
    session.execute(
        update(ProductionJob)
        .where(col(ProductionJob.id) == run.generation_id, col(ProductionJob.attempt) == run.attempt)
        .values(flow_run_id=flow_run_id, submitted_at=NOW)
    )


def moved(session: Session, old: UUID, new: UUID) -> None:
    """The flow run that carries a generation goes by another id."""
    session.execute(
        update(ProductionJob).where(col(ProductionJob.flow_run_id) == old).values(flow_run_id=new)
    )
