"""Plants: leafy trees, conifers, palms, forest trunks, bushes, grass, flowers and ferns."""

from dataclasses import dataclass

import numpy as np

from studio.animatic.board import Board
from studio.animatic.clump import Grain, Tones, paint_clump, puffs
from studio.animatic.colour import Colour
from studio.animatic.raster import Curve, Floats
from studio.animatic.scene import Scene
from studio.animatic.setting import Place

LEAF = Colour.of("5f9c4c")
BLOSSOM = Colour.of("f6b8cc")
MAPLE = Colour.of("d8703a")
BARK = Colour.of("6b4d3c")
PINE = Colour.of("3f7560")


@dataclass(frozen=True, slots=True)
class Nursery:
    """What plants of one board share: where they are painted, their light and their leaf texture."""

    scene: Scene
    board: Board
    depth: float
    noise: Floats
    rng: np.random.Generator

    @classmethod
    def of(cls, scene: Scene, board: Board, depth: float, name: str, *, leaf: float = 0.02) -> "Nursery":
        """Plants on `board`, their leaves about `leaf` heights large."""
        cell = leaf * scene.view.scale
        noise = scene.noise(board, (cell * 1.3, cell), "leaf", name, depth, octaves=3)
        return cls(scene, board, depth, noise, scene.rng("plants", name, depth))

    @property
    def sunward(self) -> tuple[float, float]:
        """Direction towards the light."""
        return (0.5 * self.scene.view.side, -0.82)

    def tones(self, surface: Colour) -> Tones:
        """Lit, half and shaded colour here."""
        return self.scene.tones(surface, self.depth)

    def foliage(self, discs: Curve, surface: Colour, *, rough: float = 1.1) -> None:
        """A mass of leaves; snow lies on it when it snows."""
        lit, half, dark = self.tones(surface)
        if self.scene.is_snowy:
            lit = self.scene.light.lit(Colour.of("eef2fa"), self.depth)
        grain = Grain(self.noise, rough, soft=1.8)
        paint_clump(self.board, discs, (lit, half, dark), grain, self.sunward)

    def tree(self, x: float, ground: float, height: float, leaves: Colour) -> None:
        """A leafy tree with its foot at (x, ground)."""
        rng, trunk = self.rng, self.tones(BARK)
        lean = rng.uniform(-0.06, 0.06) * height
        width = height * 0.05
        self.limb(
            [(x, ground), (x + lean * 0.4, ground - height * 0.32), (x + lean, ground - height * 0.62)],
            width,
            trunk,
        )
        for side in (-1, 1):
            tip = (x + lean + side * height * 0.2, ground - height * rng.uniform(0.56, 0.68))
            self.limb([(x + lean * 0.5, ground - height * 0.34), tip], width * 0.5, trunk)
        for dx, dy, size in ((-0.2, 0.6, 0.24), (0.2, 0.57, 0.24), (0.0, 0.74, 0.29)):
            centre = (x + lean + (dx + rng.uniform(-0.05, 0.05)) * height, ground - dy * height)
            extent = (size * height * rng.uniform(0.95, 1.25), size * height * 0.8)
            self.foliage(puffs(rng, centre, extent, 16), leaves)

    def limb(self, points: list[tuple[float, float]], width: float, tones: Tones) -> None:
        """A tapering trunk or branch through `points`, shaded on the side away from the light."""
        at = np.asarray(points, np.float64)
        along = np.linspace(0, len(at) - 1, 12)
        line = np.column_stack([np.interp(along, np.arange(len(at)), at[:, i]) for i in (0, 1)])
        half = width * np.linspace(0.62, 0.22, 12)
        flare = np.zeros(12)
        flare[0] = width * 0.35
        side = self.scene.view.side
        left, right = line.copy(), line.copy()
        left[:, 0] -= half + flare
        right[:, 0] += half + flare
        self.board.polygon(np.concatenate([left, right[::-1]]), tones[2])
        bright = left if side < 0 else right
        inner = line.copy()
        inner[:, 0] += side * half * 0.15
        self.board.polygon(np.concatenate([bright, inner[::-1]]), tones[1].mix(tones[0], 0.4))

    def conifer(self, x: float, ground: float, height: float, needles: Colour = PINE) -> None:
        """A pine: tiers of drooping branches, the sunward half lit."""
        lit, half, dark = self.tones(needles)
        snow = self.scene.light.lit(Colour.of("f2f5fc"), self.depth)
        self.board.box(
            x - height * 0.018, ground - height * 0.14, x + height * 0.018, ground, self.tones(BARK)[2]
        )
        tiers = 7
        for tier in range(tiers):
            t = tier / tiers
            low = ground - height * (0.08 + 0.8 * t)
            span = height * 0.24 * (1 - t) ** 0.85 + height * 0.02
            top = low - height * (0.3 - 0.12 * t)
            self._tier(x, top, low, span, dark)
            self._tier(x + self.scene.view.side * span * 0.1, top, low - height * 0.018, span * 0.82, half)
            if self.scene.is_snowy or self.scene.setting.place is Place.SNOWFIELD:
                self._tier(
                    x + self.scene.view.side * span * 0.18, top, low - height * 0.045, span * 0.66, snow
                )
            else:
                self._tier(x + self.scene.view.side * span * 0.3, top, low - height * 0.035, span * 0.46, lit)

    def _tier(self, x: float, top: float, low: float, span: float, colour: Colour) -> None:
        teeth = 7
        edge = []
        for i in range(teeth * 2 + 1):
            u = i / teeth - 1.0
            tip = i % 2 == 0
            sag = 0.0 if tip else -0.16 * span
            edge.append((x + u * span * (1.0 if tip else 0.94), low + sag - (1 - abs(u)) * span * 0.02))
        self.board.polygon([(x, top), *edge[::-1]], colour)

    def palm(self, x: float, ground: float, height: float) -> None:
        """A palm leaning over the beach."""
        rng, side = self.rng, -self.scene.view.side
        bark = self.tones(Colour.of("8a6a4a"))
        bend = np.linspace(0, 1, 8)
        line = [(x + side * height * 0.3 * float(b) ** 2, ground - height * float(b)) for b in bend]
        self.limb(line, height * 0.06, bark)
        crown = line[-1]
        green = self.tones(Colour.of("4f8f52"))
        for i, turn in enumerate(np.linspace(-0.25, np.pi + 0.25, 11)):
            tone = green[2] if i % 3 == 0 else green[1] if i % 3 == 1 else green[0]
            self._frond(crown, float(turn) + rng.uniform(-0.1, 0.1), height * rng.uniform(0.38, 0.5), tone)

    def _frond(self, root: tuple[float, float], turn: float, length: float, colour: Colour) -> None:
        t = np.linspace(0, 1, 9)
        x = root[0] + np.cos(turn) * length * t
        y = root[1] - np.sin(turn) * length * t * 0.6 + 0.62 * length * t**2
        wide = length * 0.07 * np.sin(np.pi * np.clip(t * 0.92 + 0.06, 0, 1))
        upper, lower = np.column_stack([x, y - wide]), np.column_stack([x, y + wide * 1.2])
        lower[1::2, 1] -= wide[1::2] * 0.9
        self.board.polygon(np.concatenate([upper, lower[::-1]]), colour)

    def bush(self, x: float, ground: float, width: float, leaves: Colour) -> None:
        """A round bush on the ground."""
        discs = puffs(self.rng, (x, ground - width * 0.26), (width * 0.55, width * 0.34), 14)
        self.foliage(discs, leaves)

    def grass(self, crest: Curve, height: float, surface: Colour, *, density: float = 1.0) -> None:
        """Blades along a line given for equal steps across the board, dark behind and light in front."""
        rng, tones = self.rng, self.tones(surface)
        span = self.board.right - self.board.left
        count = int(span / height * 11 * density)
        for layer in (2, 1, 0):
            x = rng.uniform(self.board.left, self.board.right, count)
            foot = np.interp(x, np.linspace(self.board.left, self.board.right, len(crest)), crest)
            tall = height * rng.uniform(0.35, 1.0, count) * (1.0, 0.85, 0.62)[2 - layer]
            bend = tall * (rng.uniform(-0.45, 0.45, count) + 0.12)
            for i in range(count):
                self._blade((x[i], foot[i] + height * 0.1), tall[i], bend[i], tones[layer])

    def tufts(self, lane: float, surface: Colour, count: int) -> None:
        """Tufts of grass all over the ground, larger when nearer, none on the lane around x = `lane`."""
        rng, scene = self.rng, self.scene
        near = np.sort(rng.random(count) ** 0.8) * 0.86 + 0.1
        for depth in near:
            x = rng.uniform(self.board.left, self.board.right)
            if abs(x - lane) < 0.1 + 0.38 * depth:
                continue
            tall = 0.055 * depth * scene.view.scale * rng.uniform(0.6, 1.1)
            for tone in (2, 1, 1, 0):
                lean = tall * rng.uniform(-0.6, 0.6)
                foot = (x + rng.uniform(-0.3, 0.3) * tall, scene.ground_y(depth))
                self._blade(foot, tall * rng.uniform(0.6, 1.0), lean, scene.tones(surface, depth)[tone])

    def _blade(self, foot: tuple[float, float], tall: float, bend: float, colour: Colour) -> None:
        x, y = foot
        half = tall * 0.045 + 0.0006
        middle = (x + bend * 0.3, y - tall * 0.6)
        outline = [(x - half, y), (middle[0] - half * 0.8, middle[1]), (x + bend, y - tall)]
        self.board.polygon([*outline, (middle[0] + half * 0.8, middle[1]), (x + half, y)], colour)

    def flowers(
        self, crest: Curve, spread: float, colours: list[Colour], count: int, *, size: float = 0.006
    ) -> None:
        """Blossoms scattered below a line, larger further down."""
        rng = self.rng
        for _ in range(count):
            x = rng.uniform(self.board.left, self.board.right)
            down = rng.random() ** 1.4
            y = (
                float(np.interp(x, np.linspace(self.board.left, self.board.right, len(crest)), crest))
                + down * spread
            )
            lit, _, dark = self.tones(colours[int(rng.integers(len(colours)))])
            radius = size * (0.5 + down) * self.scene.view.scale**0.5
            self.board.dab(x, y + radius * 0.35, radius, dark)
            self.board.dab(x, y, radius * 0.85, lit)

    def fern(self, x: float, y: float, size: float, surface: Colour) -> None:
        """A fern: arching fronds of small leaves."""
        rng, tones = self.rng, self.tones(surface)
        for turn in np.linspace(0.35, np.pi - 0.35, 6):
            lean = float(turn) + rng.uniform(-0.15, 0.15)
            length = size * rng.uniform(0.75, 1.0)
            for t in np.linspace(0.12, 1.0, 12):
                px = x + np.cos(lean) * length * t
                py = y - np.sin(lean) * length * t + 0.42 * length * t**2.4
                leaf = length * 0.2 * (1.08 - t)
                for flip, tone in ((-1, tones[2]), (1, tones[1])):
                    tip = (px + np.sin(lean) * leaf * flip, py + leaf * (0.35 + 0.3 * flip * np.cos(lean)))
                    side = (px + np.cos(lean) * leaf * 0.4, py - np.sin(lean) * leaf * 0.25)
                    self.board.polygon([(px, py), side, tip], tone)
