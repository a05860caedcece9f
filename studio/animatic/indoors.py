"""Rooms: classroom and living room, the world outside seen through their windows."""

import numpy as np

from studio.animatic.board import Board
from studio.animatic.buildings import LAMP, TIMBER, Site
from studio.animatic.colour import WHITE, Colour
from studio.animatic.floor import Floor
from studio.animatic.flora import LEAF
from studio.animatic.raster import channels, smoothstep
from studio.animatic.scene import Plane, Scene
from studio.animatic.terrain import paint_hills, paint_treeline

PLASTER = Colour.of("efe6d6")
PLANK = Colour.of("c59a6c")
BOARD_GREEN = Colour.of("2f5f4e")


def paint_classroom(scene: Scene) -> list[Plane]:
    """Windows along the wall, a blackboard, rows of desks, sunlight on the floor."""
    wall = Site.of(scene, 0.4, "wall")
    foot = scene.ground_y(0.14)
    size = scene.view.scale**0.7
    _wall(scene, wall, foot)
    windows = [scene.across(f) for f in (0.02, 0.25, 0.48)]
    _openings(
        scene, wall.board, windows, (0.21 * scene.aspect / 1.73 * 1.6, foot - 0.5 * size, foot - 0.13 * size)
    )
    _blackboard(scene, wall, foot, size)
    near, far = _desks(scene, 0.82, 0.62, 0.19), _desks(scene, 0.58, 0.34, 0.12)
    return [*_outside(scene), Plane(wall.board, 0.4), _planks(scene), far, near]


def paint_room(scene: Scene) -> list[Plane]:
    """A living room with a wide window, shelves, a bed and a lamp."""
    wall = Site.of(scene, 0.4, "wall")
    foot = scene.ground_y(0.16)
    size = scene.view.scale**0.7
    _wall(scene, wall, foot)
    _openings(scene, wall.board, [scene.across(0.24)], (0.56 * size, foot - 0.52 * size, foot - 0.16 * size))
    _curtains(scene, wall, (scene.across(0.24), 0.56 * size), foot, size)
    _shelf(scene, wall, foot, size)
    return [*_outside(scene), Plane(wall.board, 0.4), _planks(scene), _furniture(scene)]


def _outside(scene: Scene) -> list[Plane]:
    return [
        paint_hills(scene, 0.12, 0.1 * scene.view.scale, LEAF, waves=2),
        paint_treeline(scene, 0.18, 0.12 * scene.view.scale, LEAF),
    ]


def _indoor(scene: Scene, surface: Colour, shine: float) -> Colour:
    """A surface indoors: the light of the sky, or of lamps at night."""
    lamp = LAMP.scaled(0.5) if scene.has("lights") else scene.light.key
    base = scene.light.key.mix(lamp, 0.6) if scene.is_night else scene.light.key.mix(scene.light.shade, 0.3)
    return surface.times(base).scaled(shine)


def _wall(scene: Scene, site: Site, foot: float) -> None:
    board = site.board
    x, y = board.grid()
    board.lay((y < np.float32(foot)).astype(np.float32) * np.ones_like(x), _indoor(scene, PLASTER, 0.86))
    side = scene.view.side
    away = smoothstep(0.0, scene.aspect, x if side < 0 else scene.aspect - x)
    board.tint(away * np.float32(0.35) * np.ones_like(y), _indoor(scene, PLASTER, 0.55))
    board.tint(
        smoothstep(0.35, board.top, y) * np.float32(0.3) * np.ones_like(x), _indoor(scene, PLASTER, 0.5)
    )
    board.box(
        board.left,
        foot - 0.1 * scene.view.scale**0.7,
        board.right,
        foot,
        _indoor(scene, Colour.of("b98f66"), 0.85),
    )
    board.box(board.left, foot - 0.016, board.right, foot, _indoor(scene, TIMBER, 0.7))
    board.box(
        board.left,
        foot - 0.105 * scene.view.scale**0.7,
        board.right,
        foot - 0.095 * scene.view.scale**0.7,
        _indoor(scene, TIMBER, 0.95),
    )


