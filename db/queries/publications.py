"""Publications: a row for each number of a series under which something lies, or lay, in the library."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Select, delete, func, select, update
from sqlmodel import Session, col

from db.clock import NOW, NOW_EXACTLY
from db.models.production import ProductionJob
from db.models.project import AnimeProject
from db.models.publishing import Published
from db.queries.ownership import add_event
from studio.errors import ConflictError, NotFoundError, PublishNotSeenError
from studio.publication import ReadBack, State

FIRST_AGAIN_S: Final = 30.0
LONGEST_AGAIN_S: Final = 3600.0
MOST_TRIES: Final = 40
"""Looks at a server that does not list a publication, or is away: well over a day of them."""

_NAMED: Final = "kind generation_id episode_id season number path state item_id url reason"
_WHEN: Final = "published_at listed_at unpublished_at updated_at"
SHOWN: Final = (*_NAMED.split(), *_WHEN.split())


@dataclass(frozen=True, slots=True)
class Slot:
    """What is published, and under which number: an episode keeps its row when its number changes."""

    project_id: int
    kind: str
    season: int
    number: int
    episode_id: int | None = None


def alone(session: Session, project_id: int) -> None:
    """Have a series to oneself until the transaction ends: its videos share files."""
    query = select(col(AnimeProject.id)).where(col(AnimeProject.id) == project_id)
    session.execute(query.with_for_update())


def standing(session: Session, slot: Slot) -> Published | None:
    """What was published of the same before.

    Raises:
        ConflictError: another episode lies under that number.
    """
    there = session.scalar(_at(slot))
    mine = there if slot.episode_id is None else session.scalar(_of_episode(slot.project_id, slot.episode_id))
    if there is not None and there is not mine and there.state != State.UNPUBLISHED:
        raise ConflictError(
            f"Another episode is published as season {slot.season}, episode {slot.number}.",
            field="episode_number",
            value=slot.number,
            expected="a number that is free, or the other one unpublished",
            episode_id=there.episode_id,
        )
    return mine


def known_files(session: Session, project_id: int) -> dict[str, set[str]]:
    """Every hash that was written under a path of a project's series."""
    known: dict[str, set[str]] = {}
    for files in session.scalars(select(col(Published.files)).where(col(Published.project_id) == project_id)):
        for path, sha256 in files.items():
            known.setdefault(path, set()).add(sha256)
    return known


def put(
    session: Session, slot: Slot, *, generation_id: str, path: str, files: Mapping[str, str]
) -> Published:
    """Note a video that was just put in its place; who listed what lay there before is asked again."""
    row = standing(session, slot)
    if row is None or (row.season, row.number) != (slot.season, slot.number):
        session.execute(delete(Published).where(*_numbered(slot), col(Published.state) == State.UNPUBLISHED))
    now = {"generation_id": generation_id, "path": path, "files": dict(files), "state": State.PENDING.value}
    values: dict[str, Any] = {**asdict(slot), **now, "tries": 0}
    row = row or Published(**values)
    for name, value in values.items():
        setattr(row, name, value)
    row.item_id = row.url = row.reason = row.listed_at = row.unpublished_at = None
    row.look_at = _in(LONGEST_AGAIN_S)  # for a run that dies before it has read anything back
    row.published_at = row.published_at or NOW
    row.updated_at = NOW
    session.add(row)
    session.flush()
    return row


def note(session: Session, row: Published, read: ReadBack, *, tries: int) -> None:
    """Keep what was read back, and when to look again where that is not the end of it."""
    row.state, row.reason, row.tries, row.updated_at = read.state, read.reason, tries, NOW
    row.item_id = read.item_id
    row.url = read.url or row.url
    if read.state is State.LISTED:
        row.listed_at = NOW
    is_open = read.state in (State.PENDING, State.NOT_LISTED) or read.reason is not None
    again_s = min(FIRST_AGAIN_S * 2.0 ** min(tries, 20), LONGEST_AGAIN_S)
    row.look_at = _in(again_s) if is_open and tries < MOST_TRIES else None
    session.flush()


def complete(session: Session, row: Published) -> None:
    """End as completed a generation that waited for nothing but being listed."""
    query = select(ProductionJob).where(col(ProductionJob.id) == row.generation_id)
    job = session.scalar(query.with_for_update())
    if (
        job is None
        or job.status != "needs_review"
        or (job.error or {}).get("code") != PublishNotSeenError.code
    ):
        return
    job.status, job.stage, job.error, job.finished_at = "completed", "done", None, NOW
    add_event(session, job, "publication", state=row.state, reason=None, url=row.url)


