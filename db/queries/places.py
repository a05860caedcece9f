"""Places on the renderers: a `render_queue` row is the place, and it outlives the run that claimed it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.clock import NOW, NOW_EXACTLY
from db.models.production import UNFINISHED_PLACES, ProductionJob, RenderPlace, RenderServer
from db.queries.ownership import Run, own

PLACES_CHANNEL = "render_places"
PLACES_PER_SERVER = 2
"""One prompt running and one behind it: a GPU never waits for its next prompt."""

LIVE_PLACES = ("waiting", *UNFINISHED_PLACES)


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
    if place.state in UNFINISHED_PLACES:
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


def leave_all(session: Session, generation_id: str) -> list[tuple[str, UUID]]:
    """Free every place of a generation; the server and prompt of those that a renderer may hold."""
    rows = session.scalars(
        select(RenderPlace)
        .where(col(RenderPlace.generation_id) == generation_id, col(RenderPlace.state).in_(LIVE_PLACES))
        .with_for_update()
    ).all()
    held = [(row.server, row.prompt_id) for row in rows if row.server is not None]
    for row in rows:
        row.state, row.finished_at = "cancelled", NOW
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": PLACES_CHANNEL})
    return held


def held_by_ended(session: Session, *, limit: int = 100) -> list[str]:
    """Generations that have ended and still hold a place."""
    rows = session.scalars(
        select(col(RenderPlace.generation_id))
        .join(ProductionJob, col(ProductionJob.id) == col(RenderPlace.generation_id))
        .where(col(RenderPlace.state).in_(LIVE_PLACES), col(ProductionJob.status) != "processing")
        .distinct()
        .limit(limit)
    )
    return list(rows)


def _load(session: Session, servers: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(col(RenderPlace.server), func.count())
        .where(col(RenderPlace.server).in_(servers), col(RenderPlace.state).in_(UNFINISHED_PLACES))
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
