"""Tracks that go with a tempo: as they are, at half tempo or at double."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from studio.errors import InvalidError

LARGEST_TOLERANCE_BPM: Final = 200.0
Tempo = Literal["same", "half", "double"]
FACTORS: Final[tuple[tuple[Tempo, float], ...]] = (("same", 1.0), ("half", 2.0), ("double", 0.5))
"""What a track's tempo is multiplied with to be held against the target: one at half tempo counts twice."""
_TOLERANCE: Final = re.compile(r"\s*(\d{1,3}(?:\.\d{1,6})?)\s*(%?)\s*")


@dataclass(frozen=True, slots=True)
class Match:
    """How a track goes with a tempo."""

    tempo: Tempo
    matched_bpm: float
    distance_bpm: float
    speed_change_percent: float


def read_tolerance(text: str, target_bpm: float) -> float:
    """A tolerance in BPM, as "5", or in per cent of the target, as "5%".

    Raises:
        InvalidError: it is neither, or more than 200 BPM.
    """
    found = _TOLERANCE.fullmatch(text)
    tolerance = float(found[1]) * (target_bpm / 100 if found[2] else 1.0) if found else -1.0
    if not 0 <= tolerance <= LARGEST_TOLERANCE_BPM:
        raise InvalidError(
            "This is no tolerance.",
            field="tolerance",
            value=text[:50],
            expected=f"a number of BPM up to {LARGEST_TOLERANCE_BPM:.0f}, as 5, or per cent, as 5%",
        )
    return tolerance


def match(bpm: float, target_bpm: float, *, tempos: bool) -> Match:
    """How a tempo goes with the target: of its readings the nearest, the plain one first.

    Args:
        bpm: The track's tempo, beats per minute, > 0.
        target_bpm: The tempo that is wanted, > 0.
        tempos: Whether half and double tempo count.

    Returns:
        The tempo that the track counts as, how far that is from the target in BPM, and by how many
        per cent the track must be sped up (negative: slowed down) to meet it.
    """
    factors = FACTORS if tempos else FACTORS[:1]
    tempo, factor = min(factors, key=lambda each: abs(bpm * each[1] - target_bpm))
    matched = bpm * factor
    return Match(tempo, matched, abs(matched - target_bpm), (target_bpm / matched - 1.0) * 100.0)
