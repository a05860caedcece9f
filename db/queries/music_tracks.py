"""A track of the music library: read, and put right by a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.music_library import MusicPlaylist, MusicPlaylistEntry, MusicTrack
from db.queries.music_scan import add_words, effective
from studio.errors import NotFoundError

MOST_PLAYLISTS = 100


def get(session: Session, track_id: int, *, alone: bool = False) -> MusicTrack:
    """The track of that id; `alone`, nobody else changes it until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(MusicTrack, track_id, with_for_update=alone)
    if row is None:
        raise NotFoundError(f"There is no track {track_id}.", field="track_id", value=track_id)
    return row


def change(session: Session, row: MusicTrack, edits: Mapping[str, Any], **columns: Any) -> MusicTrack:
    """Take a person's word over the sources'; an edit of None gives the word back to them.

    Args:
        session: The transaction; it holds the row.
        row: The track.
        edits: Title, artist and the like.
        columns: `bpm_user` and `key_user`.
    """
    held = {name: value for name, value in {**row.edited, **edits}.items() if value is not None}
    words = effective(row.location, row.tagged, row.listed, held)
    for name, value in {**words, **columns, "edited": held, "updated_at": func.now()}.items():
        setattr(row, name, value)
    session.flush()
    add_words(session, [words])
    session.refresh(row)
    return row


def playlists_of(session: Session, track_id: int) -> Sequence[MusicPlaylist]:
    """The playlists that have the track; the first hundred."""
    within = select(col(MusicPlaylistEntry.playlist_id)).where(col(MusicPlaylistEntry.track_id) == track_id)
    query = select(MusicPlaylist).where(col(MusicPlaylist.id).in_(within))
    return list(session.scalars(query.order_by(col(MusicPlaylist.id)).limit(MOST_PLAYLISTS)))
