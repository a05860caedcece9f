"""Hair: what falls behind the head, and the cap, fringe and locks before it."""

from itertools import pairwise

import numpy as np

from studio.animatic.colour import WHITE, Colour
from studio.animatic.looks import Look
from studio.animatic.raster import Curve
from studio.animatic.sketch import Dots, Sketch, ink_of, shadow, spline

TIED = ("ponytail", "braid", "twintails", "bun")


def draw_back_hair(sketch: Sketch, look: Look) -> None:
    """Everything of the hair that lies behind neck and shoulders."""
    if look.hair_style == "bald":
        return
    dark = look.hair.scaled(0.86)
    if look.hair_style == "twintails":
        for side in (-1, 1):
            _tail(sketch, look, (side * 0.4, 0.3), (side * 0.82, max(1.9, look.hair_fall)), 0.21)
    if look.hair_style in ("ponytail", "braid"):
        _tail(
            sketch, look, (-sketch.light * 0.24, 0.2), (-sketch.light * 0.62, max(1.9, look.hair_fall)), 0.22
        )
    fall = 0.98 if look.hair_style in TIED else look.hair_fall
    sketch.shape(_curtain(fall, look.hair_style == "wavy"), dark, shade=0.12)
    if fall > 1.2:
        for x in (-0.34, -0.17, 0.18, 0.35):
            strand = spline([(x, 0.8), (x * 1.12, (fall + 0.8) / 2), (x * 1.05, fall - 0.08)], closed=False)
            sketch.stroke(strand, ink_of(look.hair).mix(dark, 0.45), 0.014)


def _curtain(fall: float, wavy: bool) -> Curve:
    """The back hair's outline, ending in pointed locks at `fall`."""
    wide = 0.36 + 0.18 * min(1.0, max(0.0, (fall - 0.9) / 0.7))
    middle = (0.55 + fall) / 2
    swell = 0.06 if wavy else 0.0
    right: Dots = [
        (0.3, 0.0),
        (0.47, 0.3),
        (wide + swell, middle),
        (wide - swell * 0.5, fall - 0.22),
        (wide + 0.03, fall - 0.06),
    ]
    tips = np.linspace(wide, -wide, 9)
    hem: Dots = [
        (float(x), fall - (0.0 if i % 2 else 0.16) + 0.05 * float(abs(x))) for i, x in enumerate(tips)
    ]
    left: Dots = [(-x, y) for x, y in right[::-1]]
    return np.concatenate([spline(right, closed=False), np.array(hem[1:-1]), spline(left, closed=False)])


def _tail(
    sketch: Sketch, look: Look, root: tuple[float, float], tip: tuple[float, float], wide: float
) -> None:
    x0, y0 = root
    x1, y1 = tip
    side = 1 if x1 > x0 else -1
    outline = spline(
        [(x0, y0 - 0.12), (x0 + side * 0.3, y0 + 0.02), (x1 + side * 0.14, (y0 + y1) / 2),
        (x1 + side * 0.02, y1 - 0.2),
         (x1, y1), (x1 - side * wide * 0.5, y1 - 0.26), (x1 - side * wide * 1.5, (y0 + y1) / 2),
         (x0, y0 + 0.14)]
    )  # fmt: skip
    sketch.shape(outline, look.hair.scaled(0.94), shade=0.09)
    middle = [
        (x0 + side * 0.1, y0 + 0.05),
        (x1 - side * wide * 0.4, (y0 + y1) / 2),
        (x1 - side * 0.05, y1 - 0.25),
    ]
    sketch.stroke(spline(middle, closed=False), shadow(look.hair), 0.018)
    tie = [(x0 - 0.07, y0 - 0.1), (x0 + 0.09, y0 - 0.08), (x0 + 0.1, y0 + 0.1), (x0 - 0.06, y0 + 0.12)]
    sketch.shape(spline(tie), look.accent, shade=0.03)


