"""Where the cuts of a clip, or of an episode's scenes, come to lie on its music: a cut list in frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np

from studio.cut_list import Entry
from studio.errors import InvalidError, SyncPointError
from studio.sync_grid import Costs, Frames, Grid, accent_costs, cut_costs, nearest_frame
from studio.sync_limits import LIMITS, MIN_SEGMENT_FRAMES, Limits, Segment, speed_costs

REACH_S: Final = 3.0
"""So far from where it would lie without music a cut is first looked for; further only where it must be."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A shot or a scene: frames `[begin, end)` of its source at a rate of the source's own.

    `accent` is the source's frame of the strongest movement, between the two, that may be moved to a beat.
    `limits` are its own, where they differ from those of the others.
    """

    begin: int
    end: int
    fps: Fraction
    accent: int | None = None
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A time of the picture, seconds, >= 0, on which a cut or an accent has to lie, and its name."""

    time_s: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """A cut list without gaps from frame 0 on, what it cost, and the frames of its cuts and accents."""

    entries: tuple[Entry, ...]
    cuts: tuple[int, ...]
    accents: tuple[int, ...]
    frames: int
    cost: float

    @property
    def retimes(self) -> tuple[float, ...]:
        """How far each entry is from its own speed, a share of it, >= 0."""
        return tuple(abs(entry.speed - 1.0) for entry in self.entries)


def plan_cuts(
    pieces: Sequence[Piece],
    grid: Grid,
    *,
    fps: Fraction,
    frames: int | None = None,
    points: Sequence[Point] = (),
    limits: Limits = LIMITS,
) -> SyncPlan:
    """Choose the frame of each cut and the speed of each piece, the cheapest way there is.

    Args:
        pieces: What is shown, in this order, one after the other; at least one.
        grid: The music, on the clock of the picture.
        fps: Rate of the result, frames per second, > 0.
        frames: Its length, frames, > 0; None: what comes of the pieces.
        points: Times on which a cut, an accent, or the start or end of the picture has to lie; hard.
        limits: How fast a piece may be played, and how short a shot may become.

    Returns:
        The plan. Each cut that lies on a beat lies on the frame nearest to it: within half a frame. A shot
        that is shorter than `limits.min_shot_s` to begin with is not shortened further; the accent of a shot
        that its speed could bring below that is left where it falls.

    Raises:
        SyncPointError: a point cannot be met within the limits; names the first of them.
        InvalidError: there are no pieces, one is empty, a rate or the length is not positive, or the pieces
            cannot fill the length within the limits.

    Source:
        Dynamic programming over cuts and accents by frame: prices of `sync_grid.cut_costs` and
        `sync_limits.speed_costs`. The cheapest of all plans whose cuts lie within three seconds of where they
        would without music; the window grows until a plan is found. Time O(pieces x window x range of speed).
    """
    _require_sound(pieces, fps, frames)
    segments = [
        part
        for index, piece in enumerate(pieces)
        for part in _segments(index, piece, fps, piece.limits or limits)
    ]
    at = [nearest_frame(point.time_s, fps) for point in points]
    found = _cheapest(segments, grid, fps, frames, at)
    if found is None:
        raise _why_not(segments, grid, fps, frames, points)
    return _written(segments, pieces, *found)


def _require_sound(pieces: Sequence[Piece], fps: Fraction, frames: int | None) -> None:
    is_sound = len(pieces) > 0 and fps > 0 and (frames is None or frames > 0)
    if not is_sound or any(piece.end <= piece.begin or piece.fps <= 0 for piece in pieces):
        raise InvalidError(
            "These pieces cannot be laid out.",
            field="pieces, fps, frames",
            value=[len(pieces), str(fps), frames],
            expected="pieces that are not empty, > 0, > 0",
        )


def _segments(index: int, piece: Piece, fps: Fraction, limits: Limits) -> list[Segment]:
    """A piece as one stretch of equal speed, or as two with the accent between them."""
    ratio = fps / piece.fps
    length = (piece.end - piece.begin) * ratio
    shortest = min(Fraction(limits.min_shot_s) * fps, length)
    whole = Segment(index, piece.begin, piece.end, length, ends_shot=True, limits=limits, shortest=shortest)
    if piece.accent is None or length / Fraction(limits.fastest) < shortest:
        return [whole]
    halves = ((piece.begin, piece.accent), (piece.accent, piece.end))
    if any((end - begin) * ratio < MIN_SEGMENT_FRAMES for begin, end in halves):
        return [whole]
    return [
        Segment(index, begin, end, (end - begin) * ratio, ends_shot=end == piece.end, limits=limits)
        for begin, end in halves
    ]


def _cheapest(
    segments: Sequence[Segment], grid: Grid, fps: Fraction, frames: int | None, points: Sequence[int]
) -> tuple[Frames, float] | None:
    """The ends of the segments and their price; None where there is no plan at all."""
    reach = max(1, round(REACH_S * float(fps)))
    longest = sum(segment.longest for segment in segments)
    while True:
        found = _within_reach(segments, grid, fps, frames, points, reach)
        if found is not None or reach > longest:
            return found
        reach *= 4


