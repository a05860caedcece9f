"""What a take's cuts and movements become on its music, and what becomes of the sync points."""

from fractions import Fraction

import numpy as np
import pytest

from studio.cut_list import Entry, frame_order, in_source
from studio.cutting import Take, cut_take
from studio.retiming import held_frames
from studio.sync_grid import Grid
from studio.sync_plan import Point

FPS = Fraction(24)
GRID = Grid(np.arange(0.0, 10.0, 0.5))


def take(*cuts: int, frames: int = 120, peak: int | None = None, **values: object) -> Take:
    change = np.full(frames, 1.0)
    if peak is not None:
        change[peak] = 30.0
    return Take(frames, FPS, np.array(cuts, np.intp), change, **values)  # type: ignore[arg-type]


def test_a_take_on_the_beat_is_left_alone_even_where_a_downbeat_is_near() -> None:
    grid = Grid(GRID.beats_s, downbeats_s=np.array([2.0]))
    cutting = cut_take(take(60, peak=80), grid, [])
    assert cutting.is_as_it_was
    assert cutting.plan.cuts == (60,)


def test_a_take_off_the_beat_is_brought_onto_it() -> None:
    cutting = cut_take(take(57), GRID, [])
    assert cutting.plan.cuts == (60,)
    assert not cutting.is_as_it_was


def test_speech_keeps_its_take_as_it_is_and_says_so() -> None:
    cutting = cut_take(take(57, may_retime=False), GRID, [Point(2.5, "hit")])
    assert cutting.is_as_it_was
    assert "speech" in cutting.unmet[0].reason


@pytest.mark.parametrize(
    ("peak", "accents"),
    [(57, (60,)), (66, (60,)), (None, ()), (3, ())],
)
def test_the_strongest_movement_of_a_shot_goes_to_a_beat(peak: int | None, accents: tuple[int, ...]) -> None:
    assert cut_take(take(peak=peak), GRID, []).plan.accents == accents


def test_each_point_is_told_with_what_lies_on_it() -> None:
    points = [Point(0.0, "start"), Point(2.4, "cut"), Point(0.3, "lost"), Point(7.0, "after")]
    cutting = cut_take(take(57), GRID, points)
    told = {point.event: point.met_by for point in cutting.points}
    assert told == {"start": "start", "cut": "cut", "lost": None}
    assert [point.event for point in cutting.unmet] == ["lost"]
    assert "lost" in cutting.unmet[0].reason
    assert cutting.plan.cuts == (58,)


def test_a_point_moves_a_cut_that_lies_on_a_beat() -> None:
    cutting = cut_take(take(60), GRID, [Point(2.6, "hit")])
    assert cutting.plan.cuts == (62,)


def test_where_the_storyboard_was_followed_its_cues_stand() -> None:
    cutting = cut_take(take(60, planned=(60,)), GRID, [Point(1.7, "wink")])
    assert cutting.is_as_it_was
    assert cutting.points[0].met_by == "cue"


def test_a_take_of_one_still_shot_stays() -> None:
    cutting = cut_take(take(), GRID, [])
    assert cutting.is_as_it_was
    assert frame_order(cutting.plan.entries).tolist() == list(range(120))


def test_a_cut_list_says_which_frame_is_shown_when() -> None:
    entries = [Entry(0, 0, 4, 0, 5, 0.8), Entry(1, 4, 8, 5, 4, 1.0), Entry(2, 8, 13, 9, 4, 1.25)]
    assert frame_order(entries).tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]


def test_a_cut_list_over_a_clip_is_one_over_its_source() -> None:
    held = held_frames(frames=81, fps=Fraction(16), shown=120, shown_fps=FPS)
    entries = in_source([Entry(0, 0, 48, 0, 60, 0.8), Entry(1, 48, 120, 60, 60, 1.2)], held)
    assert [(entry.begin, entry.end) for entry in entries] == [(0, 32), (32, 80)]
    order = frame_order(entries)
    assert order[60] == 32
    assert order[59] < 32
    assert len(order) == 120
