"""Which frame of a clip to show when: brought to another rate, gaps filled, made longer or shorter."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
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


HELD_LONGER: Final = 2
"""So many frames longer a picture is held in place of a missing one: on threes at most, as drawings are."""


def fill_gaps(gaps: Sequence[tuple[int, int]], cuts: Sequence[int], *, frames: int) -> Frames | None:
    """Which frame to show at each frame of a clip that lacks some of its pictures.

    Args:
        gaps: Frames without a picture (first, length), ascending, apart from one another.
        cuts: Frames that begin a shot; those at a gap's borders are the gap's own and don't count.
        frames: Length of the clip, frames, > 0.

    Returns:
        Source frames, ascending, shape (frames,), all other pictures where they were: a picture beside
        a gap is held for at most two frames more; a longer gap at the clip's head or tail is filled by
        the rest of its shot, played no slower than 0.8. None where that does not fill it.
    """
    borders = {edge for first, length in gaps for edge in (first, first + length)}
    bounds = [0, *(cut for cut in cuts if cut not in borders), frames]
    order = np.arange(frames)
    lacks = np.zeros(frames, bool)
    for first, length in gaps:
        lacks[first : first + length] = True
    for begin, end in pairwise(bounds):
        shown = _fill(np.flatnonzero(~lacks[begin:end]), end - begin, (begin == 0, end == frames))
        if shown is None:
            return None
        order[begin:end] = begin + shown
    return order


def _fill(good: Frames, length: int, at_ends: tuple[bool, bool]) -> Frames | None:
    """Which of the good frames of a shot to show at each of its frames; `at_ends`: of the clip's shots."""
    if not len(good):
        return None
    where = np.arange(length)
    left = good[np.maximum(np.searchsorted(good, where, side="right") - 1, 0)]
    right = good[np.minimum(np.searchsorted(good, where), len(good) - 1)]
    nearest = np.where(where - left <= right - where, left, right)
    if np.abs(nearest - where).max() <= HELD_LONGER:
        return np.asarray(nearest)
    is_whole = len(good) == good[-1] - good[0] + 1
    reaches = (good[0] == 0 or at_ends[0]) and (good[-1] == length - 1 or at_ends[1])
    if not (is_whole and reaches) or len(good) < SLOWEST * length:
        return None
    return np.asarray(good[where * len(good) // length])


def make_up(*, frames: int, wanted: int, after: Sequence[int]) -> Frames:
    """Which frame to show where a clip has a few frames less than it should, or some at its end too many.

    Args:
        frames: Length of the clip, frames, > 0.
        wanted: Length that it should have, frames, > 0.
        after: Frames before which some were seen to be left out, ascending.

    Returns:
        Source frames, ascending, shape (wanted,): the picture before each gap that was seen is held
        where these are all that is missing; else holds are spread evenly. What is too long is cut off.
    """
    if wanted <= frames:
        return np.arange(wanted)
    if len(after) == wanted - frames:
        return np.sort(np.concatenate([np.arange(frames), np.array(after, np.intp) - 1]))
    return np.arange(wanted) * frames // wanted
