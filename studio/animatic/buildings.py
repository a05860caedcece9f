"""Things people build, piece by piece: houses, tower blocks, signs, lamps, poles."""

from dataclasses import dataclass

import numpy as np

from studio.animatic.board import Board
from studio.animatic.clump import Tones
from studio.animatic.colour import Colour
from studio.animatic.scene import Scene

LAMP = Colour.of("ffd58a")
GLASS = Colour.of("6f94b8")
TIMBER = Colour.of("6a4a38")
NEONS = tuple(Colour.of(c) for c in ("ff5f8f", "4fd8ff", "ffd24f", "a97bff", "6effb0"))


@dataclass(frozen=True, slots=True)
class Site:
    """Where buildings are put up: a board at a depth, in a scene's light."""

    scene: Scene
    board: Board
    depth: float
    rng: np.random.Generator

    @classmethod
    def of(cls, scene: Scene, depth: float, name: str) -> "Site":
        """An empty site."""
        return cls(scene, scene.board(depth), depth, scene.rng("site", name, depth))

    def tones(self, surface: Colour) -> Tones:
        """Lit, half and shaded colour here."""
        return self.scene.tones(surface, self.depth)

    @property
    def are_lamps_lit(self) -> bool:
        """Whether windows and lamps shine."""
        dim = (
            self.scene.setting.weather.value in ("rain", "storm")
            or self.scene.setting.daytime.value == "dusk"
        )
        return (self.scene.is_night or dim) and self.scene.has("lights")

    def lamplight(self, colour: Colour = LAMP) -> Colour:
        """The colour of a lit window here."""
        return colour.mix(self.scene.light.haze, self.scene.light.fade(self.depth) * 0.6)

    def window(self, x: float, y: float, wide: float, tall: float, *, lit: bool, bars: bool = True) -> None:
        """A window with its frame, top left at (x, y)."""
        frame = self.tones(TIMBER)[2]
        self.board.box(x - wide * 0.1, y - tall * 0.08, x + wide * 1.1, y + tall * 1.1, frame)
        glass = self.lamplight() if lit else self.tones(GLASS)[1]
        self.board.box(x, y, x + wide, y + tall, glass)
        if not lit:
            pale = self.tones(GLASS)[0].mix(self.scene.light.sky, 0.4)
            self.board.polygon([(x, y), (x + wide * 0.7, y), (x, y + tall * 0.8)], pale)
        if bars:
            self.board.box(x + wide * 0.46, y, x + wide * 0.54, y + tall, frame)
            self.board.box(x, y + tall * 0.46, x + wide, y + tall * 0.53, frame)
        if lit:
            self.board.glow(x + wide / 2, y + tall / 2, tall * 2.0, self.lamplight(), 0.3)

    def house(
        self, x: float, ground: float, wide: float, tall: float, colours: tuple[Colour, Colour]
    ) -> None:
        """A house with a pitched roof, its front at `x`..`x + wide`, its gable end beside it."""
        wall, roof = colours
        lit, half, dark = self.tones(wall)
        side = self.scene.view.side
        eaves = ground - tall * 0.58
        self.board.box(x, eaves, x + wide, ground, lit if side < 0 else half)
        gable = wide * 0.34
        gx = x + wide if side < 0 else x - gable
        self.board.polygon(
            [
                (gx, ground),
                (gx, eaves),
                (gx + gable / 2, ground - tall * 0.95),
                (gx + gable, eaves),
                (gx + gable, ground),
            ],
            dark,
        )
        self._roof((x, wide, gx, gable), eaves, ground - tall, roof)
        beam = self.tones(TIMBER)[1]
        for at in np.linspace(0, 1, 4):
            self.board.box(x + wide * at - wide * 0.012, eaves, x + wide * at + wide * 0.012, ground, beam)
        self.board.box(x, eaves + tall * 0.3, x + wide, eaves + tall * 0.33, beam)
        shine = self.are_lamps_lit
        for at in (0.1, 0.43, 0.75):
            self.window(
                x + wide * at,
                eaves + tall * 0.09,
                wide * 0.13,
                tall * 0.16,
                lit=shine and self.rng.random() < 0.9,
            )
        door = x + wide * 0.42
        self.board.box(door, ground - tall * 0.22, door + wide * 0.16, ground, self.tones(TIMBER)[2])
        self.board.box(x, ground - tall * 0.03, x + wide, ground, dark)

    def _roof(
        self, spans: tuple[float, float, float, float], eaves: float, ridge: float, colour: Colour
    ) -> None:
        x, wide, gx, gable = spans
        lit, half, dark = self.tones(Colour.of("f2f5fc") if self.scene.is_snowy else colour)
        over = wide * 0.07
        peak = gx + gable / 2
        far = x + gable * 0.4 if gx > x else x + wide - gable * 0.4
        outer = x - over if gx > x else x + wide + over
        joint = gx if gx > x else gx + gable
        self.board.polygon(
            [(outer, eaves + over * 0.4), (far, ridge), (peak, ridge), (joint, eaves + over * 0.4)], lit
        )
        for t in np.linspace(0.14, 0.9, 6):
            left = (outer + (far - outer) * t, eaves + over * 0.4 + (ridge - eaves) * t)
            right = (joint + (peak - joint) * t, left[1])
            self.board.stroke([left, right], half, 0.002)
        self.board.polygon(
            [
                (outer, eaves + over * 0.4),
                (outer, eaves + over * 0.75),
                (joint, eaves + over * 0.75),
                (joint, eaves + over * 0.4),
            ],
            dark,
        )
        end = gx + gable if gx > x else gx
        self.board.polygon(
            [
                (peak, ridge),
                (end + (end - peak) * 0.18, eaves + over * 0.9),
                (end, eaves + over * 0.3),
                (peak, ridge + over * 0.7),
            ],
            dark,
        )

    def block(self, x: float, ground: float, wide: float, tall: float, colour: Colour) -> None:
        """A tower block with rows of windows."""
        lit, half, dark = self.tones(colour)
        side = self.scene.view.side
        top = ground - tall
        self.board.box(x, top, x + wide, ground, half)
        flank = wide * 0.26
        fx = x if side > 0 else x + wide - flank
        self.board.box(fx, top, fx + flank, ground, dark)
        edge = x + wide if side > 0 else x
        self.board.box(
            min(edge, edge - side * wide * 0.03), top, max(edge, edge - side * wide * 0.03), ground, lit
        )
        self._windows((x + wide * 0.06, top + wide * 0.08, x + wide * 0.94, ground), wide, colour)
        self.board.box(x - wide * 0.02, top - wide * 0.03, x + wide * 1.02, top + wide * 0.02, dark)
        if self.rng.random() < 0.5:
            mast = x + wide * self.rng.uniform(0.3, 0.7)
            self.board.box(mast - wide * 0.14, top - wide * 0.13, mast + wide * 0.14, top, dark)
            self.board.stroke([(mast, top), (mast, top - wide * 0.5)], dark, 0.0025)

    def _windows(self, box: tuple[float, float, float, float], wide: float, colour: Colour) -> None:
        x0, y0, x1, y1 = box
        across, step = int(self.rng.integers(3, 7)), wide * 0.17 * self.rng.uniform(0.8, 1.3)
        pitch = (x1 - x0) / across
        dark = self.tones(GLASS.scaled(0.6))[2]
        pale = self.tones(GLASS)[1].mix(self.scene.light.sky, 0.35)
        warm = [self.lamplight(), self.lamplight(Colour.of("e8cf98")), self.lamplight(Colour.of("86b4dc"))]
        share = 0.28 if self.scene.is_night else 0.25
        for row in range(max(1, int((y1 - y0) / step))):
            for column in range(across):
                shine = self.are_lamps_lit and self.rng.random() < share
                tone = (
                    warm[int(self.rng.integers(3))]
                    if shine
                    else (dark if self.scene.is_night or self.rng.random() < 0.4 else pale)
                )
                x, y = x0 + column * pitch, y0 + row * step
                self.board.box(x + pitch * 0.14, y, x + pitch * 0.86, y + step * 0.58, tone)

    def sign(self, x: float, y: float, wide: float, tall: float) -> None:
        """A shop sign; it glows when lamps are lit."""
        colour = NEONS[int(self.rng.integers(len(NEONS)))]
        shine = self.are_lamps_lit
        base = self.lamplight(colour) if shine else self.tones(colour.greyed(0.25))[1]
        if shine:
            self.board.glow(x + wide / 2, y + tall / 2, max(wide, tall) * 1.5, colour, 0.5)
        self.board.box(x, y, x + wide, y + tall, base)
        mark = self.tones(Colour.of("23202e"))[1] if not shine else Colour.of("fff6ec")
        steps = max(2, round(max(wide, tall) / min(wide, tall)))
        for i in range(steps):
            t = (i + 0.5) / steps
            cx, cy = (x + wide / 2, y + tall * t) if tall > wide else (x + wide * t, y + tall / 2)
            size = min(wide, tall) * 0.28
            self.board.box(cx - size, cy - size * 0.9, cx + size, cy - size * 0.5, mark)
            self.board.box(cx - size * 0.2, cy - size * 0.9, cx + size * 0.25, cy + size, mark)
            self.board.box(cx - size * 0.8, cy + size * 0.1, cx + size * 0.9, cy + size * 0.45, mark)

    def street_lamp(self, x: float, ground: float, tall: float) -> None:
        """A street lamp."""
        dark = self.tones(Colour.of("3c4254"))[1]
        self.board.box(x - tall * 0.012, ground - tall, x + tall * 0.012, ground, dark)
        self.board.stroke([(x, ground - tall), (x + tall * 0.16, ground - tall * 1.03)], dark, tall * 0.016)
        head = (x + tall * 0.17, ground - tall * 1.02)
        if self.are_lamps_lit:
            self.board.glow(head[0], head[1], tall * 0.5, LAMP, 0.6)
        self.board.dab(head[0], head[1], tall * 0.03, self.lamplight() if self.are_lamps_lit else dark)

    def wires(self, x0: float, x1: float, y: float, sag: float) -> None:
        """Sagging wires between two poles."""
        t = np.linspace(0, 1, 20)
        dark = self.tones(Colour.of("2e3244"))[2]
        for drop in (0.0, 0.018, 0.034):
            line = np.column_stack([x0 + (x1 - x0) * t, y + drop + sag * 4 * t * (1 - t)])
            self.board.stroke(line, dark, 0.0016)

    def pole(self, x: float, ground: float, tall: float) -> None:
        """A telegraph pole."""
        dark = self.tones(Colour.of("5a5660"))
        self.board.box(x - tall * 0.013, ground - tall, x + tall * 0.013, ground, dark[1])
        for y in (0.94, 0.86):
            self.board.box(
                x - tall * 0.1,
                ground - tall * y - tall * 0.008,
                x + tall * 0.1,
                ground - tall * y + tall * 0.008,
                dark[2],
            )
