"""Retiming: cuts come to lie on beats, speeds stay within limits, nothing is lost or shown twice over."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.retiming import FASTEST, HELD_LONGER, SLOWEST, aim_cuts, fill_gaps, held_frames, make_up, retime

FPS = Fraction(24)


def test_a_cut_near_a_beat_is_moved_onto_it() -> None:
    aimed = aim_cuts(np.array([58]), np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0]), frames=120, fps=FPS)
    assert aimed.tolist() == [60]


def test_a_cut_whose_beat_is_too_far_stays() -> None:
    assert aim_cuts(np.array([20]), np.array([3.0]), frames=120, fps=FPS).tolist() == [20]


def test_without_beats_or_cuts_nothing_moves() -> None:
    assert aim_cuts(np.array([30]), np.zeros(0), frames=120, fps=FPS).tolist() == [30]
    assert aim_cuts(np.zeros(0, np.intp), np.array([1.0]), frames=120, fps=FPS).tolist() == []


@st.composite
def clips(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    frames = draw(st.integers(10, 400))
    cuts = sorted(draw(st.sets(st.integers(1, frames - 1), max_size=8)))
    beats = sorted(draw(st.sets(st.floats(0, frames / 24), max_size=20)))
    return np.array(cuts, np.intp), np.array(beats, np.float64), frames


@given(clips())
def test_no_shot_is_played_beyond_the_limits(clip: tuple[np.ndarray, np.ndarray, int]) -> None:
    cuts, beats_s, frames = clip
    aimed = aim_cuts(cuts, beats_s, frames=frames, fps=FPS)
    speeds = np.diff([0, *cuts, frames]) / np.diff([0, *aimed, frames])
    assert np.all(speeds >= SLOWEST)
    assert np.all(speeds <= FASTEST)


@given(clips())
def test_each_cut_is_shown_first_where_it_was_aimed(clip: tuple[np.ndarray, np.ndarray, int]) -> None:
    cuts, beats_s, frames = clip
    aimed = aim_cuts(cuts, beats_s, frames=frames, fps=FPS)
    order = retime(cuts, aimed, frames=frames)
    assert len(order) == frames
    assert np.all(np.diff(order) >= 0)
    assert order[aimed].tolist() == cuts.tolist()
    assert all(order[at - 1] < cut for at, cut in zip(aimed, cuts, strict=True))


RATES = st.fractions(1, 60, max_denominator=1001)


@given(st.integers(1, 500), RATES, st.integers(1, 500), RATES)
def test_frames_held_are_those_of_their_time(
    frames: int, fps: Fraction, shown: int, shown_fps: Fraction
) -> None:
    source = held_frames(frames=frames, fps=fps, shown=shown, shown_fps=shown_fps)
    assert source.shape == (shown,)
    assert source[0] == 0
    assert np.all(np.diff(source) >= 0)
    assert source[-1] < frames
    for at, index in enumerate(source.tolist()):
        if index == frames - 1:
            break  # beyond the clip's end its last frame is held
        begins = abs(index / fps - at / shown_fps)
        middles = abs((index + Fraction(1, 2)) / fps - (at + Fraction(1, 2)) / shown_fps)
        assert (begins if fps > shown_fps else middles) <= 1 / (2 * fps)


@given(st.integers(1, 500), RATES)
def test_at_equal_rates_every_frame_stays(frames: int, fps: Fraction) -> None:
    source = held_frames(frames=frames, fps=fps, shown=frames, shown_fps=fps)
    assert source.tolist() == list(range(frames))


@given(st.integers(2, 300), st.data(), RATES, RATES)
def test_a_cut_stays_within_half_a_frame_of_its_time(
    frames: int, data: st.DataObject, fps: Fraction, shown_fps: Fraction
) -> None:
    fps, shown_fps = sorted((fps, shown_fps))
    cut = data.draw(st.integers(1, frames - 1))
    shown = int(frames * shown_fps / fps)
    source = held_frames(frames=frames, fps=fps, shown=shown, shown_fps=shown_fps)
    first = int(np.searchsorted(source, cut))
    assert abs(first / shown_fps - cut / fps) <= 1 / (2 * shown_fps)


def test_sixteen_frames_a_second_become_twenty_four() -> None:
    source = held_frames(frames=81, fps=Fraction(16), shown=120, shown_fps=Fraction(24))
    assert source[:9].tolist() == [0, 1, 1, 2, 3, 3, 4, 5, 5]
    assert source[-1] == 79


@given(st.integers(8, 120), st.data())
def test_gaps_are_filled_by_what_is_no_gap_without_a_long_hold(frames: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, frames - 1))
    length = data.draw(st.integers(1, min(10, frames - first)))
    cuts = sorted(data.draw(st.sets(st.integers(1, frames - 1), max_size=3)))
    order = fill_gaps([(first, length)], cuts, frames=frames)
    if order is None:
        assert length > HELD_LONGER or any(first < cut < first + length for cut in cuts)
        return
    assert len(order) == frames
    assert (np.diff(order) >= 0).all()
    assert not set(order.tolist()) & set(range(first, first + length))
    assert np.bincount(order).max() <= 1 + 2 * HELD_LONGER
    bounds = [0, *(cut for cut in cuts if cut not in (first, first + length)), frames]
    assert (np.searchsorted(bounds, order, "right") == np.searchsorted(bounds, range(frames), "right")).all()


@given(st.integers(12, 200), st.integers(-10, 10), st.data())
def test_frames_are_made_up_for_where_they_lack(frames: int, lacking: int, data: st.DataObject) -> None:
    after = sorted(data.draw(st.sets(st.integers(1, frames - 1), max_size=4)))
    order = make_up(frames=frames, wanted=frames + lacking, after=after)
    assert len(order) == frames + lacking
    assert set(np.diff(order).tolist()) <= {0, 1}
    if len(after) == lacking:
        assert np.flatnonzero(np.bincount(order) > 1).tolist() == [each - 1 for each in after]
