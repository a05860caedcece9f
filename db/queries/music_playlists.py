"""Playlists of the music library: written by scans, read by people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.music_library import MusicPlaylist, MusicPlaylistEntry, MusicTrack
from studio.errors import NotFoundError
from studio.music_library.changes import Known, Stamp

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A playlist with how many places it has, and how many of them hold a track."""

    row: MusicPlaylist
    entries: int
    tracks: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A place of a playlist with its track, where it has one."""

    entry: MusicPlaylistEntry
    track: MusicTrack | None


def known(session: Session) -> list[Known]:
    """The playlists and libraries that are files, as a scan looks at them."""
    columns = (MusicPlaylist.id, MusicPlaylist.location, MusicPlaylist.size_bytes, MusicPlaylist.mtime_ns)
    query = select(*map(col, columns), col(MusicPlaylist.state))
    rows = session.execute(query.where(col(MusicPlaylist.location).startswith("/")))
    return [Known(row[0] or 0, row[1], Stamp(row[2], row[3]), row[4]) for row in rows]


def write(session: Session, rows: Sequence[Values]) -> dict[str, int]:
    """Write playlists; their ids by location."""
    if not rows:
        return {}
    statement = insert(MusicPlaylist)
    names = ("source", "kind", "name", "state", "reason", "size_bytes", "mtime_ns")
    changes = {name: statement.excluded[name] for name in names}
    returned = session.execute(
        statement.on_conflict_do_update(
            index_elements=["location"], set_={**changes, "updated_at": func.now()}
        ).returning(col(MusicPlaylist.location), col(MusicPlaylist.id)),
        [dict(row) for row in rows],
    )
    return {row[0]: int(row[1] or 0) for row in returned}


def nest(session: Session, parents: Mapping[int, int | None]) -> None:
    """Say which playlist lies in which folder."""
    if parents:
        session.execute(
            update(MusicPlaylist),
            [{"id": number, "parent_id": parent} for number, parent in parents.items()],
        )


def fill(session: Session, playlists: Iterable[int], entries: Sequence[Values]) -> None:
    """Write the places of whole playlists anew."""
    filled = list(playlists)
    session.execute(
        delete(MusicPlaylistEntry)
        .where(col(MusicPlaylistEntry.playlist_id).in_(filled))
        .execution_options(synchronize_session=False)
    )
    if entries:
        session.execute(insert(MusicPlaylistEntry), [dict(entry) for entry in entries])


def find_tracks(session: Session) -> None:
    """Give each place its track, where there is one by now."""
    session.execute(
        update(MusicPlaylistEntry)
        .where(
            col(MusicPlaylistEntry.track_id).is_(None),
            col(MusicPlaylistEntry.location) == col(MusicTrack.location),
        )
        .values(track_id=MusicTrack.id)
        .execution_options(synchronize_session=False)
    )


def mark(session: Session, ids: Iterable[int], *, state: str, reason: str | None) -> None:
    """Set a state of many playlists."""
    session.execute(
        update(MusicPlaylist)
        .where(col(MusicPlaylist.id).in_(list(ids)))
        .values(state=state, reason=reason, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )


def unlisted(session: Session, library: int, listed: Iterable[int]) -> list[int]:
    """Playlists that a library of Apple's had, at any depth, and has no more."""
    below = select(col(MusicPlaylist.id)).where(col(MusicPlaylist.id) == library).cte(recursive=True)
    below = below.union(select(col(MusicPlaylist.id)).join(below, col(MusicPlaylist.parent_id) == below.c.id))
    there = set(listed) | {library}
    return [int(number) for number in session.scalars(select(below.c.id)) if number not in there]


def page(session: Session, *, limit: int, after: int) -> list[Counted]:
    """Playlists with their counts, oldest first, from the one that follows `after`."""
    rows = session.scalars(
        select(MusicPlaylist)
        .where(col(MusicPlaylist.id) > after)
        .order_by(col(MusicPlaylist.id))
        .limit(limit)
    )
    return _counted(session, list(rows))


def get(session: Session, playlist_id: int) -> Counted:
    """A playlist.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(MusicPlaylist, playlist_id)
    if row is None:
        raise NotFoundError(f"There is no playlist {playlist_id}.", field="playlist_id", value=playlist_id)
    return _counted(session, [row])[0]


def entries(session: Session, playlist_id: int, *, limit: int, after: int) -> list[Placed]:
    """A playlist's places in order, from the one that follows position `after`."""
    rows = session.execute(
        select(MusicPlaylistEntry, MusicTrack)
        .outerjoin(MusicTrack, col(MusicTrack.id) == col(MusicPlaylistEntry.track_id))
        .where(col(MusicPlaylistEntry.playlist_id) == playlist_id, col(MusicPlaylistEntry.position) > after)
        .order_by(col(MusicPlaylistEntry.position))
        .limit(limit)
    )
    return [Placed(entry, track) for entry, track in rows]


def _counted(session: Session, rows: list[MusicPlaylist]) -> list[Counted]:
    playlist = col(MusicPlaylistEntry.playlist_id)
    counts = session.execute(
        select(playlist, func.count(), func.count(col(MusicPlaylistEntry.track_id)))
        .where(playlist.in_([row.id for row in rows]))
        .group_by(playlist)
    )
    by_id = {row[0]: (int(row[1]), int(row[2])) for row in counts}
    return [Counted(row, *by_id.get(row.id or 0, (0, 0))) for row in rows]
