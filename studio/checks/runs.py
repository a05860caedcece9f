"""Stretches of frames that share something, and whether a picture fades into them."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Values = NDArray[np.float64]
Run = tuple[int, int]

FADE_RATIO = 2.0
FADE_SLACK = 3.0


def runs(flags: Flags) -> list[Run]:
    """First frame and length of each run of True, in order."""
    steps = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(end - first)) for first, end in zip(steps[::2], steps[1::2], strict=True)]


def longest(found: list[Run]) -> Run:
    """The longest run; (0, 0) without one."""
    return max(found, key=lambda run: run[1], default=(0, 0))


def is_faded(level: Values, run: Run) -> bool:
    """Whether a clip goes into a run of frames, and comes out of it, by degrees.

    In a fade each step of the level, light or contrast, is about as large as the one before; where
    frames are simply missing, the step into them is far larger. The clip's ends need no step.

    Args:
        level: What fades, a value a frame, shape (n,).
        run: First frame and length, within the clip.
    """
    first, end = run[0], run[0] + run[1]
    into = first == 0 or _is_gradual(level[max(0, first - 2) : first + 1])
    out = end == len(level) or _is_gradual(level[end - 1 : end + 2][::-1])
    return into and out and run[1] < len(level)


def _is_gradual(levels: Values) -> bool:
    """Whether the last of two steps goes on as the one before did; a single step does not tell."""
    if len(levels) < 3:
        return False
    before, last = np.diff(levels)
    return bool(abs(last) <= FADE_SLACK or (before * last > 0 and abs(last) <= FADE_RATIO * abs(before)))


def pictures_shown(held: Values) -> list[Run]:
    """Each picture's first frame and for how many frames it is on screen."""
    starts = np.flatnonzero(held == 0)
    return [(int(one), int(other - one)) for one, other in pairwise([*starts, len(held)])]


def spread(first: int, length: int) -> tuple[int, ...]:
    """The frames of a run."""
    return tuple(range(first, first + length))


def worst(values: Values) -> tuple[int, ...]:
    """Frame numbers from the greatest value down; NaN is left out."""
    seen = np.flatnonzero(np.isfinite(values))
    return tuple(int(index) for index in seen[np.argsort(-values[seen], kind="stable")])
