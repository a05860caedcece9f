"""Who is seen, by features that were learned: how far a clip's heads are from each character's references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEAREST_SHARE = 25
"""Percentile over frames: a character need not be in the picture all the time."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A head: of a character's reference, or of a frame, and its feature."""

    name: str | None
    frame: int | None
    feature: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How different a character is from its references, where it is seen best, and its feature there."""

    difference: float
    frame: int
    feature: tuple[float, ...]


def likenesses(crops: Sequence[Crop], differences: NDArray[np.float64]) -> Mapping[str, Likeness]:
    """Each character's likeness, as far as there are heads in references and in frames.

    Args:
        crops: The heads, shape (n,).
        differences: Of each head from each, 0 and more, shape (n, n).

    Returns:
        By name: the lower quartile, over the frames with heads, of the difference between the references
        and the head that is nearest to them.
    """
    in_frames = [index for index, crop in enumerate(crops) if crop.frame is not None]
    found = {}
    for name in dict.fromkeys(crop.name for crop in crops if crop.name is not None):
        of_name = [index for index, crop in enumerate(crops) if crop.name == name]
        if not in_frames:
            break
        nearest = differences[np.ix_(in_frames, of_name)].min(axis=1)
        best = int(np.argmin(nearest))
        frames = np.array([crops[index].frame for index in in_frames])
        by_frame = [float(nearest[frames == frame].min()) for frame in np.unique(frames)]
        crop = crops[in_frames[best]]
        found[name] = Likeness(float(np.percentile(by_frame, NEAREST_SHARE)), int(frames[best]), crop.feature)
    return found
