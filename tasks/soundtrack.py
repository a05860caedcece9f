"""The music of a clip, as the plan stage finds it: from where, looped where, and its beats in the clip."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from studio.clients.track_analysis import BUILTIN, DETAILED, analyse_track
from studio.music_bed import Bed, Loop, plan_bed, times_in_clip
from studio.sync import Seconds
from studio.sync_grid import Grid

STARTS_AT: Final = "scene_start"
"""The sync point at whose time of the track a scene starts; without it, it starts with the track."""


def without_music(reason: str) -> dict[str, Any]:
    """What the stages hand on where there is no music, and why."""
    return {"path": None, "bpm": None, "beats_s": [], "downbeats_s": [], "sections_s": [], "reason": reason}


def start_of(points: Sequence[dict[str, Any]]) -> float:
    """The time of the track at which the scene starts, seconds."""
    return next((float(point["time"]) for point in points if point["event"] == STARTS_AT), 0.0)


def soundtrack(
    path: Path, *, duration_s: float, start_s: float, backend: str = BUILTIN, cache: Path | None = None
) -> dict[str, Any]:
    """How a track is laid under a clip, as the stages hand it on.

    Raises:
        InvalidError: the track ends before it is to start.
        MediaError: it holds no sound that can be decoded.
    """
    analysis = analyse_track(path, kind=DETAILED, backend=backend, cache=cache)
    beats = analysis.beats
    bed = plan_bed(
        track_s=analysis.duration_s,
        duration_s=duration_s,
        beats_s=beats.beat_times_s,
        downbeats_s=beats.downbeats_s,
        beats_a_bar=beats.beats_a_bar,
        start_s=start_s,
    )
    sections_s = np.array([section.start_s for section in analysis.sections[1:]])
    return {
        "path": str(path),
        "bpm": beats.bpm,
        "beats_s": _listed(times_in_clip(bed, beats.beat_times_s)),
        "downbeats_s": _listed(times_in_clip(bed, beats.downbeats_s)),
        "sections_s": _listed(times_in_clip(bed, sections_s)),
        "bed": asdict(bed),
        "reason": "",
    }


def bed_of(music: dict[str, Any]) -> Bed:
    """The bed that `soundtrack` planned."""
    loop = music["bed"]["loop"]
    return Bed(**{**music["bed"], "loop": None if loop is None else Loop(**loop)})


def grid_of(music: dict[str, Any]) -> Grid:
    """The beats, downbeats and sections of the clip's music."""
    return Grid(*(np.array(music[name]) for name in ("beats_s", "downbeats_s", "sections_s")))


def _listed(times_s: Seconds) -> list[float]:
    return [round(float(time_s), 6) for time_s in times_s]
