"""Places on the renderers: a `render_queue` row is the place, and it outlives the run that claimed it."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.clock import NOW, NOW_EXACTLY
from db.models.production import ProductionJob
from db.models.rendering import OCCUPYING, RenderPlace, RenderServer
from db.queries.ownership import Run, own

PLACES_CHANNEL = "render_places"
PLACES_PER_SERVER = 2
"""One prompt running and one behind it: a GPU never waits for its next prompt."""

LIVE_PLACES = ("waiting", "placed", "posted")


def ask(session: Session, run: Run, take: int, servers: Sequence[str], *, priority: int) -> RenderPlace:
    """Stand in line for one of `servers`, or inherit the place an earlier attempt stood in."""
    own(session, run)
    place = session.scalar(
        select(RenderPlace)
        .where(col(RenderPlace.generation_id) == run.generation_id, col(RenderPlace.take) == take)
        .where(col(RenderPlace.state).in_(LIVE_PLACES))
    )
    if place is None:
        place = RenderPlace(
            generation_id=run.generation_id,
            take=take,
            attempt=run.attempt,
            prompt_id=uuid4(),
            priority=priority,
        )
        session.add(place)
    place.attempt, place.candidates = run.attempt, list(servers)
    session.flush()
    return place


def claim(session: Session, place_id: int, *, alive_s: float) -> str | None:
    """Take a free place on one of the servers asked for, the emptiest first; None while others go first.

    Who has not been heard of for `alive_s` keeps its place in line and holds nobody up meanwhile.
    The rows of the servers are locked in the order of their names, so that two claims see each other.
    """
    servers = session.get_one(RenderPlace, place_id).candidates
    session.execute(insert(RenderServer).values([{"url": url} for url in servers]).on_conflict_do_nothing())
    session.execute(
        select(RenderServer)
        .where(col(RenderServer.url).in_(servers))
        .order_by(col(RenderServer.url))
        .with_for_update()
    )
    place = session.get_one(RenderPlace, place_id, with_for_update=True, populate_existing=True)
    if place.state in ("placed", "posted"):
        return place.server
    load = _load(session, servers)
    for url in sorted(servers, key=lambda server: load.get(server, 0)):
        if load.get(url, 0) < PLACES_PER_SERVER and _is_next(session, place, url, alive_s):
            place.server, place.state = url, "placed"
            return url
    return None


def posted(session: Session, place_id: int) -> None:
    """The renderer has the prompt."""
    place = session.get_one(RenderPlace, place_id, with_for_update=True)
    place.state, place.posted_at = "posted", place.posted_at or NOW


def leave(session: Session, place_id: int, state: str, *, error: dict[str, object] | None = None) -> None:
    """Free the place, since its prompt was seen done, failed, cancelled or lost; wakes who waits."""
    place = session.get_one(RenderPlace, place_id, with_for_update=True)
    if place.state in LIVE_PLACES:
        place.state, place.error, place.finished_at = state, error, NOW
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": PLACES_CHANNEL})


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
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": PLACES_CHANNEL})


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


def _load(session: Session, servers: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(col(RenderPlace.server), func.count())
        .where(col(RenderPlace.server).in_(servers), col(RenderPlace.state).in_(OCCUPYING))
        .group_by(col(RenderPlace.server))
    )
    return {server: count for server, count in rows if server is not None}


def _is_next(session: Session, place: RenderPlace, url: str, alive_s: float) -> bool:
    """Whether nobody who can use `url` and still shows signs of life stands before `place`."""
    heard_of = func.coalesce(col(ProductionJob.heartbeat_at), col(RenderPlace.created_at))
    first = session.scalar(
        select(col(RenderPlace.id))
        .join(ProductionJob, col(ProductionJob.id) == col(RenderPlace.generation_id))
        .where(col(RenderPlace.state) == "waiting", col(RenderPlace.candidates).contains([url]))
        .where(heard_of > NOW_EXACTLY - func.make_interval(0, 0, 0, 0, 0, 0, alive_s))
        .order_by(col(RenderPlace.priority), col(RenderPlace.id))
        .limit(1)
    )
    return first is None or first == place.id
