"""Music laid under a clip: what is heard when, sample by sample."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.errors import InvalidError
from studio.music_bed import Bed, Loop, lay_bed, plan_bed, times_in_clip

RATE_HZ = 8_000


def beats(bpm: float, count: int, first_s: float = 0.0) -> NDArray[np.float64]:
    return first_s + 60 / bpm * np.arange(count)


def clicks(times_s: NDArray[np.float64], length_s: float) -> NDArray[np.float32]:
    """One sample of full scale at each time."""
    sound = np.zeros((round(length_s * RATE_HZ), 2), np.float32)
    sound[np.round(times_s * RATE_HZ).astype(int)] = 1.0
    return sound


def test_a_track_longer_than_the_clip_is_trimmed_and_faded() -> None:
    beats_s = beats(120, 40)
    bed = plan_bed(track_s=20, duration_s=5, beats_s=beats_s, downbeats_s=beats_s[::4])
    assert bed == Bed(0.0, 5, 0.5)
    sound = lay_bed(bed, np.full((20 * RATE_HZ, 2), 0.5, np.float32), RATE_HZ)
    assert sound.shape == (5 * RATE_HZ, 2)
    assert np.all(sound[RATE_HZ // 100 : round(4.5 * RATE_HZ)] == 0.5)
    assert sound[round(4.75 * RATE_HZ), 0] == pytest.approx(0.25, abs=0.001)
    assert sound[-1, 0] < 1e-6


@pytest.mark.parametrize(
    ("first_s", "count", "track_s", "loop"),
    [
        (0.0, 16, 8.0, Loop(0.0, 8.0)),  # the last bar ends with the track
        (0.0, 16, 7.97, Loop(0.0, 8.0)),  # or is cut a little short
        (0.0, 16, 7.8, Loop(0.0, 6.0)),
        (0.3, 18, 9.0, Loop(0.3, 8.3)),  # a bar that is not whole is left out
    ],
)
def test_a_short_track_is_looped_over_its_whole_bars(
    first_s: float, count: int, track_s: float, loop: Loop
) -> None:
    beats_s = beats(120, count, first_s)
    bed = plan_bed(track_s=track_s, duration_s=60, beats_s=beats_s, downbeats_s=beats_s[::4])
    assert bed.loop is not None
    assert (bed.loop.start_s, bed.loop.end_s) == pytest.approx((loop.start_s, loop.end_s))


def test_bars_are_counted_where_no_downbeat_is_known_and_in_their_own_metre() -> None:
    waltz = beats(180, 20, 0.2)
    bed = plan_bed(track_s=6.9, duration_s=20, beats_s=waltz, downbeats_s=np.zeros(0), beats_a_bar=3)
    assert bed.loop is not None
    assert bed.loop.length_s == pytest.approx(6.0)


def test_a_track_without_beats_is_repeated_whole() -> None:
    bed = plan_bed(track_s=3, duration_s=10, beats_s=np.zeros(0), downbeats_s=np.zeros(0))
    assert bed.loop == Loop(0.0, 3)
    one = plan_bed(track_s=3, duration_s=10, beats_s=np.array([1.0]), downbeats_s=np.zeros(0))
    assert one.loop == Loop(0.0, 3)


@given(
    bpm=st.floats(60, 200),
    first_s=st.floats(0, 1),
    bars=st.integers(2, 8),
    over_s=st.floats(0, 0.3),
    start=st.floats(0, 0.9),
    duration_s=st.floats(0.5, 40),
)
def test_the_beat_never_breaks(
    bpm: float, first_s: float, bars: int, over_s: float, start: float, duration_s: float
) -> None:
    """Whatever is looped from wherever: from the first beat on, beats come at one interval and are heard."""
    beats_s = beats(bpm, 4 * bars, first_s)
    track_s = float(beats_s[-1]) + 60 / bpm + over_s
    bed = plan_bed(
        track_s=track_s,
        duration_s=duration_s,
        beats_s=beats_s,
        downbeats_s=beats_s[::4],
        start_s=start * track_s,
    )
    heard_s = times_in_clip(bed, beats_s)
    if start == 0 or bed.loop is None:
        np.testing.assert_allclose(np.diff(heard_s), 60 / bpm, atol=1e-6)
    sound = lay_bed(bed, clicks(beats_s, track_s + 0.01), RATE_HZ)
    assert len(sound) == round(duration_s * RATE_HZ)
    inside = heard_s[(heard_s > 0.01) & (heard_s < duration_s - bed.fade_s - 0.01)]
    near = np.round(inside * RATE_HZ).astype(int)[:, None] + np.arange(-2, 3)[None, :]
    assert np.all(sound[near, 0].max(axis=1) > 0.99)


def test_a_loop_is_on_the_sample_after_many_rounds() -> None:
    beats_s = beats(113, 8)
    track = clicks(beats_s, 60 / 113 * 8)
    bed = plan_bed(track_s=len(track) / RATE_HZ, duration_s=90, beats_s=beats_s, downbeats_s=beats_s[::4])
    heard = np.flatnonzero(lay_bed(bed, track, RATE_HZ)[:, 0] > 0.99)
    expected = times_in_clip(bed, beats_s)
    expected = expected[(expected > 0) & (expected < 90 - bed.fade_s)]
    assert np.abs(heard[: len(expected)] - expected * RATE_HZ).max() <= 1.01


def test_where_the_track_goes_back_its_level_holds_and_nothing_clicks() -> None:
    time_s = np.arange(4 * RATE_HZ) / RATE_HZ
    tone = (0.5 * np.sin(2 * np.pi * 50.3 * time_s)).astype(np.float32)[:, None].repeat(2, axis=1)
    bed = Bed(0.0, 6.0, 0.1, Loop(1.0, 3.5))
    sound = lay_bed(bed, tone, RATE_HZ)[:, 0]
    steepest = np.abs(np.diff(tone[:, 0])).max()
    around = slice(round(3.4 * RATE_HZ), round(3.6 * RATE_HZ))
    assert np.abs(np.diff(sound[around])).max() < 3 * steepest
    assert np.array_equal(sound[round(3.5 * RATE_HZ) : 5 * RATE_HZ], tone[RATE_HZ : round(2.5 * RATE_HZ), 0])
    assert np.array_equal(sound[RATE_HZ // 10 : 3 * RATE_HZ], tone[RATE_HZ // 10 : 3 * RATE_HZ, 0])


def test_a_start_within_the_track_is_what_is_heard_first() -> None:
    beats_s = beats(120, 40)
    bed = plan_bed(track_s=20, duration_s=5, beats_s=beats_s, downbeats_s=beats_s[::4], start_s=8.25)
    np.testing.assert_allclose(times_in_clip(bed, beats_s), np.arange(0.25, 5, 0.5))


@pytest.mark.parametrize(("track_s", "duration_s", "start_s"), [(0, 5, 0), (5, 0, 0), (5, 5, 5), (5, 5, -1)])
def test_what_cannot_be_laid_is_refused(track_s: float, duration_s: float, start_s: float) -> None:
    with pytest.raises(InvalidError):
        plan_bed(
            track_s=track_s,
            duration_s=duration_s,
            beats_s=np.zeros(0),
            downbeats_s=np.zeros(0),
            start_s=start_s,
        )


@given(
    st.floats(0.0, 3.9),
    st.floats(0.3, 12.0),
    st.none() | st.tuples(st.floats(0.0, 1.5), st.floats(2.0, 4.0)),
    st.lists(st.integers(0, 96_000), max_size=6),
)
def test_stretches_of_a_bed_make_up_the_whole(
    start_s: float, duration_s: float, loop: tuple[float, float] | None, edges: list[int]
) -> None:
    bed = Bed(start_s, duration_s, min(0.25, duration_s / 2), Loop(*loop) if loop else None)
    track = np.random.default_rng(0).uniform(-1, 1, (4 * RATE_HZ, 2)).astype(np.float32)
    whole = lay_bed(bed, track, RATE_HZ)
    bounds = [0, *sorted(edge for edge in edges if edge < len(whole)), len(whole)]
    parts = [lay_bed(bed, track, RATE_HZ, begin=at, end=until) for at, until in pairwise(bounds)]
    assert np.array_equal(np.concatenate(parts), whole)
