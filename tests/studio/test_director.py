"""The director's rules: shots cover the clip, cuts lie on beats, words in the prompt move the camera."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.director import MIN_SHOT_S, Brief, figures_in, plan_shots
from studio.storyboard import Camera, EventKind, Framing, Storyboard, TimedEvent

NO_BEATS = np.zeros(0)
BEATS_120 = np.arange(0.0, 60.0, 0.5)


def brief(prompt: str = "a quiet village", **values: object) -> Brief:
    return Brief(**{"prompt": prompt, "duration_s": 5.0, "fps": Fraction(24), "seed": 1, **values})  # type: ignore[arg-type]


@given(
    duration_s=st.floats(0.1, 120),
    fps=st.sampled_from([Fraction(12), Fraction(24), Fraction(25), Fraction(30000, 1001)]),
    period_s=st.floats(0.3, 1.2),
    has_music=st.booleans(),
)
def test_shots_are_contiguous_and_cover_the_clip(
    duration_s: float, fps: Fraction, period_s: float, has_music: bool
) -> None:
    beats_s = np.arange(0.1, duration_s, period_s) if has_music else NO_BEATS
    board = plan_shots(brief(duration_s=duration_s, fps=fps), beats_s)
    assert board.frames == max(1, round(Fraction(duration_s) * fps))
    assert board.shots[0].start_frame == 0
    assert board.shots[-1].end_frame_exclusive == board.frames
    for shot, following in pairwise(board.shots):
        assert shot.frames > 0
        assert shot.end_frame_exclusive == following.start_frame


def test_cuts_of_a_clip_with_music_lie_within_half_a_frame_of_a_beat() -> None:
    board = plan_shots(brief(), BEATS_120 + 0.13)
    assert len(board.shots) >= 2
    for cut_s in board.cuts_s:
        assert np.abs(BEATS_120 + 0.13 - cut_s).min() <= 0.5 / 24 + 1e-9


def test_a_clip_with_music_has_two_shots_even_when_it_is_short() -> None:
    assert len(plan_shots(brief(duration_s=2.2), BEATS_120).shots) == 2


def test_a_clip_too_short_for_two_shots_has_one() -> None:
    board = plan_shots(brief(duration_s=MIN_SHOT_S), BEATS_120)
    assert len(board.shots) == 1
    assert board.cuts_s == ()


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("the camera pans left over the sea", Camera.PAN_LEFT),
        ("Pan right across the city", Camera.PAN_RIGHT),
        ("slowly zooming in on her face", Camera.PUSH_IN),
        ("we pull back from the tower", Camera.PULL_OUT),
        ("tilt up to the stars", Camera.TILT_UP),
        ("static camera, rain", Camera.HOLD),
    ],
)
def test_a_camera_move_in_the_prompt_is_obeyed(prompt: str, camera: Camera) -> None:
    assert {shot.camera for shot in plan_shots(brief(prompt), NO_BEATS).shots} == {camera}


def test_neighbouring_shots_differ() -> None:
    shots = plan_shots(brief(duration_s=30.0, cast=("Kai",)), BEATS_120).shots
    for shot, following in pairwise(shots):
        assert (shot.framing, shot.camera) != (following.framing, following.camera)


def test_close_shots_show_one_character_and_take_turns() -> None:
    shots = plan_shots(brief(duration_s=30.0, cast=("Kai", "Mira")), BEATS_120).shots
    close = [shot.characters for shot in shots if shot.framing is Framing.CLOSE]
    assert set(close) == {("Kai",), ("Mira",)}


def test_the_users_cues_are_kept_and_events_are_in_order() -> None:
    cue = TimedEvent(2.5, EventKind.CUE, "character_entrance")
    late = TimedEvent(9.0, EventKind.CUE, "after the end")
    events = plan_shots(brief(cues=(late, cue)), BEATS_120).events
    assert cue in events
    assert late not in events
    assert [event.time_s for event in events] == sorted(event.time_s for event in events)


def test_a_cut_lies_on_each_cue_and_the_others_still_on_beats() -> None:
    cues = tuple(TimedEvent(at, EventKind.CUE, "hit") for at in (0.0, 2.3, 2.6, 6.17, 9.9))
    board = plan_shots(brief(duration_s=10.0, cues=cues), BEATS_120)
    starts = [shot.start_frame for shot in board.shots]
    assert {55, 148} <= set(starts)
    assert len(starts) == 5
    off_beat = [start for start in starts if start % 12]
    assert off_beat == [55, 148]
    assert min(shot.frames for shot in board.shots) >= MIN_SHOT_S * 24


def test_equal_briefs_give_equal_plans_and_another_seed_another() -> None:
    plans = [plan_shots(brief(duration_s=20.0, seed=seed), BEATS_120) for seed in (1, 1, 2)]
    assert plans[0] == plans[1]
    assert plans[0] != plans[2]


def test_a_storyboard_survives_json() -> None:
    board = plan_shots(brief(cast=("Kai",), fps=Fraction(30000, 1001)), BEATS_120)
    assert Storyboard.from_json(board.to_json()) == board


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("a red-haired girl runs on a beach at sunset", ["Girl"]),
        ("a knight in silver armour and a witch stand on a hill", ["Knight", "Witch"]),
        ("rain over an empty street", []),
        ("a mankind-themed boyish manual", []),
        ("a girl, a boy and a man walk", ["Girl", "Boy"]),
    ],
)
def test_nameless_people_of_the_sentence_are_in_the_clip(prompt: str, names: list[str]) -> None:
    assert [figure.name for figure in figures_in(prompt)] == names


def test_a_nameless_person_looks_as_the_sentence_says() -> None:
    (figure,) = figures_in("at dawn a red-haired girl with a blue coat runs")
    assert "red-haired" in figure.description
    assert "blue coat" in figure.description
