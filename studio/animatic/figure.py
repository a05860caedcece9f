"""Figures: a whole character, drawn from its look in a pose."""

import math
from dataclasses import dataclass, replace

from studio.animatic.body import Skeleton, draw_arm, draw_legs, draw_shoes, skeleton_of
from studio.animatic.colour import Colour
from studio.animatic.face import draw_head
from studio.animatic.hair import draw_back_hair, draw_front_hair
from studio.animatic.looks import Look
from studio.animatic.outerwear import draw_cape, draw_clasp, draw_coat, draw_scarf, draw_weapon
from studio.animatic.outfit import (
    CAPES,
    LONG,
    ROBED,
    draw_belt,
    draw_neck,
    draw_sailor_collar,
    draw_skirt,
    draw_top,
)
from studio.animatic.raster import Picture
from studio.animatic.setting import Pose
from studio.animatic.sketch import Sketch, limb_outline, spline

Box = tuple[float, float, float, float]
FULL_REACH = 1.9
NECK_SINK = 0.09
STONE = Colour.of("8a8a96")


@dataclass(frozen=True, slots=True)
class Attitude:
    """How a figure is held: its pose, which way it faces (-1 left, 1 right), and the moment of its motion.

    `phase` in 0..1 runs through a cycle of walking or running and sways what hangs loose.
    """

    pose: Pose = Pose.STANDING
    facing: int = 1
    light: int = -1
    phase: float = 0.0
    blinks: bool = False


def full_box(look: Look) -> Box:
    """The heads (x0, y0, x1, y1) that a whole figure needs, its feet on the lower edge."""
    return (-FULL_REACH, -1.0 if "hat" in look.extras else -0.6, FULL_REACH, look.heads + 0.12)


def draw_figure(look: Look, attitude: Attitude, *, head_px: float, box: Box) -> Picture:
    """Draw the part of a character that lies in `box`.

    Args:
        look: The character's design.
        attitude: Pose, facing and moment.
        head_px: How large one head is, pixels, > 0.
        box: What part to draw, in heads: x from the middle, y from the crown down.

    Returns:
        Premultiplied RGBA picture, about ((y1 - y0) * head_px, (x1 - x0) * head_px, 4).
    """
    oversize = 3 if head_px < 90 else 2
    sketch = Sketch.blank(head_px, box, attitude.light, oversize=oversize)
    stride = math.sin(2 * math.pi * attitude.phase)
    bones = skeleton_of(look, attitude.pose, stride=stride, facing=attitude.facing)
    sway = 0.05 * stride
    _behind(sketch, look, attitude, bones, sway)
    _clothed(sketch, look, attitude, bones, sway)
    turn = 0.62 * attitude.facing
    draw_head(_lowered(sketch), look, turn, blinks=attitude.blinks)
    draw_front_hair(_lowered(sketch), look, turn)
    return sketch.reduced(oversize)


def _lowered(sketch: Sketch) -> Sketch:
    """The same sheet with its origin where the head sits on the neck."""
    return replace(sketch, origin=(sketch.origin[0], sketch.origin[1] - NECK_SINK))


def _behind(sketch: Sketch, look: Look, attitude: Attitude, bones: Skeleton, sway: float) -> None:
    if look.outer in CAPES:
        draw_cape(sketch, look, bones, sway)
    draw_back_hair(_lowered(sketch), look)
    if attitude.pose is Pose.SITTING:
        y = bones.hip_y
        seat = spline(
            [
                (-0.8, y + 0.1),
                (0.8, y + 0.1),
                (0.98, y + 1.0),
                (0.9, y + 1.72),
                (-0.9, y + 1.72),
                (-0.98, y + 0.9),
            ]
        )
        sketch.shape(seat, STONE, shade=0.25)
    if "bag" in look.extras:
        pack = spline([(-0.66, 1.5), (0.66, 1.5), (0.72, 2.7), (-0.72, 2.7)])
        sketch.shape(pack, look.accent, shade=0.1)


