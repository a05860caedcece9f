"""Is the file the clip that was asked for: frames, length, size, rate."""

import numpy as np

from studio.metrics import AskedClip, Metric, judged, not_judged
from studio.pictures import Measurements
from studio.thresholds import Limits

Asked = AskedClip | None
UNASKED = "nothing was asked for"


def decodes(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    missing = max(0, clip.info.frames - clip.frames)
    return judged(
        "decodes",
        missing,
        limits["decodes"],
        unit="frames",
        reason=f"{missing} of {clip.info.frames} frames could not be decoded",
        source="frames that the container holds, less those decoded",
    )


def frame_count(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "decoded frames, less those asked for"
    if asked is None:
        return not_judged("frame_count", "frames", source, UNASKED)
    return judged(
        "frame_count",
        abs(clip.frames - asked.frames),
        limits["frame_count"],
        unit="frames",
        reason=f"{clip.frames} frames instead of {asked.frames}",
        source=source,
    )


def duration(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "container, against what was asked for"
    if asked is None:
        return not_judged("duration_error", "frames", source, UNASKED)
    wanted_s = float(asked.frames / asked.fps)
    return judged(
        "duration_error",
        abs(clip.info.duration_s - wanted_s) * float(asked.fps),
        limits["duration_error"],
        unit="frames",
        reason=f"{clip.info.duration_s:.2f} s long instead of {wanted_s:.2f} s",
        source=source,
    )


def size(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "container, against what was asked for"
    if asked is None:
        return not_judged("size", "px", source, UNASKED)
    return judged(
        "size",
        max(abs(clip.info.width - asked.width), abs(clip.info.height - asked.height)),
        limits["size"],
        unit="px",
        reason=f"{clip.info.width}x{clip.info.height} instead of {asked.width}x{asked.height}",
        source=source,
    )


def rate(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "container, against what was asked for"
    if asked is None:
        return not_judged("rate", "share", source, UNASKED)
    return judged(
        "rate",
        abs(float(clip.info.fps / asked.fps) - 1.0),
        limits["rate"],
        unit="share",
        reason=f"{float(clip.info.fps):.3f} frames a second instead of {float(asked.fps):.3f}",
        source=source,
    )


def timing(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "steps between the frames' times, against the rate"
    if clip.frames < 2:
        return not_judged("timing", "frames", source, "a single frame has no step")
    off = np.abs(np.diff(clip.time_s) * float(clip.info.fps) - 1.0)
    worst = int(np.argmax(off)) + 1
    return judged(
        "timing",
        float(off.max()),
        limits["timing"],
        unit="frames",
        reason=f"frame {worst} comes {off.max():.1f} frames early or late",
        source=source,
        frames=(worst,),
    )


CHECKS = (decodes, frame_count, duration, size, rate, timing)
