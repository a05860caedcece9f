"""The music of a clip, as the plan stage finds it: from where, looped where, and its beats in the clip."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from studio.beats import Beats, track_beats
from studio.clients import media
from studio.errors import MediaError
from studio.music_bed import Bed, Loop, plan_bed, times_in_clip
from studio.sync import Seconds
from studio.sync_grid import Grid

ANALYSIS_RATE_HZ: Final = 22_050
STARTS_AT: Final = "scene_start"
"""The sync point at whose time of the track a scene starts; without it, it starts with the track."""


def without_music(reason: str) -> dict[str, Any]:
    """What the stages hand on where there is no music, and why."""
    return {"path": None, "bpm": None, "beats_s": [], "reason": reason}


def start_of(points: Sequence[dict[str, Any]]) -> float:
    """The time of the track at which the scene starts, seconds."""
    return next((float(point["time"]) for point in points if point["event"] == STARTS_AT), 0.0)


def soundtrack(path: Path, *, duration_s: float, start_s: float) -> dict[str, Any]:
    """How a track is laid under a clip, as the stages hand it on.

    Raises:
        InvalidError: the track ends before it is to start.
        MediaError: it holds no sound that can be decoded.
    """
    beats, track_s = _analysed(path)
    downbeats_s = np.zeros(0)
    bed = plan_bed(
        track_s=track_s,
        duration_s=duration_s,
        beats_s=beats.beat_times_s,
        downbeats_s=downbeats_s,
        start_s=start_s,
    )
    return {
        "path": str(path),
        "bpm": beats.bpm,
        "beats_s": _listed(times_in_clip(bed, beats.beat_times_s)),
        "downbeats_s": _listed(times_in_clip(bed, downbeats_s)),
        "bed": asdict(bed),
        "reason": "",
    }


def bed_of(music: dict[str, Any]) -> Bed:
    """The bed that `soundtrack` planned."""
    loop = music["bed"]["loop"]
    return Bed(**{**music["bed"], "loop": None if loop is None else Loop(**loop)})


def grid_of(music: dict[str, Any]) -> Grid:
    """The beats of the clip's music."""
    return Grid(np.array(music["beats_s"]), np.array(music["downbeats_s"]))


def _analysed(path: Path) -> tuple[Beats, float]:
    """The beats of a whole track, and its length in seconds."""
    samples = media.decode_audio(path, rate_hz=ANALYSIS_RATE_HZ)
    if not len(samples):
        raise MediaError(f"{path.name} holds no sound.", path=str(path))
    return track_beats(samples, ANALYSIS_RATE_HZ), len(samples) / ANALYSIS_RATE_HZ


def _listed(times_s: Seconds) -> list[float]:
    return [round(float(time_s), 6) for time_s in times_s]
