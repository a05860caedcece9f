"""How pictures move: what is held, how fast and how smoothly the rest goes, where the camera travels."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Values = NDArray[np.float64]
Flow = NDArray[np.float32]

CELL_PX = 8
HELD_CHANGE = 4.0
HELD_SHARE = 0.07
MOST_CONTRAST = 128.0
TOP_SHARE = 0.05
SURE = 0.25
AT_ONCE_FRAMES = 512


def differences(luma: Luma, other: Luma) -> tuple[float, float]:
    """Mean absolute difference of two pictures, and that of the cell of 8 x 8 pixels that differs most.

    Args:
        luma: A picture, 0 to 255, shape (h, w).
        other: Another one of the same shape.

    Returns:
        Two values of 0 to 255, the second at least as great as the first, but for rounding.
    """
    change = cv2.absdiff(luma, other)
    size = (max(1, luma.shape[1] // CELL_PX), max(1, luma.shape[0] // CELL_PX))
    cells = cv2.resize(change, size, interpolation=cv2.INTER_AREA)
    return cv2.mean(change)[0], float(cells.max())


class Hold:
    """Counts for how long a picture has been on screen, whatever a codec does to it.

    Each picture is held against the one that the hold began with, so that slow motion adds up and
    ends it, and by the cell that differs most, so that a mouth that moves ends it too. Codecs change more
    where there is more to see: a cell may differ by a share of its own contrast.
    """

    def __init__(self) -> None:
        self._first: Luma | None = None
        self._length = 0

    def add(self, luma: Luma) -> int:
        """Frames for which the picture has been on screen before this one; 0 for a picture that is new."""
        first = self._first
        if first is None or first.shape != luma.shape or not _is_held(luma, first):
            self._first, self._length = luma, 0
        else:
            self._length += 1
        return self._length


def _is_held(luma: Luma, first: Luma) -> bool:
    most = differences(luma, first)[1]
    if most <= HELD_CHANGE or most > HELD_SHARE * MOST_CONTRAST:
        return most <= HELD_CHANGE
    size = (max(1, luma.shape[1] // CELL_PX), max(1, luma.shape[0] // CELL_PX))
    changes = cv2.resize(cv2.absdiff(luma, first), size, interpolation=cv2.INTER_AREA)
    seen = first.astype(np.float32)
    mean, square = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (seen, seen * seen))
    contrast = np.sqrt(np.maximum(square - mean * mean, 0))
    return bool(np.all(changes <= np.maximum(HELD_CHANGE, HELD_SHARE * contrast)))


@dataclass(frozen=True, slots=True)
class Movement:
    """Motion between two frames and their middle one.

    `speed` is the mean of the fastest 5% of the optical flow from one frame to the next, in shares of
    the shorter side; `roughness` the mean absolute difference between the middle frame and what half the
    motion makes of its neighbours, 0 to 255; `change` that between the two frames themselves.
    """

    speed: float
    roughness: float
    change: float


class FlowMeter:
    """Measures movement over three frames by dense optical flow.

    Source:
        Kroeger et al., "Fast optical flow using dense inverse search", 2016 (preset ultrafast); the two
        figures are those of VBench's dynamic degree and motion smoothness, which uses a learned network.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)

    def measure(self, before: Luma, middle: Luma, after: Luma) -> Movement:
        """What moved from `before` to `after`, and whether `middle` lies between; shapes (h, w) alike."""
        if min(before.shape) < 2 * CELL_PX:
            return Movement(float("nan"), float("nan"), float("nan"))
        start = np.zeros((*before.shape, 2), np.float32)
        flow = np.asarray(self._flow.calc(before, after, start), np.float32)
        way = np.sort(cv2.magnitude(flow[..., 0], flow[..., 1]), axis=None)
        fastest = way[-max(1, round(TOP_SHARE * way.size)) :]
        return Movement(
            speed=float(fastest.mean()) / 2 / min(before.shape),
            roughness=cv2.mean(cv2.absdiff(_between(before, after, flow), middle))[0],
            change=cv2.mean(cv2.absdiff(before, after))[0],
        )


def _between(before: Luma, after: Luma, flow: Flow) -> Luma:
    """The frame in the middle, as the flow has it."""
    rows, columns = before.shape
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    half = flow / 2
    one = cv2.remap(
        before, x - half[..., 0], y - half[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    other = cv2.remap(
        after, x + half[..., 0], y + half[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.addWeighted(one, 0.5, other, 0.5, 0), np.uint8)


Profile = tuple[NDArray[np.float32], NDArray[np.float32]]
"""A picture's mean luma by row and by column."""


def profile(luma: Luma) -> Profile:
    """A picture's mean luma by row, shape (h,), and by column, shape (w,), 0 to 255."""
    by_row, by_column = (
        cv2.reduce(luma, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F),
        cv2.reduce(luma, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F),
    )
    return np.asarray(by_row.ravel(), np.float32), np.asarray(by_column.ravel(), np.float32)


def camera_shifts(profiles: Sequence[Profile]) -> Values:
    """How far the whole picture travels from each frame to the next.

    Args:
        profiles: A picture's `profile` a frame.

    Returns:
        Shares of the height down and of the width right, -0.5 to 0.5, shape (n, 2); NaN for the first
        frame and where the pictures have no shift in common (a cut, a flash, motion of parts only).

    Source:
        Phase correlation (Kuglin and Hines 1975) of the pictures' projections.
    """
    found = np.full((len(profiles), 2), np.nan)
    for axis in range(2):
        if len({len(one[axis]) for one in profiles}) != 1:
            continue
        for first in range(0, len(profiles) - 1, AT_ONCE_FRAMES):
            lines = np.stack([one[axis] for one in profiles[first : first + AT_ONCE_FRAMES + 1]])
            found[first + 1 : first + len(lines), axis] = _line_shifts(lines)
    return found


def _line_shifts(lines: NDArray[np.float32]) -> Values:
    """Shift of each line against the one before, as a share of its length, shape (n - 1,)."""
    length = lines.shape[1]
    evened = (lines - lines.mean(axis=1, keepdims=True, dtype=np.float64)) * np.hanning(length)
    spectra = np.fft.rfft(evened, axis=1)
    cross = spectra[1:] * np.conj(spectra[:-1])
    surfaces = np.fft.irfft(cross / np.maximum(np.abs(cross), 1e-3), n=length, axis=1)
    peaks = np.argmax(surfaces, axis=1)
    near = np.stack([surfaces[np.arange(len(peaks)), (peaks + step) % length] for step in (-1, 0, 1)])
    weights = np.maximum(near, 0)
    offsets = (weights[2] - weights[0]) / np.maximum(weights.sum(axis=0), 1e-9)
    shifts = ((peaks + offsets + length / 2) % length - length / 2) / length
    return np.asarray(np.where(weights.sum(axis=0) >= SURE, shifts, np.nan))
