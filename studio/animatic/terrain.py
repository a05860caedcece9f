"""Land against the sky: mountains, hills, dunes, treelines and mist."""

import numpy as np

from studio.animatic.board import Board
from studio.animatic.colour import WHITE, Colour
from studio.animatic.raster import Curve, Floats, smoothstep, wander
from studio.animatic.scene import Plane, Scene

ROCK = Colour.of("7d7f92")
SNOW = Colour.of("f4f7ff")


def paint_mountains(scene: Scene, depth: float, height: float, *, snow: float, rock: Colour = ROCK) -> Plane:
    """A range of peaks with lit and shaded flanks; `snow` in 0..1 is how far down it lies."""
    board = scene.board(depth)
    base = scene.view.horizon + 0.05
    crest = _crest(scene, board, depth, height)
    _, y = board.grid()
    down = y - crest[None, :]
    cover = np.clip(down * np.float32(scene.unit_px) + np.float32(0.5), 0.0, 1.0)
    cover *= (y < np.float32(base + 0.12)).astype(np.float32)
    folds = scene.noise(board, (0.22, 0.2), "folds", depth, octaves=5)
    flank = _flanks(scene, board, crest, down, folds)
    lit, _, dark = scene.tones(rock, depth + 0.2)
    board.lay(cover, dark)
    board.tint(flank, lit)
    if snow > 0:
        _snowcap(scene, board, (down, folds, flank), (snow * height, depth))
    board.fade_down(base - height * 0.7, base, scene.light.haze, 0.6)
    return Plane(board, depth)


def _crest(scene: Scene, board: Board, depth: float, height: float) -> Floats:
    rng = scene.rng("crest", depth)
    count = board.shape[1]
    waves = 3.2 * scene.aspect / 1.73 / scene.view.scale**0.5
    line = wander(count, rng, waves=waves, octaves=7, rough=0.52)
    away = np.abs(board.columns() - scene.across(0.64)) / scene.aspect
    peak = height * (0.62 + 0.5 * np.exp(-((away / 0.22) ** 2)))
    return (scene.view.horizon - peak * (0.62 + 0.4 * line)).astype(np.float32)


