"""What a clip must keep to, in one table: a limit a metric and quality preset. Attempts never lower it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """The last values that pass: beyond `warn` a metric warns, beyond `fail` it fails the clip.

    None: it never does. `is_floor`: lower values are worse.
    """

    warn: float | None = None
    fail: float | None = None
    is_floor: bool = False


Limits = Mapping[str, Limit]
DRAFT, STANDARD, HIGH = "draft", "standard", "high"


def _same(limit: Limit) -> tuple[Limit, Limit, Limit]:
    return limit, limit, limit


def _warns(draft: float, standard: float, high: float, *, is_floor: bool = False) -> tuple[Limit, ...]:
    return tuple(Limit(warn=value, is_floor=is_floor) for value in (draft, standard, high))


_TABLE: Final[Mapping[str, tuple[Limit, ...]]] = {
    # technical: what was asked for, or it is another clip
    "decodes": _same(Limit(fail=0)),
    "frame_count": _same(Limit(fail=0)),
    "duration_error": _same(Limit(fail=1.05)),
    "size": _same(Limit(fail=0)),
    "rate": _same(Limit(fail=0.001)),
    "timing": _same(Limit(warn=0.5)),
    # picture
    "black": _same(Limit(fail=1)),
    "blank": _same(Limit(warn=1, fail=3)),
    "exposure": _warns(116, 108, 103),
    "visible": _same(Limit(fail=40, is_floor=True)),
    "clipped_highlights": _warns(0.4, 0.25, 0.15),
    "sharpness": _warns(0.2, 0.25, 0.35, is_floor=True),
    "noise": _warns(5.0, 2.5, 2.0),
    "blockiness": (Limit(1.3, 2.5), Limit(1.18, 1.6), Limit(1.16, 1.4)),
    "banding": _warns(0.3, 0.42, 0.45, is_floor=True),
    # motion
    "frozen": _warns(12, 10, 8),
    "motion": _warns(0.005, 0.01, 0.01, is_floor=True),
    "smoothness": _warns(0.25, 0.15, 0.1),
    "duplicates": _warns(6, 2, 0),
    "drops": _warns(4, 2, 0),
    "flicker": (Limit(0.01, 0.025), Limit(0.006, 0.014), Limit(0.005, 0.012)),
    "cuts": _same(Limit(warn=0)),
    # safety: nobody's taste, so no preset moves it
    "flashes": _same(Limit(fail=2.5)),
    "red_flashes": _same(Limit(fail=2.5)),
    # sound
    "audio": _same(Limit(fail=0)),
    "audio_drift": _same(Limit(warn=0.045, fail=0.06)),
    "loudness": _warns(14, 10, 7),
    "true_peak": _warns(0.5, -1.0, -2.0),
    "levelled": _same(Limit(warn=2.0)),
    "levelled_peak": _same(Limit(warn=-1.0, fail=0.0)),
    "audio_clipping": _warns(480, 48, 0),
    "silence": _warns(3.0, 1.0, 0.75),
    # assembly: the finished file against its cut list
    "as_cut": _same(Limit(fail=0)),
    "cuts_kept": _same(Limit(fail=0)),
    "chapters": _same(Limit(fail=0)),
    "av_offset": _same(Limit(warn=0.5, fail=1)),
    "as_mixed": _same(Limit(warn=1.0, fail=2.0)),
    # character
    "identity": _same(Limit(fail=0.1785)),
    "palette_consistency": _warns(0.3, 0.4, 0.5, is_floor=True),
}

THRESHOLDS: Final[Mapping[str, Limits]] = {
    preset: {name: limits[column] for name, limits in _TABLE.items()}
    for column, preset in enumerate((DRAFT, STANDARD, HIGH))
}
