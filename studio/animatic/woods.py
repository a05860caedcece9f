"""Forests: trunks in depth, canopy, shafts of light, and the mystical kind with its glowing things."""

import numpy as np

from studio.animatic.board import Board
from studio.animatic.clump import puffs
from studio.animatic.colour import WHITE, Colour
from studio.animatic.floor import paint_ground
from studio.animatic.flora import BARK, LEAF, MAPLE, Nursery
from studio.animatic.raster import smoothstep
from studio.animatic.scene import Plane, Scene, spaced
from studio.animatic.setting import Drift, Place, Weather
from studio.animatic.terrain import paint_mist, paint_treeline

MOSS = Colour.of("5d8a4a")
TEAL_LEAF = Colour.of("3f8f7c")
GLOWS = ("8ff5e0", "c9a8ff", "9fe6ff", "fff2b0")


def paint_forest(scene: Scene) -> list[Plane]:
    """The planes of a forest, far to near."""
    mystic = scene.setting.place is Place.MYSTIC
    leaves = TEAL_LEAF if mystic else MAPLE if Drift.LEAVES in scene.setting.drifts else LEAF
    planes = [_glade(scene), paint_treeline(scene, 0.12, 0.34 * scene.view.scale, leaves)]
    if not scene.has("trees"):
        return [*planes, paint_ground(scene, MOSS.scaled(1.1), MOSS.scaled(0.7), path=Colour.of("a08a64"))]
    planes.append(paint_ground(scene, MOSS.scaled(1.12), MOSS.scaled(0.72), path=Colour.of("b39a70")))
    planes += [_trunks(scene, depth, leaves) for depth in (0.12, 0.3)]
    planes.append(paint_mist(scene, 0.34, scene.ground_y(0.1), 0.13, 0.62 if mystic else 0.34))
    planes.append(_trunks(scene, 0.62, leaves))
    if scene.has("rays") and scene.setting.weather not in (Weather.RAIN, Weather.STORM):
        planes.append(_shafts(scene))
    planes.append(_undergrowth(scene, leaves, mystic))
    planes.append(_frame(scene, leaves))
    return planes


def _glade(scene: Scene) -> Plane:
    """The bright opening that the eye is led to."""
    board = scene.board(0.05)
    x = scene.across(0.42)
    bright = scene.light.horizon.mix(WHITE, 0.25 if not scene.is_night else 0.0)
    board.glow(x, scene.view.horizon - 0.1, 0.8, scene.light.haze, 0.9)
    board.glow(x, scene.view.horizon - 0.12, 0.48, bright, 0.85)
    return Plane(board, 0.05)


def _trunks(scene: Scene, depth: float, leaves: Colour) -> Plane:
    board = scene.board(depth)
    plants = Nursery.of(scene, board, depth, "trunks", leaf=0.012 + 0.012 * depth)
    rng, scale = plants.rng, scene.view.scale
    ground = scene.ground_y(depth * 0.75)
    width = (0.02 + 0.11 * depth**1.3) * scale
    gap = scene.across(0.42)
    for x in spaced(rng, board.left, board.right, (0.14 + 0.3 * depth) * scale**0.5):
        clear = 0.06 + 0.42 * depth
        if abs(x - gap) < clear * scale**0.4:
            continue
        _trunk(plants, x, ground + rng.uniform(-0.01, 0.02), width * rng.uniform(0.65, 1.2))
    _canopy(plants, leaves, depth)
    return Plane(board, depth)


def _trunk(plants: Nursery, x: float, ground: float, width: float) -> None:
    """A trunk that leaves the picture at its top, with roots and one or two branches."""
    rng, board = plants.rng, plants.board
    lit, half, dark = plants.tones(BARK)
    rows = np.linspace(0, 1, 14)
    tall = ground - board.top + 0.05
    sway = np.cumsum(rng.normal(0, width * 0.12, 14))
    flare = np.exp(-rows * 14) * width * 1.1
    left = np.column_stack([x + sway - width * (0.5 - 0.14 * rows) - flare, ground - rows * tall])
    right = np.column_stack([x + sway + width * (0.5 - 0.14 * rows) + flare, ground - rows * tall])
    board.polygon(np.concatenate([left, right[::-1]]), dark)
    side = plants.scene.view.side
    near, far = (left, right) if side < 0 else (right, left)
    board.polygon(np.concatenate([near, (near * 0.62 + far * 0.38)[::-1]]), half)
    board.polygon(np.concatenate([near, (near * 0.86 + far * 0.14)[::-1]]), lit)
    for _ in range(int(rng.integers(1, 3))):
        at = int(rng.integers(5, 11))
        way = float(rng.choice([-1.0, 1.0]))
        root = (x + float(sway[at]), float(left[at, 1]))
        tip = (root[0] + way * width * rng.uniform(2.0, 4.0), root[1] - width * rng.uniform(1.4, 3.0))
        plants.limb(
            [root, ((root[0] + tip[0]) / 2, root[1] - width * 0.5), tip], width * 0.3, (lit, half, dark)
        )


def _canopy(plants: Nursery, leaves: Colour, depth: float) -> None:
    """Leaves that hang in from above, leaving the glade open."""
    rng, board, scene = plants.rng, plants.board, plants.scene
    gap = scene.across(0.42)
    size = (0.1 + 0.16 * depth) * scene.view.scale**0.7
    for x in spaced(rng, board.left, board.right, size * 0.8):
        opening = np.exp(-(((x - gap) / (0.34 + 0.2 * depth)) ** 2))
        hang = (0.2 - 0.12 * depth) * (1 - opening) - 0.2 * opening * depth
        y = hang + rng.uniform(-0.06, 0.05)
        plants.foliage(puffs(rng, (x, y - size * 0.45), (size, size * 0.75), 12), leaves, rough=1.3)
    for x in spaced(rng, board.left, board.right, size * 1.1):
        plants.foliage(
            puffs(rng, (x, board.top), (size * 1.2, size * 0.8), 10), leaves.scaled(0.82), rough=1.3
        )


