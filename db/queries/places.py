"""Places on the renderers: a `render_queue` row is the place, and it outlives the run that claimed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.clock import NOW, NOW_EXACTLY
from db.models.production import ProductionJob
from db.models.rendering import RenderLine, RenderPlace, RenderServer
from db.queries import servers
from db.queries.ownership import Run, own
from studio.dispatch import Order, place_of
from studio.remedies import Answer, Failure

PLACES_CHANNEL = "render_places"
PLACES_PER_SERVER = 2
"""One prompt running and one behind it: a GPU never waits for its next prompt."""

LONGEST_LINE = 500
LIVE_PLACES = ("waiting", "placed", "posted")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a prompt asks for: a place on one of the servers that can run its workflow."""

    servers: tuple[str, ...]
    workflow: str
    work: float
    priority: int
    others: Mapping[str, int] = field(default_factory=dict)
    """How many prompts of other people each server had when it was asked."""


def ask(session: Session, run: Run, take: int, wish: Wish) -> RenderPlace:
    """Stand in line for a place, or inherit the one that an earlier attempt had."""
    job = own(session, run)
    place = session.scalar(_of_take(run, take).where(col(RenderPlace.state).in_(LIVE_PLACES)))
    if place is None:
        place = RenderPlace(
            generation_id=run.generation_id, take=take, attempt=run.attempt, prompt_id=uuid4()
        )
        session.add(place)
    place.attempt, place.candidates = run.attempt, list(wish.servers)
    place.priority = wish.priority if job.priority is None else job.priority
    place.workflow, place.work = wish.workflow, wish.work
    session.flush()
    return place


def held(session: Session, run: Run, take: int) -> RenderPlace | None:
    """The take's prompt that is or may be on a renderer, or is finished and not fetched; now this run's."""
    own(session, run)
    finished = (col(RenderPlace.state) == "done") & col(RenderPlace.error).is_(None)
    place = session.scalar(
        _of_take(run, take)
        .where(col(RenderPlace.state).in_(("placed", "posted")) | finished)
        .order_by(col(RenderPlace.id).desc())
        .limit(1)
    )
    if place is not None:
        place.attempt = run.attempt
    return place


def trail(session: Session, run: Run, take: int) -> list[Failure]:
    """What has befallen the take since it was last begun, oldest first."""
    job = own(session, run)
    rows = session.scalars(
        _of_take(run, take)
        .where(col(RenderPlace.attempt) >= job.first_attempt, col(RenderPlace.error).is_not(None))
        .order_by(col(RenderPlace.id))
    )
    return [
        Failure(row.error["code"], row.server or "", row.workflow or "", Answer(row.error["answer"]))
        for row in rows
        if row.error is not None
    ]


def claim(
    session: Session, place_id: int, *, alive_s: float, others: Mapping[str, int] | None = None
) -> str | None:
    """Take a place on the server where the prompt would be done first; None while it has to wait.

    Nobody takes one while the line is paused; who has one keeps it.
    Who has not been heard of for `alive_s` keeps its place in line and holds nobody up meanwhile.
    The rows of the servers are locked in the order of their names, so that two claims see each other.
    """
    candidates = session.get_one(RenderPlace, place_id).candidates
    session.execute(
        insert(RenderServer).values([{"url": url} for url in candidates]).on_conflict_do_nothing()
    )
    session.execute(
        select(RenderServer)
        .where(col(RenderServer.url).in_(candidates))
        .order_by(col(RenderServer.url))
        .with_for_update()
    )
    place = session.get_one(RenderPlace, place_id, with_for_update=True, populate_existing=True)
    if place.state in ("placed", "posted"):
        return place.server
    if is_paused(session):
        return None
    waiting, rates = _in_line(session, place_id, alive_s), servers.rates(session)
    placed = servers.placed(session)
    url = place_of(place_id, waiting, placed, rates, places=PLACES_PER_SERVER, others=others)
    if url is not None:
        place.server, place.state = url, "placed"
        wake(session)
    return url


def is_paused(session: Session) -> bool:
    """Whether nobody is let in to the renderers."""
    return session.scalar(select(col(RenderLine.paused_at))) is not None


def posted(session: Session, place_id: int) -> None:
    """The renderer has the prompt."""
    place = session.get_one(RenderPlace, place_id, with_for_update=True)
    place.state, place.posted_at = "posted", place.posted_at or NOW


