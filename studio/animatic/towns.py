"""Places with buildings: village, city, rooftop, temple, castle, station."""

import numpy as np

from studio.animatic.buildings import LAMP, TIMBER, Site
from studio.animatic.colour import WHITE, Colour
from studio.animatic.floor import Floor, paint_ground
from studio.animatic.flora import BLOSSOM, LEAF, Nursery
from studio.animatic.nature import foliage_of, grass_of, paint_verge
from studio.animatic.raster import smoothstep
from studio.animatic.scene import Plane, Scene, spaced
from studio.animatic.shrines import paint_pagoda, paint_pavilion, paint_stone_lantern, paint_torii
from studio.animatic.terrain import paint_hills, paint_mountains, paint_treeline

WALLS = tuple(Colour.of(c) for c in ("f3e6cc", "e8d2b0", "efe9e0", "d9c3a4", "e9d7d0"))
ROOFS = tuple(Colour.of(c) for c in ("b5563f", "8c4a4a", "5a6f8c", "a8703f", "6f8a6a"))
CONCRETE = tuple(Colour.of(c) for c in ("d6d8e2", "b6c0d6", "e2dad2", "a8b4ce", "cdd4d8"))
STONE = Colour.of("b4b2b0")


def paint_village(scene: Scene) -> list[Plane]:
    """Houses on both sides of a lane, hills behind."""
    size = scene.view.scale
    planes = []
    if scene.has("mountains"):
        planes.append(paint_mountains(scene, 0.08, 0.26 * size**0.6, snow=0.4, rock=Colour.of("7488ac")))
    planes.append(paint_hills(scene, 0.16, 0.11 * size, LEAF, waves=2.4))
    planes.append(paint_treeline(scene, 0.24, 0.09 * size, LEAF))
    planes.append(paint_ground(scene, *grass_of(scene), path=Colour.of("dcc59a")))
    if scene.has("houses"):
        planes += [_houses(scene, depth, width) for depth, width in ((0.1, 0.13), (0.24, 0.24), (0.5, 0.5))]
    planes.append(_fence(scene))
    return [*planes, *paint_verge(scene)]


def _houses(scene: Scene, depth: float, width: float) -> Plane:
    site = Site.of(scene, depth, "houses")
    plants = Nursery.of(scene, site.board, depth, "yards", leaf=0.014 + 0.012 * depth)
    rng, size = site.rng, scene.view.scale
    ground = scene.ground_y(depth * 0.72)
    lane = scene.across(0.45)
    for x in spaced(rng, site.board.left, site.board.right, width * 1.6 * size, jitter=0.16):
        wide = width * size * rng.uniform(0.8, 1.1)
        if abs(x + wide / 2 - lane) < wide * 0.5 + 0.04 + 0.55 * depth:
            continue
        if scene.has("trees"):
            plants.tree(x - wide * 0.2, ground, wide * 0.9, foliage_of(scene))
        colours = (WALLS[int(rng.integers(5))], ROOFS[int(rng.integers(5))])
        site.house(x, ground, wide, wide * rng.uniform(0.8, 1.0), colours)
        plants.bush(x + wide * rng.uniform(0.0, 0.3), ground + 0.005, wide * 0.26, LEAF)
        plants.bush(x + wide * rng.uniform(0.8, 1.2), ground + 0.008, wide * 0.3, LEAF)
    return Plane(site.board, depth)


def _fence(scene: Scene) -> Plane:
    depth = 0.7
    site = Site.of(scene, depth, "fence")
    size, ground = scene.view.scale, scene.ground_y(0.56)
    tones = site.tones(TIMBER.mix(WHITE, 0.15))
    lane = scene.across(0.5)
    posts = spaced(site.rng, site.board.left, site.board.right, 0.09 * size, jitter=0.03)
    tall = 0.075 * size
    for side in (-1, 1):
        ours = [float(x) for x in posts if (x - lane) * side > 0.42 * scene.aspect / 1.73]
        for rail in (0.35, 0.75):
            if ours:
                site.board.box(
                    min(ours), ground - tall * rail - 0.006, max(ours), ground - tall * rail + 0.004, tones[1]
                )
        for x in ours:
            site.board.box(x - 0.008 * size, ground - tall, x + 0.008 * size, ground + 0.01, tones[0])
            site.board.box(x + 0.002 * size, ground - tall, x + 0.008 * size, ground + 0.01, tones[2])
    return Plane(site.board, depth)


