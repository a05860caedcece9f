"""Where the tempo of a piece changes for good, from its beats."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.sync import Seconds

FEWEST_BEATS = 12
SPREAD_S = 0.015
CHANGE_COST = 30.0
LEAST_CHANGE = 0.04
ABRUPT_BEATS = 6


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From `time_s` on the tempo is `bpm`, until the next change."""

    time_s: float
    bpm: float


def find_tempo_changes(beats_s: Seconds) -> tuple[TempoChange, ...]:
    """The opening tempo at 0.0, and each abrupt and lasting change after it.

    Beats are cut into stretches of even tempo, by dynamic programming over straight lines through beat
    times against beat numbers. A change counts where the tempo just before and just after differs by
    4% or more; one that creeps over many beats, or lasts under twelve, does not.

    Args:
        beats_s: Beat times, seconds, ascending, shape (n_beats,); under two give no tempo at all.
    """
    if len(beats_s) < 2:
        return ()
    edges = _abrupt(beats_s, _stretches(beats_s))
    bounds = [0, *edges, len(beats_s) - 1]
    tempi = [_bpm(beats_s[first : last + 1]) for first, last in pairwise(bounds)]
    starts_s = [0.0, *(float(beats_s[edge]) for edge in edges)]
    return tuple(TempoChange(start_s, bpm) for start_s, bpm in zip(starts_s, tempi, strict=True))


def main_bpm(beats_s: Seconds, changes: tuple[TempoChange, ...]) -> float:
    """The tempo of the longest stretch, beats per minute; at least two beats."""
    edges_s = np.array([*(change.time_s for change in changes), beats_s[-1]])
    return changes[int(np.argmax(np.diff(edges_s)))].bpm


def _stretches(beats_s: Seconds) -> list[int]:
    """Indices of the beats at which a line through the beats had best be broken."""
    count = len(beats_s)
    best = np.full(count, np.inf)
    best[0] = 0.0
    came_from = np.zeros(count, np.intp)
    for last in range(1, count):
        firsts = np.arange(0, last)
        allowed = (last - firsts >= FEWEST_BEATS) | ((firsts == 0) & (last == count - 1))
        cost = np.where(allowed, best[firsts] + _misfits(beats_s, last)[firsts] + CHANGE_COST, np.inf)
        came_from[last] = int(np.argmin(cost))
        best[last] = cost[came_from[last]]
    edges, at = [], int(came_from[-1])
    while at > 0:
        edges.append(at)
        at = int(came_from[at])
    return edges[::-1]


def _misfits(beats_s: Seconds, last: int) -> NDArray[np.float64]:
    """How badly a line fits the beats from each index to `last`: squared residuals in spreads."""
    back_s = beats_s[last] - beats_s[last::-1]
    number = np.arange(last + 1.0)
    count = number + 1
    x, y = number.cumsum() / count, back_s.cumsum() / count
    xx, yy = (number**2).cumsum() / count - x**2, (back_s**2).cumsum() / count - y**2
    xy = (number * back_s).cumsum() / count - x * y
    residual = count * np.maximum(yy - xy**2 / np.maximum(xx, 1e-9), 0.0)
    return np.asarray(residual[::-1] / SPREAD_S**2)


def _abrupt(beats_s: Seconds, edges: list[int]) -> list[int]:
    kept: list[int] = []
    for edge in edges:
        before = _bpm(beats_s[max(0, edge - ABRUPT_BEATS) : edge + 1])
        after = _bpm(beats_s[edge : edge + ABRUPT_BEATS + 1])
        if abs(np.log(after / before)) >= LEAST_CHANGE:
            kept.append(edge)
    return kept


def _bpm(beats_s: Seconds) -> float:
    slope_s = np.polyfit(np.arange(len(beats_s)), beats_s, 1)[0]
    return float(60.0 / slope_s)
