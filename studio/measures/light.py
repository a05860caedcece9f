"""The light of a clip over time: flicker of the whole picture."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Tones = NDArray[np.float32]
Values = NDArray[np.float64]

USABLE = (24, 232)
FEWEST_CELLS = 0.05
TURN = 0.002
WINDOW_S = 1.0
SWINGS = 8
EVENED_S = 0.09
EFFECT = 0.2
TOLD_FROM = 0.7
AT_ONCE_FRAMES = 512


def light_changes(tones: Tones) -> Values:
    """By how much the light changes from each frame to the next, whatever moves in it.

    The light falls on every cell alike, so the median over cells of their ratio tells it from motion,
    which makes as many cells darker as it makes brighter.

    Args:
        tones: Mean luma of some hundred cells of each picture, unrounded, 0 to 255, shape (n, cells).

    Returns:
        Natural logarithm of the ratio of light, shape (n,); NaN for the first frame and where fewer than
        a twentieth of the cells are neither black nor white.
    """
    steps = np.full(len(tones), np.nan)
    for index in range(1, len(tones)):
        pair = tones[index - 1 : index + 1]
        both = np.all((pair >= USABLE[0]) & (pair <= USABLE[1]), axis=0)
        if np.count_nonzero(both) >= FEWEST_CELLS * len(both):
            before, now = np.log(np.maximum(pair, 1))
            steps[index] = np.median(now[both] - before[both])
    return steps


def disagreement(tones: Tones) -> Values:
    """How far the quarters of the picture are apart in how the light changes.

    Where the picture is torn along, as in a whip pan, each quarter shows something else, and what changes in
    all of it is chance.

    Args:
        tones: Mean luma of a grid of cells of each picture, 0 to 255, shape (n, rows, columns).

    Returns:
        Standard deviation over quarters of the median change, natural logarithm, shape (n,); 0 for the first
        frame.
    """
    firsts = range(0, len(tones) - 1, AT_ONCE_FRAMES)
    apart = [_apart(tones[first : first + AT_ONCE_FRAMES + 1]) for first in firsts]
    return np.concatenate([np.zeros(min(1, len(tones))), *apart])


def _apart(tones: Tones) -> Values:
    """The disagreement about each step, shape (n - 1,)."""
    steps = np.diff(np.log(np.maximum(tones, 1)), axis=0)
    usable = (tones >= USABLE[0]) & (tones <= USABLE[1])
    steps[~(usable[1:] & usable[:-1])] = 0
    rows, columns = tones.shape[1] // 2, tones.shape[2] // 2
    quarters = [
        steps[:, top : top + rows, left : left + columns].reshape(len(steps), rows * columns)
        for top in (0, rows)
        for left in (0, columns)
    ]
    return np.asarray(np.stack([np.median(quarter, axis=1) for quarter in quarters]).std(axis=0), np.float64)


def flicker(steps: Values, fps: Fraction, unsure: Values | None = None) -> tuple[Values, Values]:
    """Turn changes of light into the strength of flicker around each frame.

    Flicker goes up and down and up again: four full cycles within a second and more. A fade, a lamp that
    is switched on, and a pulse on each beat do not.

    Args:
        steps: Changes of light of `light_changes`, shape (n,); NaN counts as none.
        fps: Frame rate, frames per second, > 0.
        unsure: `disagreement` about them, shape (n,): an amplitude of less than 0.7 of its median within the
            second is chance, and counts as 0.

    Returns:
        The amplitude, half the eighth greatest swing that ends within the second around each frame,
        as a share of the light, shape (n,); and the light itself, relative to the first frame, shape (n,).
    """
    light = np.cumsum(np.nan_to_num(steps))
    if not len(light):
        return light, light
    turns = _turns(light)
    swings = np.abs(np.diff(light[turns]))
    ends = turns[1:]
    reach = float(fps) * WINDOW_S / 2
    amplitude = np.zeros(len(steps))
    frames = np.arange(len(steps))
    firsts, pasts = np.searchsorted(ends, frames - reach), np.searchsorted(ends, frames + reach, "right")
    for index in np.flatnonzero(pasts - firsts >= SWINGS):
        amplitude[index] = np.sort(swings[firsts[index] : pasts[index]])[-SWINGS] / 2
    if unsure is not None:
        for index in np.flatnonzero(amplitude):
            if amplitude[index] < TOLD_FROM * _around(unsure, int(index), int(reach)):
                amplitude[index] = 0
    return amplitude, np.exp(light)


def _around(values: Values, at: int, reach: int) -> float:
    """The median of the values within reach of one."""
    return float(np.median(values[max(0, at - reach) : at + reach + 1]))


def steady_gains(light: Values, flickers: NDArray[np.bool_], cuts: NDArray[np.intp], fps: Fraction) -> Values:
    """By what to multiply each frame's tones so that their light goes smoothly.

    Evened out is what goes up and down four times a second and more. A cut, a lamp and a flash stay as
    they are: a step of a fifth and more is an effect, and what lies on its two sides is evened out apart.

    Args:
        light: Relative light of `flicker`, > 0, shape (n,).
        flickers: Frames about which it flickers, shape (n,); stretches without any stay as they are.
        cuts: Frames that begin a shot.
        fps: Frame rate, frames per second, > 0.

    Returns:
        Gains, > 0, shape (n,); 1 where nothing flickers.
    """
    logs = np.log(light)
    effects = np.flatnonzero(np.abs(np.diff(logs)) >= EFFECT) + 1
    bounds = np.unique(np.concatenate([[0], cuts, effects, [len(logs)]])).astype(int)
    gains = np.ones(len(logs))
    for first, end in pairwise(bounds):
        if flickers[first:end].any():
            smooth = gaussian_filter1d(logs[first:end], EVENED_S * float(fps), mode="nearest")
            gains[first:end] = np.exp(smooth - logs[first:end])
    return gains


def _turns(light: Values) -> NDArray[np.intp]:
    """Frames where the light turns, by more than a fifth of a percent, with both ends; ascending."""
    turns, last, rising = [0], 0, 0
    for index in range(1, len(light)):
        away = light[index] - light[last]
        if rising == 0 and abs(away) > TURN:
            rising, last = (1 if away > 0 else -1), index
        elif rising * away > 0:
            last = index
        elif rising * away < -TURN:
            turns.append(last)
            rising, last = -rising, index
    return np.array([*turns, last] if last != turns[-1] else turns, np.intp)
