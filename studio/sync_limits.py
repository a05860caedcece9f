"""How fast a stretch of picture may be played, and what each speed costs."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log
from typing import Final

import numpy as np

from studio.retiming import FASTEST, SLOWEST
from studio.sync_grid import Costs, Frames

SOFT_PRICE: Final = 0.1
STEEP_PRICE: Final = 1.0
MIN_SEGMENT_FRAMES: Final = 6
"""Shorter than a quarter of a second at 24 fps nobody sees a speed of its own, only a jerk."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Speeds as shares of the own one: hardly seen within the soft ones, never beyond the hard ones."""

    slow: float = 0.9
    fast: float = 1.1
    slowest: float = SLOWEST
    fastest: float = FASTEST
    min_shot_s: float = 0.8


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Segment:
    """Source frames `[begin, end)` of a piece, played at one speed; `length` in frames of the result."""

    piece: int
    begin: int
    end: int
    length: Fraction
    ends_shot: bool
    limits: Limits
    shortest: Fraction = Fraction(1)

    @property
    def least(self) -> int:
        """The fewest frames that it may be shown for; one that nothing can be done with keeps its length."""
        fewest = max(ceil(self.length / Fraction(str(self.limits.fastest))), ceil(self.shortest), 1)
        return min(fewest, self.own)

    @property
    def longest(self) -> int:
        """The most frames that it may be shown for."""
        return max(floor(self.length / Fraction(str(self.limits.slowest))), self.own)

    @property
    def own(self) -> int:
        """The whole number of frames nearest to its own length, at least one."""
        return max(1, floor(self.length + Fraction(1, 2)))


def speed_costs(segment: Segment, frames: Frames) -> Costs:
    """The price of showing a segment for so many frames: little within the soft limits, steep beyond.

    Args:
        segment: What is shown.
        frames: Lengths, frames, > 0, shape (n,).

    Returns:
        Prices, shape (n,), in those of a cut off the beat: 0 at its own speed, growing with the square of the
        logarithm of the speed to 0.1 at the soft limit, about 1.9 at the hard one.
    """
    speeds = np.log(float(segment.length) / frames)
    share = np.where(speeds > 0, speeds / log(segment.limits.fast), speeds / log(segment.limits.slow))
    return np.asarray(SOFT_PRICE * share**2 + STEEP_PRICE * np.maximum(0.0, share - 1.0))
