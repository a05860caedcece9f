"""Cuts against beats: properties, tables and known answers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.errors import InvalidError
from studio.sync import lay_cuts, offsets_ms, sync_report

FPS = Fraction(24)


def ascending(most: int) -> st.SearchStrategy[NDArray[np.float64]]:
    times = st.lists(st.integers(0, 60_000), max_size=most)
    return times.map(lambda times_ms: np.sort(np.array(times_ms, np.float64)) / 1_000)


beats_seen = st.lists(st.integers(0, 60_000), max_size=40, unique=True).map(
    lambda times_ms: np.sort(np.array(times_ms, np.float64)) / 1_000
)
rates = st.sampled_from([Fraction(24), Fraction(25), Fraction(12), Fraction(30_000, 1_001)])


@given(
    st.floats(0.1, 60),
    rates,
    st.integers(1, 30),
    beats_seen,
    st.floats(0, 5),
)
def test_no_shot_is_shorter_than_allowed(
    duration_s: float, fps: Fraction, shots: int, beats_s: NDArray[np.float64], min_shot_s: float
) -> None:
    frames = round(Fraction(duration_s) * fps)
    cuts = lay_cuts(duration_s=duration_s, fps=fps, shots=shots, beats_s=beats_s, min_shot_s=min_shot_s)
    lengths = np.diff([0, *cuts, frames])
    assert len(lengths) <= shots
    if cuts:
        assert lengths.min() >= max(1, min_shot_s * float(fps) - 1e-6)
    if frames >= shots * max(1, np.ceil(min_shot_s * float(fps))):
        assert len(lengths) == shots


@given(st.floats(60, 180), st.floats(0, 1), st.integers(2, 6), rates)
def test_cuts_lie_on_the_frames_nearest_to_beats(bpm: float, phase: float, shots: int, fps: Fraction) -> None:
    beats_s = np.arange(phase * 60 / bpm, 12, 60 / bpm)
    cuts = lay_cuts(duration_s=12, fps=fps, shots=shots, beats_s=beats_s, min_shot_s=0.8)
    off_ms = offsets_ms(np.array(cuts) / float(fps), beats_s)
    assert len(cuts) == shots - 1
    assert np.max(np.abs(off_ms)) <= 500 / float(fps) + 1e-6


def test_shots_over_music_are_whole_bars_where_that_is_close() -> None:
    cuts = lay_cuts(duration_s=8, fps=FPS, shots=4, beats_s=np.arange(0, 8, 0.5), min_shot_s=0.8)
    assert cuts == (48, 96, 144)


def test_cuts_favour_downbeats_and_the_starts_of_sections() -> None:
    beats_s = np.arange(0, 10, 0.5)
    laid = {"duration_s": 10, "fps": FPS, "shots": 2, "beats_s": beats_s, "min_shot_s": 0.8}
    assert lay_cuts(**laid) == (120,)  # type: ignore[arg-type]
    assert lay_cuts(**laid, downbeats_s=np.array([4.5, 6.5])) == (108,)  # type: ignore[arg-type]
    far = {"downbeats_s": np.array([5.0]), "sections_s": np.array([6.0])}
    assert lay_cuts(**laid, **far) == (144,)  # type: ignore[arg-type]


def test_without_beats_shots_are_even() -> None:
    assert lay_cuts(duration_s=5, fps=FPS, shots=3, beats_s=np.zeros(0), min_shot_s=1) == (40, 80)


def test_where_the_music_has_stopped_shots_stay_even() -> None:
    cuts = lay_cuts(duration_s=40, fps=FPS, shots=8, beats_s=np.arange(0, 10, 0.5), min_shot_s=1)
    assert np.diff([0, *cuts, 960]).max() < 2 * 120


def test_a_clip_too_short_for_two_shots_has_one() -> None:
    assert lay_cuts(duration_s=1.5, fps=FPS, shots=4, beats_s=np.array([0.5, 1.0]), min_shot_s=0.8) == ()


@pytest.mark.parametrize(
    ("duration_s", "fps", "shots", "min_shot_s"), [(0, 24, 1, 1), (5, 0, 1, 1), (5, 24, 0, 1), (5, 24, 1, -1)]
)
def test_what_cannot_be_laid_out_is_refused(
    duration_s: float, fps: int, shots: int, min_shot_s: float
) -> None:
    with pytest.raises(InvalidError):
        lay_cuts(
            duration_s=duration_s, fps=Fraction(fps), shots=shots, beats_s=np.zeros(0), min_shot_s=min_shot_s
        )


def test_offsets_are_positive_where_the_cut_is_late() -> None:
    np.testing.assert_allclose(
        offsets_ms(np.array([1.01, 1.48, 9.0]), np.array([1.0, 1.5])), [10, -20, 7_500]
    )
    assert offsets_ms(np.zeros(0), np.zeros(0)).shape == (0,)
    with pytest.raises(InvalidError):
        offsets_ms(np.array([1.0]), np.zeros(0))


@given(ascending(10).filter(len), beats_seen.filter(len), st.integers(-50, 50))
def test_a_report_does_not_depend_on_when_the_clip_starts(
    cuts_s: NDArray[np.float64], beats_s: NDArray[np.float64], shift_s: int
) -> None:
    here = sync_report(cuts_s, beats_s, fps=FPS, duration_s=60)
    there = sync_report(cuts_s + shift_s, beats_s + shift_s, fps=FPS, duration_s=60)
    # Where a cut lies midway between two beats, either may be the nearest.
    np.testing.assert_allclose(np.abs(here.offsets_ms), np.abs(there.offsets_ms), atol=1e-6)
    assert here.hit_rate_40ms == there.hit_rate_40ms
    assert here.p95_abs_ms == pytest.approx(there.p95_abs_ms, abs=1e-6)


def test_a_report_of_known_offsets() -> None:
    beats_s = np.arange(0.5, 10, 0.5)
    cuts_s = np.array([2.0, 4.02, 6.035, 7.9])
    report = sync_report(cuts_s, beats_s, fps=FPS, duration_s=10)
    np.testing.assert_allclose(report.offsets_ms, [0, 20, 35, -100], atol=1e-6)
    assert (report.hit_rate_1_frame, report.hit_rate_40ms) == (0.75, 0.75)
    assert report.median_ms == pytest.approx(10)
    assert report.bpm == pytest.approx(120)
    assert report.reason == ""
    assert report.chance_hit_rate_40ms == pytest.approx(0.16, abs=0.03)


@pytest.mark.parametrize(
    ("cuts_s", "beats_s", "reason"),
    [([], [0.5, 1.0], "no cuts"), ([1.0], [], "no beats"), ([], [], "no cuts")],
)
def test_what_could_not_be_measured_is_said_and_never_zero(
    cuts_s: list[float], beats_s: list[float], reason: str
) -> None:
    report = sync_report(np.array(cuts_s), np.array(beats_s), fps=FPS, duration_s=5)
    assert report.reason == reason
    assert report.offsets_ms == ()
    assert (report.median_ms, report.p95_abs_ms, report.hit_rate_40ms, report.chance_hit_rate_40ms) == (
        None,
    ) * 4