def draw_front_hair(sketch: Sketch, look: Look, turn: float) -> None:
    """Cap, fringe and side locks, with the ring of light that makes hair shine."""
    if look.hair_style == "bald":
        return
    hair = look.hair
    if look.hair_style == "bun":
        bun = spline(
            [(-0.2, -0.1), (-0.14, -0.3), (0.08, -0.32), (0.2, -0.16), (0.12, -0.02), (-0.12, -0.01)]
        )
        sketch.shape(bun, hair, shade=0.06)
    for side in (-1, 1):
        _side_lock(sketch, look, side)
    spikes = _spikes(turn) if look.hair_style == "spiky" else _fringe(turn)
    ring = _shine(turn)
    sketch.shape(spikes, hair, shade=0.085, marks=[(ring, hair.mix(WHITE, 0.42))])
    _strands(sketch, look, turn)
    _ornaments(sketch, look)


def _fringe(turn: float) -> Curve:
    """Cap and fringe in one outline: a smooth crown, and locks that end in points above the eyes."""
    x = turn * 0.07
    crown: Dots = [
        (-0.47, 0.62),
        (-0.5, 0.36),
        (-0.42, 0.08),
        (-0.22, -0.09),
        (0.0, -0.125),
        (0.22, -0.09),
        (0.42, 0.08),
        (0.5, 0.36),
        (0.47, 0.62),
    ]
    points: Dots = [(0.37, 0.36), (0.34, 0.56), (0.25 + x, 0.33), (0.17 + x, 0.53), (0.09 + x, 0.32),
                    (0.0 + x, 0.545),
                    (-0.1 + x, 0.31), (-0.2 + x, 0.52), (-0.27 + x, 0.33), (-0.35, 0.56),
                    (-0.37, 0.36)]  # fmt: skip
    return np.concatenate([spline(crown, closed=False), _locks(points)])


def _spikes(turn: float) -> Curve:
    """A wild crown of spikes over a short pointed fringe."""
    x = turn * 0.07
    crown: Dots = [(-0.43, 0.66), (-0.59, 0.56), (-0.47, 0.4), (-0.67, 0.24), (-0.45, 0.12),
                   (-0.56, -0.12), (-0.3, -0.05),
                   (-0.27, -0.31), (-0.07, -0.12), (0.12, -0.36), (0.19, -0.1), (0.46, -0.27),
                   (0.39, 0.02), (0.65, -0.01),
                   (0.47, 0.2), (0.66, 0.34), (0.47, 0.42), (0.56, 0.6), (0.43, 0.66)]  # fmt: skip
    points: Dots = [(0.37, 0.38), (0.33, 0.6), (0.24 + x, 0.36), (0.13 + x, 0.56), (0.07 + x, 0.36),
                    (-0.06 + x, 0.6),
                    (-0.16 + x, 0.32), (-0.26 + x, 0.57), (-0.31, 0.36), (-0.36, 0.58),
                    (-0.37, 0.38)]  # fmt: skip
    return np.concatenate([_tufts(crown), _locks(points)])


def _tufts(points: Dots) -> Curve:
    """Spikes that all curl the same way: valley, tip, valley, and so on."""
    pieces = []
    for i, (a, b) in enumerate(pairwise(np.asarray(points))):
        run = b - a
        out = np.array([run[1], -run[0]]) * (0.22 if i % 2 == 0 else -0.12)
        pieces.append(spline([tuple(a), tuple((a + b) / 2 + out), tuple(b)], closed=False, steps=5))
    return np.concatenate(pieces)


def _locks(points: Dots) -> Curve:
    """Pointed locks: curved on their way to each tip, sharp at it."""
    pieces = []
    for (ax, ay), (bx, by) in pairwise(points):
        bow = 0.028 if by > ay else -0.012
        pieces.append(
            spline([(ax, ay), ((ax + bx) / 2 + bow, (ay + by) / 2), (bx, by)], closed=False, steps=5)
        )
    return np.concatenate(pieces)


def _side_lock(sketch: Sketch, look: Look, side: int) -> None:
    """A lock before the ear, longer on long hair."""
    end = 0.98 if look.hair_fall < 1.2 else min(1.65, 0.75 + look.hair_fall * 0.35)
    if look.hair_style == "spiky" or (look.hair_fall < 1.1 and not look.is_feminine):
        end = 0.78
    x = side * 0.41
    lock = spline([(x - side * 0.04, 0.25), (x + side * 0.075, 0.35), (x + side * 0.075, 0.7),
                   (x + side * 0.03, end),
                   (x - side * 0.035, end - 0.18), (x - side * 0.05, 0.6)])  # fmt: skip
    sketch.shape(lock, look.hair, shade=0.04)


