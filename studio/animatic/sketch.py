"""Ink and cel paint: closed shapes with line art and one step of shade, drawn large and then reduced."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from studio.animatic.colour import Colour
from studio.animatic.raster import Curve, Picture, lay_over, resized_picture

Dots = list[tuple[float, float]]
FINE_BITS = 4
INK = Colour.of("2b1a33")
DUSKY = Colour.of("b9a3cc")


def spline(points: Dots | Curve, *, closed: bool = True, steps: int = 8) -> Curve:
    """A smooth curve (Catmull-Rom) through `points`, shape (n, 2)."""
    p = np.asarray(points, np.float64)
    ring = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([p[:1], p, p[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(ring[:-3], ring[1:-2], ring[2:-1], ring[3:], strict=True):
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    return np.concatenate(pieces if closed else [*pieces, p[-1:]])


def limb_outline(joints: Dots, radii: list[float]) -> Curve:
    """The outline of a limb that tapers along `joints`, rounded at its end."""
    line = spline(joints, closed=False, steps=9)
    at = np.linspace(0, len(radii) - 1, len(line))
    wide = np.interp(at, np.arange(len(radii)), radii)[:, None]
    run = np.gradient(line, axis=0)
    run /= np.maximum(np.linalg.norm(run, axis=1, keepdims=True), 1e-6)
    normal = np.column_stack([-run[:, 1], run[:, 0]])
    tip = line[-1:] + run[-1:] * wide[-1] * 0.5
    cap = np.linspace(0, np.pi, 9)[1:-1, None]
    root = line[:1] + wide[0] * (-normal[:1] * np.cos(cap) - run[:1] * np.sin(cap))
    return np.concatenate([line + normal * wide, tip, (line - normal * wide)[::-1], root])


@dataclass(frozen=True, slots=True)
class Sketch:
    """A transparent sheet in head lengths: (0, 0) is the crown's middle, y = 1 the chin.

    `light` is the side the light comes from, -1 left or 1 right; `line` the width of the
    line art, heads.
    """

    sheet: Picture
    head_px: float
    origin: tuple[float, float]
    light: int
    line: float

    @classmethod
    def blank(
        cls, head_px: float, box: tuple[float, float, float, float], light: int, *, oversize: int
    ) -> "Sketch":
        """A sketch of the heads (x0, y0, x1, y1) `box`, drawn `oversize` times as large as `head_px`."""
        size = head_px * oversize
        columns, rows = (max(1, round((box[i + 2] - box[i]) * head_px)) * oversize for i in (0, 1))
        sheet = np.zeros((rows, columns, 4), np.uint8)
        return cls(sheet, size, (box[0], box[1]), light, 0.011 + 0.5 / head_px)

    def reduced(self, oversize: int) -> Picture:
        """The finished drawing at its real size, premultiplied RGBA."""
        return resized_picture(self.sheet, (self.sheet.shape[1] // oversize, self.sheet.shape[0] // oversize))

    def pixels(self, points: Dots | Curve) -> Picture:
        """Points in heads as OpenCV's fixed-point pixel coordinates."""
        at = (np.asarray(points, np.float64) - self.origin) * self.head_px - 0.5
        return cast("Picture", np.round(at * 2**FINE_BITS).astype(np.int32))

    def shape(
        self,
        outline: Dots | Curve,
        colour: Colour,
        *,
        shade: float = 0.09,
        marks: Sequence[tuple[Dots | Curve, Colour]] = (),
        inked: bool = True,
        seam: tuple[int, int] = (0, 0),
    ) -> None:
        """Fill an outline, shade its far side `shade` heads wide, lay clipped `marks` on it, ink its line.

        `seam` leaves that many points at the outline's start and end without ink.
        """
        dots = self.pixels(outline)
        box = self._box(dots)
        if box is None:
            return
        x0, y0, x1, y1 = box
        corner = np.array([x0, y0]) * 2**FINE_BITS
        cover = self._cover(dots - corner, (y1 - y0, x1 - x0))
        paint = np.empty((y1 - y0, x1 - x0, 4), np.uint8)
        paint[:] = np.round(colour.ink()).astype(np.uint8)
        if shade > 0:
            self._blend(paint, self._far_side(cover, shade), shadow(colour))
        for mark, tone in marks:
            self._blend(paint, self._cover(self.pixels(mark) - corner, cover.shape), tone)
        layer = cv2.multiply(paint, cv2.merge([cover] * 4), scale=1 / 255)
        lay_over(self.sheet, cast("Picture", layer), x0, y0)
        if inked:
            self._ink(dots[seam[0] : len(dots) - seam[1]], colour, closed=seam == (0, 0))

    def stroke(self, points: Dots | Curve, colour: Colour, width: float) -> None:
        """Draw an open line, `width` heads wide."""
        dots = self.pixels(points)
        thickness = max(1, round(width * self.head_px))
        cv2.polylines(self.sheet, [dots], False, colour.ink(), thickness, cv2.LINE_AA, FINE_BITS)

    def blush(
        self, centre: tuple[float, float], size: tuple[float, float], colour: Colour, alpha: float
    ) -> None:
        """Lay a translucent ellipse on what is drawn already."""
        turn = np.linspace(0, 2 * np.pi, 24)
        dots = np.column_stack([centre[0] + np.cos(turn) * size[0], centre[1] + np.sin(turn) * size[1]])
        self.veil(dots, colour, alpha)

    def veil(self, outline: Dots | Curve, colour: Colour, alpha: float) -> None:
        """Lay a translucent shape on what is drawn already, nowhere else."""
        dots = self.pixels(outline)
        box = self._box(dots)
        if box is None:
            return
        x0, y0, x1, y1 = box
        cover = self._cover(dots - np.array([x0, y0]) * 2**FINE_BITS, (y1 - y0, x1 - x0))
        part = self.sheet[y0:y1, x0:x1]
        seen = cv2.multiply(cover, np.ascontiguousarray(part[..., 3]), scale=alpha / 255)
        ink = np.array(colour.ink(), np.float32) * (seen.astype(np.float32) / 255)[..., None]
        lay_over(self.sheet, (ink + 0.5).astype(np.uint8), x0, y0)

    def _ink(self, dots: Picture, colour: Colour, *, closed: bool) -> None:
        thickness = max(1, round(self.line * self.head_px))
        cv2.polylines(self.sheet, [dots], closed, ink_of(colour).ink(), thickness, cv2.LINE_AA, FINE_BITS)

    def _box(self, dots: Picture) -> tuple[int, int, int, int] | None:
        low = np.maximum(dots.min(axis=0) // 2**FINE_BITS - 2, 0)
        high = np.minimum(dots.max(axis=0) // 2**FINE_BITS + 4, self.sheet.shape[1::-1])
        return None if (low >= high).any() else (int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def _cover(self, dots: Picture, shape: tuple[int, ...]) -> Picture:
        cover = np.zeros(shape[:2], np.uint8)
        cv2.fillPoly(cover, [dots], (255.0,), cv2.LINE_AA, FINE_BITS)
        return cover

    def _far_side(self, cover: Picture, width: float) -> Picture:
        """The part of a shape that lies within `width` of its edge away from the light."""
        by = width * self.head_px
        shift = np.array([[1, 0, self.light * by], [0, 1, -0.45 * by]], np.float64)
        moved = cv2.warpAffine(
            cover, shift, (cover.shape[1], cover.shape[0]), borderMode=cv2.BORDER_REPLICATE
        )
        return cast("Picture", cv2.bitwise_not(moved))

    @staticmethod
    def _blend(paint: Picture, cover: Picture, colour: Colour) -> None:
        amount = cover.astype(np.float32)[..., None] / 255
        paint[:] = (paint + (np.array(colour.ink(), np.float32) - paint) * amount + 0.5).astype(np.uint8)


def shadow(colour: Colour) -> Colour:
    """A surface's colour in cel shade."""
    return colour.times(DUSKY).mix(Colour.of("3a2a58"), 0.08)


def ink_of(colour: Colour) -> Colour:
    """The line art's colour around a surface: dark, with a little of the surface in it."""
    return INK.mix(colour.scaled(0.4), 0.45)