def _shafts(scene: Scene) -> Plane:
    """Beams of light that fall through the leaves."""
    board = scene.board(0.7)
    rng = scene.rng("shafts")
    source = (scene.across(0.3), board.top - 0.25)
    colour = scene.light.sun.mix(scene.light.horizon, 0.5)
    strength = (0.34 if scene.setting.cinematic else 0.22) * (0.4 if scene.is_night else 1.0)
    _, y = board.grid()
    fall = smoothstep(0.98, 0.1, y)
    total = np.zeros(board.shape, np.float32)
    for _ in range(7):
        turn, spread = rng.uniform(-0.5, 0.75) * -scene.view.side, rng.uniform(0.02, 0.06)
        foot = [(source[0] + np.tan(turn + d) * 1.6, source[1] + 1.6) for d in (-spread, spread)]
        total = np.maximum(total, board.mask([source, *foot]) * np.float32(rng.uniform(0.4, 1.0)))
    total = board.shadow_of(total, 0, 0, 0.014)
    board.lay(total * fall * np.float32(strength), colour)
    return Plane(board, 0.7)


def _undergrowth(scene: Scene, leaves: Colour, mystic: bool) -> Plane:
    """Bushes and ferns at the sides of the clearing, with mushrooms and lights in a mystical one."""
    depth = 0.78
    board = scene.board(depth)
    plants = Nursery.of(scene, board, depth, "undergrowth")
    rng, scale = plants.rng, scene.view.scale
    ground = scene.ground_y(0.62)
    middle = scene.aspect / 2
    for x in spaced(rng, board.left, board.right, 0.13 * scale):
        away = abs(x - middle) / scene.aspect
        if away < 0.24:
            continue
        y = ground + rng.uniform(-0.02, 0.05) * scale
        if rng.random() < 0.5:
            plants.bush(x, y, 0.2 * scale * rng.uniform(0.6, 1.1), leaves.scaled(0.9))
        plants.fern(x + rng.uniform(-0.05, 0.05), y + 0.02, 0.16 * scale * rng.uniform(0.7, 1.2), leaves)
        if mystic:
            _mushrooms(plants, x + rng.uniform(-0.06, 0.06), y + 0.03, 0.03 * scale)
    if scene.has("grass"):
        plants.tufts(scene.across(0.44), MOSS.mix(leaves, 0.3 if mystic else 0.0), 170)
    return Plane(board, depth, sway=0.01)


def _mushrooms(plants: Nursery, x: float, ground: float, size: float) -> None:
    rng, board = plants.rng, plants.board
    for _ in range(int(rng.integers(1, 4))):
        px, tall = x + rng.uniform(-1.6, 1.6) * size, size * rng.uniform(0.6, 1.5)
        glow = Colour.of(GLOWS[int(rng.integers(3))])
        board.glow(px, ground - tall, size * 3.2, glow, 0.5)
        stem = glow.mix(WHITE, 0.4).scaled(0.8)
        foot = [(px - size * 0.12, ground), (px + size * 0.12, ground)]
        board.polygon([*foot, (px + size * 0.08, ground - tall), (px - size * 0.08, ground - tall)], stem)
        arc = np.linspace(np.pi, 2 * np.pi, 12)
        cap = np.column_stack([px + np.cos(arc) * size * 0.55, ground - tall + np.sin(arc) * size * 0.5])
        board.polygon(cap, glow.scaled(0.85))
        board.polygon(
            cap * [0.6, 0.6] + np.array([px, ground - tall - size * 0.05]) * 0.4, glow.mix(WHITE, 0.5)
        )


def _frame(scene: Scene, leaves: Colour) -> Plane:
    """Dark leaves close to the lens, at two corners."""
    depth = 1.5
    board = scene.board(depth)
    dark_scene = Nursery.of(scene, board, depth, "frame", leaf=0.04)
    rng = dark_scene.rng
    dark = leaves.scaled(0.42)
    for fraction, y, size in (
        (-0.03, -0.03, 0.26),
        (0.1, -0.1, 0.22),
        (1.05, 0.98, 0.24),
        (0.93, 1.06, 0.18),
    ):
        centre = (scene.across(fraction), y)
        dark_scene.foliage(puffs(rng, centre, (size, size * 0.7), 16), dark, rough=1.5)
    _vines(dark_scene, board, dark)
    board.soften(0.0045)
    return Plane(board, depth, sway=0.01)


def _vines(plants: Nursery, board: Board, colour: Colour) -> None:
    rng, scene = plants.rng, plants.scene
    dark = plants.tones(colour)[2]
    for fraction in (0.03, 0.1, 0.16):
        x, length = scene.across(fraction), rng.uniform(0.25, 0.5)
        t = np.linspace(0, 1, 16)
        line = np.column_stack([x + np.sin(t * 4 + fraction * 40) * 0.02, board.top + t * length - 0.02])
        board.stroke(line, dark, 0.005)
        for i, (px, py) in enumerate(line[2:]):
            side, leaf = 1 if i % 2 else -1, rng.uniform(0.016, 0.026)
            tip = (px + side * leaf, py + leaf * 0.75)
            bulge = (px + side * leaf * 0.75, py + leaf * 0.1)
            board.polygon([(px, py), bulge, tip, (px + side * leaf * 0.2, py + leaf * 0.6)], dark)