def _shine(turn: float) -> Curve:
    """A jagged band across the crown."""
    at = np.linspace(-0.36, 0.36, 15)
    bend = 0.15 + 0.34 * at**2
    tooth = np.where(np.arange(15) % 2, 0.032, -0.012)
    fade = np.clip(1.25 - np.abs(at) * 2.7, 0.1, 1.0)
    upper = np.column_stack([at + turn * 0.04, bend - 0.03 * fade])
    lower = np.column_stack([at + turn * 0.04, bend + (0.03 + tooth) * fade])
    return np.concatenate([upper, lower[::-1]])


def _strands(sketch: Sketch, look: Look, turn: float) -> None:
    line = ink_of(look.hair).mix(look.hair, 0.35)
    x = turn * 0.07
    for start, end in (
        ((0.1, -0.03), (0.09 + x, 0.3)),
        ((-0.08, -0.02), (-0.1 + x, 0.29)),
        ((0.24, 0.08), (0.26 + x, 0.3)),
        ((-0.22, 0.06), (-0.26 + x, 0.3)),
    ):
        middle = ((start[0] + end[0]) / 2 + 0.03 * np.sign(start[0]), (start[1] + end[1]) / 2)
        sketch.stroke(spline([start, middle, end], closed=False), line, 0.011)


def _ornaments(sketch: Sketch, look: Look) -> None:
    side = -sketch.light
    if "ears" in look.extras:
        for s in (-1, 1):
            sketch.shape([(s * 0.16, -0.06), (s * 0.36, -0.36), (s * 0.44, 0.06)], look.hair, shade=0.04,
                         marks=[([(s * 0.23, -0.04), (s * 0.345, -0.26),
                         (s * 0.39, 0.03)], Colour.of("e8a9a0"))])  # fmt: skip
    if "ribbon" in look.extras:
        x = side * 0.33
        for s in (-1, 1):
            sketch.shape(
                spline([(x, 0.0), (x + s * 0.2, -0.13), (x + s * 0.23, 0.08)]), look.accent, shade=0.03
            )
        sketch.shape(
            spline([(x - 0.04, -0.04), (x + 0.04, -0.04), (x + 0.04, 0.05), (x - 0.04, 0.05)]),
            look.accent.scaled(0.85),
            shade=0,
        )
    _headgear(sketch, look)


def _headgear(sketch: Sketch, look: Look) -> None:
    if "headband" in look.extras:
        band = [(-0.47, 0.2), (0.0, 0.13), (0.47, 0.2), (0.48, 0.29), (0.0, 0.225), (-0.48, 0.29)]
        sketch.shape(band, look.accent, shade=0.03)
    if "headphones" in look.extras:
        arc = np.linspace(np.pi, 2 * np.pi, 24)
        sketch.stroke(
            np.column_stack([np.cos(arc) * 0.5, 0.5 + np.sin(arc) * 0.64]), look.accent.scaled(0.7), 0.06
        )
        for s in (-1, 1):
            sketch.shape(
                spline([(s * 0.44, 0.4), (s * 0.57, 0.46), (s * 0.57, 0.68), (s * 0.44, 0.74)]),
                look.accent,
                shade=0.04,
            )
    if "hat" in look.extras:
        brim = spline([(-0.85, 0.16), (0.0, 0.02), (0.85, 0.16), (0.0, 0.27)])
        cone = spline(
            [
                (-0.44, 0.1),
                (-0.26, -0.42),
                (0.06, -0.95),
                (0.22, -0.84),
                (0.24, -0.4),
                (0.44, 0.1),
                (0.0, 0.2),
            ]
        )
        sketch.shape(cone, look.accent.scaled(0.7), shade=0.12)
        sketch.shape(brim, look.accent.scaled(0.62), shade=0.05)
