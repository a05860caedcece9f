"""Laying a shot's planes over each other for one frame, as a multiplane camera does."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from studio.animatic.raster import Floats, Picture, lay_over


@dataclass(frozen=True, slots=True)
class Cel:
    """The painted part of a board: `picture`, whose top left pixel is (left, top) on the board."""

    picture: Picture
    left: int
    top: int
    is_opaque: bool

    @classmethod
    def of(cls, sheet: Picture) -> "Cel":
        """The smallest cel that holds all that is painted on `sheet`; one clear pixel if that is nothing."""
        alpha = sheet[..., 3]
        rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        if not len(rows):
            return cls(np.zeros((1, 1, 4), np.uint8), 0, 0, False)
        top, left = int(rows[0]), int(columns[0])
        part = np.ascontiguousarray(sheet[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1])
        return cls(part, left, top, bool(part[..., 3].min() == 255))


def show(frame: Picture, cel: Cel, place: Floats) -> None:
    """Composite a cel onto an RGB frame, in place.

    Args:
        frame: The picture so far, shape (height, width, 3).
        cel: What is laid over it.
        place: Affine map, shape (2, 3), from the pixels of the cel's board to the frame's.
    """
    box = bounds(cel, place, (frame.shape[1], frame.shape[0]))
    if box is None:
        return
    x0, y0, x1, y1 = box
    local = place.astype(np.float64).copy()
    local[:, 2] += local[:, :2] @ [cel.left, cel.top]
    local[:, 2] -= [x0, y0]
    warped = cast("Picture", cv2.warpAffine(cel.picture, local, (x1 - x0, y1 - y0)))
    lay_over(frame, warped, x0, y0)


def backdrop(frame: Picture, cel: Cel, place: Floats) -> None:
    """Fill the whole RGB frame with an opaque cel, its edges drawn out where it ends."""
    local = place.astype(np.float64).copy()
    local[:, 2] += local[:, :2] @ [cel.left, cel.top]
    size = (frame.shape[1], frame.shape[0])
    warped = cv2.warpAffine(cel.picture, local, size, borderMode=cv2.BORDER_REPLICATE)
    cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB, dst=frame)


def bounds(cel: Cel, place: Floats, size_px: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The part (x0, y0, x1, y1) of a frame of `size_px` that a cel may touch; None if it misses."""
    rows, columns = cel.picture.shape[:2]
    x0, y0 = cel.left - 1.0, cel.top - 1.0
    x1, y1 = cel.left + columns, cel.top + rows
    corners = np.array([[x0, y0, 1.0], [x1, y0, 1.0], [x0, y1, 1.0], [x1, y1, 1.0]]) @ place.T.astype(
        np.float64
    )
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, size_px)
    if (low >= high).any():
        return None
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
