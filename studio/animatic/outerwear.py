"""What is worn over the clothes and carried: coats, capes, scarves, swords and staffs, in head lengths."""

import numpy as np

from studio.animatic.body import Skeleton
from studio.animatic.colour import WHITE, Colour
from studio.animatic.looks import Look
from studio.animatic.outfit import LONG, STEEL, WOOD, both_sides, torso_half
from studio.animatic.sketch import Dots, Sketch, limb_outline, shadow, spline


def draw_coat(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    """The open front of a coat or jacket: two panels, lapels and hem."""
    colour, half = look.outer_colour, torso_half(look, bones, loose=0.06)
    hem = 0.735 * look.heads if look.outer in LONG else bones.hip_y + 0.16
    flare = 0.3 if look.outer in LONG else 0.05
    for side in (-1, 1):
        outer = [*half[1:7], (half[7][0] + flare * 0.35, bones.hip_y), (half[7][0] + flare, hem)]
        inner: Dots = [
            (0.3 + flare * 0.5, hem + 0.03),
            (0.17, bones.hip_y),
            (0.15, bones.waist_y),
            (0.17, 1.9),
            (0.19, 1.4),
        ]
        outline = np.concatenate([spline(outer, closed=False), spline(inner, closed=False)]) * [side, 1.0]
        fold: Dots = [
            (side * (half[7][0] * 0.9), bones.hip_y - 0.1),
            (side * (half[7][0] + flare * 0.7), hem),
            (side * (half[7][0] + flare * 0.4), hem),
        ]
        sketch.shape(outline, colour, shade=0.13, marks=[(fold, shadow(colour))])
        lapel: Dots = [
            (side * 0.16, 1.18),
            (side * 0.36, 1.36),
            (side * 0.44, 1.62),
            (side * 0.34, 1.66),
            (side * 0.17, 2.15),
        ]
        sketch.shape(lapel, colour.mix(WHITE, 0.13), shade=0.04)
        trim = np.asarray(inner[:4]) * [side, 1.0]
        sketch.stroke(spline(trim, closed=False), colour.mix(WHITE, 0.28), 0.02)
    if look.outer == "hoodie":
        hood = spline(
            [
                (-0.5, 1.3),
                (-0.34, 1.08),
                (0, 1.3),
                (0.34, 1.08),
                (0.5, 1.3),
                (0.2, 1.5),
                (0, 1.62),
                (-0.2, 1.5),
            ]
        )
        sketch.shape(hood, colour, shade=0.06)


def draw_cape(sketch: Sketch, look: Look, bones: Skeleton, sway: float) -> None:
    """A cape or cloak, hanging behind the body."""
    half, hem = 0.72 * look.breadth, 0.86 * look.heads
    right: Dots = [
        (0.3, 1.2),
        (half, 1.4),
        (half + 0.24, 2.4),
        (half + 0.42 + sway, 3.9),
        (half + 0.5 + sway, hem),
    ]
    left: Dots = [
        (-half - 0.5 + sway, hem),
        (-half - 0.42 + sway, 3.9),
        (-half - 0.24, 2.4),
        (-half, 1.4),
        (-0.3, 1.2),
    ]
    hem_points: Dots = [
        (x + sway, hem + 0.09 * (i % 2)) for i, x in enumerate(np.linspace(half + 0.4, -half - 0.4, 6))
    ]
    outline = np.concatenate([spline(right, closed=False), np.array(hem_points), spline(left, closed=False)])
    sketch.shape(outline, look.outer_colour, shade=0.2)


def draw_clasp(sketch: Sketch, look: Look) -> None:
    """A cape's collar, over the shoulders."""
    half = 0.76 * look.breadth
    collar = both_sides(
        [(0.14, 1.16), (0.34, 1.26), (half + 0.05, 1.46), (half, 1.78), (0.36, 1.86), (0.1, 1.62)]
    )
    sketch.shape(collar, look.outer_colour, shade=0.1)
    gem = [(0.0, 1.5), (0.08, 1.6), (0.0, 1.7), (-0.08, 1.6)]
    sketch.shape(gem, Colour.of("e2c05a"), shade=0.03)


def draw_scarf(sketch: Sketch, look: Look, sway: float) -> None:
    """A scarf with one end over the chest."""
    side = -sketch.light
    tail = limb_outline(
        [(side * 0.16, 1.3), (side * (0.3 + sway), 1.9), (side * (0.34 + 2 * sway), 2.6)], [0.15, 0.16, 0.17]
    )
    sketch.shape(tail, look.accent, shade=0.07)
    wrap = both_sides([(0.05, 1.0), (0.3, 1.04), (0.42, 1.2), (0.3, 1.42), (0.08, 1.5)])
    sketch.shape(wrap, look.accent, shade=0.08)
    sketch.stroke(spline([(-0.36, 1.16), (0, 1.3), (0.36, 1.18)], closed=False), shadow(look.accent), 0.02)


def draw_weapon(sketch: Sketch, look: Look, hand: tuple[float, float], *, drawn: int) -> None:
    """A sword or staff: `drawn` to a side (-1, 1), or carried (0)."""
    x, y = hand
    if "staff" in look.extras:
        sketch.shape(limb_outline([(x, y + 2.6), (x, y - 2.6)], [0.06, 0.05, 0.06]), WOOD, shade=0.03)
        sketch.shape(
            spline([(x - 0.17, y - 2.7), (x, y - 2.95), (x + 0.17, y - 2.7), (x, y - 2.5)]),
            look.accent,
            shade=0.04,
        )
    elif drawn:
        sketch.shape(
            [
                (x, y + 0.1),
                (x + drawn * 0.4, y - 1.9),
                (x + drawn * 0.52, y - 2.1),
                (x + drawn * 0.5, y - 1.85),
                (x + 0.1 * drawn, y + 0.12),
            ],
            STEEL,
            shade=0.03,
        )
        sketch.shape(
            limb_outline([(x - drawn * 0.04, y + 0.42), (x + drawn * 0.05, y + 0.06)], [0.05, 0.05]),
            WOOD.scaled(0.6),
            shade=0.02,
        )
    else:
        side = 1 if x >= 0 else -1
        sketch.shape(
            limb_outline([(side * 0.3, 3.0), (side * 1.15, 4.6)], [0.06, 0.06, 0.05]),
            WOOD.scaled(0.55),
            shade=0.03,
        )
        sketch.shape(
            limb_outline([(side * 0.3, 3.0), (side * 0.06, 2.54)], [0.05, 0.055]),
            look.accent.scaled(0.7),
            shade=0.02,
        )
