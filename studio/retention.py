"""Which files of the store are needed, and from when on those that are not may go.

A file stands as its strongest claim has it. What anything but a generation names is in use. A generation
claims its files as it went: all of them while it is under way or waits for a person, those of the kept take
once it is done. The rest (other takes, what renderers delivered before it was conformed) goes when the
project's time is over, and where no time is set, stays.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal


class Standing(StrEnum):
    """What a file is to the studio, the strongest claim first."""

    IN_USE = "in_use"
    PUBLISHED = "published"
    APPROVED = "approved"
    INTERMEDIATE = "intermediate"
    REJECTED = "rejected"
    UNREFERENCED = "unreferenced"


KEPT: Final = frozenset({Standing.IN_USE, Standing.PUBLISHED, Standing.APPROVED})
STRENGTH: Final = {standing: place for place, standing in enumerate(Standing)}
UNENDED: Final = frozenset({"processing", "needs_review"})

Role = Literal["made", "input", "delivery", "told"]
"""What a file is to a take: what it gave, what it was made of, what the renderer sent, or a mention."""


@dataclass(frozen=True, slots=True)
class Generation:
    """How a generation ended, as far as its files are concerned."""

    project_id: int
    status: str
    chosen_take: int | None
    is_published: bool
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """A generation's claim to a file."""

    sha256: str
    generation_id: str
    take: int | None
    role: Role


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a file stands, and from when on it may go; None for never."""

    standing: Standing
    goes_at: datetime | None = None


def standing_of(note: Note, generation: Generation) -> Standing:
    """How a file stands by one claim."""
    if generation.status in UNENDED or generation.ended_at is None:
        return Standing.IN_USE
    if generation.status != "completed":
        return Standing.REJECTED
    if note.role in ("made", "input") and generation.chosen_take in (None, note.take):
        return Standing.PUBLISHED if generation.is_published else Standing.APPROVED
    return Standing.REJECTED if note.role == "made" else Standing.INTERMEDIATE


def judge_files(
    files: Mapping[str, datetime],
    *,
    held: Collection[str],
    notes: Iterable[Note],
    generations: Mapping[str, Generation],
    retention_days: Mapping[int, int],
    unreferenced_days: int | None = None,
) -> dict[str, Verdict]:
    """How each file stands.

    Args:
        files: When each was stored, by hash.
        held: Hashes that anything but a generation names.
        notes: Claims of generations.
        generations: Those generations, by id; a claim of one that is not here holds its file.
        retention_days: Of the projects that have set it, days, >= 1.
        unreferenced_days: After how many days what nobody names may go; None for never.

    Returns:
        A verdict on each of `files`.
    """
    claims: dict[str, list[tuple[Standing, datetime | None]]] = {}
    for note in notes:
        if note.sha256 in files:
            claims.setdefault(note.sha256, []).append(_claim(note, generations, retention_days))
    keeping = frozenset(held)
    return {
        sha256: Verdict(Standing.IN_USE)
        if sha256 in keeping
        else _strongest(claims.get(sha256, ()))
        or Verdict(Standing.UNREFERENCED, _later(stored_at, unreferenced_days))
        for sha256, stored_at in files.items()
    }


def _claim(
    note: Note, generations: Mapping[str, Generation], retention_days: Mapping[int, int]
) -> tuple[Standing, datetime | None]:
    generation = generations.get(note.generation_id)
    if generation is None:
        return Standing.IN_USE, None
    days = retention_days.get(generation.project_id)
    return standing_of(note, generation), _later(generation.ended_at, days)


def _strongest(claims: Collection[tuple[Standing, datetime | None]]) -> Verdict | None:
    """A file that several claim goes when the last of them lets it."""
    if not claims:
        return None
    standing = min((each for each, _ in claims), key=STRENGTH.__getitem__)
    times = [at for _, at in claims if at is not None]
    is_kept = standing in KEPT or len(times) < len(claims)
    return Verdict(standing, None if is_kept else max(times))


def _later(at: datetime | None, days: int | None) -> datetime | None:
    return None if at is None or days is None else at + timedelta(days=days)
