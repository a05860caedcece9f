"""Heads: face, eyes, mouth and ears, in head lengths."""

import numpy as np

from studio.animatic.colour import WHITE, Colour
from studio.animatic.looks import Look
from studio.animatic.raster import Curve
from studio.animatic.sketch import INK, Sketch, ink_of, shadow, spline

LIP = Colour.of("b4554f")
BLUSH = Colour.of("f08a86")


def draw_head(sketch: Sketch, look: Look, turn: float, *, blinks: bool) -> None:
    """The bare head, turned by `turn` (-1 to its right, 1 to its left), with its face."""
    skin = look.skin
    for side in (-1, 1):
        _ear(sketch, skin, side * 0.395 - turn * 0.03, side)
    slim = 0.95 if look.is_feminine else 1.0
    jaw = 0.215 if look.is_feminine else 0.255
    x = turn * 0.035
    outline = spline(
        [
            (0, 0.02), (0.25, 0.07), (0.385 * slim, 0.3), (0.385 * slim, 0.56), (0.35 * slim + x, 0.73),
            (jaw + x, 0.885), (0.07 + x, 0.99), (-0.07 + x, 0.99), (-jaw + x, 0.885),
            (-0.35 * slim + x, 0.73),
            (-0.385 * slim, 0.56), (-0.385 * slim, 0.3), (-0.25, 0.07),
        ]
    )  # fmt: skip
    fringe_shadow = spline(
        [(-0.42, 0.1), (0.42, 0.1), (0.42, 0.5), (0.2, 0.44), (0, 0.49), (-0.2, 0.44), (-0.42, 0.5)]
    )
    sketch.shape(outline, skin, shade=0.075, marks=[(fringe_shadow, shadow(skin).mix(skin, 0.25))])
    for side in (-1, 1):
        sketch.blush(
            (side * 0.235 + turn * 0.075, 0.765), (0.075, 0.035), BLUSH, 0.42 if look.is_feminine else 0.22
        )
        _eye(sketch, look, side, turn, blinks=blinks)
        _brow(sketch, look, side, turn)
    _mouth_and_nose(sketch, look, turn)
    _marks(sketch, look, turn)


def _ear(sketch: Sketch, skin: Colour, x: float, side: int) -> None:
    lobe = [(x, 0.47), (x + side * 0.06, 0.44), (x + side * 0.085, 0.53), (x + side * 0.045, 0.67), (x, 0.7)]
    sketch.shape(spline(lobe), skin, shade=0.03)
    sketch.stroke([(x + side * 0.045, 0.5), (x + side * 0.03, 0.6)], shadow(skin), 0.015)


def _eye(sketch: Sketch, look: Look, side: int, turn: float, *, blinks: bool) -> None:
    """One large eye; the one further from the viewer is a little narrower."""
    wide = (0.125 if look.is_feminine else 0.118) * (1.0 - 0.14 * max(0.0, turn * side))
    tall = 0.118 if look.is_feminine else 0.092
    x, y = side * 0.192 + turn * 0.075, 0.625
    lid = _lid(x, y, wide, tall, side)
    lash = INK.mix(look.hair.scaled(0.3), 0.3)
    if blinks:
        closed = spline([(x - wide, y + 0.02), (x, y + 0.07), (x + wide, y + 0.02)], closed=False)
        sketch.stroke(closed, lash, 0.028)
        return
    lower = spline([(x + side * wide * 0.92, y - tall * 0.1), (x + side * wide * 0.62, y + tall * 0.8),
                    (x - side * wide * 0.35, y + tall * 0.88),
                    (x - side * wide * 0.86, y + tall * 0.12)], closed=False)  # fmt: skip
    white = np.concatenate([lid, lower])
    iris_at = (x + turn * 0.012, y + tall * 0.1)
    sketch.shape(
        white, Colour.of("fbf7fa"), shade=0.0, inked=False, marks=_iris(look.eyes, iris_at, wide, tall, lid)
    )
    sketch.stroke(lid, lash, 0.03 if look.is_feminine else 0.026)
    sketch.stroke(lower[3:-6], lash.mix(look.skin, 0.35), 0.011)
    outer = (x + side * wide * 0.95, y - tall * 0.12)
    if look.is_feminine:
        sketch.stroke(
            [(outer[0] - side * 0.02, outer[1] - 0.01), (outer[0] + side * 0.032, outer[1] - 0.04)],
            lash,
            0.02,
        )
    crease = lid + np.array([0.0, -0.035])
    sketch.stroke(crease[5:-4], shadow(look.skin).mix(LIP, 0.3), 0.009)


