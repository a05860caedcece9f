"""Flashing that can set off a seizure, after ITU-R BT.1702-3 and WCAG 2.3.1."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Cells = NDArray[np.float32]
_State = tuple[Cells, Cells, NDArray[np.int8], NDArray[np.bool_]]
"""Of each cell: lowest and highest since it turned, which way that was, whether it has counted since."""

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
    meter = FlashMeter(fps)
    meter.add(thumbs)
    return meter.flashing()


class FlashMeter:
    """Counts the flashes of `count_flashes` in pictures that come block by block; a second is held."""

    def __init__(self, fps: Fraction) -> None:
        self._general = _Turning(STEP_CD_M2, darker_below=DARKER_BELOW_CD_M2)
        self._saturated = _Turning(RED_STEP)
        self._flashes, self._red_flashes = _Counting(fps), _Counting(fps)

    def add(self, thumbs: NDArray[np.uint8]) -> None:
        """Count in the pictures that come next, as of `count_flashes`."""
        for at in range(0, len(thumbs), AT_ONCE_FRAMES):
            luminance, redness, is_red = _levels(thumbs[at : at + AT_ONCE_FRAMES])
            self._flashes.add(self._general.add(luminance, np.ones(luminance.shape, bool)))
            self._red_flashes.add(self._saturated.add(redness, is_red))

    def flashing(self) -> Flashing:
        """The flashes of all that was added."""
        return Flashing(self._flashes.flashes(), self._red_flashes.flashes())


def _levels(thumbs: NDArray[np.uint8]) -> tuple[Cells, Cells, NDArray[np.bool_]]:
    """Luminance, cd/m2, what WCAG counts of red, and whether it is saturated; shape (n, h, w)."""
    red, green, blue = _linear_rgb(thumbs)
    luminance = (WHITE_CD_M2 * (0.2126 * red + 0.7152 * green + 0.0722 * blue)).astype(np.float32)
    redness = np.maximum(RED_SCALE * (red - green - blue), np.float32(0)).astype(np.float32)
    return luminance, redness, red >= RED_SHARE * np.maximum(red + green + blue, 1e-6)


def _linear_rgb(thumbs: NDArray[np.uint8]) -> tuple[Cells, Cells, Cells]:
    luma, cb, cr = (thumbs[..., index].astype(np.float32) for index in range(3))
    cb, cr = cb - 128, cr - 128
    planes = (luma + 1.5748 * cr, luma - 0.1873 * cb - 0.4681 * cr, luma + 1.8556 * cb)
    red, green, blue = ((np.clip(plane / 255, 0, 1) ** GAMMA).astype(np.float32) for plane in planes)
    return red, green, blue


class _Turning:
    """Where each cell has gone up or down by `step` from where it last turned, picture by picture.

    The darker state has to lie below `darker_below`, and the cell to count in some picture since it turned.
    """

    def __init__(self, step: float, *, darker_below: float = np.inf) -> None:
        self._step, self._darker_below = step, darker_below
        self._state: _State | None = None

    def add(self, level: Cells, counts: NDArray[np.bool_]) -> NDArray[np.int8]:
        """1 for cells that go up and -1 for those that go down; shape of `level`, (n, h, w)."""
        found = np.zeros(level.shape, np.int8)
        for index, (now, counting) in enumerate(zip(level, counts, strict=True)):
            state = self._state or (now, now, np.zeros(now.shape, np.int8), counting)
            found[index], self._state = self._turned(state, now, counting)
        return found

    def _turned(
        self, state: _State, now: Cells, counts: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int8], _State]:
        lowest, highest, last, seen = state
        seen = seen | counts
        rises = (now - lowest >= self._step) & (last != 1) & (lowest < self._darker_below) & seen
        falls = (highest - now >= self._step) & (last != -1) & (now < self._darker_below) & seen
        found = rises.astype(np.int8) - falls.astype(np.int8)
        turned = rises | falls
        return found, (
            np.where(turned, now, np.minimum(lowest, now)),
            np.where(turned, now, np.maximum(highest, now)),
            np.where(turned, found, last),
            np.where(turned, counts, seen),
        )


class _Counting:
    """Flashes in the second up to each frame, over all cells or over those that flash fast alone."""

    def __init__(self, fps: Fraction) -> None:
        self._window = max(1, round(WINDOW_S * float(fps)))
        self._gather = max(1, round(GATHER_S * float(fps)))
        self._before: NDArray[np.int8] | None = None
        self._areas: list[Values] = []
        self._fast: list[Values] = []

    def add(self, transitions: NDArray[np.int8]) -> None:
        """Count in the pictures that come next, shape (n, h, w), n > 0."""
        flat = transitions.reshape(len(transitions), -1)
        self._areas.append(flat.mean(axis=1))
        before = flat[:0] if self._before is None else self._before
        recent = np.concatenate([before, flat])
        self._fast.append(self._count_fast(recent)[len(before) :])
        self._before = recent[max(0, len(recent) - self._window + 1) :]

    def flashes(self) -> Values:
        """In halves, shape (n,)."""
        if not self._areas:
            return np.zeros(0)
        over_all = _in_turn(np.concatenate(self._areas), self._window, self._gather)
        return np.maximum(over_all, np.concatenate(self._fast))

    def _count_fast(self, recent: NDArray[np.int8]) -> Values:
        """Of the cells that changed often within the second; 0 for frames without a whole one before them."""
        flashes = np.zeros(len(recent))
        changes = np.cumsum(recent != 0, axis=0, dtype=np.int16)
        for index in range(self._window - 1, len(recent)):
            first = index - self._window + 1
            often = changes[index] - (changes[first - 1] if first else 0) >= FAST_CHANGES
            if np.count_nonzero(often) >= (AREA - AREA_SLACK) * len(often):
                areas = recent[first : index + 1, often].sum(axis=1) / recent.shape[1]
                flashes[index] = _in_turn(areas, self._window, self._gather)[-1]
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
