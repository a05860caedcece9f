"""Clumps of round masses under one light: clouds, canopies, bushes and smoke."""

from dataclasses import dataclass

import numpy as np

from studio.animatic.board import Board
from studio.animatic.colour import Colour
from studio.animatic.raster import Curve, Floats, Picture, as_picture, channels, lay_over, smoothstep

Tones = tuple[Colour, Colour, Colour]


@dataclass(frozen=True, slots=True)
class Grain:
    """The texture that frays a clump: `noise` about 0..1, `rough` how far it eats into the edge."""

    noise: Floats
    rough: float
    soft: float = 1.5


def paint_clump(board: Board, discs: Curve, tones: Tones, grain: Grain, light: tuple[float, float]) -> None:
    """Paint discs as one shaded mass.

    Args:
        board: Where to paint.
        discs: x, y and radius of each disc in picture heights, shape (n, 3), n >= 1.
        tones: Colours of the lit, half and shaded parts.
        grain: What frays edge and shading; its noise has the board's shape.
        light: Direction towards the light, a vector of length about 1.
    """
    at = (discs - [board.left, board.top, 0.0]) * board.unit_px
    low = np.floor((at[:, :2] - at[:, 2:]).min(axis=0)).astype(int) - 2
    high = np.ceil((at[:, :2] + at[:, 2:]).max(axis=0)).astype(int) + 3
    x0, y0 = (max(int(v), 0) for v in low)
    x1, y1 = min(int(high[0]), board.shape[1]), min(int(high[1]), board.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    noise = grain.noise[y0:y1, x0:x1] - np.float32(0.5)
    swell, shine = _relief(at - [x0, y0, 0.0], (y1 - y0, x1 - x0), light)
    edge = np.float32(2.0 * grain.soft / max(float(np.median(at[:, 2])), 2.0))
    cover = smoothstep(0.0, float(edge), swell + noise * np.float32(grain.rough))
    ink = _shade(shine + noise * np.float32(grain.rough * 0.9), cover, tones)
    lay_over(board.sheet, ink, x0, y0)


def _relief(discs: Curve, shape: tuple[int, int], light: tuple[float, float]) -> tuple[Floats, Floats]:
    """How far inside the mass each pixel lies (above 0 inside), and how squarely it faces the light."""
    swell = np.full(shape, -1.0, np.float32)
    shine = np.zeros(shape, np.float32)
    weight = np.full(shape, 1e-6, np.float32)
    for x, y, radius in discs:
        reach = radius * 1.3
        c0, c1 = max(int(x - reach), 0), min(int(x + reach) + 2, shape[1])
        r0, r1 = max(int(y - reach), 0), min(int(y + reach) + 2, shape[0])
        if c0 >= c1 or r0 >= r1:
            continue
        dx = ((np.arange(c0, c1, dtype=np.float32) - np.float32(x)) / np.float32(radius))[None, :]
        dy = ((np.arange(r0, r1, dtype=np.float32) - np.float32(y)) / np.float32(radius))[:, None]
        bulge = 1.0 - dx * dx - dy * dy
        part = (slice(r0, r1), slice(c0, c1))
        np.maximum(swell[part], bulge, out=swell[part])
        share = np.maximum(bulge + np.float32(0.45), 0.0) ** 4
        shine[part] += share * (dx * np.float32(light[0]) + dy * np.float32(light[1]))
        weight[part] += share
    return swell, shine / weight


def _shade(shine: Floats, cover: Floats, tones: Tones) -> Picture:
    """The premultiplied RGBA picture of a mass in three tones with narrow, painted steps."""
    lit, half, dark = (channels(tone) for tone in tones)
    first = smoothstep(-0.3, -0.1, shine)[..., None]
    second = smoothstep(0.12, 0.3, shine)[..., None]
    rgb = dark + (half - dark) * first
    rgb = rgb + (lit - rgb) * second
    ink = np.concatenate([rgb * cover[..., None], cover[..., None]], axis=2)
    return as_picture(ink)


def puffs(
    rng: np.random.Generator, centre: tuple[float, float], size: tuple[float, float], count: int
) -> Curve:
    """Discs that fill an ellipse, the large ones behind, the small ones along the rim and in front."""
    turn = rng.uniform(0, 2 * np.pi, count)
    out = np.sqrt(rng.random(count)) * 0.72
    radius = (0.5 - 0.28 * out) * rng.uniform(0.75, 1.15, count) * min(size)
    discs = np.column_stack(
        [centre[0] + np.cos(turn) * out * size[0], centre[1] + np.sin(turn) * out * size[1], radius]
    )
    return discs[np.argsort(-radius)]


def cumulus(rng: np.random.Generator, x: float, base: float, width: float) -> Curve:
    """Discs of a fair-weather cloud: flat base, heaped crown."""
    along = np.concatenate([np.linspace(-0.86, 0.86, 11), np.clip(rng.normal(0.0, 0.3, 18), -0.75, 0.75)])
    crown = (1.0 - np.abs(along)) ** 0.8
    radius = width * (0.05 + 0.1 * crown) * rng.uniform(0.75, 1.2, len(along))
    lift = width * 0.36 * crown * np.concatenate([np.zeros(11), rng.random(18)])
    return np.column_stack([x + along * width * 0.5, base - radius * 0.5 - lift, radius])
