"""The planner: the cheapest plan there is, within limits, on the frames nearest to the beats."""

import time
from fractions import Fraction
from itertools import pairwise, product
from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import InvalidError, SyncPointError
from studio.sync_grid import Grid, nearest_frame
from studio.sync_limits import Limits
from studio.sync_plan import Piece, Point, SyncPlan, plan_cuts

FPS = Fraction(24)
RATES = (Fraction(24), Fraction(24_000, 1001), Fraction(25), Fraction(30))
BEATS_S = np.arange(0.0, 60.0, 0.5)


def shots(*frames: int, fps: Fraction = FPS) -> list[Piece]:
    ends = np.cumsum([0, *frames]).tolist()
    return [Piece(begin, end, fps) for begin, end in pairwise(ends)]


def price(lengths: list[Fraction], ends: tuple[int, ...], grid: Grid, fps: Fraction) -> float:
    """What a plan costs, worked out cut by cut from the prices' definition."""
    total = 0.0
    for length, (start, end) in zip(lengths, pairwise((0, *ends)), strict=True):
        speed = float(length / (end - start))
        share = log(speed) / log(1.1 if speed > 1 else 0.9)
        total += 0.1 * share**2 + max(0.0, share - 1.0)
    for end in ends[:-1]:
        total += off_beat(end, grid, fps)
        total -= 0.25 * any(nearest_frame(float(at), fps) == end for at in grid.downbeats_s)
        total -= 0.5 * any(nearest_frame(float(at), fps) == end for at in grid.sections_s)
    return total


def off_beat(frame: int, grid: Grid, fps: Fraction) -> float:
    if not len(grid.beats_s) or any(nearest_frame(float(beat), fps) == frame for beat in grid.beats_s):
        return 0.0
    away_s = min(abs(float(beat) - frame / float(fps)) for beat in grid.beats_s)
    return 1.0 - 0.5 * exp(-(away_s**2) / (2 * 0.05**2))


def is_allowed(
    lengths: list[Fraction], ends: tuple[int, ...], shortest: Fraction, points: list[int], frames: int | None
) -> bool:
    if frames is not None and ends[-1] != frames:
        return False
    for length, (start, end) in zip(lengths, pairwise((0, *ends)), strict=True):
        shown = end - start
        nearest = max(1, int(length + Fraction(1, 2)))
        in_limits = Fraction(4, 5) <= length / Fraction(shown) <= Fraction(5, 4) if shown > 0 else False
        if shown < 1 or (shown != nearest and (not in_limits or shown < min(shortest, length))):
            return False
        if shown == nearest and shown < min(shortest, Fraction(nearest)):
            return False
    return all(point in (0, *ends) for point in points)


@st.composite
def puzzles(draw: st.DrawFn) -> tuple[list[Piece], Grid, Fraction, int | None, list[Point]]:
    fps = draw(st.sampled_from([Fraction(24), Fraction(24_000, 1001), Fraction(12)]))
    source = draw(st.sampled_from([fps, Fraction(16)]))
    lengths = draw(st.lists(st.integers(4, 16), min_size=1, max_size=3))
    pieces = shots(*lengths, fps=source)
    total = sum(lengths) * fps / source
    beats = draw(st.lists(st.floats(0, float(total / fps)), max_size=5, unique=True).map(sorted))
    downbeats = [beat for beat in beats if draw(st.booleans())]
    sections = downbeats[:1] if draw(st.booleans()) else []
    frames = draw(st.none() | st.integers(max(1, int(total * 9 / 10)), int(total * 11 / 10)))
    points = draw(st.lists(st.floats(0, float(total / fps)).map(Point), max_size=2))
    return pieces, Grid(np.array(beats), np.array(downbeats), np.array(sections)), fps, frames, points


