"""Open country: meadow, lake, beach, mountains, snowfield, desert and another world's ground."""

import numpy as np

from studio.animatic.board import Board
from studio.animatic.clump import puffs
from studio.animatic.colour import WHITE, Colour
from studio.animatic.floor import paint_ground, paint_water
from studio.animatic.flora import BLOSSOM, LEAF, MAPLE, PINE, Nursery
from studio.animatic.raster import smoothstep, wander
from studio.animatic.scene import Plane, Scene, spaced
from studio.animatic.setting import Drift, Place
from studio.animatic.terrain import paint_dunes, paint_hills, paint_mist, paint_mountains, paint_treeline

GRASS = Colour.of("86b84e")
GRASS_SHADE = Colour.of("4f8a46")
SAND = Colour.of("ecd9ae")
SEA = Colour.of("2c86ae")
SNOW = Colour.of("f0f5ff")
SNOW_SHADE = Colour.of("b4c6e6")
FLOWERS = [Colour.of(c) for c in ("f7e27a", "f4f0f8", "f2a0b4", "b99be8")]


def foliage_of(scene: Scene) -> Colour:
    """The colour of leaves: blossom, autumn or green."""
    if Drift.PETALS in scene.setting.drifts:
        return BLOSSOM
    return MAPLE if Drift.LEAVES in scene.setting.drifts else LEAF


def grass_of(scene: Scene) -> tuple[Colour, Colour]:
    """Lit and shaded grass, under snow when it snows."""
    return (SNOW, SNOW_SHADE) if scene.is_snowy else (GRASS, GRASS_SHADE)


def paint_meadow(scene: Scene) -> list[Plane]:
    """Rolling grassland with one great tree."""
    size = scene.view.scale
    planes = _far_range(scene, 0.22, snow=0.35)
    planes.append(paint_hills(scene, 0.16, 0.1 * size, grass_of(scene)[1].mix(LEAF, 0.4), waves=3))
    planes.append(paint_treeline(scene, 0.2, 0.05 * size, LEAF))
    planes.append(paint_hills(scene, 0.34, 0.12 * size, grass_of(scene)[0], waves=2))
    planes.append(paint_ground(scene, *grass_of(scene), path=Colour.of("d8bf8c")))
    if scene.has("trees"):
        planes.append(_lone_tree(scene))
    return [*planes, *paint_verge(scene)]


def paint_mountain_valley(scene: Scene) -> list[Plane]:
    """Two ranges of peaks behind a pine valley."""
    size = scene.view.scale**0.6
    snow = 0.75 if scene.setting.wintry else 0.42
    planes = []
    if scene.has("mountains"):
        planes += [
            paint_mountains(scene, 0.08, 0.5 * size, snow=snow),
            paint_mist(scene, 0.1, scene.view.horizon - 0.06, 0.06, 0.6),
            paint_mountains(scene, 0.2, 0.27 * size, snow=snow * 0.55, rock=Colour.of("66728c")),
        ]
    planes.append(paint_mist(scene, 0.24, scene.view.horizon - 0.01, 0.045, 0.55))
    planes.append(paint_ground(scene, *grass_of(scene), path=Colour.of("c2ae8a")))
    planes.append(paint_pines(scene, 0.14, 0.13))
    planes.append(paint_pines(scene, 0.32, 0.22, clearing=0.3))
    planes.append(paint_pines(scene, 0.62, 0.34, clearing=0.5))
    return [*planes, *paint_verge(scene)]


def paint_snowfield(scene: Scene) -> list[Plane]:
    """Wide snow, pines and far peaks."""
    size = scene.view.scale
    planes = [paint_mountains(scene, 0.1, 0.34 * size**0.6, snow=1.0, rock=Colour.of("8793b4"))]
    planes.append(paint_hills(scene, 0.25, 0.1 * size, SNOW, waves=2))
    planes.append(paint_ground(scene, SNOW, SNOW_SHADE))
    planes.append(paint_pines(scene, 0.12, 0.13))
    planes.append(paint_pines(scene, 0.34, 0.24, clearing=0.35))
    planes.append(paint_pines(scene, 0.62, 0.4, clearing=0.55))
    return planes


def paint_pines(scene: Scene, depth: float, height: float, *, clearing: float = 0.0) -> Plane:
    """A row of pines, open in the middle `clearing` of the picture."""
    board = scene.board(depth)
    plants = Nursery.of(scene, board, depth, "pines")
    rng, size = plants.rng, scene.view.scale
    ground = scene.ground_y(depth * 0.62)
    for x in spaced(rng, board.left, board.right, height * 0.42 * size, jitter=0.5):
        if abs(x - scene.across(0.46)) < clearing * scene.aspect / 2:
            continue
        plants.conifer(x, ground + rng.uniform(0, 0.03) * size, height * size * rng.uniform(0.6, 1.15), PINE)
    if depth < 0.5:
        board.fade_down(ground - height * size * 0.7, ground + 0.02, scene.light.haze, 0.4)
    return Plane(board, depth)