def _flanks(scene: Scene, board: Board, crest: Floats, down: Floats, folds: Floats) -> Floats:
    """Which pixels face the light: under the crest its slope decides, further down the rock."""
    smooth = np.convolve(np.pad(crest, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    slope = (np.gradient(smooth) * -scene.view.side).astype(np.float32)
    fall = np.maximum(down, 0.0)
    columns = np.arange(board.shape[1], dtype=np.float32)[None, :]
    slide = (folds - np.float32(0.5)) * fall * np.float32(1.1 * scene.unit_px)
    source = np.clip(columns + slide, 0, board.shape[1] - 1).astype(np.int32)
    rock = scene.noise(board, (0.13 * scene.view.scale**0.5, 0.3), "rock", float(crest[0]), octaves=6)
    bumps = np.gradient(rock, axis=1) * np.float32(0.055 * scene.unit_px * -scene.view.side)
    facing = slope[source] * np.float32(0.9) + bumps * np.float32(1.6) * smoothstep(0.0, 0.12, fall)
    return smoothstep(-0.05, 0.05, facing)


def _snowcap(
    scene: Scene, board: Board, surface: tuple[Floats, Floats, Floats], extent: tuple[float, float]
) -> None:
    down, folds, flank = surface
    line, depth = extent
    ragged = np.float32(line) * (0.5 + 1.6 * (folds - np.float32(0.35)))
    cap = smoothstep(0.012, -0.012, down - ragged)
    lit, _, dark = scene.tones(SNOW, depth + 0.2)
    board.tint(cap, dark.mix(scene.light.sky, 0.15))
    board.tint(cap * flank, lit.mix(WHITE, 0.15 if not scene.is_night else 0.0))


def paint_hills(scene: Scene, depth: float, rise: float, surface: Colour, *, waves: float = 2.0) -> Plane:
    """Rolling hills whose crest stands `rise` above the ground line of their depth."""
    board = scene.board(depth)
    base = scene.ground_y(depth * 0.35)
    crest = base - rise * (
        0.55 + 0.4 * wander(board.shape[1], scene.rng("hill", depth), waves=waves, octaves=3)
    )
    lit, half, dark = scene.tones(surface, depth)
    fill_below(board, crest, half)
    patches = scene.noise(board, (0.5, 0.09), "hill", depth, octaves=5)
    board.tint(smoothstep(0.48, 0.6, patches), lit)
    board.tint(smoothstep(0.44, 0.34, patches) * np.float32(0.7), dark)
    _, y = board.grid()
    rim = smoothstep(0.05, 0.0, y - crest[None, :].astype(np.float32))
    board.tint(rim * np.float32(0.5), lit)
    board.fade_down(
        base - rise * 0.6, base + rise * 0.6, scene.light.haze, 0.35 * scene.light.fade(depth) + 0.08
    )
    return Plane(board, depth)


def fill_below(board: Board, crest: Curve, colour: Colour) -> None:
    """Fill everything under a line given for each pixel column."""
    x = board.columns(len(crest))
    outline = np.column_stack([x, crest])
    corners = np.array([[board.right + 0.1, board.bottom + 0.1], [board.left - 0.1, board.bottom + 0.1]])
    board.polygon(np.concatenate([outline, corners]), colour)


def paint_treeline(scene: Scene, depth: float, height: float, surface: Colour) -> Plane:
    """A far wood: a ragged row of crowns along the ground line of its depth."""
    board = scene.board(depth)
    rng = scene.rng("treeline", depth)
    base = scene.ground_y(depth * 0.35)
    count = board.shape[1]
    crowns = np.abs(wander(count, rng, waves=26 * scene.aspect / scene.view.scale, octaves=4, rough=0.6))
    roll = wander(count, rng, waves=3, octaves=2)
    crest = base - height * (0.5 + 0.32 * crowns + 0.22 * roll)
    lit, half, dark = scene.tones(surface, depth)
    fill_below(board, crest, half)
    leaves = scene.noise(board, (0.05, 0.035), "leaves", depth)
    _, y = board.grid()
    top = smoothstep(height * 0.55, 0.0, y - crest[None, :].astype(np.float32))
    board.tint(smoothstep(0.42, 0.6, leaves) * top, lit)
    board.tint(smoothstep(0.5, 0.36, leaves) * (1 - top), dark)
    return Plane(board, depth)


def paint_dunes(scene: Scene, depth: float, rise: float, sand: Colour) -> Plane:
    """A dune with a sharp crest, one flank in the light."""
    board = scene.board(depth)
    rng = scene.rng("dune", depth)
    base = scene.ground_y(depth * 0.3)
    count = board.shape[1]
    line = wander(count, rng, waves=2.4, octaves=2, rough=0.3)
    soft = np.hanning(count // 7 + 3)
    line = np.convolve(np.pad(line, len(soft) // 2, mode="edge"), soft / soft.sum(), mode="same")[
        len(soft) // 2 :
    ][:count]
    crest = base - rise * (0.5 + 0.5 * line)
    lit, half, dark = scene.tones(sand, depth)
    fill_below(board, crest, lit)
    x, y = board.grid()
    down = y - crest[None, :].astype(np.float32)
    lean = np.gradient(line).astype(np.float32)[None, :] * np.float32(count / 7 * scene.view.side)
    ridge = scene.noise(board, (0.7, 0.2), "ridge", depth, octaves=2)
    board.tint(smoothstep(-0.12, 0.1, lean + (ridge - np.float32(0.5)) * down * 9), dark.mix(half, 0.25))
    ripples = np.sin((y * 150 + x * 26 * scene.view.side + ridge * 22) / np.float32(scene.view.scale))
    board.tint(smoothstep(0.2, 1.0, ripples.astype(np.float32)) * np.float32(0.16) * np.float32(depth), half)
    return Plane(board, depth)


def paint_mist(scene: Scene, depth: float, y: float, height: float, strength: float) -> Plane:
    """A drifting bank of mist around height `y`."""
    drift = 0.012 * (0.5 + depth)
    board = scene.board(depth, drift)
    wisps = scene.noise(board, (0.7, 0.11), "mist", depth, y, octaves=4)
    _, rows = board.grid()
    band = np.exp(-(((rows - np.float32(y)) / np.float32(height)) ** 2)).astype(np.float32)
    cover = smoothstep(0.25, 0.75, wisps) * band * np.float32(strength)
    board.lay(cover, scene.light.haze.mix(scene.light.horizon, 0.4))
    return Plane(board, depth, drift)