def _openings(scene: Scene, board: Board, centres: list[float], size: tuple[float, float, float]) -> None:
    """Cut windows out of the wall, with frames and a bright edge."""
    wide, top, low = size
    frame, bright = _indoor(scene, Colour.of("e8e2d8"), 0.95), _indoor(scene, WHITE, 1.0)
    for middle in centres:
        x0, x1 = middle - wide / 2, middle + wide / 2
        board.box(x0 - 0.02, top - 0.02, x1 + 0.02, low + 0.02, frame)
        hole = board.mask([(x0, top), (x1, top), (x1, low), (x0, low)])[..., None]
        board.sheet[:] = (board.sheet * (1 - hole)).astype(np.uint8)
        board.lay(hole[..., 0] * np.float32(0.12), scene.light.horizon)
        for at in (0.0, 0.5, 1.0):
            board.box(x0 + wide * at - 0.007, top, x0 + wide * at + 0.007, low, frame)
        board.box(x0, top + (low - top) * 0.3 - 0.006, x1, top + (low - top) * 0.3 + 0.006, frame)
        board.box(x0 - 0.035, low + 0.008, x1 + 0.035, low + 0.03, bright)


def _blackboard(scene: Scene, site: Site, foot: float, size: float) -> None:
    board = site.board
    middle, wide = scene.across(0.86), 0.5 * size
    x0, x1, top, low = middle - wide / 2, middle + wide / 2, foot - 0.46 * size, foot - 0.18 * size
    board.box(x0 - 0.014, top - 0.014, x1 + 0.014, low + 0.02, _indoor(scene, TIMBER.mix(WHITE, 0.1), 0.9))
    board.box(x0, top, x1, low, _indoor(scene, BOARD_GREEN, 0.9))
    chalk = _indoor(scene, Colour.of("dfe8de"), 0.8)
    for line in range(3):
        y = top + (0.2 + 0.24 * line) * (low - top)
        x = x0 + wide * 0.1
        while x < x0 + wide * site.rng.uniform(0.5, 0.8):
            step = site.rng.uniform(0.012, 0.03) * size
            board.stroke(
                [
                    (x, y + site.rng.uniform(-0.004, 0.004)),
                    (x + step * 0.7, y + site.rng.uniform(-0.006, 0.006)),
                ],
                chalk,
                0.003,
            )
            x += step


def _planks(scene: Scene) -> Plane:
    """A wooden floor with the windows' light on it."""
    floor = Floor.of(scene)
    streaks = floor.texture(0.09, "planks", stretch=7.0)
    rgb = _indoor(scene, PLANK, 0.92), _indoor(scene, PLANK, 0.62)
    near, far = (channels(c) for c in rgb)
    blend = np.clip(0.2 + streaks * 0.9, 0.0, 1.0)
    floor.board.lay(
        floor.below * (floor.depth > 0.13), (far + (near - far) * blend[..., None]).astype(np.float32)
    )
    seams = (np.mod(floor.x, 0.26) < 0.012).astype(np.float32)
    floor.board.tint(seams * np.float32(0.5) * smoothstep(0.1, 0.4, floor.depth), _indoor(scene, TIMBER, 0.5))
    if not scene.is_night and scene.has("sun"):
        _sun_patches(scene, floor)
    return floor.plane()


def _sun_patches(scene: Scene, floor: Floor) -> None:
    side = scene.view.side
    for i in range(3):
        centre = (i * 1.05 - 1.3) * -side - (floor.z - np.float32(2.0)) * np.float32(0.55 * -side)
        patch = floor.stripe(centre.astype(np.float32), 0.36) * floor.rung(1.05, 3.0)
        bar = floor.stripe(centre.astype(np.float32), 0.03)
        floor.board.tint(
            np.clip(patch - bar, 0, 1) * np.float32(0.5), scene.light.sun.mix(scene.light.horizon, 0.25)
        )


def _desks(scene: Scene, depth: float, row: float, size: float) -> Plane:
    site = Site.of(scene, depth, "desks")
    board, scale = site.board, scene.view.scale**0.7
    ground, wide = scene.ground_y(row), size * 1.6 * scale
    tall = size * 1.15 * scale
    top, edge = _indoor(scene, Colour.of("d9b07c"), 1.0), _indoor(scene, Colour.of("a97a4c"), 0.8)
    steel = _indoor(scene, Colour.of("7c8490"), 0.7)
    for x in np.arange(board.left - wide, board.right + wide, wide * 1.85):
        left = float(x)
        if abs(left + wide / 2 - scene.across(0.6)) < wide * 0.8:
            continue
        for foot in (0.08, 0.92):
            board.box(
                left + wide * foot - 0.005 * scale,
                ground - tall * 0.7,
                left + wide * foot + 0.005 * scale,
                ground,
                steel,
            )
        board.box(
            left + wide * 0.08,
            ground - tall * 0.66,
            left + wide * 0.92,
            ground - tall * 0.46,
            edge.scaled(0.8),
        )
        slant = wide * 0.08 * -scene.view.side
        board.polygon(
            [
                (left + slant, ground - tall),
                (left + wide + slant, ground - tall),
                (left + wide, ground - tall * 0.74),
                (left, ground - tall * 0.74),
            ],
            top,
        )
        board.box(left, ground - tall * 0.74, left + wide, ground - tall * 0.66, edge)
    return Plane(board, depth)


