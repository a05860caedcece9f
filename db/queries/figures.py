"""Counts and durations of the work, as the tables hold them: right whichever process asks."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import case, func, select, text
from sqlmodel import Session, col

from db.clock import NOW_EXACTLY, ago
from db.models.counting import GenerationsEnded, StagesEnded
from db.models.music_library import LibraryScan
from db.models.orchestration import DirectorTurn, OrchestrationLog
from db.models.production import STATUSES
from db.models.production import ProductionJob as Job
from db.models.rendering import OCCUPYING, RenderPlace, RenderServer
from db.queries.library_scans import UNFINISHED
from db.session import engine

LONGEST_MS: Final = 2000
"""A figure that takes longer than this to count is not counted."""


def limit_cost(session: Session) -> None:
    """No statement of this transaction may take longer than `LONGEST_MS`."""
    session.execute(text(f"SET LOCAL statement_timeout = {LONGEST_MS}"))


def generations_by_status(session: Session) -> dict[str, int]:
    """How many generations have each status now; 0 where none has."""
    rows = session.execute(select(col(Job.status), func.count()).group_by(col(Job.status)))
    return dict.fromkeys(STATUSES, 0) | dict(_pairs(rows))


def ended_by_status(session: Session) -> dict[str, int]:
    """How often a generation ever ended in each status; deleting it takes nothing away from that."""
    ended = select(col(GenerationsEnded.status), func.sum(col(GenerationsEnded.count)))
    rows = session.execute(ended.group_by(col(GenerationsEnded.status)))
    counted = {status: int(count) for status, count in _pairs(rows)}
    return {status: counted.get(status, 0) for status in STATUSES if status != "processing"}


def waiting_by_kind(session: Session) -> dict[str, int]:
    """How many jobs of each kind wait for their run to begin."""
    waiting = (col(Job.status) == "processing", col(Job.stage) == "queued")
    rows = session.execute(select(col(Job.kind), func.count()).where(*waiting).group_by(col(Job.kind)))
    return dict(_pairs(rows))


def work(session: Session, *, silent_s: float) -> tuple[int, int]:
    """How much is under way, and how much waits: generations, and scans heard of within `silent_s`."""
    is_waiting = col(Job.stage) == "queued"
    jobs = session.execute(
        select(func.count().filter(~is_waiting), func.count().filter(is_waiting)).where(
            col(Job.status) == "processing"
        )
    ).one()
    state = col(LibraryScan.state)
    heard = func.coalesce(col(LibraryScan.heartbeat_at), col(LibraryScan.created_at))
    scans = session.execute(
        select(func.count().filter(state != "queued"), func.count().filter(state == "queued"))
        .select_from(LibraryScan)
        .where(state.in_(UNFINISHED), heard > ago(silent_s))
    ).one()
    return jobs[0] + scans[0], jobs[1] + scans[1]


def scans_waiting(session: Session) -> int:
    return (
        session.scalar(
            select(func.count()).select_from(LibraryScan).where(col(LibraryScan.state) == "queued")
        )
        or 0
    )


def stage_seconds(session: Session, buckets: int) -> dict[str, tuple[tuple[int, ...], float]]:
    """How long stages took, ever; deleting a generation takes nothing away from that.

    Args:
        session: Where they are counted.
        buckets: Into how many buckets their durations fall.

    Returns:
        By stage: how many ended in each bucket, `buckets` counts; and the sum of all durations, s.
    """
    counted, seconds = func.sum(col(StagesEnded.count)), func.sum(col(StagesEnded.seconds))
    query = select(col(StagesEnded.stage), col(StagesEnded.bucket), counted, seconds)
    query = query.group_by(col(StagesEnded.stage), col(StagesEnded.bucket))
    found: dict[str, tuple[tuple[int, ...], float]] = {}
    for stage, index, count, sum_s in session.execute(query):
        counts, total_s = found.get(stage, ((0,) * buckets, 0.0))
        found[stage] = (*counts[:index], int(count), *counts[index + 1 :]), total_s + sum_s
    return found


def idle_seconds(session: Session, servers: Iterable[str]) -> dict[str, float]:
    """For how long each renderer has had nothing of ours to render; 0 while it has, s."""
    place = col(RenderPlace.server) == col(RenderServer.url)
    is_busy = select(RenderPlace).where(place, col(RenderPlace.state).in_(OCCUPYING)).exists()
    last = (
        select(col(RenderPlace.finished_at))
        .where(place, col(RenderPlace.finished_at).is_not(None))
        .order_by(col(RenderPlace.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    since = func.coalesce(last, col(RenderServer.created_at))
    idle = case((is_busy, 0.0), else_=func.extract("epoch", NOW_EXACTLY - since))
    rows = session.execute(
        select(col(RenderServer.url), idle).where(col(RenderServer.url).in_(list(servers)))
    )
    return {url: max(0.0, float(seconds)) for url, seconds in rows}


def conversations(session: Session) -> tuple[int, int]:
    """How many conversations there were with the director, and how often it decided."""
    talks = select(col(DirectorTurn.token), col(DirectorTurn.conversation_id)).distinct().subquery()
    decided = select(func.count()).select_from(OrchestrationLog).scalar_subquery()
    found = session.execute(select(func.count(), decided).select_from(talks)).one()
    return found[0], found[1]


def _pairs(rows: Iterable[Any]) -> Iterable[tuple[str, int]]:
    return ((name, count) for name, count in rows)


def pool_in_use() -> int:
    """How many connections this process is using now."""
    checked_out = getattr(engine().pool, "checkedout", None)
    return int(checked_out()) if checked_out else 0
