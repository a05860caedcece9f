"""Cards, transitions and the one shape of an episode."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.assembly_parts import CUT, Transition
from studio.episode_terms import Shape, Terms, common_shape, read_terms, read_transition

FPS = Fraction(24)
SMALL, LARGE = Shape(320, 184, FPS), Shape(832, 480, FPS)


def test_cards_and_transitions_are_read() -> None:
    said = {"title_card": True, "end_card": "The end", "transition": {"kind": "dissolve", "seconds": 0.5}}
    terms = Terms("The Beginning", "The end", Transition("dissolve", 12))
    assert read_terms(said, "The Beginning", FPS) == (terms, ())


def test_nothing_said_is_cuts_without_cards() -> None:
    assert read_terms({}, "The Beginning", FPS) == (Terms(), ())
    assert read_transition({}, FPS) == (None, ())


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"title_card": 3}, "title_card"), ({"end_card": True}, "end_card"),
        ({"end_card": "x" * 501}, "end_card"), ({"transition": "wipe"}, "transition"),
        ({"transition": {"kind": "fade", "seconds": -1}}, "transition"),
        ({"transition": {"kind": "fade", "frames": 3}}, "transition"),
        ({"transition": {"kind": "fade", "seconds": True}}, "transition"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told(said: dict[str, object], key: str) -> None:
    terms, misread = read_terms(said, "", FPS)
    assert (terms, [each.key for each in misread]) == (Terms(), [key])


@given(st.sampled_from(["dissolve", "fade"]), st.floats(0, 10), st.sampled_from([FPS, Fraction(24000, 1001)]))
def test_a_transition_has_an_even_number_of_frames_nearest_to_its_length(
    kind: str, seconds: float, fps: Fraction
) -> None:
    transition, misread = read_transition({"transition": {"kind": kind, "seconds": seconds}}, fps)
    assert not misread
    assert transition is not None
    assert transition.frames % 2 == 0
    assert abs(transition.frames - seconds * fps) <= 1
    assert (transition == CUT) == (transition.frames == 0)


def test_the_shape_of_most_is_that_of_all_and_else_the_usual_one() -> None:
    assert common_shape([SMALL, SMALL, LARGE], LARGE) == SMALL
    assert common_shape([SMALL, LARGE], LARGE) == LARGE
    assert common_shape([], LARGE) == LARGE