def _clothed(sketch: Sketch, look: Look, attitude: Attitude, bones: Skeleton, sway: float) -> None:
    is_robed = look.top in ROBED and look.top != "dress"
    if is_robed:
        draw_shoes(sketch, look, bones, tall=0.0)
    else:
        _legs(sketch, look, bones)
    draw_neck(sketch, look)
    _lower(sketch, look, bones, is_robed=is_robed)
    draw_top(sketch, look, bones)
    if not is_robed and (look.bottom != "skirt" or "belt" in look.extras):
        draw_belt(sketch, look, bones)
    _arms_and_outer(sketch, look, attitude, bones, sway)


def _legs(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    is_bare = look.bottom in ("skirt", "shorts")
    draw_legs(
        sketch, look, bones, look.skin if is_bare else look.bottom_colour, loose=0.92 if is_bare else 1.08
    )
    if look.bottom == "shorts":
        for (hip_x, hip_y), (knee_x, knee_y) in zip(bones.hips, bones.knees, strict=True):
            middle = ((hip_x + knee_x) / 2, (hip_y + knee_y) / 2)
            sketch.shape(limb_outline([(hip_x, hip_y), middle], [0.28, 0.3]), look.bottom_colour, shade=0.08)
    draw_shoes(sketch, look, bones, tall=0.75 if look.bottom == "skirt" or look.outer in LONG else 0.3)


def _lower(sketch: Sketch, look: Look, bones: Skeleton, *, is_robed: bool) -> None:
    """Skirt, robe or the seat of the trousers."""
    if is_robed:
        draw_skirt(sketch, look, bones, colour=look.top_colour, hem_y=0.93 * look.heads, flare=0.26)
    elif look.bottom == "skirt":
        is_dress = look.top == "dress"
        colour = look.top_colour if is_dress else look.bottom_colour
        hem = (0.7 if is_dress else 0.63) * look.heads
        draw_skirt(sketch, look, bones, colour=colour, hem_y=hem, flare=0.42)
    else:
        _hips(sketch, look, bones)


def _hips(sketch: Sketch, look: Look, bones: Skeleton) -> None:
    wide, y = 0.47 * look.breadth**0.5, bones.hip_y
    trunk = [
        (-wide, y - 0.25),
        (wide, y - 0.25),
        (wide, y + 0.12),
        (0.06, y + 0.42),
        (0.0, y + 0.3),
        (-0.06, y + 0.42),
        (-wide, y + 0.12),
    ]
    sketch.shape(trunk, look.bottom_colour, shade=0.1, inked=False)


def _arms_and_outer(sketch: Sketch, look: Look, attitude: Attitude, bones: Skeleton, sway: float) -> None:
    has_coat = bool(look.outer) and look.outer not in CAPES
    sleeve = look.outer_colour if has_coat else look.top_colour
    loose = (
        1.9
        if look.top in ("kimono", "yukata") or look.outer in ("robe", "robes", "haori")
        else 1.15
        if has_coat
        else 1.0
    )
    bare = (
        0.36
        if not has_coat and look.top in ("shirt", "dress", "top", "vest", "tunic") and look.is_feminine
        else 1.0
    )
    if has_coat:
        draw_coat(sketch, look, bones)
    _weapons(sketch, look, attitude, bones)
    for joints in zip(bones.shoulders, bones.elbows, bones.wrists, strict=True):
        draw_arm(sketch, look, joints, sleeve, loose=loose, bare_from=bare)
    if look.top in ("uniform", "sailor") and not has_coat:
        draw_sailor_collar(sketch, look)
    if look.outer in CAPES:
        draw_clasp(sketch, look)
    if "scarf" in look.extras:
        draw_scarf(sketch, look, sway)


def _weapons(sketch: Sketch, look: Look, attitude: Attitude, bones: Skeleton) -> None:
    if not look.extras & {"sword", "staff"}:
        return
    fights = attitude.pose is Pose.FIGHTING
    hand = bones.wrists[1 if attitude.facing > 0 else 0]
    draw_weapon(sketch, look, hand, drawn=attitude.facing if fights else 0)
