"""What a check says of a clip: a value, its threshold, a verdict and the place."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Verdict(StrEnum):
    """What a check says; one that could not run is not judged, and never a pass."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing measured on a clip, with the place where it is worst.

    `range` is what the value can be, `threshold` the last value that passes, both in `unit`.
    """

    name: str
    value: float | None
    unit: str
    range: tuple[float, float | None]
    threshold: float | None
    verdict: Verdict
    frames: tuple[int, ...]
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class AskedClip:
    """What was asked for; frames in `holds` (first, end exclusive) were meant to stand still."""

    width: int
    height: int
    fps: Fraction
    frames: int
    moving: bool = True
    audio: bool = False
    holds: tuple[tuple[int, int], ...] = ()


def judged(
    name: str,
    value: float,
    *,
    unit: str,
    threshold: float,
    passes: bool,
    reason: str,
    source: str,
    value_range: tuple[float, float | None] = (0.0, None),
    frames: tuple[int, ...] = (),
    otherwise: Verdict = Verdict.FAIL,
) -> Metric:
    """A metric with its verdict; reason and frames are kept only where it does not pass."""
    verdict = Verdict.PASS if passes else otherwise
    return Metric(
        name,
        value,
        unit,
        value_range,
        threshold,
        verdict,
        () if passes else frames,
        source,
        "" if passes else reason,
    )


def not_judged(name: str, unit: str, source: str, reason: str) -> Metric:
    """A metric that could not be measured, or was not asked for."""
    return Metric(name, None, unit, (0.0, None), None, Verdict.NOT_JUDGED, (), source, reason)
