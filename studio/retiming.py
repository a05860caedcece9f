"""Which frame of a clip to show when it is brought to another rate."""

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.intp]

SLOWEST: Final = 0.8
FASTEST: Final = 1.25
"""Hard limits of a shot's speed; beyond them a viewer sees it."""


def held_frames(*, frames: int, fps: Fraction, shown: int, shown_fps: Fraction) -> Frames:
    """Which frame of a clip to show at each frame of one at another rate; frames are held or left out.

    Args:
        frames: Length of the clip, frames, > 0.
        fps: Its rate, frames per second, > 0.
        shown: Length of the result, frames, >= 0.
        shown_fps: Its rate, frames per second, > 0.

    Returns:
        Source frames, ascending, shape (shown,). Where the clip is no faster than the result, the frame
        that is on screen in the middle of the result's: a cut lies within half a frame of the result of
        where it was. Where it is faster, the frame that begins nearest, within half a frame of the clip.
        Frame 0 comes first, at equal rates every frame stays, and after the clip's end its last is held.
    """
    ratio = fps / shown_fps
    begun, whole = ratio.numerator, ratio.denominator
    source = (2 * begun * np.arange(shown) + min(begun, whole)) // (2 * whole)
    return np.minimum(source, frames - 1).astype(np.intp)
