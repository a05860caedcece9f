"""Searching the music library: by words, slips included, by tag, key, tempo, length; by a tempo that fits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Float,
    Integer,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlmodel import Session, col

from db.models.music_library import MusicPlaylistEntry, MusicTrack, MusicWord
from studio.music_library.matching import FACTORS, ranges
from studio.music_library.wording import Term, corrigible, terms_of

_RANKS: Final = 1_000_000
"""Ranks are compared as whole numbers, so that a page can begin where the one before it ended."""
_MOST_READINGS: Final = 5
_HAS_TRIGRAMS: Final = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')")
_LEAST_LIKENESS: Final = 0.35
"""Trigram similarity of words, 0 to 1; one slip in a word of eight leaves about 0.4."""

Where = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None is whatever."""

    words: str | None = None
    artist: str | None = None
    tags: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    bpm_min: float | None = None
    bpm_max: float | None = None
    length_min_s: float | None = None
    length_max_s: float | None = None
    playlist_id: int | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A track with its rank, and whether words were taken for misspelt to find it."""

    track: MusicTrack
    rank: int
    is_corrected: bool


def search(session: Session, wanted: Wanted, *, limit: int, after: tuple[int, ...] = (0, 0)) -> list[Found]:
    """Tracks, those first whose title or artist has the words; without words by id.

    Args:
        session: The transaction.
        wanted: What is looked for.
        limit: How many.
        after: Rank and id of the last one that was seen; zeros at the beginning.
    """
    terms = terms_of(wanted.words or "")
    if wanted.words is not None and not terms:
        return []
    found = _ranked(session, wanted, [[term] for term in terms], limit, after)
    if found or not terms:
        return found
    readings = _readings(session, terms)
    if readings is None:
        return []
    return [replace(each, is_corrected=True) for each in _ranked(session, wanted, readings, limit, after)]


def matching(
    session: Session,
    target_bpm: float,
    tolerance_bpm: float,
    *,
    tempos: bool,
    keys: Sequence[str],
    limit: int,
    skip: int,
) -> list[MusicTrack]:
    """Tracks that can be played and go with a tempo, the nearest first; `tempos`: also at half and double."""
    bpm = col(MusicTrack.bpm)
    fits = or_(
        *(
            bpm.between(each.low_bpm, each.high_bpm)
            for each in ranges(target_bpm, tolerance_bpm, tempos=tempos)
        )
    )
    factors = FACTORS if tempos else FACTORS[:1]
    distances = [func.abs(bpm * literal(factor, Float) - literal(target_bpm, Float)) for _, factor in factors]
    distance = func.least(*distances) if tempos else distances[0]
    query = select(MusicTrack).where(fits, col(MusicTrack.state) == "present")
    if keys:
        query = query.where(col(MusicTrack.key).in_(keys))
    query = query.order_by(distance, distances[0], col(MusicTrack.id)).offset(skip).limit(limit)
    return list(session.scalars(query))


def _ranked(
    session: Session, wanted: Wanted, readings: Sequence[Sequence[Term]], limit: int, after: tuple[int, ...]
) -> list[Found]:
    where = _filters(wanted)
    if not readings:
        query = select(MusicTrack, literal(0)).where(*where, col(MusicTrack.id) > after[1])
        rows = session.execute(query.order_by(col(MusicTrack.id)).limit(limit))
        return [Found(track, 0, is_corrected=False) for track, _ in rows]
    asked = func.to_tsquery(text("'simple'"), _query(readings))
    rank = cast(func.ts_rank(MusicTrack.search, asked) * _RANKS, Integer)
    best: Select[Any, Any] = (
        select(col(MusicTrack.id).label("id"), rank.label("rank"))
        .where(col(MusicTrack.search).op("@@")(asked), *where)
        .order_by(rank.desc(), col(MusicTrack.id))
    )
    if after[1]:
        best = best.where(or_(rank < after[0], and_(rank == after[0], col(MusicTrack.id) > after[1])))
    return _whole(session, best.limit(limit))


def _whole(session: Session, best: Select[Any, Any]) -> list[Found]:
    """The rows of what was ranked: whole rows are read for a page and not for all that match."""
    page = best.subquery()
    rows = session.execute(
        select(MusicTrack, page.c.rank)
        .join(page, col(MusicTrack.id) == page.c.id)
        .order_by(page.c.rank.desc(), col(MusicTrack.id))
    )
    return [Found(track, rank, is_corrected=False) for track, rank in rows]


def _filters(wanted: Wanted) -> Where:
    where: Where = []
    if wanted.artist is not None:
        words = _query([[term] for term in terms_of(wanted.artist)], weight="B")
        where.append(col(MusicTrack.search).op("@@")(func.to_tsquery(text("'simple'"), words)))
    if wanted.tags:
        where.append(col(MusicTrack.tags).contains(list(wanted.tags)))
    if wanted.keys:
        where.append(col(MusicTrack.key).in_(wanted.keys))
    if wanted.state is not None:
        where.append(col(MusicTrack.state) == wanted.state)
    if wanted.playlist_id is not None:
        where.append(_in_playlist(wanted.playlist_id))
    return [*where, *_bounds(wanted)]


def _bounds(wanted: Wanted) -> Where:
    bounds = (
        (MusicTrack.bpm, wanted.bpm_min, wanted.bpm_max),
        (MusicTrack.duration_s, wanted.length_min_s, wanted.length_max_s),
    )
    least = [col(column) >= low for column, low, _ in bounds if low is not None]
    return [*least, *(col(column) <= high for column, _, high in bounds if high is not None)]


def _in_playlist(playlist_id: int) -> ColumnElement[bool]:
    entry = MusicPlaylistEntry
    return exists().where(col(entry.track_id) == col(MusicTrack.id), col(entry.playlist_id) == playlist_id)


def _query(readings: Sequence[Sequence[Term]], *, weight: str = "") -> str:
    """Readings of each word as PostgreSQL's text search has it; words are letters and digits, and no more."""
    return " & ".join(
        "("
        + " | ".join(f"'{term.word}':{'*' if term.is_prefix else ''}{weight}".rstrip(":") for term in each)
        + ")"
        for each in readings
    )


def _readings(session: Session, terms: Sequence[Term]) -> list[list[Term]] | None:
    """Each word, and what else it may have been meant to be; None where there is nothing of that kind."""
    slips = corrigible(term.word for term in terms)
    if not slips or not session.scalar(_HAS_TRIGRAMS):
        return None
    meant: dict[str, list[Term]] = {}
    for slip, word in session.execute(_alike(slips)):
        meant.setdefault(slip, []).append(Term(word, is_prefix=False))
    return [[term, *meant.get(term.word, ())] for term in terms] if meant else None


def _alike(slips: Sequence[str]) -> Select[str, str]:
    """The words of the library that are most like each of those that are none of its own."""
    slip: ColumnElement[str] = func.unnest(cast(list(slips), ARRAY(Text))).column_valued("slip")
    likeness = func.similarity(MusicWord.word, slip)
    word = (
        select(col(MusicWord.word))
        .where(col(MusicWord.word).op("%")(slip), likeness >= _LEAST_LIKENESS)
        .order_by(likeness.desc(), col(MusicWord.word))
        .limit(_MOST_READINGS)
        .lateral("alike")
    )
    known = exists().where(col(MusicWord.word) == slip)
    return select(slip, word.c.word).select_from(slip).join(word, true()).where(~known)
