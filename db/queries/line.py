"""The line for the renderers: who stands where, who goes first, and whether anybody is let in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.clock import NOW
from db.models.production import GenerationRequest, ProductionJob
from db.models.rendering import OCCUPYING, RenderLine, RenderPlace
from db.queries import estimates, generations, ownership, places
from db.queries.jobs import ASKED_FOR, FOR_ANOTHER
from studio.errors import StateError

LONGEST_SHOWN: Final = 500
_BEFORE_RENDER: Final = ("queued", "plan", "check", "render")


@dataclass(frozen=True, slots=True)
class Stand:
    """A generation under way, its place at a renderer if it has one, and when it should be done.

    Of a kind that is made of other generations nobody says when.
    """

    job: ProductionJob
    place: RenderPlace | None
    expected_at: datetime | None


def paused_at(session: Session) -> datetime | None:
    """Since when nobody is let in to the renderers."""
    return session.scalar(select(col(RenderLine.paused_at)))


def pause(session: Session, *, is_paused: bool) -> None:
    """Let nobody in any more, or everybody again; what renders goes on rendering."""
    since = func.coalesce(col(RenderLine.paused_at), NOW) if is_paused else None
    entry = insert(RenderLine).values(id=1, paused_at=NOW if is_paused else None)
    session.execute(
        entry.on_conflict_do_update(index_elements=["id"], set_={"paused_at": since, "updated_at": NOW})
    )
    places.wake(session)


def prefer(session: Session, generation_id: str, priority: int) -> None:
    """Give a generation another place in line; the lower its number, the sooner it is let in.

    What it has had made, as far as that is under way, goes with it; what it will have made does, too.

    Raises:
        NotFoundError: there is no such generation.
        StateError: it has ended.
    """
    job = generations.locked(session, generation_id)
    if job.status != "processing":
        raise StateError(
            f"A generation that is {job.status} does not stand in line.",
            field="status",
            value=job.status,
            expected="processing",
        )
    moved = [job, *_below(session, job)]
    for each in moved:
        each.priority = priority
        ownership.add_event(session, each, "priority", priority=priority)
    theirs = col(RenderPlace.generation_id).in_([each.id for each in moved])
    session.execute(
        update(RenderPlace).where(theirs, col(RenderPlace.state) == "waiting").values(priority=priority)
    )
    places.wake(session)


def _below(session: Session, job: ProductionJob) -> list[ProductionJob]:
    """Who is under way for a job's sake, and for theirs, locked."""
    found: list[ProductionJob] = []
    above = [job.id]
    while above:
        mine = col(ProductionJob.parent_id).in_(above) & (col(ProductionJob.status) == "processing")
        query = select(ProductionJob).where(mine).order_by(col(ProductionJob.id)).with_for_update()
        level = list(session.scalars(query))
        found += level
        above = [each.id for each in level]
    return found


def length(session: Session) -> int:
    """How many generations are under way."""
    return session.scalar(select(func.count()).where(col(ProductionJob.status) == "processing")) or 0


def stands(session: Session) -> list[Stand]:
    """Those under way: first who is at a renderer, then who waits for one, then who is not there yet."""
    rows = session.execute(_in_order().limit(LONGEST_SHOWN)).all()
    now, measured = estimates.pace(session)
    found, ahead_s = [], 0.0
    for job, asked, place in rows:
        length_s = 0.0 if asked is None else asked.duration_s
        at = estimates.expected(job, length_s, now=now, ahead_s=ahead_s, measured=measured)
        found.append(Stand(job, place, None if asked is None else at))
        ahead_s += length_s if job.stage in _BEFORE_RENDER else 0.0
    return found


def _in_order() -> Select[*tuple[ProductionJob, GenerationRequest, RenderPlace]]:
    is_there = case(
        (col(RenderPlace.state).in_(OCCUPYING), 0), (col(RenderPlace.id).is_not(None), 1), else_=2
    )
    usually = case((col(ProductionJob.parent_id).is_(None), ASKED_FOR), else_=FOR_ANOTHER)
    is_live = col(RenderPlace.state).in_(("waiting", *OCCUPYING))
    return (
        select(ProductionJob, GenerationRequest, RenderPlace)
        .outerjoin(GenerationRequest, col(GenerationRequest.generation_id) == col(ProductionJob.id))
        .outerjoin(RenderPlace, (col(RenderPlace.generation_id) == col(ProductionJob.id)) & is_live)
        .where(col(ProductionJob.status) == "processing")
        .order_by(
            is_there,
            func.coalesce(col(RenderPlace.priority), col(ProductionJob.priority), usually),
            col(RenderPlace.id),
            col(ProductionJob.created_at),
        )
    )
