"""Tracks of the music library whose sound has yet to be analysed, and what was heard in the others."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from db.models.music_library import MusicTrack
from studio.tracks import TrackAnalysis

_UNHEARD: Final = (
    col(MusicTrack.state) == "present",
    col(MusicTrack.content_hash).is_distinct_from(col(MusicTrack.analysed_hash)),
)


@dataclass(frozen=True, slots=True)
class Unheard:
    """A track to be analysed."""

    id: int
    location: str
    content_hash: str


def count_unheard(session: Session) -> int:
    """How many tracks have yet to be analysed."""
    return session.scalar(select(func.count()).select_from(MusicTrack).where(*_UNHEARD)) or 0


def unheard(session: Session, *, after: int, limit: int) -> list[Unheard]:
    """Tracks that have yet to be analysed, from the one that follows `after`."""
    columns = (col(MusicTrack.id), col(MusicTrack.location), col(MusicTrack.content_hash))
    query = select(*columns).where(*_UNHEARD, columns[0] > after).order_by(columns[0]).limit(limit)
    return [Unheard(row[0] or 0, row[1], row[2] or "") for row in session.execute(query)]


def note(session: Session, track: Unheard, analyser: str, analysis: TrackAnalysis) -> None:
    """Note what was heard, beside what tags and people say; nothing of theirs is touched."""
    key = analysis.key
    _write(
        session,
        track,
        analyser=analyser,
        bpm_analysed=analysis.beats.bpm,
        bpm_confidence=analysis.beats.confidence,
        key_analysed=None if key is None else key.camelot,
        key_confidence=None if key is None else key.confidence,
        analysis_error=None,
    )


def note_failure(session: Session, track: Unheard, analyser: str, reason: str) -> None:
    """Note that a content cannot be analysed; it is not tried again until it changes."""
    _write(
        session,
        track,
        analyser=analyser,
        analysis_error=reason,
        **dict.fromkeys(("bpm_analysed", "bpm_confidence", "key_analysed", "key_confidence")),
    )


def _write(session: Session, track: Unheard, **values: str | float | None) -> None:
    """A file that has changed since it was read for this stays unheard."""
    session.execute(
        update(MusicTrack)
        .where(col(MusicTrack.id) == track.id, col(MusicTrack.content_hash) == track.content_hash)
        .values(**values, analysed_hash=track.content_hash, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