def paint_city(scene: Scene) -> list[Plane]:
    """A street between tower blocks, with signs, lamps and wires; it mirrors them when wet."""
    planes = [
        _skyline(scene, depth, tall) for depth, tall in ((0.08, 0.36), (0.2, 0.46)) if scene.has("houses")
    ]
    street = [] if not scene.has("houses") else [_street_side(scene, depth) for depth in (0.4, 0.66)]
    return [*planes, _road(scene), *street, _kerb(scene)]


def _skyline(scene: Scene, depth: float, tall: float) -> Plane:
    site = Site.of(scene, depth, "skyline")
    ground = scene.view.horizon + 0.03
    size = scene.view.scale**0.6
    x = site.board.left
    while x < site.board.right:
        wide = site.rng.uniform(0.07, 0.15) * size * (0.7 + depth)
        away = abs(x - scene.across(0.42)) / scene.aspect
        height = tall * size * site.rng.uniform(0.45, 1.0) * (0.6 + 1.0 * away)
        site.block(x, ground + 0.03, wide, height, CONCRETE[int(site.rng.integers(5))])
        x += wide * site.rng.uniform(0.92, 1.15)
    site.board.fade_down(ground - tall, ground + 0.02, scene.light.haze, 0.45)
    return Plane(site.board, depth)


def _street_side(scene: Scene, depth: float) -> Plane:
    """The blocks that line the street on both sides, with their signs."""
    site = Site.of(scene, depth, "street")
    rng, size = site.rng, scene.view.scale**0.8
    ground = scene.ground_y(depth * 0.6)
    gap = scene.across(0.45)
    for side in (-1, 1):
        x = gap + side * (0.2 + 0.62 * depth) * size**0.4 * scene.aspect / 1.73
        while site.board.left - 0.6 < x < site.board.right + 0.6:
            wide = (0.16 + 0.42 * depth) * size * rng.uniform(0.8, 1.1)
            left = x if side > 0 else x - wide
            tall = (0.5 + 0.9 * depth) * size * rng.uniform(0.8, 1.2)
            site.block(left, ground, wide, tall, CONCRETE[int(rng.integers(5))].scaled(0.95))
            _shopfront(site, left, ground, wide)
            for _ in range(3):
                edge = left if side > 0 else left + wide
                w = wide * rng.uniform(0.08, 0.12)
                y = ground - wide * rng.uniform(0.6, 1.7)
                site.sign(edge - (w if side > 0 else 0.0), y, w, w * rng.uniform(2.2, 4.0))
            x += side * wide * 1.02
        site.street_lamp(
            gap + side * (0.16 + 0.5 * depth) * scene.aspect / 1.73,
            ground + 0.02,
            0.34 * size * (0.4 + depth),
        )
    return Plane(site.board, depth)


def _shopfront(site: Site, x: float, ground: float, wide: float) -> None:
    rng = site.rng
    tall = wide * 0.32
    shine = site.are_lamps_lit
    pane = site.lamplight(LAMP.mix(WHITE, 0.3)) if shine else site.tones(Colour.of("8fb0c8"))[1]
    site.board.box(x, ground - tall, x + wide, ground, site.tones(Colour.of("4a4650"))[1])
    for at in (0.06, 0.37, 0.68):
        site.board.box(
            x + wide * at, ground - tall * 0.78, x + wide * (at + 0.26), ground - tall * 0.08, pane
        )
    stripe = site.tones(ROOFS[int(rng.integers(5))])
    awning = [
        (x, ground - tall * 1.12),
        (x + wide, ground - tall * 1.12),
        (x + wide * 1.03, ground - tall * 0.84),
        (x - wide * 0.03, ground - tall * 0.84),
    ]
    site.board.polygon(awning, stripe[1])
    if shine:
        site.board.glow(x + wide / 2, ground, wide * 0.7, LAMP, 0.28)


