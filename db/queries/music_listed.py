"""A track as lists show it: read as values, since 50 whole rows take longer than the search for them."""

from dataclasses import dataclass, fields
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Listed:
    """What lists show of a track."""

    id: int
    title: str
    artist: str | None
    album: str | None
    genre: str | None
    year: int | None
    tags: list[str]
    duration_s: float | None
    bpm: float | None
    bpm_source: str | None
    key: str | None
    key_source: str | None
    state: str
    reason: str | None
    cover: str | None


_NAMES: Final = tuple(field.name for field in fields(Listed))
COLUMNS: Final = ", ".join(_NAMES)


def listed(row: Any) -> Listed:
    """A track from a row that begins with `COLUMNS`."""
    return Listed(*row[: len(_NAMES)])
