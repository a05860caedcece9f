"""Tracks of the music library that go with a tempo."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session

from db.queries.music_listed import COLUMNS, Listed, listed
from studio.music_library.matching import FACTORS

_SIDE: Final = """
    (SELECT {columns}, {order} AS reading, abs(bpm * {factor} - :target) AS distance FROM music_tracks
    WHERE bpm {side} :target / {factor} AND bpm BETWEEN :low / {factor} AND :high / {factor}
    AND state = 'present' {keys} ORDER BY bpm {way}, id LIMIT :most)"""
_NEAREST: Final = """
SELECT {columns} FROM (
    SELECT DISTINCT ON (id) * FROM ({sides}
    ) AS found ORDER BY id, distance, reading
) AS tracks ORDER BY distance, reading, id OFFSET :skip LIMIT :limit
"""


def matching(
    session: Session,
    target_bpm: float,
    tolerance_bpm: float,
    *,
    tempos: bool,
    keys: Sequence[str],
    limit: int,
    skip: int,
) -> list[Listed]:
    """Tracks that can be played and go with a tempo, the nearest first.

    The index is walked up and down from each tempo, no further than a page needs; what lies within the
    tolerance of two readings is found once, as the nearer.

    Args:
        session: The transaction.
        target_bpm: The tempo, > 0.
        tolerance_bpm: How far a track may lie from it, >= 0.
        tempos: Whether half and double tempo count.
        keys: Camelot codes of which a track must have one; none for any.
        limit: How many.
        skip: How many come before.
    """
    values: dict[str, Any] = {
        "target": target_bpm,
        "low": max(0.0, target_bpm - tolerance_bpm),
        "high": target_bpm + tolerance_bpm,
        "keys": list(keys),
        "most": skip + limit,
        "skip": skip,
        "limit": limit,
    }
    rows = session.execute(text(_statement(tempos=tempos, has_keys=bool(keys))), values)
    return [listed(row) for row in rows]


def _statement(*, tempos: bool, has_keys: bool) -> str:
    among = "AND key = ANY (CAST(:keys AS text[]))" if has_keys else "AND CAST(:keys AS text[]) = '{}'"
    sides = (
        _SIDE.format(columns=COLUMNS, order=order, factor=factor, side=side, way=way, keys=among)
        for order, (_, factor) in enumerate(FACTORS if tempos else FACTORS[:1])
        for side, way in ((">=", "ASC"), ("<", "DESC"))
    )
    return _NEAREST.format(columns=COLUMNS, sides=" UNION ALL".join(sides))