def paint_lake(scene: Scene) -> list[Plane]:
    """Still water before a range, reeds at the shore."""
    size = scene.view.scale
    planes = _far_range(scene, 0.3, snow=0.4)
    wood = paint_treeline(scene, 0.14, 0.09 * size, PINE)
    planes += [wood, _lakeside(scene)]
    if scene.has("trees"):
        planes.append(_lone_tree(scene))
    return [*planes, *paint_verge(scene)]


def _lakeside(scene: Scene) -> Plane:
    """The water, and the grassy shore before it where people stand."""
    floor = paint_water(scene, Colour.of("3a7fa6"), shine=scene.light.sun, calm=True)
    light, (lit, dark) = scene.light, grass_of(scene)
    broad, fine = floor.texture(1.1, "shore", stretch=1.6), floor.texture(0.1, "blades")
    lean = np.float32(0.55 * scene.view.side) * floor.x / np.float32(scene.aspect)
    edge = np.float32(1.75) + lean + (broad - np.float32(0.5)) * np.float32(0.7)
    soft = floor.z / np.float32(scene.unit_px) + np.float32(0.012)
    land = smoothstep(1.0, -1.0, (floor.z - edge) / soft) * floor.below
    rim = smoothstep(0.22, 0.0, np.abs(floor.z - edge)) * floor.below
    floor.board.tint(rim * np.float32(0.6), light.lit(dark, 0.9).mix(light.horizon, 0.25))
    floor.board.tint(land, light.lit(lit.mix(dark, 0.35), 0.92))
    floor.board.tint(land * smoothstep(0.45, 0.62, broad) * np.float32(0.7), light.lit(lit, 0.95))
    floor.board.tint(land * smoothstep(0.55, 0.75, fine) * np.float32(0.25), light.shaded(dark, 0.95))
    floor.board.tint(
        land * smoothstep(0.16, 0.02, edge - floor.z) * np.float32(0.6), light.between(dark, 0.9)
    )
    return floor.plane()


def paint_beach(scene: Scene) -> list[Plane]:
    """Sea to the horizon, surf, sand, a palm and an island."""
    island = scene.board(0.06)
    crest = (
        scene.view.horizon
        + 0.004
        - 0.05
        * scene.view.scale**0.5
        * np.maximum(0.0, 1 - ((island.columns(96) - scene.across(0.78)) / 0.3) ** 2)
        * (1.0 + 0.3 * wander(96, scene.rng("island"), waves=9))
    )
    lit, half, dark = scene.tones(Colour.of("5a8a70"), 0.2)
    island.polygon(np.column_stack([island.columns(96), crest]), half)
    island.tint(scene.noise(island, (0.05, 0.02), "island") * np.float32(0.7), dark.mix(lit, 0.2))
    planes = [] if not scene.has("mountains") else [Plane(island, 0.06)]
    planes.append(_shore(scene))
    if scene.has("trees"):
        board = scene.board(0.9)
        plants = Nursery.of(scene, board, 0.9, "palms")
        plants.palm(scene.across(0.04), scene.ground_y(0.66), 0.62 * scene.view.scale**0.6)
        plants.palm(scene.across(-0.04), scene.ground_y(0.8), 0.78 * scene.view.scale**0.6)
        planes.append(Plane(board, 0.9, sway=0.012))
    return planes


def _shore(scene: Scene) -> Plane:
    """Water that runs out over sand in curved lines of foam."""
    floor = paint_water(scene, SEA, shine=scene.light.sun)
    light = scene.light
    fine = floor.texture(0.1, "sand")
    broad = floor.texture(0.8, "beach", stretch=0.5)
    bend = np.sin(floor.x * np.float32(0.9) + np.float32(scene.rng("surf").uniform(0, 6))) * np.float32(0.16)
    edge = np.float32(1.85) + bend + (broad - np.float32(0.5)) * np.float32(0.5)
    soft = floor.z * np.float32(0.012) + np.float32(0.01)
    sand = smoothstep(1.0, -1.0, (floor.z - edge) / soft)
    wet = smoothstep(1.0, -1.0, (floor.z - edge + np.float32(0.28)) / (soft * 9))
    shallow = smoothstep(edge + np.float32(2.6), edge, floor.z)
    floor.board.tint(shallow * floor.below * np.float32(0.55), light.lit(Colour.of("7fd6cf"), 0.9))
    lit, dark = light.lit(SAND, 0.95), light.shaded(SAND, 0.95)
    floor.board.tint(sand, lit.mix(dark, 0.45).mix(light.horizon, 0.2))
    floor.board.tint(wet, lit)
    floor.board.tint(wet * smoothstep(0.45, 0.75, fine) * np.float32(0.3), dark)
    foam = smoothstep(1.0, 0.0, np.abs(floor.z - edge) / (soft * 2.2))
    ragged = smoothstep(0.36, 0.55, floor.texture(0.14, "foam", stretch=0.4))
    floor.board.tint(
        np.maximum(foam, smoothstep(1.0, 0.2, np.abs(floor.z - edge - 0.34) / (soft * 5)) * ragged * 0.8),
        light.lit(WHITE, 0.95),
    )
    return floor.plane()