def _windows(segments: Sequence[Segment], frames: int | None, reach: int) -> list[tuple[int, int]]:
    """First and last frame on which each segment may end."""
    lengths = np.array([float(segment.length) for segment in segments])
    least = np.cumsum([segment.least for segment in segments])
    longest = np.cumsum([segment.longest for segment in segments])
    total = float(lengths.sum()) if frames is None else float(frames)
    ideal = np.cumsum(lengths) * total / lengths.sum()
    first = np.maximum(least, np.floor(ideal - reach)).astype(np.intp)
    last = np.minimum(longest, np.ceil(ideal + reach)).astype(np.intp)
    if frames is not None:
        first = np.maximum(first, frames - (longest[-1] - longest))
        last = np.minimum(last, frames - (least[-1] - least))
    return list(zip(first.tolist(), last.tolist(), strict=True))


def _within_reach(
    segments: Sequence[Segment],
    grid: Grid,
    fps: Fraction,
    frames: int | None,
    points: Sequence[int],
    reach: int,
) -> tuple[Frames, float] | None:
    windows = _windows(segments, frames, reach)
    if any(last < first for first, last in windows):
        return None
    end = max(last for _, last in windows)
    cuts, accents = cut_costs(grid, fps, end), accent_costs(grid, fps, end)
    passed = _counted(points, end)
    at, cost, choices = np.zeros(1, np.intp), np.zeros(1), []
    for segment, (first, last) in zip(segments, windows, strict=True):
        there = np.arange(first, last + 1)
        best, cost = _step(at, cost, there, segment, passed)
        cost = cost + (cuts if segment.ends_shot else accents)[there]
        choices.append((there, best))
        at = there
    cost = cost - cuts[at]  # the end of the picture is no cut
    cost = np.where(len(points) - passed[at] > 0, np.inf, cost)
    chosen = int(np.argmin(cost))
    price = float(cost[chosen])
    return (_followed(choices, chosen), price) if np.isfinite(price) else None


def _counted(points: Sequence[int], end: int) -> Frames:
    """How many points lie on each frame or before it, shape (end + 1,)."""
    inside = np.array([point for point in points if point <= end], np.intp)
    return np.asarray(np.cumsum(np.bincount(inside, minlength=end + 1)))


def _step(at: Frames, cost: Costs, there: Frames, segment: Segment, passed: Frames) -> tuple[Frames, Costs]:
    """The cheapest way to end a segment on each frame of `there`, and the index in `at` where it starts."""
    lengths = np.arange(segment.least, segment.longest + 1)
    index = there[:, None] - lengths[None, :] - at[0]
    inside = (index >= 0) & (index < len(at))
    index = np.where(inside, index, 0)
    skips = passed[np.maximum(there - 1, 0)][:, None] > passed[at[index]]
    options = np.where(inside & ~skips, cost[index] + speed_costs(segment, lengths)[None, :], np.inf)
    best = np.argmin(options, axis=1)
    rows = np.arange(len(there))
    return index[rows, best], options[rows, best]


def _followed(choices: Sequence[tuple[Frames, Frames]], chosen: int) -> Frames:
    ends = []
    for there, best in reversed(choices):
        ends.append(int(there[chosen]))
        chosen = int(best[chosen])
    return np.array(ends[::-1], np.intp)


def _written(segments: Sequence[Segment], pieces: Sequence[Piece], ends: Frames, cost: float) -> SyncPlan:
    bounds = pairwise([0, *ends.tolist()])
    entries = tuple(
        Entry(part.piece, part.begin, part.end, at, end - at, float(part.length / (end - at)))
        for part, (at, end) in zip(segments, bounds, strict=True)
    )
    inner = [(part, int(end)) for part, end in zip(segments[:-1], ends[:-1], strict=True)]
    return SyncPlan(
        entries=entries,
        cuts=tuple(end for part, end in inner if part.ends_shot),
        accents=tuple(end for part, end in inner if not part.ends_shot),
        frames=int(ends[-1]),
        cost=cost,
    )


def _why_not(
    segments: Sequence[Segment], grid: Grid, fps: Fraction, frames: int | None, points: Sequence[Point]
) -> InvalidError:
    """The error that names what stands in the way: the length, or the first point that cannot be met."""
    ordered = sorted(points, key=lambda point: point.time_s)
    at = [nearest_frame(point.time_s, fps) for point in ordered]
    met, unmet = -1, len(ordered)
    while unmet - met > 1:
        middle = (met + unmet) // 2
        is_met = _cheapest(segments, grid, fps, frames, at[:middle]) is not None
        met, unmet = (middle, unmet) if is_met else (met, middle)
    if unmet == 0:
        return InvalidError(
            "The pieces cannot fill the length within the limits of their speed.",
            field="frames",
            value=frames,
            expected=[sum(part.least for part in segments), sum(part.longest for part in segments)],
        )
    point = ordered[unmet - 1]
    return SyncPointError(
        f"No cut can be brought onto the sync point {point.name or 'without a name'!r} at {point.time_s:g} s "
        "within the limits of speed and of the shots' length.",
        field="sync_points",
        value={"time": point.time_s, "event": point.name},
        expected="a time that a cut or the strongest movement of a shot can reach",
    )