def withdrawn(session: Session, row: Published, files: Mapping[str, str]) -> None:
    """Note that a video was taken away; `files` is what is left of what was written with it."""
    row.state, row.files, row.tries = State.UNPUBLISHED, dict(files), 0
    row.reason, row.url, row.listed_at = None, None, None
    row.unpublished_at = row.updated_at = NOW
    row.look_at = _in(FIRST_AGAIN_S) if row.item_id is not None else None
    session.flush()
    session.refresh(row)


def of_generation(session: Session, generation_id: str, *, locked: bool = False) -> Published:
    """What lies in the library of a generation.

    Raises:
        NotFoundError: it was never published, or another has taken its place.
    """
    query = select(Published).where(col(Published.generation_id) == generation_id)
    return _found(
        session.scalar(query.with_for_update() if locked else query), "generation_id", generation_id
    )


def of_episode(session: Session, project_id: int, episode_id: int) -> Published:
    """What lies in the library of an episode.

    Raises:
        NotFoundError: it was never published.
    """
    return _found(session.scalar(_of_episode(project_id, episode_id)), "episode_id", episode_id)


def locked(session: Session, publication_id: int) -> Published | None:
    """A publication by its id, held until the transaction ends."""
    return session.scalar(select(Published).where(col(Published.id) == publication_id).with_for_update())


def of_project(session: Session, project_id: int) -> list[Published]:
    """All publications of a project, those that were taken away too."""
    return list(session.scalars(select(Published).where(col(Published.project_id) == project_id)))


def due(session: Session, *, limit: int = 20) -> Sequence[Published]:
    """Publications that it is time to ask the media server about, the longest waiting first."""
    query = select(Published).where(col(Published.look_at) <= NOW_EXACTLY)
    return session.scalars(query.order_by(col(Published.look_at)).limit(limit)).all()


def take_up(session: Session, *, most: int = 20) -> None:
    """Have what was published before there was a media server be asked about, as long as few others are."""
    opened = select(func.count()).select_from(Published).where(col(Published.look_at).is_not(None))
    room = most - (session.scalar(opened) or 0)
    left = select(col(Published.id)).where(col(Published.state) == State.FOLDER).order_by(col(Published.id))
    if room > 0:
        chosen = left.limit(room).with_for_update(skip_locked=True)
        now = {"state": State.PENDING.value, "look_at": NOW_EXACTLY, "tries": 0, "updated_at": NOW}
        session.execute(update(Published).where(col(Published.id).in_(chosen)).values(now))


def rendered(session: Session, episode_id: int, branch_id: int) -> ProductionJob | None:
    """The newest job that has made an episode's video on a branch."""
    query = select(ProductionJob).where(
        col(ProductionJob.kind) == "episode",
        col(ProductionJob.episode_id) == episode_id,
        col(ProductionJob.branch_id) == branch_id,
        col(ProductionJob.video_path).is_not(None),
    )
    return session.scalar(query.order_by(col(ProductionJob.created_at).desc()).limit(1))


def shown(row: Published) -> dict[str, Any]:
    """A publication as the API shows it."""
    return {name: getattr(row, name) for name in SHOWN}


def shared(rows: Iterable[Published], *, inside: str) -> dict[str, str]:
    """Files that were written into a folder by any of `rows`, as the newest of them has them."""
    found: dict[str, str] = {}
    for each in sorted(rows, key=lambda one: one.updated_at):
        found |= {path: sha256 for path, sha256 in each.files.items() if path.startswith(f"{inside}/")}
    return found


def _at(slot: Slot) -> Select[Published]:
    return select(Published).where(*_numbered(slot))


def _numbered(slot: Slot) -> tuple[Any, ...]:
    return (
        col(Published.project_id) == slot.project_id,
        col(Published.season) == slot.season,
        col(Published.number) == slot.number,
    )


def _of_episode(project_id: int, episode_id: int) -> Select[Published]:
    return select(Published).where(
        col(Published.project_id) == project_id,
        col(Published.episode_id) == episode_id,
        col(Published.kind) == "episode",
    )


def _in(seconds: float) -> Any:
    return NOW_EXACTLY + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _found(row: Published | None, field: str, value: object) -> Published:
    if row is None:
        raise NotFoundError("It is not published.", field=field, value=value)
    return row
