"""The checks that a clip goes through, each a metric; thresholds stand here and are never lowered."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.metrics import AskedClip, Metric, Verdict, judged, not_judged
from studio.pictures import Measurements

Flags = NDArray[np.bool_]

BLACK_SHARE = 0.98
BLACK_FRAMES = 1
BLANK_SPREAD = 2.0
STILL_CHANGE = 0.25
FROZEN_S = 0.45
MEAN_LUMA = (12.0, 243.0)
CLIPPED_SHARE = 0.25
SHARPNESS_RATIO = 0.25
DRIFT_S = 0.08
WORST_FRAMES = 8


def _frame_count(clip: Measurements, asked: AskedClip) -> Metric:
    return judged(
        "frame_count",
        clip.frames,
        unit="frames",
        threshold=asked.frames,
        passes=clip.frames == asked.frames,
        reason=f"{clip.frames} frames instead of {asked.frames}",
        source="decoded frames",
    )


def _duration(clip: Measurements, asked: AskedClip) -> Metric:
    wanted_s, frame_s = float(asked.frames / asked.fps), float(1 / asked.fps)
    off_s = clip.info.duration_s - wanted_s
    return judged(
        "duration_error",
        off_s,
        unit="s",
        value_range=(-wanted_s, None),
        threshold=frame_s,
        passes=abs(off_s) <= frame_s + 1e-3,
        reason=f"{clip.info.duration_s:.2f} s long instead of {wanted_s:.2f} s",
        source="container",
    )


def _size(clip: Measurements, asked: AskedClip) -> Metric:
    is_size = (clip.info.width, clip.info.height) == (asked.width, asked.height)
    return judged(
        "size",
        clip.info.width * clip.info.height,
        unit="px",
        threshold=asked.width * asked.height,
        passes=is_size,
        reason=f"{clip.info.width}x{clip.info.height} instead of {asked.width}x{asked.height}",
        source="container",
    )


def _rate(clip: Measurements, asked: AskedClip) -> Metric:
    off = abs(float(clip.info.fps / asked.fps) - 1.0)
    return judged(
        "rate",
        float(clip.info.fps),
        unit="frames/s",
        threshold=float(asked.fps),
        passes=off < 1e-3,
        reason=f"{float(clip.info.fps):.3f} frames a second instead of {float(asked.fps):.3f}",
        source="container",
    )


def _black(clip: Measurements, _asked: AskedClip) -> Metric:
    first, length = _longest_run(clip.black_share >= BLACK_SHARE)
    return judged(
        "black",
        length,
        unit="frames",
        threshold=BLACK_FRAMES,
        passes=length <= BLACK_FRAMES,
        reason=f"black for {length} frames from frame {first}",
        source="luma below 25 of 255 over 98% of the picture",
        frames=_places(first, length),
    )


def _blank(clip: Measurements, _asked: AskedClip) -> Metric:
    first, length = _longest_run((clip.spread < BLANK_SPREAD) & (clip.black_share < BLACK_SHARE))
    return judged(
        "blank",
        length,
        unit="frames",
        threshold=BLACK_FRAMES,
        passes=length <= BLACK_FRAMES,
        reason=f"one flat tone for {length} frames from frame {first}",
        source="standard deviation of luma below 2",
        frames=_places(first, length),
    )


def _frozen(clip: Measurements, asked: AskedClip) -> Metric:
    source = "mean absolute difference of luma between frames below 0.25 of 255"
    if not asked.moving:
        return not_judged("frozen", "s", source, "no motion was asked for")
    if clip.frames < 2:
        return not_judged("frozen", "s", source, "a single frame cannot move")
    still = clip.change < STILL_CHANGE
    for start, end_exclusive in asked.holds:
        still[start:end_exclusive] = False
    first, length = _longest_run(still)
    value_s = float(length / asked.fps)
    return judged(
        "frozen",
        value_s,
        unit="s",
        threshold=FROZEN_S,
        passes=value_s <= FROZEN_S,
        reason=f"frozen for {value_s:.2f} s from frame {first}, though motion was asked for",
        source=source,
        frames=_places(first, length),
    )


def _exposure(clip: Measurements, _asked: AskedClip) -> Metric:
    mean = float(np.median(clip.mean))
    low, high = MEAN_LUMA
    return judged(
        "exposure",
        mean,
        unit="luma",
        value_range=(0.0, 255.0),
        threshold=low if mean < 128 else high,
        passes=low <= mean <= high,
        reason=f"too {'dark' if mean < low else 'bright'}: median luma {mean:.0f} of 255",
        source="median over frames of mean luma",
        frames=_worst(np.abs(clip.mean - 128.0)),
    )


def _clipping(clip: Measurements, _asked: AskedClip) -> Metric:
    share = float(np.mean(clip.white_share))
    return judged(
        "clipped_highlights",
        share,
        unit="share",
        value_range=(0.0, 1.0),
        threshold=CLIPPED_SHARE,
        passes=share <= CLIPPED_SHARE,
        reason=f"{share:.0%} of the picture is burnt out",
        source="luma of 250 and more, mean over frames",
        frames=_worst(clip.white_share),
        otherwise=Verdict.WARN,
    )


def _sharpness(clip: Measurements, _asked: AskedClip) -> Metric:
    source = "mean square Laplacian over variance, against the clip's median"
    seen = np.flatnonzero(np.isfinite(clip.sharpness))
    if len(seen) < 3:
        return not_judged("sharpness", "ratio", source, "too few frames with contrast")
    ratios = clip.sharpness[seen] / max(float(np.median(clip.sharpness[seen])), 1e-12)
    lowest = float(ratios.min())
    return judged(
        "sharpness",
        lowest,
        unit="ratio",
        threshold=SHARPNESS_RATIO,
        passes=lowest >= SHARPNESS_RATIO,
        reason=f"frame {seen[np.argmin(ratios)]} is much softer than the rest",
        source=source,
        frames=tuple(int(seen[index]) for index in _worst(-ratios)),
        otherwise=Verdict.WARN,
    )


def _audio(clip: Measurements, asked: AskedClip) -> Metric:
    source = "container"
    if not asked.audio:
        return not_judged("audio_drift", "s", source, "no sound was asked for")
    if clip.info.audio_duration_s is None:
        return Metric(
            "audio_drift", None, "s", (0.0, None), DRIFT_S, Verdict.FAIL, (), source, "there is no sound"
        )
    drift_s = abs(clip.info.audio_duration_s - clip.info.duration_s)
    return judged(
        "audio_drift",
        drift_s,
        unit="s",
        threshold=DRIFT_S,
        passes=drift_s < DRIFT_S,
        reason=f"sound and picture differ in length by {drift_s:.2f} s",
        source=source,
    )


CHECKS: tuple[Callable[[Measurements, AskedClip], Metric], ...] = (
    _frame_count,
    _duration,
    _size,
    _rate,
    _black,
    _blank,
    _frozen,
    _exposure,
    _clipping,
    _sharpness,
    _audio,
)


def _longest_run(flags: Flags) -> tuple[int, int]:
    """First frame and length of the longest run of True; (0, 0) without one."""
    steps = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    starts, lengths = steps[::2], np.diff(steps)[::2]
    if not len(starts):
        return 0, 0
    longest = int(np.argmax(lengths))
    return int(starts[longest]), int(lengths[longest])


def _places(first: int, length: int) -> tuple[int, ...]:
    return tuple(range(first, first + min(length, WORST_FRAMES)))


def _worst(values: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(int(index) for index in np.argsort(-values, kind="stable")[:WORST_FRAMES])
