"""Points that somebody set by hand: moments of a track and frames of a video, held against the beats."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from studio.beats import Beats
from studio.errors import InvalidError
from studio.sync import Seconds, SyncReport, offsets_ms, sync_report

SAME_BEAT_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class SyncPoint:
    """A moment of the track, seconds, and the frame that is to show it."""

    audio_time_s: float
    video_frame: int


@dataclass(frozen=True, slots=True)
class PointReport:
    """One point and its nearest beat; offsets in ms, positive where the picture is late."""

    point: SyncPoint
    video_time_s: float
    drift_ms: float
    beat_time_s: float | None = None
    offset_ms: float | None = None
    nearest_frame: int | None = None
    rounding_ms: float | None = None
    is_on_downbeat: bool | None = None


@dataclass(frozen=True, slots=True)
class PointsReport:
    """All points: `audio_start_s` is where in the track the video begins."""

    audio_start_s: float
    points: tuple[PointReport, ...]
    report: SyncReport
    downbeat_share: float | None


def hold_points(
    points: Sequence[SyncPoint], beats: Beats, *, fps: Fraction, duration_s: float, track_s: float
) -> PointsReport:
    """Hold points against the beats of their track.

    Args:
        points: In any order; the report has them in that order.
        beats: The track's.
        fps: Frame rate of the video, frames per second, > 0.
        duration_s: Length of the video, seconds, > 0.
        track_s: Length of the track, seconds, > 0.

    Returns:
        Each point with its nearest beat, and the report of all as cuts. The video begins where in the
        track the median of its points says, at 0 where that is less than half a frame away.

    Raises:
        InvalidError: A point lies beyond the end of the track or of the video.
    """
    _require_inside(points, fps=fps, duration_s=duration_s, track_s=track_s)
    shown_s = np.array([float(point.video_frame / fps) for point in points])
    asked_s = np.array([point.audio_time_s for point in points])
    start_s = float(np.median(asked_s - shown_s)) if len(points) else 0.0
    if abs(start_s) < 0.5 / float(fps):
        start_s = 0.0
    told = [
        _told(point, float(at_s), start_s, beats, fps) for point, at_s in zip(points, shown_s, strict=True)
    ]
    heard_s = beats.beat_times_s - start_s
    report = sync_report(np.sort(shown_s), heard_s, fps=fps, duration_s=duration_s, bpm=beats.bpm)
    return PointsReport(start_s, tuple(told), report, _share(told))


def _require_inside(points: Sequence[SyncPoint], *, fps: Fraction, duration_s: float, track_s: float) -> None:
    frames = max(1, round(Fraction(duration_s) * fps))
    for index, point in enumerate(points):
        if point.video_frame > frames:
            raise _outside(index, "video_frame", point.video_frame, f"0 to {frames}")
        if point.audio_time_s > track_s:
            raise _outside(index, "audio_time", point.audio_time_s, f"0 to {track_s:.3f} s")


def _outside(index: int, name: str, value: float, expected: str) -> InvalidError:
    return InvalidError(
        "A point lies beyond the end.", field=f"sync_points.{index}.{name}", value=value, expected=expected
    )


def _told(point: SyncPoint, shown_s: float, start_s: float, beats: Beats, fps: Fraction) -> PointReport:
    drift_ms = 1e3 * (shown_s + start_s - point.audio_time_s)
    if not len(beats.beat_times_s):
        return PointReport(point, shown_s, drift_ms)
    offset_ms = float(offsets_ms(np.array([shown_s + start_s]), beats.beat_times_s)[0])
    beat_s = shown_s + start_s - offset_ms / 1e3
    nearest = max(0, round((beat_s - start_s) * fps))
    return PointReport(
        point,
        shown_s,
        drift_ms,
        beat_time_s=beat_s,
        offset_ms=offset_ms,
        nearest_frame=nearest,
        rounding_ms=1e3 * (float(nearest / fps) + start_s - beat_s),
        is_on_downbeat=_is_among(beat_s, beats.downbeats_s),
    )


def _is_among(beat_s: float, downbeats_s: Seconds) -> bool | None:
    if not len(downbeats_s):
        return None
    return bool(np.min(np.abs(downbeats_s - beat_s)) < SAME_BEAT_S)


def _share(points: Sequence[PointReport]) -> float | None:
    judged = [point.is_on_downbeat for point in points if point.is_on_downbeat is not None]
    return sum(judged) / len(judged) if judged else None
