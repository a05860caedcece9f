"""Flashing that can set off a seizure, after ITU-R BT.1702-3 and WCAG 2.3.1."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Cells = NDArray[np.float32]

WHITE_CD_M2 = 200.0
GAMMA = 2.2
STEP_CD_M2 = 20.0
DARKER_BELOW_CD_M2 = 160.0
RED_SHARE = 0.8
RED_STEP = 20.0
RED_SCALE = 320.0
AREA = 0.25
AREA_SLACK = 0.05
GATHER_S = 0.1
WINDOW_S = 1.0
FAST_CHANGES = 6
AT_ONCE_FRAMES = 512


@dataclass(frozen=True, slots=True, eq=False)
class Flashing:
    """Flashes in the second that ends at each frame, shape (n,): of light, and of saturated red."""

    general: Values
    red: Values


def count_flashes(thumbs: NDArray[np.uint8], fps: Fraction) -> Flashing:
    """Count flashes: pairs of opposing changes over a quarter of the picture and more.

    Args:
        thumbs: Small pictures of full-range luma, Cb and Cr (BT.709), 0 to 255, shape (n, h, w, 3).
        fps: Frame rate, frames per second, > 0.

    Returns:
        For each frame the flashes within the second that ends there, in halves (a change is half a
        flash). A change counts where a cell's luminance moves by 20 cd/m2 and more away from where it last
        turned, its darker state below 160 cd/m2, where white is 200 cd/m2; for red flashes where
        (R - G - B) x 320 moves by 20 and more (negative ones are 0) and either state has
        R / (R + G + B) of 0.8 and more. The cells must go the same way within a tenth of a second;
        those that go the other way are taken off, so that things that move are no flash.

    Source:
        ITU-R BT.1702-3, annex 1; WCAG 2.2, general flash and red flash thresholds. Cells stand for
        pixels; a twentieth of the area is granted to their borders.
    """
    luminance, redness, is_red = _levels(thumbs)
    general = _transitions(luminance, STEP_CD_M2, darker_below=DARKER_BELOW_CD_M2)
    saturated = _transitions(redness, RED_STEP, either=is_red)
    return Flashing(_flashes(general, fps), _flashes(saturated, fps))


def _levels(thumbs: NDArray[np.uint8]) -> tuple[Cells, Cells, NDArray[np.bool_]]:
    """Luminance, cd/m2, what WCAG counts of red, and whether it is saturated; shape (n, h, w)."""
    luminance, redness = (np.empty(thumbs.shape[:3], np.float32) for _ in range(2))
    is_red = np.empty(thumbs.shape[:3], np.bool_)
    for at in range(0, len(thumbs), AT_ONCE_FRAMES):
        part = slice(at, at + AT_ONCE_FRAMES)
        red, green, blue = _linear_rgb(thumbs[part])
        luminance[part] = WHITE_CD_M2 * (0.2126 * red + 0.7152 * green + 0.0722 * blue)
        redness[part] = np.maximum(RED_SCALE * (red - green - blue), np.float32(0))
        is_red[part] = red >= RED_SHARE * np.maximum(red + green + blue, 1e-6)
    return luminance, redness, is_red


def _linear_rgb(thumbs: NDArray[np.uint8]) -> tuple[Cells, Cells, Cells]:
    luma, cb, cr = (thumbs[..., index].astype(np.float32) for index in range(3))
    cb, cr = cb - 128, cr - 128
    planes = (luma + 1.5748 * cr, luma - 0.1873 * cb - 0.4681 * cr, luma + 1.8556 * cb)
    red, green, blue = ((np.clip(plane / 255, 0, 1) ** GAMMA).astype(np.float32) for plane in planes)
    return red, green, blue


def _transitions(
    level: Cells, step: float, *, darker_below: float = np.inf, either: NDArray[np.bool_] | None = None
) -> NDArray[np.int8]:
    """Where a cell has gone up (1) or down (-1) by `step` from where it last turned; shape of `level`."""
    found = np.zeros(level.shape, np.int8)
    if not len(level):
        return found
    lowest = highest = level[0]
    last, seen = found[0], either[0] if either is not None else np.ones(level.shape[1:], bool)
    for index in range(1, len(level)):
        now = level[index]
        seen = seen if either is None else seen | either[index]
        rises = (now - lowest >= step) & (last != 1) & (lowest < darker_below) & seen
        falls = (highest - now >= step) & (last != -1) & (now < darker_below) & seen
        found[index] = rises.astype(np.int8) - falls.astype(np.int8)
        turned = rises | falls
        last = np.where(turned, found[index], last)
        lowest, highest = (
            np.where(turned, now, np.minimum(lowest, now)),
            np.where(turned, now, np.maximum(highest, now)),
        )
        seen = seen if either is None else np.where(turned, either[index], seen)
    return found


def _flashes(transitions: NDArray[np.int8], fps: Fraction) -> Values:
    """Flashes in the second up to each frame, over all cells or over those that flash fast alone."""
    if not len(transitions):
        return np.zeros(0)
    window = max(1, round(WINDOW_S * float(fps)))
    gather = max(1, round(GATHER_S * float(fps)))
    flat = transitions.reshape(len(transitions), -1)
    flashes = _in_turn(flat.mean(axis=1), window, gather)
    changes = np.cumsum(flat != 0, axis=0, dtype=np.int16)
    for index in range(window - 1, len(flat)):
        first = index - window + 1
        often = changes[index] - (changes[first - 1] if first else 0) >= FAST_CHANGES
        if np.count_nonzero(often) >= (AREA - AREA_SLACK) * len(often):
            areas = flat[first : index + 1, often].sum(axis=1) / flat.shape[1]
            flashes[index] = max(flashes[index], _in_turn(areas, window, gather)[-1])
    return flashes


def _in_turn(areas: Values, window: int, gather: int) -> Values:
    """Half the changes within `window` frames, up and down in turn, each over a wide area."""
    changes, last = np.zeros(len(areas)), 0
    for index in range(len(areas)):
        direction = _direction(areas[max(0, index - gather + 1) : index + 1][::-1])
        if direction not in (0, last):
            changes[index], last = 1, direction
    return np.asarray(np.convolve(changes, np.ones(window))[: len(areas)] / 2)


def _direction(latest: Values) -> int:
    """Which way a wide area goes within the latest frames, the newest first; 0 where it does not."""
    gathered = np.cumsum(latest)
    wide = np.flatnonzero(np.abs(gathered) >= AREA - AREA_SLACK)
    return int(np.sign(gathered[wide[0]])) if len(wide) else 0
