"""What of a take can be put right without rendering it again: decided from its measurements alone.

Pictures are held or left out and never invented; light is evened out; sound is moved, cut, padded and turned
up or down. Flashing is not repaired: what dims it draws another picture, and what is nearly safe is not safe.
A repaired take is judged again, by the same limits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.checks.motion import leaps
from studio.checks.picture import black_runs, blank_runs
from studio.checks.sound import TARGET_LUFS, sound_bounds
from studio.measures.light import steady_gains
from studio.metrics import AskedClip, Verdict
from studio.pictures import Measurements
from studio.quality import Assessment
from studio.retiming import Frames, fill_gaps, make_up
from studio.thresholds import STANDARD, THRESHOLDS

SAME_RATE: Final = Fraction(1, 1000)
FEW: Final = Fraction(1, 12)
"""Missing frames that can be made up for: one in twelve, which holds a picture twice a second at most."""
SAME_SHAPE: Final = 0.02
PAD_S: Final = 0.25
"""Sound that lacks more than this lacks something that is heard; silence does not stand for it."""
DELAY_S: Final = 0.045
PEAK_DBTP: Final = -2.5
"""Half a decibel below the strictest limit, as coding adds some."""
LEAST_GAIN_DB: Final = 0.5
QUIETENED: Final = frozenset({"loudness", "true_peak"})


class Fix(StrEnum):
    """A way to put something right."""

    FILL = "fill"
    MAKE_UP = "make up"
    RESTAMP = "restamp"
    SCALE = "scale"
    DEFLICKER = "deflicker"
    ALIGN_SOUND = "align sound"
    NORMALISE = "normalise"


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing put right: how, what was wrong by which metric, and what was done in words."""

    fix: Fix
    metric: str
    what: str


@dataclass(frozen=True, slots=True)
class NewSound:
    """Sound from `from_s` of the old file on (seconds, may be negative), `gain_db` louder."""

    from_s: float = 0.0
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Mending:
    """How a clip is made from a faulty one: at `fps`, its pictures in their order unless said otherwise.

    `order`: frames of the faulty clip to show, ascending, shape (n,); `gains`: by what to multiply the tones
    of each of its frames, shape (frames,); `size`: width and height, px. None: as they are.
    """

    fps: Fraction
    repairs: tuple[Repair, ...] = ()
    order: Frames | None = None
    gains: NDArray[np.float64] | None = None
    size: tuple[int, int] | None = None
    sound: NewSound | None = None

    @property
    def draws(self) -> bool:
        """Whether pictures change, and not only their time stamps."""
        return not (self.order is None and self.gains is None and self.size is None)


@dataclass(frozen=True, slots=True, eq=False)
class _Faulty:
    clip: Measurements
    asked: AskedClip
    preset: str


_Fixing = Callable[[_Faulty, Mending], Mending | None]


def plan_repairs(
    clip: Measurements,
    asked: AskedClip,
    assessment: Assessment,
    *,
    preset: str = STANDARD,
    keeps_sound: bool = True,
) -> Mending | None:
    """How to put right all that a clip fails by, without rendering it again.

    Args:
        clip: What was measured on it.
        asked: What it should be.
        assessment: The verdict on it.
        preset: Whose thresholds hold.
        keeps_sound: Its own sound will be heard: then sound that is only warned about is put right, too.

    Returns:
        None where there is nothing to put right, or anything that failed can't be.
    """
    faulty, mending = _Faulty(clip, asked, preset), Mending(asked.fps)
    for metric in assessment.metrics:
        if metric.verdict is not Verdict.FAIL:
            continue
        mended = _FIXES[metric.name](faulty, mending) if metric.name in _FIXES else None
        if mended is None:
            return None
        mending = mended
    if keeps_sound and {m.name for m in assessment.metrics if m.verdict is Verdict.WARN} & QUIETENED:
        mending = _normalise(faulty, mending) or mending
    return mending if mending.repairs else None


def _with(mending: Mending, fix: Fix, metric: str, what: str, **changed: object) -> Mending:
    return replace(mending, repairs=(*mending.repairs, Repair(fix, metric, what)), **changed)  # type: ignore[arg-type]


def _has(mending: Mending, *fixes: Fix) -> bool:
    return any(repair.fix in fixes for repair in mending.repairs)


def _is_at_rate(faulty: _Faulty) -> bool:
    return abs(faulty.clip.info.fps / faulty.asked.fps - 1) < SAME_RATE


