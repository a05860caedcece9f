"""What a check says of a clip: a value, its threshold, a verdict and the place."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from studio.thresholds import Limit

WORST_FRAMES = 8


class Verdict(StrEnum):
    """What a check says; one that could not run is not judged, and never a pass."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing measured on a clip, with the place where it is worst.

    `range` is what the value can be, `threshold` the last value that passes, both in `unit`; `frames`
    are the worst ones, where it has a place and does not pass.
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
    """What was asked for; frames in `holds` (first, end exclusive) were meant to stand still.

    `cuts` are the frames that were to begin a shot; None where nobody knows. Within `fades` (first,
    length) it may be black. `loudness_lufs` is what its sound was levelled to; None: nobody levelled it.
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    moving: bool = True
    audio: bool = False
    holds: tuple[tuple[int, int], ...] = ()
    cuts: tuple[int, ...] | None = None
    fades: tuple[tuple[int, int], ...] = ()
    loudness_lufs: float | None = None


def judged(
    name: str,
    value: float,
    limit: Limit,
    *,
    unit: str,
    reason: str,
    source: str,
    value_range: tuple[float, float | None] = (0.0, None),
    frames: Sequence[int] = (),
) -> Metric:
    """A metric with its verdict; reason and frames are kept only where it does not pass."""
    verdict = _verdict(value, limit)
    passes = verdict is Verdict.PASS
    crossed = limit.fail if verdict is Verdict.FAIL or limit.warn is None else limit.warn
    shown = tuple(int(frame) for frame in frames[:WORST_FRAMES])
    return Metric(
        name,
        value,
        unit,
        value_range,
        crossed,
        verdict,
        () if passes else shown,
        source,
        "" if passes else reason,
    )


def not_judged(name: str, unit: str, source: str, reason: str) -> Metric:
    """A metric that could not be measured, or was not asked for."""
    return Metric(name, None, unit, (0.0, None), None, Verdict.NOT_JUDGED, (), source, reason)


def _verdict(value: float, limit: Limit) -> Verdict:
    for bound, verdict in ((limit.fail, Verdict.FAIL), (limit.warn, Verdict.WARN)):
        if bound is not None and (value < bound if limit.is_floor else value > bound):
            return verdict
    return Verdict.PASS