def paint_desert(scene: Scene) -> list[Plane]:
    """Dune behind dune."""
    size = scene.view.scale
    planes = [paint_mountains(scene, 0.1, 0.16 * size**0.5, snow=0.0, rock=Colour.of("b9795a"))]
    sand = Colour.of("e8b878")
    planes += [
        paint_dunes(scene, depth, rise * size, sand)
        for depth, rise in ((0.2, 0.09), (0.36, 0.14), (0.55, 0.17))
    ]
    floor = paint_ground(scene, sand, sand.scaled(0.9))
    return [*planes[:-1], floor, planes[-1]] if scene.view.index % 2 else [*planes, floor]


def paint_alien_ground(scene: Scene) -> list[Plane]:
    """Rock under a planet."""
    board = scene.board(0.05)
    x, y, radius = scene.across(0.28), 0.26, 0.26 * scene.view.scale**0.4
    _planet(scene, board, (x, y, radius))
    rock = Colour.of("8a7fb0")
    planes = [Plane(board, 0.05), paint_mountains(scene, 0.18, 0.2, snow=0.0, rock=rock)]
    return [*planes, paint_ground(scene, rock, rock.scaled(0.6))]


def _planet(scene: Scene, board: Board, disc: tuple[float, float, float]) -> None:
    x, y, radius = disc
    u, v = board.grid()
    dx, dy = (u - np.float32(x)) / np.float32(radius), (v - np.float32(y)) / np.float32(radius)
    out = np.hypot(dx, dy)
    cover = smoothstep(1.0 + 1.5 / (radius * scene.unit_px), 1.0 - 1.5 / (radius * scene.unit_px), out)
    board.glow(x, y, radius * 1.7, Colour.of("7a8cff"), 0.55)
    board.lay(cover, Colour.of("7a5fc0"))
    bands = scene.noise(board, (0.8, 0.05), "bands", octaves=4)
    board.lay(cover * smoothstep(0.45, 0.6, bands), Colour.of("c98ad0"))
    board.lay(cover * smoothstep(0.62, 0.72, bands), Colour.of("ffd9b8"))
    night = smoothstep(-0.1, 0.8, dx * np.float32(-scene.view.side) * np.float32(0.8) + dy * np.float32(0.5))
    board.lay(cover * night * np.float32(0.85), Colour.of("0c0a2a"))


def _far_range(scene: Scene, height: float, *, snow: float) -> list[Plane]:
    if not scene.has("mountains"):
        return []
    return [paint_mountains(scene, 0.1, height * scene.view.scale**0.6, snow=snow, rock=Colour.of("7488ac"))]


def _lone_tree(scene: Scene) -> Plane:
    depth = 0.58
    board = scene.board(depth)
    plants = Nursery.of(scene, board, depth, "tree", leaf=0.016)
    height = 0.62 * scene.view.scale**0.7
    plants.tree(scene.across(0.14), scene.ground_y(0.4), height, foliage_of(scene))
    plants.bush(scene.across(0.04), scene.ground_y(0.44), 0.16 * scene.view.scale, LEAF)
    return Plane(board, depth, sway=0.007)


def paint_verge(scene: Scene) -> list[Plane]:
    """Grass and flowers close to the lens, along the lower edge."""
    if scene.setting.place is Place.SNOWFIELD or scene.is_snowy or not scene.has("grass"):
        return []
    depth = 1.35
    board = scene.board(depth)
    plants = Nursery.of(scene, board, depth, "verge")
    x = board.columns(80)
    middle = np.exp(-(((x - scene.across(0.6)) / (0.3 * scene.aspect)) ** 2))
    crest = 0.93 + 0.06 * middle + 0.012 * wander(80, plants.rng, waves=6)
    plants.grass(crest, 0.07, GRASS_SHADE.scaled(0.85))
    if scene.has("flowers"):
        plants.flowers(crest - 0.045, 0.05, FLOWERS, 46, size=0.008)
    for fraction in (-0.03, 1.03):
        plants.foliage(puffs(plants.rng, (scene.across(fraction), 1.0), (0.16, 0.1), 12), LEAF.scaled(0.8))
    board.soften(0.0022)
    return [Plane(board, depth, sway=0.014)]