def _road(scene: Scene) -> Plane:
    """Asphalt with kerbs, a crossing and, when wet, the lights of the street in it."""
    floor = Floor.of(scene)
    light = scene.light
    fine = floor.texture(0.05, "asphalt")
    road = Colour.of("6e7484")
    floor.fill(road, road.scaled(0.7), 0.55 + (fine - 0.5) * 0.6)
    centre = (scene.across(0.45) - scene.aspect / 2) * 0.5
    walk = 1.0 - floor.stripe(centre, 0.92)
    floor.board.tint(walk * floor.below * np.float32(0.85), light.between(Colour.of("a8a6a8"), 0.85))
    kerb = floor.stripe(centre, 0.97) - floor.stripe(centre, 0.92)
    floor.board.tint(np.clip(kerb, 0, 1), light.lit(Colour.of("d2d0cc"), 0.9))
    paint = light.lit(Colour.of("eceae2"), 0.92)
    bars = (np.mod(floor.x - centre, 0.3) < 0.16).astype(np.float32) * floor.stripe(centre, 0.9)
    floor.board.tint(bars * floor.rung(1.35, 1.75) * np.float32(0.85), paint)
    dash = (np.mod(floor.z, 1.6) < 0.9).astype(np.float32) * floor.rung(2.1, 14.0)
    floor.board.tint(floor.stripe(centre, 0.022) * dash * np.float32(0.8), paint)
    if scene.is_wet:
        _mirror(scene, floor)
    return floor.plane()


def _mirror(scene: Scene, floor: Floor) -> None:
    """Long soft reflections of lamps and signs on wet ground."""
    rng, light = scene.rng("mirror"), scene.light
    sheen = smoothstep(0.35, 0.75, floor.texture(0.5, "puddles", stretch=0.5))
    floor.board.tint(sheen * floor.below * np.float32(0.4), light.horizon)
    x, _ = floor.board.grid()
    wobble = (floor.texture(0.06, "wobble") - np.float32(0.5)) * np.float32(0.05)
    tints = (LAMP, Colour.of("ff6f9a"), Colour.of("56d4ff"), LAMP, Colour.of("ffb060"), Colour.of("a98aff"))
    strength = 0.55 if scene.is_night else 0.22
    for i in range(12):
        at = rng.uniform(floor.board.left, floor.board.right)
        wide = rng.uniform(0.012, 0.04) * scene.view.scale
        streak = np.exp(-(((x - np.float32(at) + wobble) / np.float32(wide)) ** 2)) * smoothstep(
            0.05, 0.25, floor.depth
        )
        fade = smoothstep(rng.uniform(0.7, 1.2), 0.2, floor.depth)
        floor.board.tint(
            streak.astype(np.float32) * fade * floor.below * np.float32(strength) * (0.45 + sheen * 0.55),
            tints[i % 6],
        )


def _kerb(scene: Scene) -> Plane:
    """A pole with wires, close to the lens."""
    depth = 0.95
    site = Site.of(scene, depth, "kerb")
    size = scene.view.scale**0.6
    x, ground = scene.across(0.08), scene.ground_y(0.84)
    site.pole(x, ground, 1.05 * size)
    site.wires(x, scene.across(1.3), ground - 0.98 * size, 0.1)
    site.wires(x, scene.across(-0.6), ground - 0.98 * size, 0.06)
    return Plane(site.board, depth)


def paint_rooftop(scene: Scene) -> list[Plane]:
    """A flat roof behind a railing, the city far below."""
    planes = [_skyline(scene, depth, tall) for depth, tall in ((0.08, 0.2), (0.2, 0.16))]
    floor = Floor.of(scene)
    slab = Colour.of("b8b4ae")
    floor.fill(slab, slab.scaled(0.8), 0.6 + (floor.texture(0.2, "slab") - 0.5) * 0.5)
    seams = (np.mod(floor.x, 0.55) < 0.02).astype(np.float32) + (np.mod(floor.z, 0.55) < 0.03).astype(
        np.float32
    )
    floor.board.tint(np.clip(seams, 0, 1) * floor.rung(0.2, 3.0) * np.float32(0.4), scene.light.shaded(slab))
    if scene.is_wet:
        _mirror(scene, floor)
    return [*planes, floor.plane(), _railing(scene)]


