import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.embedded.boards import complaints, graph_of_loose, is_loose, plain_storyboard, storyboard_of
from studio.storyboard import EventKind, Storyboard

INPUTS = {"width": 128, "height": 72, "frames": 8, "fps": 24.0, "seed": 1}


@given(st.integers(1, 5000), st.fractions(1, 120, max_denominator=1001), st.integers(0, 2**64 - 1))
def test_a_plain_storyboard_covers_the_clip(frames: int, fps: Fraction, seed: int) -> None:
    board = plain_storyboard(frames, fps, seed=seed)
    assert [shot.start_frame for shot in board.shots[1:]] == [s.end_frame_exclusive for s in board.shots[:-1]]
    assert (board.shots[0].start_frame, board.shots[-1].end_frame_exclusive) == (0, frames)
    assert all(shot.frames > 0 for shot in board.shots)
    assert len(board.shots) >= min(frames, 2)


def test_five_seconds_make_two_shots_that_differ_and_a_cut_between_them() -> None:
    board = plain_storyboard(120, Fraction(24), seed=0)
    first, second = board.shots
    assert (first.framing, first.camera) != (second.framing, second.camera)
    assert [(event.time_s, event.kind) for event in board.events] == [(2.5, EventKind.CUT)]


def test_seeds_differ_in_their_first_move() -> None:
    moves = {plain_storyboard(120, Fraction(24), seed=seed).shots[0].camera for seed in range(6)}
    assert len(moves) > 1


def test_broadcast_rates_are_kept_exactly() -> None:
    assert storyboard_of({**INPUTS, "fps": 24000 / 1001}).fps == Fraction(24000, 1001)


def test_sound_inputs_have_no_complaints() -> None:
    assert list(complaints(INPUTS, lambda _: False)) == []


@pytest.mark.parametrize("text", ["[]", "{", '"x"', "7", "null", '{"frames": 8, "fps": "1/0", "shots": []}'])
def test_what_is_no_storyboard_is_a_complaint_and_no_error(text: str) -> None:
    ((name, _),) = complaints({**INPUTS, "storyboard": text}, lambda _: True)
    assert name == "storyboard"


def test_shots_with_a_hole_are_a_complaint() -> None:
    whole = plain_storyboard(8, Fraction(24), seed=0)
    holed = Storyboard(8, whole.fps, (whole.shots[1], whole.shots[0]))
    assert [
        name for name, _ in complaints({**INPUTS, "storyboard": json.dumps(holed.to_json())}, lambda _: True)
    ] == ["storyboard"]


def test_a_loose_prompt_is_known_by_its_fields() -> None:
    assert is_loose({"positive_prompt": "x"})
    assert not is_loose(graph_of_loose({"positive_prompt": "x"}))