def _lid(x: float, y: float, wide: float, tall: float, side: int) -> Curve:
    """The upper lid, from the inner corner to the outer."""
    dots = [(x - side * wide * 0.9, y + tall * 0.05), (x - side * wide * 0.5, y - tall * 0.8),
            (x + side * wide * 0.2, y - tall), (x + side * wide * 0.8, y - tall * 0.55),
            (x + side * wide * 0.98, y - tall * 0.05)]  # fmt: skip
    return spline(dots, closed=False)


def _iris(
    colour: Colour, at: tuple[float, float], wide: float, tall: float, lid: Curve
) -> list[tuple[Curve, Colour]]:
    """What lies on the white of an eye: lid shadow, iris in three tones, pupil and two lights."""
    x, y = at
    w, h = wide * 0.62, tall * 0.93
    glint = [
        _oval(x - w * 0.34, y - h * 0.42, w * 0.36, h * 0.3),
        _oval(x + w * 0.36, y + h * 0.5, w * 0.17, h * 0.14),
    ]
    shade = np.concatenate([lid, (lid + np.array([0.0, tall * 0.42]))[::-1]])
    return [
        (shade, Colour.of("cfc4d8")),
        (_oval(x, y, w, h), INK.mix(colour, 0.35)),
        (_oval(x, y + h * 0.03, w * 0.87, h * 0.88), colour.scaled(0.78)),
        (_oval(x, y + h * 0.42, w * 0.68, h * 0.46), colour.mix(WHITE, 0.32)),
        (_oval(x, y, w * 0.42, h * 0.48), INK.mix(colour, 0.12)),
        (_oval(x, y - h * 0.85, w * 1.1, h * 0.42), INK.mix(colour, 0.28)),
        *((dot, WHITE) for dot in glint),
    ]


def _oval(x: float, y: float, wide: float, tall: float) -> Curve:
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    return np.column_stack([x + np.cos(turn) * wide, y + np.sin(turn) * tall])


def _brow(sketch: Sketch, look: Look, side: int, turn: float) -> None:
    x, lift = side * 0.192 + turn * 0.07, 0.0 if look.is_feminine else 0.03
    inner, outer = (x - side * 0.1, 0.452 + lift), (x + side * 0.12, 0.448 + lift)
    line = spline([inner, (x + side * 0.02, 0.418 + lift), outer], closed=False)
    sketch.stroke(line, INK.mix(look.hair.scaled(0.55), 0.65), 0.018 if look.is_feminine else 0.028)


def _mouth_and_nose(sketch: Sketch, look: Look, turn: float) -> None:
    x = turn * 0.095
    line = ink_of(look.skin).mix(LIP, 0.4)
    sketch.stroke(
        [(x + turn * 0.015, 0.735), (x + turn * 0.03 + 0.008, 0.765), (x - 0.004, 0.775)],
        shadow(look.skin).mix(LIP, 0.45),
        0.013,
    )
    smile = spline([(x - 0.062, 0.868), (x, 0.884), (x + 0.062, 0.864)], closed=False)
    sketch.stroke(smile, line, 0.014)
    sketch.stroke([(x - 0.02, 0.915), (x + 0.02, 0.915)], shadow(look.skin), 0.011)


def _marks(sketch: Sketch, look: Look, turn: float) -> None:
    x = turn * 0.075
    if "glasses" in look.extras:
        for side in (-1, 1):
            rim = _oval(side * 0.195 + x, 0.63, 0.16, 0.125)
            sketch.veil(rim, Colour.of("cfe6f4"), 0.18)
            sketch.stroke(np.concatenate([rim, rim[:1]]), Colour.of("3a3340"), 0.018)
        sketch.stroke([(x - 0.04, 0.61), (x + 0.04, 0.61)], Colour.of("3a3340"), 0.018)
    if "scar" in look.extras:
        sketch.stroke([(x + 0.2, 0.5), (x + 0.25, 0.8)], Colour.of("b8605a"), 0.016)
    if "freckles" in look.extras:
        for dx in (-0.26, -0.2, -0.14, 0.14, 0.2, 0.26):
            sketch.blush((x + dx, 0.745 + abs(dx) * 0.1), (0.012, 0.01), Colour.of("b0623c"), 0.7)
    if "beard" in look.extras:
        beard = spline(
            [
                (-0.33, 0.72),
                (-0.16, 0.82),
                (x, 0.85),
                (0.16, 0.82),
                (0.33, 0.72),
                (0.24, 0.98),
                (x, 1.14),
                (-0.24, 0.98),
            ]
        )
        sketch.shape(beard, look.hair, shade=0.05)
        sketch.stroke([(x - 0.06, 0.885), (x + 0.06, 0.885)], LIP.scaled(0.7), 0.02)
    if "eyepatch" in look.extras:
        sketch.shape(_oval(x + 0.19, 0.63, 0.14, 0.13), Colour.of("2e2833"), shade=0.03)