def _railing(scene: Scene) -> Plane:
    depth = 0.3
    site = Site.of(scene, depth, "railing")
    size, ground = scene.view.scale**0.8, scene.ground_y(0.12)
    lit, half, dark = site.tones(Colour.of("8c96a4"))
    site.board.box(site.board.left, ground - 0.035 * size, site.board.right, ground + 0.02, half)
    tall = 0.2 * size
    for x in np.arange(site.board.left, site.board.right, 0.03 * size):
        site.board.box(float(x), ground - tall, float(x) + 0.004, ground - 0.03 * size, dark)
    for y in (tall, tall * 0.5):
        site.board.box(site.board.left, ground - y - 0.006, site.board.right, ground - y + 0.005, lit)
    x = scene.across(0.86)
    site.board.box(
        x - 0.16 * size,
        ground - 0.46 * size,
        x + 0.16 * size,
        ground + 0.03,
        site.tones(Colour.of("c9c4ba"))[1],
    )
    flank = x - scene.view.side * 0.16 * size
    site.board.box(
        min(flank, flank + scene.view.side * 0.1 * size),
        ground - 0.46 * size,
        max(flank, flank + scene.view.side * 0.1 * size),
        ground + 0.03,
        site.tones(Colour.of("c9c4ba"))[2],
    )
    site.board.box(
        x - 0.05 * size,
        ground - 0.24 * size,
        x + 0.05 * size,
        ground + 0.03,
        site.tones(Colour.of("5a7a8c"))[2],
    )
    site.board.box(x - 0.19 * size, ground - 0.49 * size, x + 0.19 * size, ground - 0.45 * size, dark)
    return Plane(site.board, depth)


def paint_temple(scene: Scene) -> list[Plane]:
    """A stone path through gates to a hall, trees on both sides."""
    size = scene.view.scale
    leaves = foliage_of(scene)
    planes = [paint_mountains(scene, 0.08, 0.22 * size**0.6, snow=0.1, rock=Colour.of("74829c"))]
    planes.append(paint_treeline(scene, 0.2, 0.13 * size, leaves if leaves == BLOSSOM else LEAF))
    hall = Site.of(scene, 0.28, "hall")
    x, ground = scene.across(0.42), scene.ground_y(0.14)
    paint_pagoda(hall, scene.across(0.78), ground, 0.2 * size, 4)
    paint_pavilion(hall, x, ground + 0.01, 0.42 * size, 0.13 * size, 0.58 * size)
    planes.append(Plane(hall.board, 0.28))
    floor = Floor.of(scene)
    moss = grass_of(scene)
    floor.fill(*moss, smoothstep(0.3, 0.7, floor.texture(0.6, "moss", stretch=2)))
    centre = (scene.across(0.42) - scene.aspect / 2) * 0.9
    path = floor.stripe(centre, 0.42) * floor.below
    floor.board.tint(path, scene.light.between(STONE, 0.9).mix(scene.light.lit(STONE, 0.9), 0.6))
    joints = (np.mod(floor.z, 0.34) < 0.03) | (np.mod(floor.x + 0.2 * np.floor(floor.z / 0.34), 0.4) < 0.02)
    floor.board.tint(
        path * joints.astype(np.float32) * floor.rung(0.2, 4.0) * np.float32(0.5),
        scene.light.shaded(STONE, 0.9),
    )
    planes.append(floor.plane())
    return [*planes, _gateway(scene, leaves), *paint_verge(scene)]


def _gateway(scene: Scene, leaves: Colour) -> Plane:
    depth = 0.58
    site = Site.of(scene, depth, "gate")
    plants = Nursery.of(scene, site.board, depth, "temple trees", leaf=0.016)
    size, ground = scene.view.scale, scene.ground_y(0.42)
    if scene.has("trees"):
        for fraction in (0.02, 0.93, 1.12, -0.14):
            plants.tree(scene.across(fraction), ground - 0.01, 0.66 * size**0.7, leaves)
    paint_torii(site, scene.across(0.42), ground, 0.54 * size)
    for fraction in (0.16, 0.68):
        paint_stone_lantern(site, scene.across(fraction), ground + 0.03, 0.17 * size)
    return Plane(site.board, depth)
