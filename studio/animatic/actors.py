"""Characters on the stage: where they stand in a shot, how the light falls on them, how they move."""

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from studio.animatic.board import Board
from studio.animatic.camera import Aim, placement
from studio.animatic.colour import Colour
from studio.animatic.compositor import Cel, bounds
from studio.animatic.cutout import cut_out, posed
from studio.animatic.figure import Attitude, draw_figure, full_box
from studio.animatic.looks import Look, read_look
from studio.animatic.raster import Floats, Picture, blurred, channels, lay_over, stream
from studio.animatic.scene import Plane, Scene
from studio.animatic.setting import Pose
from studio.storyboard import Framing

STEPS = 8
CYCLE_S = {Pose.WALKING: 1.1, Pose.RUNNING: 0.64}
SPEED = {Pose.WALKING: 0.1, Pose.RUNNING: 0.3}
SHADOW = Colour.of("10142e")


@dataclass(frozen=True, slots=True)
class Actor:
    """A character in the clip: its name, looks in free text, and reference picture (RGB or RGBA) if any."""

    name: str
    description: str
    reference: Picture | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an actor stands: `x` and the crown's `y` in picture heights, the head's height, and its depth."""

    x: float
    y: float
    head: float
    depth: float
    facing: int


@dataclass(frozen=True, slots=True)
class Player:
    """An actor ready to be shown: one cel for each step of its walk, and the same with closed eyes."""

    name: str
    plane: Plane
    cels: tuple[Cel, ...]
    blinking: tuple[Cel, ...]
    mark: Mark
    pose: Pose
    beat: float
    is_striding: bool

    def cel_at(self, time_s: float) -> Cel:
        """The cel shown at a time."""
        cycle = CYCLE_S.get(self.pose, 1.0)
        step = int(time_s / cycle * STEPS) % len(self.cels)
        is_blinking = (time_s + 3.1 * self.beat) % 3.1 < 0.13
        return self.blinking[step] if is_blinking else self.cels[step]

    def place_at(self, aim: Aim, scene: Scene, time_s: float) -> Floats:
        """The affine map, shape (2, 3), from the cel's board to the frame: camera, step and breath."""
        base = placement(self.plane, aim, scene.view, scene.aspect, 0.0).astype(np.float64)
        unit, board = scene.unit_px, self.plane.board
        foot = (min(board.bottom, 1.08) - board.top) * unit
        breath = 0.006 * math.sin(2 * math.pi * (time_s / 3.4 + self.beat))
        lean = 0.008 * math.sin(2 * math.pi * (time_s / 4.6 + self.beat))
        bob = lift = 0.0
        if self.pose in CYCLE_S:
            swing = math.sin(4 * math.pi * time_s / CYCLE_S[self.pose])
            lift = self.mark.head * unit * (0.035 if self.pose is Pose.WALKING else 0.075) * swing
            bob = SPEED[self.pose] * self.mark.facing * time_s * unit if self.is_striding else 0.0
        life = np.array(
            [[1.0, -lean, lean * foot + bob], [0.0, 1.0 + breath, -breath * foot + lift], [0.0, 0.0, 1.0]]
        )
        return np.asarray(base @ life, np.float32)

    def region_at(
        self, aim: Aim, scene: Scene, time_s: float, size_px: tuple[int, int]
    ) -> tuple[int, int, int, int] | None:
        """The pixels (x0, y0, x1, y1), end exclusive, that the player may touch; None outside the frame."""
        return bounds(self.cel_at(time_s), self.place_at(aim, scene, time_s), size_px)


def marks_for(scene: Scene, count: int) -> list[Mark]:
    """Where `count` actors stand: one on a third, two facing each other, more in a row."""
    framing = scene.view.framing
    crowd = 1.0 if count <= 1 else 0.88 if count == 2 else 0.76
    head = {Framing.WIDE: 0.08, Framing.MEDIUM: 0.165, Framing.CLOSE: 0.4}[framing] * crowd
    head = min(head, 0.42 * scene.aspect / max(1, count))
    depth = {
        Framing.WIDE: (0.9 - scene.view.horizon) / (1 - scene.view.horizon),
        Framing.MEDIUM: 1.0,
        Framing.CLOSE: 1.1,
    }[framing]
    if count == 1:
        spots = [0.62 if framing is not Framing.CLOSE else 0.57]
    else:
        spots = [0.5 + (i / (count - 1) - 0.5) * (0.36 if count == 2 else 0.56) for i in range(count)]
    marks = []
    for i, spot in enumerate(spots):
        x = scene.across(spot) if count == 1 else scene.aspect * spot
        facing = 1 if x < scene.aspect / 2 else -1
        y = {Framing.WIDE: 0.9, Framing.MEDIUM: 0.2, Framing.CLOSE: 0.19}[framing]
        marks.append(Mark(x, y + 0.012 * (i % 2), head, depth, facing))
    return marks


