"""Skies: gradient, sun or moon, stars, clouds, birds; and space."""

import numpy as np

from studio.animatic.board import Board
from studio.animatic.clump import Grain, cumulus, paint_clump
from studio.animatic.colour import WHITE, Colour
from studio.animatic.raster import Floats, smoothstep
from studio.animatic.scene import Plane, Scene
from studio.animatic.setting import Daytime, Place, Weather

CLOUDY = (Weather.RAIN, Weather.STORM, Weather.SNOW, Weather.FOG)


def paint_sky(scene: Scene) -> list[Plane]:
    """The sky's planes, the first of them opaque."""
    board = scene.board(0.03)
    _gradient(scene, board)
    if scene.setting.place is Place.SPACE:
        _nebula(scene, board)
        _stars(scene, board, 420)
        return [Plane(board, 0.03)]
    is_open = scene.setting.weather not in CLOUDY
    if scene.is_night and is_open and scene.has("stars"):
        _stars(scene, board, 260)
    if is_open:
        _sun(scene, board)
    planes = [Plane(board, 0.03)]
    if scene.has("clouds") and scene.setting.place not in (Place.FOREST, Place.MYSTIC):
        planes.append(_clouds(scene) if is_open else _overcast(scene))
    return planes


def _gradient(scene: Scene, board: Board) -> None:
    light, horizon = scene.light, scene.view.horizon
    _, y = board.grid()
    stops = np.array([horizon - 0.95, horizon - 0.42, horizon - 0.02])
    rgb = [np.interp(y[:, 0], stops, [light.zenith[i], light.sky[i], light.horizon[i]]) for i in range(3)]
    fill = np.stack(rgb, axis=1).astype(np.float32)[:, None, :]
    speck = scene.rng("dither").random((*board.shape, 1), dtype=np.float32) - np.float32(0.5)
    fill = np.clip(fill + speck * np.float32(1.2 / 255), 0.0, 1.0)
    board.sheet[..., :3] = (fill * 255.0 + 0.5).astype(np.uint8)
    board.sheet[..., 3] = 255


def _sun(scene: Scene, board: Board) -> None:
    x, y = scene.sun_at
    light, size = scene.light, scene.view.scale**0.4
    if scene.is_night:
        if scene.has("moon"):
            _moon(board, x, y, 0.058 * size, light.sun)
        return
    if not scene.has("sun"):
        return
    warm = light.sun.mix(light.horizon, 0.45)
    board.glow(x, y, 0.95 * size, warm, 0.55)
    board.glow(x, y, 0.36 * size, light.sun, 0.7)
    if scene.setting.daytime is not Daytime.DAY:
        board.dab(x, y, 0.062 * size, light.sun.mix(WHITE, 0.5))


def _moon(board: Board, x: float, y: float, radius: float, colour: Colour) -> None:
    board.glow(x, y, radius * 9, colour.mix(Colour.of("6f8fd8"), 0.6), 0.42)
    board.glow(x, y, radius * 3, colour, 0.4)
    board.dab(x, y, radius, colour)
    grey = colour.mix(Colour.of("9fb0d8"), 0.55)
    for dx, dy, size in ((-0.3, -0.2, 0.26), (0.3, 0.28, 0.2), (0.1, -0.45, 0.13), (-0.25, 0.45, 0.12)):
        board.dab(x + dx * radius, y + dy * radius, size * radius, grey)


def _stars(scene: Scene, board: Board, count: int) -> None:
    rng = scene.rng("stars")
    at = rng.random((count, 3))
    for x, y, size in at:
        v = board.top + y**1.3 * (scene.view.horizon + 0.1 - board.top)
        shine = 0.25 + 0.75 * size**5
        tint = Colour.of("cfe0ff").mix(Colour.of("ffe9cf"), float(rng.random()))
        u = board.left + x * (board.right - board.left)
        board.dab(u, v, 0.0007 + 0.0013 * size**6, board.colour_at(u, v).mix(tint, shine))
        if size > 0.97:
            board.glow(u, v, 0.018, tint, 0.6)


