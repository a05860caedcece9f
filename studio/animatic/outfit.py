"""Clothes: tops, skirts, coats, capes and what goes with them, in head lengths."""

import numpy as np

from studio.animatic.body import Skeleton
from studio.animatic.colour import WHITE, Colour
from studio.animatic.looks import Look
from studio.animatic.raster import Curve
from studio.animatic.sketch import Dots, Sketch, ink_of, shadow, spline

ROBED = ("kimono", "yukata", "robe", "robes", "gown", "dress")
CAPES = ("cape", "cloak", "mantle")
LONG = ("coat", "trenchcoat", "overcoat", "robe", "robes", "haori")
WOOD = Colour.of("7a5438")
STEEL = Colour.of("c9d2de")


def both_sides(right: Dots) -> Curve:
    """A closed smooth outline from its right half, given top to bottom."""
    return spline([*right, *((-x, y) for x, y in right[::-1])], steps=6)


def torso_half(look: Look, bones: Skeleton, *, loose: float = 0.0) -> Dots:
    """The right half of the upper body's outline, neck to hip."""
    half = 0.76 * look.breadth
    waist = (0.36 if look.is_feminine else 0.46) * look.breadth + loose
    hip = (0.5 if look.is_feminine else 0.47) * look.breadth**0.5 + loose
    chest = (0.5 if look.is_feminine else 0.56) * look.breadth + loose
    return [
        (0.1, 1.2), (0.2, 1.28), (half - 0.12, 1.38), (half + 0.02, 1.5), (half - 0.06, 1.75), (chest, 1.98),
        (waist, bones.waist_y), (hip, bones.hip_y), (hip, bones.hip_y + 0.14),
    ]  # fmt: skip


def draw_neck(sketch: Sketch, look: Look) -> None:
    """The neck and the open collar below it."""
    wide = 0.125 if look.is_feminine else 0.165
    outline = [
        (-wide, 0.82),
        (wide, 0.82),
        (wide, 1.2),
        (wide + 0.14, 1.36),
        (0, 1.62),
        (-wide - 0.14, 1.36),
        (-wide, 1.2),
    ]
    throat = spline([(-0.3, 0.8), (0.3, 0.8), (0.22, 1.08), (0.0, 1.16), (-0.22, 1.05)])
    sketch.shape(outline, look.skin, shade=0.05, marks=[(throat, shadow(look.skin))])


