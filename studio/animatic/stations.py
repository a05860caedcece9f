"""Castle and railway station."""

import numpy as np

from studio.animatic.buildings import LAMP, Site
from studio.animatic.colour import WHITE, Colour
from studio.animatic.floor import Floor, paint_ground
from studio.animatic.flora import LEAF, Nursery
from studio.animatic.nature import grass_of, paint_pines, paint_verge
from studio.animatic.scene import Plane, Scene
from studio.animatic.terrain import paint_hills, paint_mist, paint_mountains, paint_treeline

KEEP_STONE = Colour.of("cfc8c0")
SPIRE = Colour.of("4f6a9c")


def paint_castle(scene: Scene) -> list[Plane]:
    """A castle on its rock above a valley."""
    size = scene.view.scale
    planes = [paint_mountains(scene, 0.08, 0.24 * size**0.6, snow=0.5)]
    site = Site.of(scene, 0.2, "castle")
    x, foot = scene.across(0.4), scene.view.horizon - 0.05 * size
    _crag(site, x, foot, size)
    _keep(site, x, foot, size)
    planes.append(Plane(site.board, 0.2))
    planes.append(paint_mist(scene, 0.22, scene.view.horizon, 0.05, 0.5))
    planes.append(paint_hills(scene, 0.34, 0.08 * size, LEAF, waves=2))
    planes.append(paint_ground(scene, *grass_of(scene), path=Colour.of("d8c49c")))
    planes.append(paint_pines(scene, 0.6, 0.3, clearing=0.6))
    return [*planes, *paint_verge(scene)]


def _crag(site: Site, x: float, foot: float, size: float) -> None:
    lit, half, dark = site.tones(Colour.of("8a8690"))
    low = foot + 0.16 * size
    outline = [
        (-0.5, low),
        (-0.36, foot + 0.05 * size),
        (-0.27, foot + 0.06 * size),
        (-0.22, foot),
        (0.24, foot),
        (0.3, foot + 0.07 * size),
        (0.4, foot + 0.06 * size),
        (0.55, low),
    ]
    site.board.polygon([(x + dx * size, y) for dx, y in outline], half)
    side = site.scene.view.side
    for i in range(6):
        dx = (i / 5 - 0.5) * 0.5 * size
        site.board.polygon(
            [
                (x + dx, foot),
                (x + dx + 0.05 * size, foot),
                (x + dx * 1.7 + 0.02 * size * side, low),
                (x + dx * 1.6, low),
            ],
            dark if i % 2 else lit,
        )


def _keep(site: Site, x: float, foot: float, size: float) -> None:
    towers = ((-0.2, 0.2, 0.07), (-0.1, 0.3, 0.075), (0.02, 0.42, 0.1), (0.13, 0.27, 0.07), (0.2, 0.18, 0.06))
    _wall(site, x - 0.22 * size, x + 0.24 * size, foot, 0.1 * size)
    for dx, tall, wide in towers:
        _tower(site, x + dx * size, foot, tall * size, wide * size)


def _wall(site: Site, x0: float, x1: float, foot: float, tall: float) -> None:
    _, half, dark = site.tones(KEEP_STONE)
    site.board.box(x0, foot - tall, x1, foot + 0.02, half)
    for x in np.arange(x0, x1, tall * 0.24):
        site.board.box(float(x), foot - tall * 1.12, float(x) + tall * 0.13, foot - tall, half)
    site.board.box(x0, foot - tall * 0.92, x1, foot - tall * 0.86, dark)


def _tower(site: Site, x: float, foot: float, tall: float, wide: float) -> None:
    lit, half, dark = site.tones(KEEP_STONE)
    side = site.scene.view.side
    half_wide = wide / 2
    site.board.box(x - half_wide, foot - tall, x + half_wide, foot + 0.01, half)
    near, far = sorted((x + side * half_wide, x + side * half_wide * 0.35))
    site.board.box(near, foot - tall, far, foot + 0.01, lit)
    near, far = sorted((x - side * half_wide, x - side * half_wide * 0.4))
    site.board.box(near, foot - tall, far, foot + 0.01, dark)
    site.board.box(x - half_wide * 1.2, foot - tall, x + half_wide * 1.2, foot - tall + wide * 0.14, half)
    roof, shade = site.tones(SPIRE)[0], site.tones(SPIRE)[2]
    peak = (x, foot - tall - wide * 1.5)
    site.board.polygon([(x - half_wide * 1.3, foot - tall), peak, (x + half_wide * 1.3, foot - tall)], shade)
    site.board.polygon(
        [(x + side * half_wide * 1.3, foot - tall), peak, (x - side * half_wide * 0.2, foot - tall)], roof
    )
    site.board.stroke([peak, (x, peak[1] - wide * 0.4)], dark, 0.002)
    flag = [(x, peak[1] - wide * 0.4), (x + wide * 0.5, peak[1] - wide * 0.28), (x, peak[1] - wide * 0.16)]
    site.board.polygon(flag, site.tones(Colour.of("c8423a"))[1])
    for y in np.arange(foot - tall + wide * 0.5, foot - wide * 0.4, wide * 0.8):
        pane = site.lamplight() if site.are_lamps_lit else site.tones(Colour.of("4a4858"))[2]
        site.board.box(x - wide * 0.07, float(y), x + wide * 0.07, float(y) + wide * 0.24, pane)