def _curtains(scene: Scene, site: Site, window: tuple[float, float], foot: float, size: float) -> None:
    middle, wide = window
    cloth = Colour.of("c9d8e8") if site.rng.random() < 0.5 else Colour.of("e8c9b8")
    for side in (-1, 1):
        x = middle + side * wide * 0.56
        for i in range(5):
            tone = _indoor(scene, cloth, 1.0 if i % 2 else 0.8)
            px = x + side * (i - 2) * 0.024 * size
            site.board.polygon(
                [
                    (px - 0.016 * size, foot - 0.57 * size),
                    (px + 0.016 * size, foot - 0.57 * size),
                    (px + 0.02 * size, foot - 0.09 * size),
                    (px - 0.02 * size, foot - 0.09 * size),
                ],
                tone,
            )
    site.board.box(
        middle - wide * 0.72,
        foot - 0.585 * size,
        middle + wide * 0.72,
        foot - 0.57 * size,
        _indoor(scene, TIMBER, 0.9),
    )


def _shelf(scene: Scene, site: Site, foot: float, size: float) -> None:
    board, rng = site.board, site.rng
    x0, wide, tall = scene.across(0.8) - 0.16 * size, 0.32 * size, 0.5 * size
    board.box(x0 - 0.012, foot - tall, x0 + wide + 0.012, foot, _indoor(scene, TIMBER, 0.75))
    for shelf in range(4):
        low = foot - 0.02 - shelf * tall * 0.245
        board.box(x0, low - tall * 0.215, x0 + wide, low, _indoor(scene, TIMBER, 0.42))
        x = x0 + 0.008
        while x < x0 + wide * rng.uniform(0.7, 0.97):
            book = rng.uniform(0.009, 0.02) * size
            colour = Colour.of(
                ("b5563f", "5a6f8c", "d8b45a", "6f8a6a", "8c5a7a", "e8dcc4")[int(rng.integers(6))]
            )
            board.box(
                x, low - tall * rng.uniform(0.13, 0.195), x + book * 0.9, low, _indoor(scene, colour, 0.85)
            )
            x += book


def _furniture(scene: Scene) -> Plane:
    """A bed and a lamp before the wall."""
    depth = 0.66
    site = Site.of(scene, depth, "furniture")
    board, size = site.board, scene.view.scale**0.7
    ground = scene.ground_y(0.46)
    x, wide = scene.across(0.2), 0.62 * size
    blanket = Colour.of(("6f8fb8", "b8707a", "7fa08a")[int(site.rng.integers(3))])
    board.box(x - wide / 2, ground - 0.1 * size, x + wide / 2, ground, _indoor(scene, TIMBER, 0.6))
    board.box(
        x - wide / 2, ground - 0.17 * size, x + wide / 2, ground - 0.06 * size, _indoor(scene, blanket, 0.9)
    )
    board.box(
        x - wide / 2,
        ground - 0.185 * size,
        x + wide / 2,
        ground - 0.15 * size,
        _indoor(scene, blanket.mix(WHITE, 0.35), 1.0),
    )
    head = x - scene.view.side * wide * -0.5
    board.box(
        min(head, head + 0.03),
        ground - 0.26 * size,
        max(head, head + 0.03),
        ground,
        _indoor(scene, TIMBER, 0.8),
    )
    lamp = scene.across(0.96)
    board.stroke([(lamp, ground), (lamp, ground - 0.42 * size)], _indoor(scene, TIMBER, 0.5), 0.008)
    shade = [
        (lamp - 0.06 * size, ground - 0.4 * size),
        (lamp - 0.035 * size, ground - 0.5 * size),
        (lamp + 0.035 * size, ground - 0.5 * size),
        (lamp + 0.06 * size, ground - 0.4 * size),
    ]
    is_lit = scene.is_night and scene.has("lights")
    if is_lit:
        board.glow(lamp, ground - 0.44 * size, 0.5 * size, LAMP, 0.6)
    board.polygon(shade, LAMP if is_lit else _indoor(scene, Colour.of("f0dcb8"), 0.9))
    return Plane(board, depth)
