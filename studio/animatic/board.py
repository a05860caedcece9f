"""A board: one transparent sheet of the picture, painted in units of the picture's height."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from studio.animatic.colour import Colour
from studio.animatic.raster import (
    Curve,
    Floats,
    Picture,
    as_picture,
    blurred,
    blurred_picture,
    channels,
    lay_over,
    smoothstep,
)

Points = Sequence[tuple[float, float]] | Curve
FINE_BITS = 4


@dataclass(frozen=True, slots=True)
class Board:
    """A premultiplied RGBA sheet on which (0, 0) is the picture's top left corner and y = 1 its bottom.

    The sheet reaches beyond the picture on all sides, as far as the camera will see.
    """

    sheet: Picture
    unit_px: float
    left: float
    top: float

    @classmethod
    def blank(cls, unit_px: float, aspect: float, margin: tuple[float, float]) -> "Board":
        """An empty board for a picture of width `aspect`, reaching beyond it by `margin` (x, y)."""
        columns = round((aspect + 2 * margin[0]) * unit_px)
        rows = round((1 + 2 * margin[1]) * unit_px)
        return cls(np.zeros((rows, columns, 4), np.uint8), unit_px, -margin[0], -margin[1])

    @property
    def right(self) -> float:
        """The x of the sheet's right edge."""
        return self.left + self.shape[1] / self.unit_px

    @property
    def bottom(self) -> float:
        """The y of the sheet's lower edge."""
        return self.top + self.shape[0] / self.unit_px

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the sheet."""
        return int(self.sheet.shape[0]), int(self.sheet.shape[1])

    def columns(self, count: int | None = None) -> Curve:
        """`count` x positions across the whole sheet (by default one for each pixel column)."""
        return np.linspace(self.left, self.right, count or self.shape[1])

    def grid(self) -> tuple[Floats, Floats]:
        """The x (one row) and y (one column) of the sheet's pixels, ready to broadcast."""
        x = np.linspace(self.left, self.right, self.shape[1], dtype=np.float32)[None, :]
        y = np.linspace(self.top, self.bottom, self.shape[0], dtype=np.float32)[:, None]
        return x, y

    def pixels(self, points: Points) -> Picture:
        """Points as OpenCV's fixed-point pixel coordinates, shape (n, 2)."""
        corner = np.array([self.left, self.top])
        at = (np.asarray(points, np.float64) - corner) * self.unit_px - 0.5
        return cast("Picture", np.round(at * 2**FINE_BITS).astype(np.int32))

    def polygon(self, points: Points, colour: Colour) -> None:
        """Fill a closed outline."""
        cv2.fillPoly(self.sheet, [self.pixels(points)], colour.ink(), cv2.LINE_AA, FINE_BITS)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """Fill an upright rectangle."""
        self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour)

    def dab(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a small disc."""
        centre = self.pixels([(x, y)])[0]
        fixed = max(8, round(radius * self.unit_px * 2**FINE_BITS))
        cv2.circle(
            self.sheet, (int(centre[0]), int(centre[1])), fixed, colour.ink(), -1, cv2.LINE_AA, FINE_BITS
        )

    def stroke(self, points: Points, colour: Colour, width: float) -> None:
        """Draw an open line of `width`, at least one pixel."""
        thickness = max(1, round(width * self.unit_px))
        cv2.polylines(
            self.sheet, [self.pixels(points)], False, colour.ink(), thickness, cv2.LINE_AA, FINE_BITS
        )

    def mask(self, points: Points) -> Floats:
        """Coverage of a closed outline, 0..1, shape of the sheet."""
        cover = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(cover, [self.pixels(points)], (255.0,), cv2.LINE_AA, FINE_BITS)
        return cover.astype(np.float32) / np.float32(255.0)

    def lay(self, cover: Floats, colour: Colour | Floats) -> None:
        """Paint `colour` (one, or an array of RGB 0..1) wherever `cover` (0..1) says."""
        rgb = channels(colour)[None, :] if isinstance(colour, Colour) else colour
        rgb = np.broadcast_to(rgb if rgb.ndim == 3 else rgb[None], (*self.shape, 3))
        alpha = np.broadcast_to(cover, self.shape)[..., None].astype(np.float32)
        ink = np.concatenate([rgb * alpha, alpha], axis=2)
        lay_over(self.sheet, as_picture(ink), 0, 0)

    def tint(self, cover: Floats, colour: Colour) -> None:
        """Paint `colour` as strongly as `cover` says, but only on what is painted already."""
        self.lay(cover * self.alpha(), colour)

    def colour_at(self, x: float, y: float) -> Colour:
        """The colour painted at a point, as it lies on the sheet."""
        column = min(max(int((x - self.left) * self.unit_px), 0), self.shape[1] - 1)
        row = min(max(int((y - self.top) * self.unit_px), 0), self.shape[0] - 1)
        red, green, blue = (float(c) / 255 for c in self.sheet[row, column, :3])
        return Colour(red, green, blue)

    def alpha(self) -> Floats:
        """How opaque the sheet is, 0..1."""
        return self.sheet[..., 3].astype(np.float32) / np.float32(255.0)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Lay a soft round light that is gone at `radius`."""
        reach = max(2, round(radius * self.unit_px))
        size = 2 * reach + 1
        span = np.linspace(-1.0, 1.0, size, dtype=np.float32)
        cover = smoothstep(1.0, 0.0, np.hypot(span[None, :], span[:, None])) ** 2 * np.float32(strength)
        ink = np.array(colour.ink(), np.float32) * cover[..., None]
        left = round((x - self.left) * self.unit_px) - reach
        lay_over(self.sheet, (ink + 0.5).astype(np.uint8), left, round((y - self.top) * self.unit_px) - reach)

    def fade_down(self, y0: float, y1: float, colour: Colour, strength: float = 1.0) -> None:
        """Tint what is painted with `colour`, not at all at `y0`, by `strength` from `y1` on."""
        _, y = self.grid()
        self.tint(smoothstep(y0, y1, y) * np.float32(strength), colour)

    def soften(self, sigma: float) -> None:
        """Throw the whole sheet out of focus by `sigma`."""
        self.sheet[:] = blurred_picture(self.sheet, sigma * self.unit_px)

    def shadow_of(self, cover: Floats, dx: float, dy: float, sigma: float) -> Floats:
        """`cover` moved by (dx, dy) and blurred by `sigma`."""
        shift = np.array([[1, 0, dx * self.unit_px], [0, 1, dy * self.unit_px]], np.float32)
        moved = cv2.warpAffine(cover, shift, (self.shape[1], self.shape[0]))
        return blurred(cast("Floats", moved), sigma * self.unit_px)
