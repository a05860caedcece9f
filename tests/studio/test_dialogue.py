"""Lines of a scene, with times."""

from hypothesis import given
from hypothesis import strategies as st

from studio.dialogue import PAUSE_S, SHORTEST_S, SPOKEN_SHARE, language_of, timed_lines
from studio.exchange.subtitles import Line

SAID = st.lists(
    st.fixed_dictionaries({"text": st.text(st.characters(categories=["L"]), min_size=1)}), max_size=8
)


def test_lines_follow_one_another_at_reading_speed() -> None:
    told = [{"character": "Kai", "text": "Look!"}, {"character": "Mira", "text": "x" * 34}]
    assert timed_lines(told, length_s=10.0) == (
        Line(0.0, SHORTEST_S, "Look!", "Kai"),
        Line(SHORTEST_S + PAUSE_S, SHORTEST_S + PAUSE_S + 2.0, "x" * 34, "Mira"),
    )


@given(SAID, st.floats(0.2, 60))
def test_lines_without_times_lie_within_what_a_cut_leaves_of_the_clip(
    told: list[dict[str, str]], length_s: float
) -> None:
    lines = timed_lines(told, length_s=length_s)
    assert [line.text for line in lines] == [each["text"].strip() for each in told]
    times = [time for line in lines for time in (line.start_s, line.end_s)]
    assert times == sorted(times)
    assert all(line.start_s < line.end_s for line in lines)
    assert not times or times[-1] <= SPOKEN_SHARE * length_s + 1e-9


def test_lines_that_say_when_they_are_said_stand_there() -> None:
    told = [
        {"text": "Late.", "start": 4.0, "end": 9.0},
        {"text": "Early.", "start": 1},
        {"text": "Never.", "start": 7},
    ]
    assert timed_lines(told, length_s=5.0) == (Line(1.0, 2.0, "Early."), Line(4.0, 5.0, "Late."))


def test_what_is_no_line_is_passed_over() -> None:
    told = [{"text": " "}, {"text": 3}, "hello", None, {"text": "Yes.", "start": "soon"}]
    assert [line.text for line in timed_lines(told, length_s=5.0)] == ["Yes."]
    assert timed_lines({"text": "x"}, length_s=5.0) == timed_lines(None, length_s=5.0) == ()


def test_subtitles_are_marked_with_a_language() -> None:
    assert language_of([Line(0, 1, "行こう")]) == "ja"
    assert language_of([Line(0, 1, "Let's go")]) == "en"
    assert language_of([Line(0, 1, "Los")], "de-AT") == "de-AT"
    assert language_of([Line(0, 1, "x")], "../etc") == "en"
