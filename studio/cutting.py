"""A finished take and its music: which cuts are moved, which movement, and what meets the sync points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from studio.cut_list import Entry
from studio.errors import SyncPointError
from studio.sync_grid import Grid, nearest_frame, nearest_frames
from studio.sync_limits import MIN_SEGMENT_FRAMES
from studio.sync_plan import Piece, Point, SyncPlan, plan_cuts

Frames = NDArray[np.intp]
Values = NDArray[np.float64]
MetBy = Literal["start", "end", "cut", "motion", "cue"]

USUAL_PERCENTILE: Final = 85
ACCENT_RATIO: Final = 2.0
ACCENT_CHANGE: Final = 2.0
"""A movement stands out that changes the picture by two levels of 255, and twice as much as most frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A clip as it was measured: `cuts` and `change` of `studio.pictures`; the cuts that were planned.

    `may_retime` is False where its own speech would leave the lips.
    """

    frames: int
    fps: Fraction
    cuts: Frames
    change: Values
    planned: tuple[int, ...] = ()
    may_retime: bool = True


@dataclass(frozen=True, slots=True)
class PointMet:
    """A sync point, seconds of the clip, and what lies on it; nothing: why."""

    time_s: float
    event: str
    met_by: MetBy | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How a take is cut to its music, and what became of each sync point within it."""

    plan: SyncPlan
    points: tuple[PointMet, ...]

    @property
    def is_as_it_was(self) -> bool:
        """Whether every frame stays where it is."""
        return all(entry.frames == entry.end - entry.begin for entry in self.plan.entries)

    @property
    def unmet(self) -> tuple[PointMet, ...]:
        """The points that nothing lies on."""
        return tuple(point for point in self.points if point.met_by is None)


def cut_take(take: Take, grid: Grid, points: Sequence[Point]) -> Cutting:
    """Bring a take's cuts onto the beats of its music, and what must be onto its sync points.

    Args:
        take: What was rendered.
        grid: The music, seconds of the clip.
        points: The user's sync points, seconds of the clip; those outside it are left out.

    Returns:
        The cutting, of the take's own length. A take whose cuts lie on beats already, and on the points, is
        left as it is; so is one that may not be retimed. In others each cut is brought to a beat, and the
        strongest movement of each shot, within the limits of speed (`studio.sync_plan`). A point that nothing
        can be brought onto is told as unmet; the others are met nevertheless. Where the take has the cuts of
        its storyboard, a point without a cut counts as met by the storyboard's cue.
    """
    end_s = float(take.frames / take.fps)
    inside = [point for point in points if 0 <= point.time_s < end_s]
    still = _as_it_is(take)
    if not take.may_retime or _is_settled(take, grid, inside):
        reason = "" if take.may_retime else "the take has speech of its own and is not retimed"
        return Cutting(still, tuple(_met(point, still, take, reason) for point in inside))
    pieces = _pieces(take)
    wanted, reasons = list(inside), dict[Point, str]()
    while True:
        try:
            plan = plan_cuts(pieces, grid, fps=take.fps, frames=take.frames, points=wanted)
        except SyncPointError as error:
            point = _named(wanted, error)
            reasons[point] = error.message
            wanted = [each for each in wanted if each != point]
            continue
        return Cutting(plan, tuple(_met(point, plan, take, reasons.get(point, "")) for point in inside))


def _named(points: Sequence[Point], error: SyncPointError) -> Point:
    value = error.details["value"]
    return next(point for point in points if (point.time_s, point.name) == (value["time"], value["event"]))


def _is_settled(take: Take, grid: Grid, points: Sequence[Point]) -> bool:
    """Whether the cuts lie where they should, so that nothing is gained by encoding the take again."""
    if not len(take.cuts):
        return False
    on_beat = np.isin(take.cuts, nearest_frames(grid.beats_s, take.fps))
    at_points = {nearest_frame(point.time_s, take.fps) for point in points}
    is_on_grid = on_beat | np.isin(take.cuts, list(at_points)) if len(grid.beats_s) else np.True_
    met = {0, take.frames, *take.cuts.tolist()}
    return bool(np.all(is_on_grid)) and (_follows(take) or at_points <= met)


def _follows(take: Take) -> bool:
    """Whether the take has the cuts of its storyboard."""
    planned = np.array(take.planned, np.intp)
    return 0 < len(planned) == len(take.cuts) and bool(np.all(np.abs(planned - take.cuts) <= 1))


def _bounds(take: Take) -> list[tuple[int, int]]:
    return list(pairwise([0, *take.cuts.tolist(), take.frames]))


def _as_it_is(take: Take) -> SyncPlan:
    entries = tuple(
        Entry(number, begin, end, begin, end - begin, 1.0)
        for number, (begin, end) in enumerate(_bounds(take))
    )
    return SyncPlan(entries, tuple(take.cuts.tolist()), (), take.frames, 0.0)


def _pieces(take: Take) -> list[Piece]:
    shots = [Piece(begin, end, take.fps) for begin, end in _bounds(take)]
    return [replace(shot, accent=_accent(take.change, shot.begin, shot.end)) for shot in shots]


def _accent(change: Values, begin: int, end: int) -> int | None:
    """The frame of a shot's strongest movement, where one stands out; not at the shot's edges."""
    first, last = begin + MIN_SEGMENT_FRAMES, end - MIN_SEGMENT_FRAMES
    if last <= first:
        return None
    inside = np.nan_to_num(change[first:last])
    strongest = float(inside.max())
    usual = float(np.percentile(inside, USUAL_PERCENTILE))
    if strongest < ACCENT_CHANGE or strongest < ACCENT_RATIO * usual:
        return None
    return first + int(np.argmax(inside))


def _met(point: Point, plan: SyncPlan, take: Take, reason: str) -> PointMet:
    at = nearest_frame(point.time_s, take.fps)
    there: dict[MetBy, bool] = {
        "start": at == 0,
        "end": at >= plan.frames,
        "cut": at in plan.cuts,
        "motion": at in plan.accents,
        "cue": _follows(take),
    }
    met_by = next((what for what, is_there in there.items() if is_there), None)
    return PointMet(point.time_s, point.name, met_by, "" if met_by else reason or "no cut lies on it")
