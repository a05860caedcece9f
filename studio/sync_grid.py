"""What a cut's frame is worth: the beats, downbeats and sections of the music, counted in frames."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
Frames = NDArray[np.intp]
Costs = NDArray[np.float64]

OFF_BEAT: Final = 1.0
"""The price of a cut far from any beat; the unit of all prices."""

NEXT_TO_BEAT: Final = 0.5
DOWNBEAT_BONUS: Final = 0.25
SECTION_BONUS: Final = 0.5
ACCENT_WEIGHT: Final = 0.3
SIGMA_S: Final = 0.05


def _none() -> Seconds:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The times of a piece's music, seconds from the start of the picture, ascending; any may be empty."""

    beats_s: Seconds = field(default_factory=_none)
    downbeats_s: Seconds = field(default_factory=_none)
    sections_s: Seconds = field(default_factory=_none)


def nearest_frame(time_s: float, fps: Fraction) -> int:
    """The frame that begins nearest to a time, exactly; the later of two that are equally near."""
    return int(Fraction(time_s) * fps + Fraction(1, 2)) if time_s >= 0 else 0


def nearest_frames(times_s: Seconds, fps: Fraction) -> Frames:
    """The frame nearest to each time; times before 0 are left out."""
    return np.array([nearest_frame(float(time), fps) for time in times_s if time >= 0], np.intp)


def cut_costs(grid: Grid, fps: Fraction, frames: int) -> Costs:
    """What a cut on each frame costs, shape (frames + 1,): nothing on a beat, less on a downbeat.

    Off the beat it costs half the full price beside a beat and, by a Gaussian of 50 ms, all of it further
    away; without beats no frame is better than another, but for those where a section starts.
    """
    costs = _off_beat(grid.beats_s, fps, frames)
    costs[_within(nearest_frames(grid.downbeats_s, fps), frames)] -= DOWNBEAT_BONUS
    costs[_within(nearest_frames(grid.sections_s, fps), frames)] -= SECTION_BONUS
    return costs


def accent_costs(grid: Grid, fps: Fraction, frames: int) -> Costs:
    """What a movement's height on each frame costs, shape (frames + 1,)."""
    return ACCENT_WEIGHT * _off_beat(grid.beats_s, fps, frames)


def _off_beat(beats_s: Seconds, fps: Fraction, frames: int) -> Costs:
    if not len(beats_s):
        return np.zeros(frames + 1)
    away_s = _away_s(np.arange(frames + 1) / float(fps), beats_s)
    near = np.exp(-(away_s**2) / (2 * SIGMA_S**2))
    costs = OFF_BEAT * (1.0 - (1.0 - NEXT_TO_BEAT) * near)
    costs[_within(nearest_frames(beats_s, fps), frames)] = 0.0
    return np.asarray(costs)


def _away_s(times_s: Seconds, beats_s: Seconds) -> Seconds:
    after = np.searchsorted(beats_s, times_s)
    padded = np.concatenate([[-np.inf], beats_s, [np.inf]])
    return np.asarray(np.minimum(times_s - padded[after], padded[after + 1] - times_s))


def _within(at: Frames, frames: int) -> Frames:
    return at[at <= frames]
