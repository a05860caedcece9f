"""Clips as the measuring sees them: small pictures from one decoding pass, and what is counted on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Values = NDArray[np.float64]

THUMB_COLUMNS, THUMB_ROWS = 32, 18
BLACK_BELOW, WHITE_FROM = 25, 250


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """What a video file says of itself; a clip without sound has no audio codec."""

    width: int
    height: int
    fps: Fraction
    frames: int
    duration_s: float
    video_codec: str
    audio_codec: str | None
    audio_duration_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One decoded frame, made small for measuring.

    `luma` is full range (0 black, 255 white), shape (h, w); `chroma` holds Cb and Cr about
    128 at half that size, shape (h / 2, w / 2, 2). `full_luma` is the luma plane in the
    clip's own size and is kept for a few frames only.
    """

    time_s: float
    luma: Luma
    chroma: NDArray[np.uint8]
    full_luma: Luma | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """What one pass over a clip's n frames has measured; arrays have shape (n,) unless said otherwise.

    `mean` and `spread` (standard deviation) of luma, 0 to 255; `black_share` and `white_share` of the
    picture, 0 to 1; `change`: mean absolute difference of luma to the frame before, 0 to 255, NaN for
    the first; `sharpness`: mean square of the Laplacian over the variance, NaN for frames that were
    not looked at in full; `thumbs`: luma, Cb, Cr, uint8, shape (n, rows, columns, 3).
    """

    info: ClipInfo
    time_s: Values
    mean: Values
    spread: Values
    black_share: Values
    white_share: Values
    change: Values
    sharpness: Values
    thumbs: NDArray[np.uint8]

    @property
    def frames(self) -> int:
        """How many frames were decoded."""
        return len(self.time_s)


def measure_pictures(info: ClipInfo, pictures: Iterable[Picture]) -> Measurements:
    """Measure pictures as they come, one at a time, keeping none of them."""
    rows: list[tuple[float, ...]] = []
    thumbs: list[NDArray[np.uint8]] = []
    before: Luma | None = None
    for picture in pictures:
        rows.append(
            (picture.time_s, *_levels(picture.luma), _change(picture.luma, before), _sharpness(picture))
        )
        thumbs.append(_thumb(picture))
        before = picture.luma
    time_s, mean, spread, black, white, change, sharpness = np.array(rows, np.float64).reshape(-1, 7).T
    shape = (0, THUMB_ROWS, THUMB_COLUMNS, 3)
    return Measurements(
        info=info,
        time_s=time_s,
        mean=mean,
        spread=spread,
        black_share=black,
        white_share=white,
        change=change,
        sharpness=sharpness,
        thumbs=np.stack(thumbs) if thumbs else np.zeros(shape, np.uint8),
    )


def _levels(luma: Luma) -> tuple[float, float, float, float]:
    counts = np.bincount(luma.ravel(), minlength=256)
    levels = np.arange(256)
    mean = float(counts @ levels / luma.size)
    spread = max(float(counts @ levels**2 / luma.size) - mean**2, 0.0) ** 0.5
    return (
        mean,
        spread,
        float(counts[:BLACK_BELOW].sum() / luma.size),
        float(counts[WHITE_FROM:].sum() / luma.size),
    )


def _change(luma: Luma, before: Luma | None) -> float:
    if before is None or before.shape != luma.shape:
        return float("nan")
    return float(np.mean(np.maximum(luma, before) - np.minimum(luma, before)))


def _sharpness(picture: Picture) -> float:
    """How much of the picture's contrast is between neighbouring pixels; flat pictures have none to judge."""
    if picture.full_luma is None:
        return float("nan")
    luma = picture.full_luma.astype(np.float32)
    variance = float(luma.var())
    if variance < 1.0 or min(luma.shape) < 3:
        return float("nan")
    inner = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * inner
    return float(np.mean(laplacian**2)) / variance


def _thumb(picture: Picture) -> NDArray[np.uint8]:
    planes = (picture.luma, picture.chroma[..., 0], picture.chroma[..., 1])
    return np.stack([_pooled(plane) for plane in planes], axis=-1)


def _pooled(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Means over a grid of blocks as even as the plane allows."""
    tops, lefts = (
        _edges(side, cells) for side, cells in zip(plane.shape, (THUMB_ROWS, THUMB_COLUMNS), strict=True)
    )
    sums = np.add.reduceat(np.add.reduceat(plane, tops, axis=0, dtype=np.uint32), lefts, axis=1)
    area = np.diff(np.append(tops, plane.shape[0]))[:, None] * np.diff(np.append(lefts, plane.shape[1]))
    pooled: NDArray[np.uint8] = np.round(sums / area).astype(np.uint8)
    if pooled.shape == (THUMB_ROWS, THUMB_COLUMNS):
        return pooled
    row, column = (
        np.minimum(np.arange(cells) * side // cells, side - 1)
        for cells, side in zip((THUMB_ROWS, THUMB_COLUMNS), pooled.shape, strict=True)
    )
    return np.asarray(pooled[row[:, None], column])


def _edges(side: int, cells: int) -> NDArray[np.intp]:
    return np.asarray(np.arange(min(cells, side)) * side // min(cells, side))