def _clouds(scene: Scene) -> Plane:
    """Heaped clouds above the horizon, larger towards the top of the picture."""
    board = scene.board(0.06, drift=0.006)
    rng, light, horizon = scene.rng("clouds"), scene.light, scene.view.horizon
    _wisps(scene, board)
    noise = scene.noise(board, (0.06, 0.045), "cloud", octaves=5)
    towards = _towards_sun(scene)
    for row, (rise, width, count) in enumerate(((0.05, 0.24, 5), (0.13, 0.42, 4), (0.3, 0.7, 2))):
        haze = 0.62 - 0.24 * row
        tones = (
            light.cloud.mix(light.horizon, haze * 0.7),
            light.cloud.mix(light.cloud_shade, 0.4).mix(light.horizon, haze),
            light.cloud_shade.mix(light.horizon, haze),
        )
        for _ in range(count):
            x = rng.uniform(board.left, board.right)
            span = width * rng.uniform(0.6, 1.2) * scene.view.scale**0.5
            discs = cumulus(rng, x, horizon - rise * rng.uniform(0.8, 1.3), span)
            paint_clump(board, discs, tones, Grain(noise, 0.85, soft=2.2), towards)
    _, y = board.grid()
    keep = smoothstep(horizon + 0.02, horizon - 0.12, y)[..., None] * np.float32(0.85) + np.float32(0.15)
    board.sheet[:] = (board.sheet * keep).astype(np.uint8)
    return Plane(board, 0.06, 0.006)


def _towards_sun(scene: Scene) -> tuple[float, float]:
    lean = -0.45 if scene.sun_at[0] < scene.aspect / 2 else 0.45
    low = scene.setting.daytime in (Daytime.DUSK, Daytime.DAWN)
    return (lean * 1.3, -0.25) if low else (lean, -0.9)


def _wisps(scene: Scene, board: Board) -> None:
    streaks = scene.noise(board, (0.9, 0.06), "wisps", octaves=5)
    _, y = board.grid()
    high = smoothstep(scene.view.horizon - 0.1, scene.view.horizon - 0.45, y)
    cover = smoothstep(0.52, 0.86, streaks) * high * np.float32(0.55)
    board.lay(cover, scene.light.cloud)


def _overcast(scene: Scene) -> Plane:
    board = scene.board(0.06, drift=0.01)
    light = scene.light
    heaps = scene.noise(board, (0.8, 0.22), "heaps", octaves=5)
    fine = scene.noise(board, (0.25, 0.1), "fine", octaves=4)
    _, y = board.grid()
    above = smoothstep(scene.view.horizon + 0.05, scene.view.horizon - 0.3, y)
    mass: Floats = heaps * np.float32(0.7) + fine * np.float32(0.3)
    board.lay(smoothstep(0.4, 0.5, mass) * above * np.float32(0.6), light.cloud_shade)
    board.lay(smoothstep(0.5, 0.6, mass) * above * np.float32(0.55), light.cloud)
    return Plane(board, 0.06, 0.01)


def _nebula(scene: Scene, board: Board) -> None:
    x, y = board.grid()
    band = np.abs(
        y - np.float32(0.32) - (x - np.float32(scene.aspect / 2)) * np.float32(0.28 * scene.view.side)
    )
    cloud = scene.noise(board, (0.6, 0.4), "nebula", octaves=5)
    veil = scene.noise(board, (0.3, 0.3), "veil", octaves=5)
    river = smoothstep(0.5, 0.0, band)
    board.lay(smoothstep(0.3, 0.8, cloud) * river * np.float32(0.75), Colour.of("7a3fa8"))
    board.lay(smoothstep(0.42, 0.85, veil) * river * np.float32(0.8), Colour.of("e07ab8"))
    board.lay(smoothstep(0.5, 0.9, veil * cloud * 2) * smoothstep(0.25, 0.0, band), Colour.of("ffe8d8"))
    board.lay(smoothstep(0.55, 0.75, 1 - cloud) * river * np.float32(0.6), Colour.of("0a0820"))