def paint_station(scene: Scene) -> list[Plane]:
    """A country platform: roof, benches, rails, a waiting train, hills behind."""
    size = scene.view.scale
    planes = [
        paint_mountains(scene, 0.08, 0.2 * size**0.6, snow=0.2),
        paint_hills(scene, 0.18, 0.1 * size, LEAF),
    ]
    planes.append(paint_treeline(scene, 0.26, 0.08 * size, LEAF))
    return [*planes, _train(scene), _platform(scene), _shelter(scene)]


def _train(scene: Scene) -> Plane:
    depth = 0.46
    site = Site.of(scene, depth, "train")
    board, size = site.board, scene.view.scale
    ground, tall = scene.ground_y(0.3), 0.25 * size
    body, stripe = site.tones(Colour.of("e6e2da")), site.tones(Colour.of("3f8f6a"))
    end = scene.across(0.36)
    x0, x1 = sorted((end, board.left if scene.view.side > 0 else board.right))
    board.box(board.left, ground - 0.01, board.right, ground + 0.05, site.tones(Colour.of("6a625c"))[2])
    board.box(x0, ground - tall, x1, ground - tall * 0.12, body[1])
    board.box(x0, ground - tall * 1.04, x1, ground - tall * 0.97, body[2])
    board.box(x0, ground - tall * 0.42, x1, ground - tall * 0.28, stripe[1])
    board.box(x0, ground - tall * 0.14, x1, ground, site.tones(Colour.of("3a3a44"))[2])
    pane = site.lamplight(LAMP.mix(WHITE, 0.4)) if site.are_lamps_lit else site.tones(Colour.of("5f86a8"))[1]
    for x in np.arange(x0 + 0.05 * size, x1 - 0.1 * size, 0.17 * size):
        board.box(float(x), ground - tall * 0.84, float(x) + 0.12 * size, ground - tall * 0.5, pane)
    for x in np.arange(x0 + 0.01 * size, x1, 0.51 * size):
        board.box(
            float(x) + 0.006, ground - tall * 0.86, float(x) + 0.036 * size, ground - tall * 0.16, body[2]
        )
    for x in np.arange(board.left, board.right, 0.7 * size):
        site.pole(float(x), ground, 0.62 * size)
    site.wires(board.left, board.right, ground - 0.56 * size, 0.0)
    return Plane(board, depth)


def _platform(scene: Scene) -> Plane:
    floor = Floor.of(scene)
    slab = Colour.of("bdb8b0")
    floor.fill(slab, slab.scaled(0.78), 0.6 + (floor.texture(0.16, "slab") - 0.5) * 0.6)
    far = floor.rung(2.4, 80.0)
    floor.board.sheet[:] = (floor.board.sheet * (1 - far)[..., None]).astype(np.uint8)
    floor.board.tint(floor.rung(2.2, 2.4), scene.light.lit(WHITE, 0.8))
    floor.board.tint(floor.rung(1.75, 1.95), scene.light.lit(Colour.of("f0c23c"), 0.9))
    dots = (np.mod(floor.x, 0.3) < 0.012).astype(np.float32)
    floor.board.tint(dots * floor.rung(0.3, 2.2) * np.float32(0.4), scene.light.shaded(slab))
    return floor.plane()


def _shelter(scene: Scene) -> Plane:
    """Roof, posts, name board and a bench."""
    depth = 0.8
    site = Site.of(scene, depth, "shelter")
    board, size = site.board, scene.view.scale**0.7
    ground = scene.ground_y(0.62)
    lit, half, dark = site.tones(Colour.of("7a8a94"))
    board.box(board.left, board.top, board.right, 0.07, dark)
    board.box(board.left, 0.07, board.right, 0.1, half)
    for fraction in (0.1, 0.94):
        x = scene.across(fraction)
        board.box(x - 0.018 * size, 0.08, x + 0.018 * size, ground, half)
        board.box(x - 0.018 * size, 0.08, x - 0.008 * size, ground, lit)
    x = scene.across(0.26)
    board.box(x - 0.16 * size, 0.2, x + 0.16 * size, 0.31, site.tones(Colour.of("f2f0ea"))[0])
    board.box(x - 0.16 * size, 0.285, x + 0.16 * size, 0.31, site.tones(Colour.of("3f8f6a"))[1])
    for dx in (-0.07, -0.025, 0.02, 0.065):
        board.box(x + dx * size, 0.225, x + (dx + 0.03) * size, 0.265, site.tones(Colour.of("2c2c36"))[1])
    for dx in (-0.13, 0.13):
        board.stroke([(x + dx * size, 0.09), (x + dx * size, 0.2)], dark, 0.005)
    bench = scene.across(0.06)
    board.box(
        bench - 0.17 * size,
        ground - 0.085 * size,
        bench + 0.17 * size,
        ground - 0.065 * size,
        site.tones(Colour.of("a06a44"))[0],
    )
    board.box(
        bench - 0.17 * size,
        ground - 0.17 * size,
        bench + 0.17 * size,
        ground - 0.12 * size,
        site.tones(Colour.of("a06a44"))[1],
    )
    for dx in (-0.13, 0.13):
        board.box(bench + dx * size - 0.006, ground - 0.12 * size, bench + dx * size + 0.006, ground, dark)
    plants = Nursery.of(scene, board, depth, "pots")
    plants.bush(scene.across(1.0), ground, 0.12 * size, LEAF)
    return Plane(board, depth)
