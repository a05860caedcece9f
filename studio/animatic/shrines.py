"""What stands at a temple: gate, pagoda, hall and stone lanterns."""

import numpy as np

from studio.animatic.buildings import LAMP, Site
from studio.animatic.colour import Colour

VERMILION = Colour.of("c8402e")
SLATE = Colour.of("4e5a74")


def paint_torii(site: Site, x: float, ground: float, wide: float) -> None:
    """A shrine gate, its middle at `x`."""
    lit, half, dark = site.tones(VERMILION)
    black = site.tones(Colour.of("2c2730"))
    tall, side = wide * 0.98, site.scene.view.side
    for foot in (-0.38, 0.38):
        px = x + foot * wide
        leg = [
            (px - wide * 0.042, ground),
            (px - wide * 0.034 - foot * 0.05 * wide, ground - tall),
            (px + wide * 0.034 - foot * 0.05 * wide, ground - tall),
            (px + wide * 0.042, ground),
        ]
        site.board.polygon(leg, half)
        edge = (
            [leg[0], leg[1], (leg[1][0] + wide * 0.022, leg[1][1]), (leg[0][0] + wide * 0.026, ground)]
            if side < 0
            else [
                leg[3],
                leg[2],
                (leg[2][0] - wide * 0.022, leg[2][1]),
                (leg[3][0] - wide * 0.026, ground),
            ]
        )
        site.board.polygon(edge, lit)
        site.board.box(px - wide * 0.055, ground - wide * 0.05, px + wide * 0.055, ground, black[1])
    site.board.box(x - wide * 0.43, ground - tall * 0.76, x + wide * 0.43, ground - tall * 0.69, half)
    site.board.box(x - wide * 0.035, ground - tall * 0.92, x + wide * 0.035, ground - tall * 0.72, dark)
    t = np.linspace(-1, 1, 25)
    rise = 0.06 * wide * t**2
    for top, tall_beam, colour, reach in (
        (0.9, 0.06, half, 0.5),
        (0.955, 0.06, lit, 0.56),
        (1.01, 0.045, black[1], 0.6),
    ):
        upper = np.column_stack([x + t * wide * reach, ground - tall * top - tall_beam * wide - rise])
        lower = np.column_stack([x + t * wide * reach * 0.98, ground - tall * top - rise * 0.9])
        site.board.polygon(np.concatenate([upper, lower[::-1]]), colour)


def paint_pagoda(site: Site, x: float, ground: float, wide: float, tiers: int) -> None:
    """A pagoda of curved roofs."""
    tall = wide * 0.46
    y = ground
    for tier in range(tiers):
        size = wide * (1 - 0.13 * tier)
        paint_pavilion(site, x, y, size * 0.62, tall * 0.5, size)
        y -= tall * 0.86
    gold = site.tones(Colour.of("d8b45a"))[1]
    site.board.stroke([(x, y), (x, y - wide * 0.34)], gold, wide * 0.014)


def paint_pavilion(site: Site, x: float, ground: float, wide: float, tall: float, roof: float) -> None:
    """One storey: timber walls, lit paper screens, and a roof with upturned corners."""
    _, half, dark = site.tones(Colour.of("8f3f34"))
    site.board.box(x - wide / 2, ground - tall, x + wide / 2, ground, dark)
    paper = site.lamplight() if site.are_lamps_lit else site.tones(Colour.of("efe3c8"))[1]
    for at in np.linspace(-0.42, 0.26, 5):
        site.board.box(
            x + wide * at, ground - tall * 0.78, x + wide * (at + 0.14), ground - tall * 0.12, paper
        )
    for at in np.linspace(-0.48, 0.48, 6):
        site.board.box(
            x + wide * at - wide * 0.016, ground - tall, x + wide * at + wide * 0.016, ground, half
        )
    t = np.linspace(-1, 1, 33)
    shell = site.tones(Colour.of("eef2fa") if site.scene.is_snowy else SLATE)
    eave = ground - tall * 0.92 - roof * 0.075 * np.abs(t) ** 3
    crown = ground - tall * 0.92 - roof * (0.24 - 0.17 * np.abs(t) ** 0.75) - roof * 0.04 * np.abs(t) ** 6
    edge = np.column_stack([x + t * roof * 0.5, eave])
    site.board.polygon(np.concatenate([np.column_stack([x + t * roof * 0.5, crown]), edge[::-1]]), shell[1])
    near = t * site.scene.view.side > 0.1
    site.board.polygon(
        np.concatenate([np.column_stack([x + t * roof * 0.5, crown])[near], edge[near][::-1]]),
        shell[0].mix(shell[1], 0.45),
    )
    site.board.polygon(np.concatenate([edge, (edge + np.array([0.0, roof * 0.022]))[::-1]]), shell[2])


def paint_stone_lantern(site: Site, x: float, ground: float, tall: float) -> None:
    """A stone lantern."""
    lit, half, dark = site.tones(Colour.of("a0a2aa"))
    w = tall * 0.2
    site.board.box(x - w * 0.9, ground - tall * 0.08, x + w * 0.9, ground, dark)
    site.board.box(x - w * 0.32, ground - tall * 0.55, x + w * 0.32, ground - tall * 0.06, half)
    site.board.box(x - w * 0.8, ground - tall * 0.62, x + w * 0.8, ground - tall * 0.54, lit)
    site.board.box(x - w * 0.55, ground - tall * 0.82, x + w * 0.55, ground - tall * 0.62, dark)
    shine = site.are_lamps_lit
    site.board.box(
        x - w * 0.28,
        ground - tall * 0.78,
        x + w * 0.28,
        ground - tall * 0.66,
        site.lamplight() if shine else half,
    )
    site.board.polygon(
        [
            (x - w * 1.25, ground - tall * 0.8),
            (x, ground - tall * 0.98),
            (x + w * 1.25, ground - tall * 0.8),
        ],
        half,
    )
    site.board.dab(x, ground - tall * 0.98, w * 0.2, dark)
    if shine:
        site.board.glow(x, ground - tall * 0.72, tall * 0.8, LAMP, 0.55)