@settings(max_examples=150, deadline=None)
@given(puzzles(), st.sampled_from([0.0, 0.3]))
def test_no_plan_is_cheaper(
    puzzle: tuple[list[Piece], Grid, Fraction, int | None, list[Point]], min_shot_s: float
) -> None:
    """Held against every plan there is, one by one."""
    pieces, grid, fps, frames, points = puzzle
    lengths = [(piece.end - piece.begin) * fps / piece.fps for piece in pieces]
    at = [nearest_frame(point.time_s, fps) for point in points]
    shortest = Fraction(min_shot_s) * fps
    ranges = [range(1, int(length * Fraction(5, 4)) + 2) for length in lengths]
    every = (tuple(np.cumsum(shown).tolist()) for shown in product(*ranges))
    allowed = (ends for ends in every if is_allowed(lengths, ends, shortest, at, frames))
    best = min((price(lengths, ends, grid, fps) for ends in allowed), default=inf)
    limits = Limits(min_shot_s=min_shot_s)
    if best == inf:
        with pytest.raises(InvalidError):
            plan_cuts(pieces, grid, fps=fps, frames=frames, points=points, limits=limits)
        return
    plan = plan_cuts(pieces, grid, fps=fps, frames=frames, points=points, limits=limits)
    ends = (*plan.cuts, plan.frames)
    assert is_allowed(lengths, ends, shortest, at, frames)
    assert plan.cost == pytest.approx(best)
    assert price(lengths, ends, grid, fps) == pytest.approx(best)


@given(
    st.lists(st.integers(30, 120), min_size=2, max_size=12),
    st.floats(80, 180),
    st.floats(0, 1),
    st.sampled_from(RATES),
)
@settings(max_examples=60, deadline=None)
def test_each_cut_lies_within_half_a_frame_of_its_beat_where_soft_limits_reach_one(
    frames: list[int], bpm: float, phase: float, fps: Fraction
) -> None:
    beats_s = np.arange(phase * 60 / bpm, 200, 60 / bpm)
    plan = plan_cuts(shots(*frames, fps=fps), Grid(beats_s), fps=fps)
    reaches = 0.1 * min(frames) / float(fps) > 30 / bpm
    away = np.array([np.abs(beats_s * float(fps) - cut).min() for cut in plan.cuts])
    on_beat = np.array([cut in {nearest_frame(beat, fps) for beat in beats_s.tolist()} for cut in plan.cuts])
    assert np.all(away[on_beat] <= 0.5 + 1e-6)
    assert not reaches or on_beat.all()
    assert_whole(plan)


def assert_whole(plan: SyncPlan) -> None:
    assert plan.entries[0].at == 0
    for entry, following in pairwise(plan.entries):
        assert entry.at + entry.frames == following.at
    assert plan.entries[-1].at + plan.entries[-1].frames == plan.frames
    assert all(0.8 <= entry.speed <= 1.25 for entry in plan.entries)


def test_cuts_that_lie_on_beats_stay_and_nothing_is_retimed() -> None:
    plan = plan_cuts(shots(48, 60, 36), Grid(BEATS_S), fps=FPS, frames=144)
    assert plan.cuts == (48, 108)
    assert plan.retimes == (0.0, 0.0, 0.0)
    assert plan.cost == 0.0


def test_a_downbeat_is_worth_a_little_and_a_section_more() -> None:
    downbeats = Grid(BEATS_S, downbeats_s=np.array([4.5]))
    assert plan_cuts(shots(102, 102), downbeats, fps=FPS).cuts == (108,)
    sections = Grid(BEATS_S, downbeats_s=np.array([4.5]), sections_s=np.array([4.0]))
    assert plan_cuts(shots(102, 102), sections, fps=FPS).cuts == (96,)


def test_a_sync_point_goes_before_every_beat() -> None:
    plan = plan_cuts(shots(60, 60), Grid(BEATS_S), fps=FPS, frames=120, points=[Point(2.3, "entrance")])
    assert plan.cuts == (55,)


def test_start_and_end_of_the_picture_meet_points_too() -> None:
    points = [Point(0.0, "scene_start"), Point(5.0, "scene_end")]
    assert plan_cuts(shots(60, 60), Grid(BEATS_S), fps=FPS, frames=120, points=points).cuts == (60,)


