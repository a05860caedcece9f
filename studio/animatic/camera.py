"""Camera moves: where the camera is at each frame of a shot, and how a plane then lies in the picture."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from studio.animatic.raster import Floats
from studio.animatic.scene import Plane, Viewpoint, pull
from studio.storyboard import Camera, Shot

PAN_RATE = 0.095
TILT_RATE = 0.08
DOLLY_RATE = 0.055


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the camera is: `x` (right) and `y` (down) in picture heights at depth 1, and its zoom, >= 1."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0


def travel_of(shot: Shot, fps: Fraction) -> float:
    """How far a move goes, as a multiple of its rate: with the shot's length, within what a picture bears."""
    return min(3.2, max(0.9, float(shot.frames / fps)))


def reach_of(shot: Shot, fps: Fraction, aspect: float) -> tuple[float, float]:
    """The camera's furthest distance from its middle position, x and y, picture heights at depth 1."""
    travel = travel_of(shot, fps)
    pans = shot.camera in (Camera.PAN_LEFT, Camera.PAN_RIGHT)
    tilts = shot.camera in (Camera.TILT_UP, Camera.TILT_DOWN)
    return (PAN_RATE * travel * aspect / 2 if pans else 0.0, TILT_RATE * travel / 2 if tilts else 0.0)


def aim_at(shot: Shot, frame: int, fps: Fraction, aspect: float) -> Aim:
    """Where the camera is at `frame`, counted from the shot's first; it eases in and out."""
    t = frame / max(1, shot.frames - 1)
    eased = 0.45 * t + 0.55 * t * t * (3 - 2 * t)
    x, y = reach_of(shot, fps, aspect)
    swing = 2 * eased - 1
    dolly = DOLLY_RATE * travel_of(shot, fps)
    moves = {
        Camera.PAN_RIGHT: Aim(x=x * swing),
        Camera.PAN_LEFT: Aim(x=-x * swing),
        Camera.TILT_UP: Aim(y=-y * swing),
        Camera.TILT_DOWN: Aim(y=y * swing),
        Camera.PUSH_IN: Aim(zoom=1 + dolly * eased),
        Camera.PULL_OUT: Aim(zoom=1 + dolly * (1 - eased)),
    }
    return moves.get(shot.camera, Aim())


def zoom_of(aim: Aim, depth: float) -> float:
    """How much larger a thing at `depth` appears under the camera's zoom."""
    return 1.0 + (aim.zoom - 1.0) * (0.35 + 0.65 * depth)


def placement(plane: Plane, aim: Aim, view: Viewpoint, aspect: float, time_s: float) -> Floats:
    """The affine map, shape (2, 3), from a plane's pixels to the picture's.

    A floor's rows move by their own depth, which is linear in y: a shear.
    """
    unit = plane.board.unit_px
    zoom = zoom_of(aim, 0.9 if plane.is_floor else plane.depth)
    pivot_x, pivot_y = aspect / 2, view.horizon
    left = plane.board.left + 0.5 / unit - pivot_x + plane.drift * time_s
    top = plane.board.top + 0.5 / unit - pivot_y
    wind = plane.sway * math.sin(2 * math.pi * time_s / 3.7 + 5 * plane.depth)
    shear, stretch = -wind, 0.0
    amount = pull(plane.depth)
    if plane.is_floor:
        amount = pull(0.0)
        steep = 0.7 / (1.0 - view.horizon)
        shear, stretch = -aim.x * steep, -aim.y * steep
    x0 = (left + wind * (1.0 - pivot_y) + shear * top - aim.x * amount) * zoom + pivot_x
    y0 = (top + stretch * top - aim.y * amount) * zoom + pivot_y
    return np.array(
        [
            [zoom, zoom * shear, x0 * unit - 0.5],
            [0.0, zoom * (1 + stretch), y0 * unit - 0.5],
        ],
        np.float32,
    )