def draw_top(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    """Shirt, dress bodice, kimono, armour or uniform, with its collar and folds."""
    colour = look.top_colour
    neck: Dots = [(0.15, 1.24), (0.0, 1.52), (-0.15, 1.24)]
    half = torso_half(look, bones)
    if look.top in ROBED:
        half = [*half[:7], (half[6][0] + 0.03, bones.waist_y + 0.16)]
    outline = np.concatenate(
        [
            spline(half[1:], closed=False),
            spline([(-x, y) for x, y in half[:0:-1]], closed=False),
            np.array(neck[::-1]),
        ]
    )
    sketch.shape(outline, colour, shade=0.15, marks=_folds(look, bones, colour))
    if look.top in ("kimono", "yukata", "hakama", "robe", "robes"):
        _wrapped(sketch, look, bones)
    elif look.top in ("armor", "armour"):
        _plate(sketch, look, bones)
    else:
        _collar(sketch, look, bones)
    if "tie" in look.extras:
        sketch.shape(
            [(-0.05, 1.5), (0.05, 1.5), (0.09, 2.2), (0.0, 2.36), (-0.09, 2.2)], look.accent, shade=0.03
        )


def _folds(look: Look, bones: Skeleton, colour: Colour) -> list[tuple[Dots | Curve, Colour]]:
    dark, y = shadow(colour), bones.waist_y
    bust: list[tuple[Dots | Curve, Colour]] = []
    if look.is_feminine:
        bust = [
            (
                spline(
                    [
                        (-0.42, 2.02),
                        (-0.2, 2.16),
                        (0.0, 2.08),
                        (0.2, 2.16),
                        (0.42, 2.02),
                        (0.2, 2.24),
                        (0, 2.18),
                        (-0.2, 2.24),
                    ]
                ),
                dark,
            )
        ]
    return [
        *bust,
        ([(-0.5, y - 0.25), (-0.16, y - 0.04), (-0.48, y - 0.1)], dark),
        ([(0.5, y - 0.2), (0.12, y + 0.06), (0.48, y - 0.02)], dark),
    ]


def _collar(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    pale = look.top_colour.mix(WHITE, 0.25)
    for side in (-1, 1):
        flap: Dots = [(side * 0.13, 1.2), (side * 0.27, 1.34), (side * 0.16, 1.56), (side * 0.01, 1.5)]
        sketch.shape(flap, pale, shade=0.03)
    line = ink_of(look.top_colour).mix(look.top_colour, 0.4)
    sketch.stroke([(0.0, 1.52), (0.02, bones.waist_y), (0.0, bones.hip_y + 0.1)], line, 0.013)


def _wrapped(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    """Crossed lapels and a sash."""
    pale = look.top_colour.mix(WHITE, 0.7)
    y = bones.waist_y
    sketch.shape([(0.13, 1.2), (0.24, 1.28), (-0.26, y), (-0.4, y)], pale, shade=0.02)
    sketch.shape([(-0.13, 1.2), (-0.24, 1.28), (0.26, y), (0.4, y)], pale, shade=0.02)
    wide = 0.4 * look.breadth + 0.05
    sash = [(-wide, y - 0.2), (wide, y - 0.2), (wide + 0.02, y + 0.24), (-wide - 0.02, y + 0.24)]
    sketch.shape(sash, look.accent, shade=0.08)
    sketch.stroke([(-wide, y + 0.02), (wide, y + 0.02)], look.accent.mix(WHITE, 0.5), 0.045)


def draw_sailor_collar(sketch: Sketch, look: Look) -> None:
    """A sailor collar with its bow, over the shoulders."""
    navy = look.bottom_colour
    for side in (-1, 1):
        flap: Dots = [
            (side * 0.14, 1.2),
            (side * 0.46, 1.38),
            (side * 0.42, 1.66),
            (0.0, 1.92),
            (side * 0.06, 1.6),
        ]
        sketch.shape(flap, navy, shade=0.05)
        sketch.stroke([(side * 0.4, 1.42), (side * 0.36, 1.62), (0.0, 1.84)], WHITE, 0.018)
        bow: Dots = [(0.0, 1.86), (side * 0.2, 1.8), (side * 0.22, 2.0)]
        sketch.shape(spline(bow), look.accent, shade=0.03)
        sketch.shape([(0.0, 1.88), (side * 0.06, 2.3), (side * 0.17, 2.24)], look.accent, shade=0.03)


def _plate(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    steel = look.top_colour.mix(STEEL, 0.55)
    chest = both_sides(
        [
            (0.2, 1.42),
            (0.56 * look.breadth + 0.06, 1.6),
            (0.52 * look.breadth, 2.1),
            (0.3, bones.waist_y - 0.06),
        ]
    )
    gleam: Dots = [(-0.3, 1.5), (-0.12, 1.5), (-0.26, 2.2), (-0.4, 2.1)]
    sketch.shape(chest, steel, shade=0.12, marks=[(gleam, WHITE)])
    sketch.stroke([(0.0, 1.5), (0.0, bones.waist_y - 0.05)], ink_of(steel), 0.014)
    for side in (-1, 1):
        x = side * 0.72 * look.breadth
        pad = spline([(x - 0.24, 1.52), (x, 1.3), (x + 0.24, 1.5), (x + 0.18, 1.82), (x - 0.18, 1.82)])
        sketch.shape(pad, steel, shade=0.08)


def draw_skirt(
    sketch: Sketch, look: Look, bones: Skeleton, *, colour: Colour, hem_y: float, flare: float
) -> None:
    """A skirt from the waist to `hem_y`, pleated when short."""
    top = bones.waist_y + 0.1
    waist = (0.38 if look.is_feminine else 0.46) * look.breadth
    edge = waist + flare
    hem = [(edge * (1 - i / 4), hem_y + 0.05 * (1 - (1 - i / 4) ** 2)) for i in range(9)]
    outline = np.concatenate(
        [
            [(-waist, top), (waist, top), (edge * 0.72, (top + hem_y) / 2 - 0.08)],
            hem,
            [(-edge * 0.72, (top + hem_y) / 2 - 0.08)],
        ]
    )
    dark = shadow(colour)
    pleats: list[tuple[Dots | Curve, Colour]] = []
    for x in np.linspace(-0.75, 0.75, 5):
        foot = float(x) * edge
        pleats.append(
            ([(float(x) * waist, top + 0.1), (foot + 0.06, hem_y + 0.1), (foot - 0.05, hem_y + 0.1)], dark)
        )
    sketch.shape(outline, colour, shade=0.14, marks=pleats)


def draw_belt(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    """A belt at the hips."""
    wide, y = (0.45 if look.is_feminine else 0.5) * look.breadth**0.5, bones.hip_y - 0.12
    sketch.shape(
        [(-wide, y), (wide, y), (wide + 0.02, y + 0.13), (-wide - 0.02, y + 0.13)],
        WOOD.scaled(0.7),
        shade=0.03,
    )
    sketch.shape(
        [(-0.08, y - 0.01), (0.08, y - 0.01), (0.08, y + 0.14), (-0.08, y + 0.14)],
        Colour.of("d9b65a"),
        shade=0.02,
    )