@pytest.mark.parametrize(
    ("points", "name"),
    [
        ([Point(2.5, "cut"), Point(4.0, "crash")], "crash"),
        ([Point(1.0, "early"), Point(2.5, "cut")], "early"),
        ([Point(9.0, "late"), Point(2.5, "cut")], "late"),
    ],
)
def test_a_point_out_of_reach_is_named(points: list[Point], name: str) -> None:
    with pytest.raises(SyncPointError, match=name) as error:
        plan_cuts(shots(60, 60), Grid(BEATS_S), fps=FPS, frames=120, points=points)
    assert error.value.details["value"]["event"] == name


def test_a_length_that_the_pieces_cannot_fill_is_refused() -> None:
    with pytest.raises(InvalidError) as error:
        plan_cuts(shots(60, 60), Grid(), fps=FPS, frames=200)
    assert error.value.details["expected"] == [96, 150]
    for pieces, frames in (([], 10), ([Piece(5, 5, FPS)], 10), (shots(10), 0)):
        with pytest.raises(InvalidError):
            plan_cuts(pieces, Grid(), fps=FPS, frames=frames)


def test_a_movement_is_brought_onto_a_beat_within_the_limits() -> None:
    plan = plan_cuts([Piece(0, 120, FPS, accent=57)], Grid(BEATS_S), fps=FPS, frames=120)
    assert (plan.accents, plan.cuts) == ((60,), ())
    assert [(entry.begin, entry.end, entry.at, entry.frames) for entry in plan.entries] == [
        (0, 57, 0, 60),
        (57, 120, 60, 60),
    ]
    few_beats = Grid(np.array([0.0, 4.5]))
    assert plan_cuts([Piece(0, 120, FPS, accent=57)], few_beats, fps=FPS, frames=120).accents == (57,)


def test_a_movement_meets_a_sync_point_where_there_is_no_cut() -> None:
    piece = Piece(0, 120, FPS, accent=57)
    plan = plan_cuts([piece], Grid(BEATS_S), fps=FPS, frames=120, points=[Point(2.25, "hit")])
    assert plan.accents == (54,)


def test_shots_are_not_made_shorter_than_the_shortest_allowed() -> None:
    beats_s = np.array([0.0, 0.7, 1.4, 2.1])
    plan = plan_cuts(shots(20, 20, 20), Grid(beats_s), fps=FPS)
    assert min(entry.frames for entry in plan.entries) >= 20
    assert plan_cuts(shots(20), Grid(), fps=FPS, limits=Limits(min_shot_s=2.0)).frames == 20


def test_scenes_at_rates_of_their_own_are_laid_on_that_of_the_episode() -> None:
    pieces = [Piece(0, 81, Fraction(16)), Piece(10, 160, Fraction(30)), Piece(0, 120, FPS)]
    plan = plan_cuts(pieces, Grid(BEATS_S), fps=FPS)
    assert [entry.at / 12 for entry in plan.entries] == [0, 10, 20]
    assert [(entry.begin, entry.end) for entry in plan.entries] == [(0, 81), (10, 160), (0, 120)]
    assert plan.entries[0].speed == pytest.approx(81 / 16 * 24 / 120)


def test_two_hundred_scenes_over_an_episode_are_planned_quickly() -> None:
    """Linear in the number of scenes: half an hour is planned in the time of a breath."""
    rng = np.random.default_rng(3)
    pieces = shots(*rng.integers(60, 260, 200).tolist())
    beats_s = np.cumsum(rng.normal(0.5, 0.004, 3_200))
    started = time.process_time()
    plan = plan_cuts(pieces, Grid(beats_s, beats_s[::4], beats_s[::64]), fps=FPS)
    assert time.process_time() - started < 5.0
    away = np.array([np.abs(beats_s * 24 - cut).min() for cut in plan.cuts])
    assert np.mean(away <= 0.5) > 0.95
    assert_whole(plan)