def cast_player(scene: Scene, actor: Actor, mark: Mark) -> Player:
    """Draw an actor for its mark, in the scene's light."""
    beat = float(stream("beat", actor.name).random())
    pose = scene.setting.pose
    if actor.reference is not None:
        picture = posed(cut_out(actor.reference), mark.head * scene.unit_px)
        top = _crown(scene, mark, picture.shape[0] / scene.unit_px)
        pictures, closed = [picture], None
        left = mark.x - picture.shape[1] / scene.unit_px / 2
    else:
        look = read_look(actor.description, actor.name)
        pictures, closed, left, top = _drawn(scene, look, mark)
    boards = [_staged(scene, picture, (left, top), mark) for picture in pictures]
    shut = [_staged(scene, closed, (left, top), mark)] if closed is not None else boards
    cels = tuple(Cel.of(board.sheet) for board in boards)
    blinking = tuple(Cel.of(board.sheet) for board in shut)
    strides = scene.view.framing is Framing.WIDE
    return Player(actor.name, Plane(boards[0], mark.depth), cels, blinking, mark, pose, beat, strides)


def _crown(scene: Scene, mark: Mark, tall: float) -> float:
    """Where a figure of height `tall` has its top: feet on the ground when wide, else crown on its mark."""
    if scene.view.framing is Framing.WIDE:
        return mark.y - tall
    return max(mark.y, 1.05 - tall) if tall < 1.0 else mark.y


def _drawn(scene: Scene, look: Look, mark: Mark) -> tuple[list[Picture], Picture | None, float, float]:
    """The figure's pictures for each step, its picture with closed eyes, and where they lie."""
    x0, y0, x1, y1 = full_box(look)
    pose, head_px = scene.setting.pose, mark.head * scene.unit_px
    is_wide = scene.view.framing is Framing.WIDE
    crown = mark.y - (look.heads + 0.04) * mark.head if is_wide else mark.y
    if is_wide and pose is Pose.SITTING:
        crown += 0.16 * look.heads * mark.head
    visible = (1.1 + scene.view.reach[1] * 1.1 - crown) / mark.head
    box = (x0, y0, x1, min(y1, visible))

    def draw(phase: float, *, blinks: bool = False) -> Picture:
        attitude = Attitude(pose, mark.facing, scene.view.side, phase, blinks)
        return draw_figure(look, attitude, head_px=head_px, box=box)

    steps = STEPS if is_wide and pose in CYCLE_S else 1
    pictures = [draw(step / STEPS) for step in range(steps)]
    closed = draw(0.0, blinks=True) if not is_wide else None
    return pictures, closed, mark.x + x0 * mark.head, crown + y0 * mark.head


def _staged(scene: Scene, picture: Picture, corner: tuple[float, float], mark: Mark) -> Board:
    """A figure on a board of its own, tinted and rimmed with light; in a wide shot with its shadow."""
    unit = scene.unit_px
    pad = round(mark.head * unit * 1.6) if scene.view.framing is Framing.WIDE else 4
    sheet = np.zeros((picture.shape[0] + pad, picture.shape[1] + 2 * pad, 4), np.uint8)
    board = Board(sheet, unit, corner[0] - pad / unit, corner[1])
    if scene.view.framing is Framing.WIDE:
        _cast_shadow(scene, board, mark)
    lay_over(sheet, _lit(scene, picture, mark), pad, 0)
    return board


def _cast_shadow(scene: Scene, board: Board, mark: Mark) -> None:
    x, y = board.grid()
    lean = -scene.view.side * mark.head * 0.7
    far = (x - np.float32(mark.x + lean)) / np.float32(mark.head * 1.35)
    deep = (y - np.float32(mark.y)) / np.float32(mark.head * 0.3)
    cover = np.exp(-(far**2 + deep**2) * np.float32(1.4)).astype(np.float32)
    cover[cover < 0.02] = 0.0
    board.lay(cover * np.float32(0.5), SHADOW.mix(scene.light.shade, 0.25))


def _lit(scene: Scene, picture: Picture, mark: Mark) -> Picture:
    """A premultiplied figure under the scene's light: tinted, darker below, edged by the key light."""
    light = scene.light
    alpha = picture[..., 3].astype(np.float32) / np.float32(255)
    rgb = picture[..., :3].astype(np.float32) * channels(light.figure)
    fall = np.linspace(1.0, 0.88, picture.shape[0], dtype=np.float32)[:, None, None]
    rgb *= fall
    rim = _rim(alpha, scene.view.side, mark.head * scene.unit_px)
    strength = 0.85 if scene.setting.cinematic else 0.55
    glow = light.sun.mix(light.horizon, 0.45).scaled(0.8 if scene.is_night else 1.0)
    rgb += (channels(glow) * 255 * alpha[..., None] - rgb) * (rim * np.float32(strength))[..., None]
    return np.dstack([np.clip(rgb + 0.5, 0, 255).astype(np.uint8), picture[..., 3]])


def _rim(alpha: Floats, side: int, head_px: float) -> Floats:
    by = max(0.8, head_px * 0.022)
    shift = np.array([[1, 0, -side * by], [0, 1, by * 0.6]], np.float64)
    moved = cv2.warpAffine(alpha, shift, (alpha.shape[1], alpha.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(alpha - blurred(cast("Floats", moved), by * 0.4), 0.0, 1.0), np.float32)
