"""A cut list: which frames of which source are shown when, and how fast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a cut list: frames `[begin, end)` of a piece's source, shown for `frames` from `at` on."""

    piece: int
    begin: int
    end: int
    at: int
    frames: int
    speed: float


def frame_order(entries: Sequence[Entry]) -> Frames:
    """Which frame of the source to show at each frame of a cut list.

    Args:
        entries: A cut list over one source, at least one entry.

    Returns:
        Source frames, shape (frames,): within an entry evenly spread over its own frames, so that no frame of
        a neighbour shows, and each entry's first frame is exactly its `begin`.
    """
    parts = [
        entry.begin + np.arange(entry.frames) * (entry.end - entry.begin) // entry.frames for entry in entries
    ]
    return np.concatenate(parts).astype(np.intp)


def in_source(entries: Sequence[Entry], held: Frames) -> tuple[Entry, ...]:
    """A cut list over a clip as one over the source that the clip was made of.

    Args:
        entries: The cut list, over frames of the clip.
        held: For each frame of the clip the source's that it shows, ascending: see `retiming.held_frames`.

    Returns:
        The same entries; their frames are the source's, so that nothing need be encoded twice.
    """
    return tuple(
        replace(entry, begin=int(held[entry.begin]), end=int(held[entry.end - 1]) + 1) for entry in entries
    )
