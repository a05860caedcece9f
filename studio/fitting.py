"""Shapes of clips: what was asked, put into what a model takes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from studio.errors import InvalidError
from studio.workflows import Limits

SHRINK: Final = 0.6
"""What is left of the picture after the memory did not suffice: memory follows the pixels, and two goes
bring it to about a third."""

LEAST_PIXELS: Final = 256 * 256
"""Below this, models of video draw nothing that could be told apart."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a clip's pictures (px), their number, and their rate."""

    width: int
    height: int
    frames: int
    fps: Fraction

    @property
    def duration_s(self) -> float:
        """How long it plays."""
        return float(self.frames / self.fps)


def fit(asked: Shape, limits: Limits) -> Shape:
    """The nearest shape that the model takes.

    Args:
        asked: Width and height (px, >= 1), frames (>= 1) and rate (> 0).
        limits: What the model takes.

    Returns:
        At the model's rate, at least as long as asked, no larger than `most_pixels`, and of the aspect that
        the model's multiples allow nearest to the one asked. A shape that fits comes back as it is.

    Raises:
        InvalidError: It is longer than the model renders; the message says how long that is.
    """
    fps = limits.fps or asked.fps
    frames = _next_count(math.ceil(asked.frames * fps / asked.fps), limits.frame_step)
    if limits.most_frames is not None and frames > limits.most_frames:
        raise _too_long(asked, limits.most_frames, limits.frame_step, fps)
    width, height = _size(asked.width, asked.height, limits)
    return Shape(width, height, frames, fps)


def smaller(shape: Shape, limits: Limits) -> Shape | None:
    """The next smaller picture to try after the memory did not suffice; None where it would be too small."""
    cap = int(shape.width * shape.height * SHRINK)
    if cap < LEAST_PIXELS:
        return None
    tighter = replace(limits, most_pixels=min(cap, limits.most_pixels or cap))
    width, height = _size(shape.width, shape.height, tighter)
    return replace(shape, width=width, height=height)


def _next_count(frames: int, step: int) -> int:
    """The first of 1, 1 + step, 1 + 2 step ... that is not below `frames`."""
    return -(-(frames - 1) // step) * step + 1


def _size(width: int, height: int, limits: Limits) -> tuple[int, int]:
    """The size of the nearest aspect within the limits, and of those the one nearest in area."""
    cap = limits.most_pixels or math.inf
    scale = min(1.0, math.sqrt(cap / (width * height)))

    def distance(size: tuple[int, int]) -> tuple[float, float]:
        wide, high = size
        return abs(math.log(wide * height / (high * width))), abs(wide * high - width * height * scale**2)

    near = [
        (wide, high)
        for wide in _around(width * scale, limits.side_multiple)
        for high in _around(height * scale, limits.side_multiple)
        if wide * high <= cap
    ]
    return min(near, key=distance) if near else _strip(width, height, int(cap), limits.side_multiple)


def _around(side: float, multiple: int) -> Iterator[int]:
    """The multiples on both sides of `side`, or `side` itself; never none."""
    below = max(1, math.floor(side / multiple))
    yield below * multiple
    if side > below * multiple:
        yield (below + 1) * multiple


def _strip(width: int, height: int, cap: int, multiple: int) -> tuple[int, int]:
    """A picture so narrow that its short side is one multiple: the long one takes what the cap leaves."""
    long = max(1, cap // multiple**2) * multiple
    return (long, multiple) if width >= height else (multiple, long)


def _too_long(asked: Shape, most_frames: int, step: int, fps: Fraction) -> InvalidError:
    longest_s = float(((most_frames - 1) // step * step + 1) / fps)
    return InvalidError(
        f"The model renders at most {longest_s:.2f} s at once, and {asked.duration_s:.2f} s were asked for.",
        field="duration",
        value=asked.duration_s,
        expected=f"at most {longest_s:.2f} s",
    )