def finish(session: Session, place_id: int, *, output: dict[str, Any], render_s: float | None) -> None:
    """Free the place, since its prompt was seen done; where its file lies is kept until it is fetched."""
    place = session.get_one(RenderPlace, place_id, with_for_update=True)
    place.output, place.render_s = output, render_s
    servers.succeeded(session, place.server or "", place.workflow or "")
    _end(session, place, "done")


def fail(session: Session, place_id: int, error: dict[str, Any], *, may_run: bool = False) -> RenderPlace:
    """Give up a prompt and keep why; one that `may_run` holds its place until it is taken off."""
    place = session.get_one(RenderPlace, place_id, with_for_update=True)
    _end(session, place, "cancelling" if may_run else "failed")
    place.error, place.output = error, None
    return place


def leave(session: Session, place_id: int, state: str) -> None:
    """Give up a place that holds no prompt of a renderer; wakes who waits."""
    _end(session, session.get_one(RenderPlace, place_id, with_for_update=True), state)


def withdraw(session: Session, generation_id: str) -> list[RenderPlace]:
    """Give up every place of a generation; those that come back hold a prompt until it is taken off."""
    rows = session.scalars(
        select(RenderPlace)
        .where(col(RenderPlace.generation_id) == generation_id)
        .where(col(RenderPlace.state).in_((*LIVE_PLACES, "cancelling")))
        .with_for_update()
    ).all()
    for row in rows:
        row.state = "cancelled" if row.server is None else "cancelling"
        row.finished_at = NOW
    return [row for row in rows if row.state == "cancelling"]


def taken_off(session: Session, place_id: int) -> None:
    """The prompt of a withdrawn place is off its renderer; wakes who waits."""
    place = session.get_one(RenderPlace, place_id, with_for_update=True)
    if place.state == "cancelling":
        place.state, place.finished_at = "cancelled", NOW
    wake(session)


def are_given_up(session: Session, prompt_ids: Sequence[UUID]) -> bool:
    """Whether one of these prompts was ours, and nobody waits for it any more."""
    row = session.scalar(
        select(col(RenderPlace.id))
        .where(
            col(RenderPlace.prompt_id).in_(prompt_ids), col(RenderPlace.state).not_in(("placed", "posted"))
        )
        .limit(1)
    )
    return row is not None


def to_take_off(session: Session, *, limit: int = 100) -> list[str]:
    """Generations with a withdrawn prompt on a renderer, or with a place that they left behind ended."""
    has_ended = col(RenderPlace.state).in_(LIVE_PLACES) & (col(ProductionJob.status) != "processing")
    rows = session.scalars(
        select(col(RenderPlace.generation_id))
        .join(ProductionJob, col(ProductionJob.id) == col(RenderPlace.generation_id))
        .where(has_ended | (col(RenderPlace.state) == "cancelling"))
        .distinct()
        .limit(limit)
    )
    return list(rows)


def being_taken_off(session: Session, generation_id: str) -> list[RenderPlace]:
    """Places whose prompt is still to be taken off its renderer."""
    rows = session.scalars(
        select(RenderPlace).where(
            col(RenderPlace.generation_id) == generation_id, col(RenderPlace.state) == "cancelling"
        )
    )
    return list(rows)


def _of_take(run: Run, take: int) -> Select[RenderPlace]:
    return select(RenderPlace).where(
        col(RenderPlace.generation_id) == run.generation_id, col(RenderPlace.take) == take
    )


def _end(session: Session, place: RenderPlace, state: str) -> None:
    if place.state in LIVE_PLACES:
        place.state, place.finished_at = state, NOW
    wake(session)


def wake(session: Session) -> None:
    """Have everybody who waits look whether it is their turn."""
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": PLACES_CHANNEL})


def _in_line(session: Session, mine: int, alive_s: float) -> list[Order]:
    """Who waits for a place and shows signs of life, as `mine` does, in the order of service."""
    heard_of = func.coalesce(col(ProductionJob.heartbeat_at), col(RenderPlace.created_at))
    is_alive = heard_of > NOW_EXACTLY - func.make_interval(0, 0, 0, 0, 0, 0, alive_s)
    rows = session.scalars(
        select(RenderPlace)
        .join(ProductionJob, col(ProductionJob.id) == col(RenderPlace.generation_id))
        .where(col(RenderPlace.state) == "waiting")
        .where(is_alive | (col(RenderPlace.id) == mine))
        .order_by(col(RenderPlace.priority), col(RenderPlace.id))
        .limit(LONGEST_LINE)
    )
    return [servers.order(row) for row in rows]
