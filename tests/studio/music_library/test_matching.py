"""Tracks that go with a tempo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import InvalidError
from studio.music_library.matching import match, read_tolerance

bpms = st.floats(20, 400)


@pytest.mark.parametrize(
    ("bpm", "target", "tempo", "matched", "change"),
    [
        (120.0, 120.0, "same", 120.0, 0.0),
        (118.0, 120.0, "same", 118.0, 1.695),
        (60.0, 120.0, "half", 120.0, 0.0),
        (240.0, 120.0, "double", 120.0, 0.0),
        (62.0, 120.0, "half", 124.0, -3.226),
        (170.0, 86.0, "double", 85.0, 1.176),
    ],
)
def test_known_answers(bpm: float, target: float, tempo: str, matched: float, change: float) -> None:
    found = match(bpm, target, tempos=True)
    assert (found.tempo, found.matched_bpm) == (tempo, matched)
    assert found.speed_change_percent == pytest.approx(change, abs=1e-3)


@given(bpms, bpms)
def test_the_change_of_speed_meets_the_target(bpm: float, target: float) -> None:
    found = match(bpm, target, tempos=True)
    assert found.matched_bpm * (1 + found.speed_change_percent / 100) == pytest.approx(target)
    assert found.distance_bpm <= abs(bpm - target)


@given(bpms, bpms)
def test_without_other_tempos_a_track_counts_as_it_is(bpm: float, target: float) -> None:
    found = match(bpm, target, tempos=False)
    assert (found.tempo, found.matched_bpm) == ("same", bpm)


@pytest.mark.parametrize(("text", "bpm"), [("5", 5.0), ("5%", 6.0), (" 2.5 % ", 3.0), ("0", 0.0)])
def test_a_tolerance_is_in_bpm_or_per_cent(text: str, bpm: float) -> None:
    assert read_tolerance(text, 120.0) == pytest.approx(bpm)


@pytest.mark.parametrize("text", ["-1", "a", "5 bpm", "nan", "inf", "201", "1e2", "", "%"])
def test_what_is_no_tolerance_is_refused(text: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read_tolerance(text, 120.0)
    assert refused.value.details["field"] == "tolerance"