def _timed(metric: str) -> _Fixing:
    """Frames too few or too many, or all of them with the wrong times."""

    def fix(faulty: _Faulty, mending: Mending) -> Mending | None:
        clip, asked = faulty.clip, faulty.asked
        if _has(mending, Fix.MAKE_UP, Fix.RESTAMP):
            return mending
        if clip.frames == asked.frames and (_is_at_rate(faulty) or clip.info.audio_codec is None):
            return _with(mending, Fix.RESTAMP, metric, f"its frames shown at {float(asked.fps):g} a second")
        if not _is_at_rate(faulty) or asked.frames - clip.frames > FEW * asked.frames:
            return None
        order = make_up(frames=clip.frames, wanted=asked.frames, after=leaps(clip))
        off = asked.frames - clip.frames
        what = f"{off} missing frames made up for by holds" if off > 0 else f"{-off} frames cut off its end"
        return _with(mending, Fix.MAKE_UP, metric, what, order=order)

    return fix


def _size(faulty: _Faulty, mending: Mending) -> Mending | None:
    """Larger pictures of the same shape are made smaller; smaller ones lack what was asked for."""
    info, asked = faulty.clip.info, faulty.asked
    shape = info.width * asked.height / (info.height * asked.width)
    if info.width < asked.width or info.height < asked.height or abs(shape - 1) > SAME_SHAPE:
        return None
    what = f"made smaller from {info.width}x{info.height}"
    return _with(mending, Fix.SCALE, "size", what, size=(asked.width, asked.height))


def _missing(metric: str) -> _Fixing:
    """Pictures that are black or blank."""

    def fix(faulty: _Faulty, mending: Mending) -> Mending | None:
        clip, asked = faulty.clip, faulty.asked
        if _has(mending, Fix.FILL):
            return mending
        limits = THRESHOLDS[faulty.preset]
        found = (("black", black_runs(clip)), ("blank", blank_runs(clip)))
        gaps = sorted(run for name, runs in found for run in runs if run[1] > (limits[name].fail or 0))
        cuts = [int(cut) for cut in clip.cuts] if asked.cuts is None else list(asked.cuts)
        order = fill_gaps(gaps, cuts, frames=clip.frames)
        if order is None:
            return None
        count = sum(length for _, length in gaps)
        what = f"{count} frames without a picture filled from those beside them"
        return _with(mending, Fix.FILL, metric, what, order=order)

    return fix


def _flicker(faulty: _Faulty, mending: Mending) -> Mending | None:
    clip = faulty.clip
    flickers = clip.flicker > (THRESHOLDS[faulty.preset]["flicker"].warn or 0.0)
    gains = steady_gains(clip.light, flickers, clip.cuts, clip.info.fps)
    return _with(mending, Fix.DEFLICKER, "flicker", "the light of its frames evened out", gains=gains)


def _align(faulty: _Faulty, mending: Mending) -> Mending | None:
    """Sound that comes late as a whole is moved; then it is cut off, or ends in silence, with the picture."""
    clip = faulty.clip
    starts_s, ends_s = sound_bounds(clip)
    begins_s, over_s = float(clip.time_s[0]), float(clip.time_s[-1] + 1 / clip.info.fps)
    late_s, longer_s = starts_s - begins_s, ends_s - over_s
    is_delay = abs(late_s - longer_s) <= DELAY_S
    from_s = starts_s if is_delay else begins_s
    lacking_s = 0.0 if is_delay else max(late_s, 0.0) + max(-longer_s, 0.0)
    if lacking_s > PAD_S:
        return None
    what = f"sound moved by {-late_s:.3f} s" if is_delay else "sound brought to the length of the picture"
    sound = replace(mending.sound or NewSound(), from_s=from_s)
    return _with(mending, Fix.ALIGN_SOUND, "audio_drift", what, sound=sound)


def _normalise(faulty: _Faulty, mending: Mending) -> Mending | None:
    sound = faulty.clip.sound
    if sound is None or sound.loudness_lufs is None or sound.peak_dbtp is None:
        return None
    gain_db = min(TARGET_LUFS - sound.loudness_lufs, PEAK_DBTP - sound.peak_dbtp)
    if abs(gain_db) < LEAST_GAIN_DB:
        return None
    new = replace(mending.sound or NewSound(from_s=float(faulty.clip.time_s[0])), gain_db=gain_db)
    return _with(mending, Fix.NORMALISE, "loudness", f"sound turned by {gain_db:+.1f} dB", sound=new)


_FIXES: Final[Mapping[str, _Fixing]] = {
    **{name: _timed(name) for name in ("frame_count", "duration_error", "rate")},
    "size": _size,
    **{name: _missing(name) for name in ("black", "blank")},
    "flicker": _flicker,
    "audio_drift": _align,
}
