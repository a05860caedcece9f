"""Retiming: clips brought to another rate, nothing lost or shown twice over."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.retiming import HELD_LONGER, fill_gaps, held_frames, make_up

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
