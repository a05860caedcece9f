"""The scene of one shot: its setting and light, where the eye stands, and the planes painted for it."""

from dataclasses import dataclass

import numpy as np

from studio.animatic.board import Board
from studio.animatic.colour import Colour
from studio.animatic.palette import Palette
from studio.animatic.raster import Curve, Floats, fractal_noise, stream
from studio.animatic.setting import Daytime, Setting, Weather
from studio.storyboard import Framing


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where the eye of a shot stands.

    `horizon` is its height in the picture, `scale` how large the scenery stands in it,
    `side` (-1 left, 1 right) where the light comes from and the composition leans, `reach`
    how far (x, y) the camera travels at depth 1, in picture heights.
    """

    index: int
    framing: Framing
    horizon: float
    scale: float
    side: int
    reach: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plane:
    """A painted board at a depth: 0 at infinity, 1 where the ground meets the picture's lower edge.

    `drift` is a motion of its own, heights a second; `sway` how far the wind bends it, heights.
    A floor lies flat, from the horizon (depth 0) to the lower edge (depth 1), and so shears
    under a moving camera.
    """

    board: Board
    depth: float
    drift: float = 0.0
    is_floor: bool = False
    sway: float = 0.0

    @property
    def is_foreground(self) -> bool:
        """Whether it stands between the camera and the characters."""
        return self.depth > 1.2 and not self.is_floor


def pull(depth: float) -> float:
    """How much of the camera's travel a thing at `depth` shows: all at 1, some at infinity, as it turns."""
    return 0.3 + 0.7 * depth


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a scenery painter needs for one shot."""

    setting: Setting
    light: Palette
    view: Viewpoint
    seed_keys: tuple[object, ...]
    unit_px: float
    aspect: float
    drift_s: float

    def rng(self, *keys: object) -> np.random.Generator:
        """A random stream for one part of this shot's scenery."""
        return stream(*self.seed_keys, self.view.index, *keys)

    def board(self, depth: float, drift: float = 0.0) -> Board:
        """An empty board that the camera's travel at `depth` never leaves."""
        slack = 0.03 + abs(drift) * self.drift_s
        margin = (self.view.reach[0] * pull(depth) + slack, self.view.reach[1] * pull(depth) + 0.03)
        return Board.blank(self.unit_px, self.aspect, margin)

    def noise(self, board: Board, cell: tuple[float, float], *keys: object, octaves: int = 4) -> Floats:
        """Noise for a whole board, its largest blobs `cell` (x, y) picture heights wide."""
        size = (cell[0] * self.unit_px, cell[1] * self.unit_px)
        return fractal_noise(board.shape, size, self.rng("noise", *keys), octaves=octaves)

    def ground_y(self, depth: float) -> float:
        """Where the ground at `depth` meets the picture: the horizon at 0, the lower edge at 1."""
        return self.view.horizon + (1.0 - self.view.horizon) * depth

    def across(self, fraction: float) -> float:
        """The x at `fraction` of the width, counted from the side where the light is."""
        return self.aspect * (fraction if self.view.side < 0 else 1.0 - fraction)

    def has(self, feature: str) -> bool:
        """Whether the negative prompt allows `feature`."""
        return feature not in self.setting.without

    @property
    def is_night(self) -> bool:
        """Whether lamps are lit."""
        return self.setting.daytime is Daytime.NIGHT

    @property
    def is_wet(self) -> bool:
        """Whether the ground shines with rain."""
        return self.setting.weather in (Weather.RAIN, Weather.STORM)

    @property
    def is_snowy(self) -> bool:
        """Whether snow lies on things."""
        return self.setting.weather is Weather.SNOW

    @property
    def sun_at(self) -> tuple[float, float]:
        """Where the sun or moon stands, picture heights."""
        if self.setting.daytime in (Daytime.DUSK, Daytime.DAWN):
            return self.across(0.3), self.view.horizon - 0.07 * self.view.scale
        return self.across(0.22), 0.16 if self.is_night else 0.02

    def tones(self, surface: Colour, depth: float) -> tuple[Colour, Colour, Colour]:
        """Lit, half and shaded colour of a surface at `depth`."""
        light = self.light
        return light.lit(surface, depth), light.between(surface, depth), light.shaded(surface, depth)


def spaced(rng: np.random.Generator, low: float, high: float, step: float, *, jitter: float = 0.35) -> Curve:
    """Positions from `low` to `high`, about `step` apart, each moved by up to `jitter` steps."""
    count = max(1, int((high - low) / step))
    at = low + (np.arange(count) + 0.5) * (high - low) / count
    return at + rng.uniform(-jitter, jitter, count) * step
