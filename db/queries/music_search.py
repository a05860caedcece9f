"""Searching the music library: by words, slips included, by tag, key, tempo and length."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlmodel import Session

from db.queries.music_listed import COLUMNS, Listed, listed
from db.queries.music_spelling import readings
from studio.music_library.wording import Term, terms_of, words_of

START: Final = (0, 0, 0)
MOST_RANKED: Final = 1_000


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
    """A track with its place in the order, and whether words were taken for misspelt to find it."""

    track: Listed
    tier: int
    rank: int
    is_corrected: bool


_BY_WORDS: Final = """
WITH exact AS MATERIALIZED (
    SELECT id, 1 AS tier, 0 AS rank FROM music_tracks t
    WHERE title_words = :title {filters} AND (1, 0, id) > (:tier, 0, CASE :tier WHEN 1 THEN :id ELSE 0 END)
    ORDER BY id LIMIT :limit
), titled AS MATERIALIZED (
    SELECT id, title_search AS words FROM music_tracks t
    WHERE :tier <= 2 AND title_search @@ CAST(:asked AS tsquery) AND title_words <> :title {filters}
    AND (SELECT count(*) FROM exact) < :limit LIMIT :most + 1
), by_title AS MATERIALIZED ({titled}
), other AS MATERIALIZED (
    SELECT id, search AS words FROM music_tracks t
    WHERE search @@ CAST(:asked AS tsquery) AND NOT title_search @@ CAST(:asked AS tsquery) {filters}
    AND (SELECT count(*) FROM exact) + (SELECT count(*) FROM by_title) < :limit LIMIT :most + 1
), by_other AS MATERIALIZED ({other}
), page AS (
    SELECT * FROM (TABLE exact UNION ALL TABLE by_title UNION ALL TABLE by_other) AS tiers
    ORDER BY tier, rank DESC, id LIMIT :limit
)
SELECT {columns}, tier, rank FROM page JOIN music_tracks t USING (id) ORDER BY tier, rank DESC, id
"""
_A_TIER: Final = """
    (SELECT id, {tier} AS tier, rank FROM (
        SELECT id, CAST(ts_rank(words, CAST(:asked AS tsquery), 2) * 1000000 AS int) + 1 AS rank
        FROM {matches} WHERE (SELECT count(*) FROM {matches}) <= :most
    ) AS ranked
    WHERE :tier < {tier} OR :rank = 0 OR rank < :rank OR (rank = :rank AND id > :id)
    ORDER BY rank DESC, id LIMIT :limit)
    UNION ALL
    (SELECT id, {tier}, 0 FROM music_tracks t
    WHERE {is_of} {filters} AND (SELECT count(*) FROM {matches}) > :most
    AND id > CASE :tier WHEN {tier} THEN :id ELSE 0 END
    ORDER BY id LIMIT :limit)"""
"""Ranking reads every match. So a tier is ranked if it has at most a thousand, which counting up to that
finds out; beyond, matches lie so close that walking along the ids soon has a page of them. The 2 has
`ts_rank` count a short text that has the words for more than a long one."""
_TITLED: Final = "title_search @@ CAST(:asked AS tsquery) AND title_words <> :title"
_OTHER: Final = "search @@ CAST(:asked AS tsquery) AND NOT title_search @@ CAST(:asked AS tsquery)"
_BY_ID: Final = """
SELECT {columns}, 0 AS tier, 0 AS rank FROM music_tracks t WHERE id > :id {filters} ORDER BY id LIMIT :limit
"""
_BY_ARTIST: Final = """
WITH matches AS MATERIALIZED (
    SELECT id FROM music_tracks t WHERE search @@ CAST(:artist AS tsquery) {filters} LIMIT :most + 1
), page AS (
    (SELECT id FROM matches WHERE (SELECT count(*) FROM matches) <= :most AND id > :id
    ORDER BY id LIMIT :limit)
    UNION ALL
    (SELECT id FROM music_tracks t WHERE search @@ CAST(:artist AS tsquery) {filters}
    AND (SELECT count(*) FROM matches) > :most AND id > :id ORDER BY id LIMIT :limit)
)
SELECT {columns}, 0 AS tier, 0 AS rank FROM page JOIN music_tracks t USING (id) ORDER BY id
"""
_FILTERS: Final = {
    "artist": "AND search @@ CAST(:artist AS tsquery)",
    "tags": "AND tags @> CAST(:tags AS text[])",
    "keys": "AND key = ANY (CAST(:keys AS text[]))",
    "bpm_min": "AND bpm >= :bpm_min",
    "bpm_max": "AND bpm <= :bpm_max",
    "length_min_s": "AND duration_s >= :length_min_s",
    "length_max_s": "AND duration_s <= :length_max_s",
    "state": "AND state = :state",
    "playlist_id": "AND EXISTS (SELECT FROM music_playlist_entries e "
    "WHERE e.track_id = t.id AND e.playlist_id = :playlist_id)",
}


def search(session: Session, wanted: Wanted, *, limit: int, after: tuple[int, ...] = START) -> list[Found]:
    """Tracks: those whose title is what was asked for, those whose title has it, the rest; else by id.

    Args:
        session: The transaction.
        wanted: What is looked for.
        limit: How many.
        after: Tier, rank and id of the last one that was seen; zeros at the beginning.
    """
    values = _values(wanted, limit, after)
    if wanted.words is None:
        return _found(session, _BY_ID if wanted.artist is None else _BY_ARTIST, values, but="artist")
    terms = terms_of(wanted.words)
    if not terms:
        return []
    values["title"] = " ".join(words_of(wanted.words))
    found = _by_words(session, values, [[term] for term in terms])
    meant = None if found else readings(session, terms)
    if meant is None:
        return found
    return [replace(each, is_corrected=True) for each in _by_words(session, values, meant)]


def _by_words(session: Session, values: dict[str, Any], meant: Sequence[Sequence[Term]]) -> list[Found]:
    return _found(session, _BY_WORDS, {**values, "asked": _asked(meant)})


def _found(session: Session, kind: str, values: dict[str, Any], *, but: str = "") -> list[Found]:
    """One statement a search: each way to the database costs as much as a tier."""
    filters = tuple(name for name in _FILTERS if name in values and name != but)
    rows = session.execute(_statement(kind, filters), values)
    return [Found(listed(row), row.tier, row.rank, is_corrected=False) for row in rows]


@lru_cache(maxsize=256)
def _statement(kind: str, filtered: tuple[str, ...]) -> TextClause:
    parts = {"filters": " ".join(_FILTERS[name] for name in filtered), "columns": COLUMNS}
    titled = _A_TIER.format(tier=2, matches="titled", is_of=_TITLED, **parts)
    other = _A_TIER.format(tier=3, matches="other", is_of=_OTHER, **parts)
    return text(kind.format(titled=titled, other=other, **parts))


def _values(wanted: Wanted, limit: int, after: tuple[int, ...]) -> dict[str, Any]:
    said = {name: getattr(wanted, name) for name in _FILTERS if getattr(wanted, name) not in (None, ())}
    said |= {name: list(said[name]) for name in ("tags", "keys") if name in said}
    if wanted.artist is not None:
        said["artist"] = _asked([[term] for term in terms_of(wanted.artist)], weight="B")
    tier, rank, track_id = after
    return {**said, "limit": limit, "tier": tier, "rank": rank, "id": track_id, "most": MOST_RANKED}


def _asked(meant: Sequence[Sequence[Term]], *, weight: str = "") -> str:
    """Each word in one of its readings, as a `tsquery`; words are letters and digits, and no more."""
    each_word = (" | ".join(_lexeme(term, weight) for term in each) for each in meant)
    return " & ".join(f"({word})" for word in each_word)


def _lexeme(term: Term, weight: str) -> str:
    marks = ("*" if term.is_prefix else "") + weight
    return f"'{term.word}':{marks}" if marks else f"'{term.word}'"
