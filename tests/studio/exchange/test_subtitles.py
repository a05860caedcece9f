"""Subtitles written, and read again."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import InvalidError
from studio.exchange.subtitles import Line, read_subtitles, shown_text, write_subtitles

LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from(" \n,{}<>\\")
TEXTS = st.text(LETTERS).filter(lambda text: bool(shown_text(text)))
LINES = st.builds(
    lambda start_ms, length_ms, text, speaker, kind: Line(
        start_ms / 1000, (start_ms + length_ms) / 1000, text, speaker, kind
    ),
    st.integers(0, 30_000_000),
    st.integers(1, 60_000),
    TEXTS,
    st.none() | TEXTS,
    st.sampled_from(["dialogue", "caption"]),
)
SIZE: dict[str, Any] = {"width_px": 832, "height_px": 480}


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=8))
def test_srt_keeps_every_time_to_the_millisecond_and_every_text(lines: list[Line]) -> None:
    found = read_subtitles(write_subtitles(lines, "srt", **SIZE), "srt") if lines else []
    wanted = sorted(lines, key=lambda each: each.start_s)
    assert found == [Line(each.start_s, each.end_s, shown_text(each.text)) for each in wanted]


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=8))
def test_ass_keeps_speakers_and_kinds_and_times_to_the_hundredth(lines: list[Line]) -> None:
    found = read_subtitles(write_subtitles(lines, "ass", **SIZE), "ass")
    wanted = sorted(lines, key=lambda each: each.start_s)
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert abs(one.start_s - other.start_s) <= 0.0051
        assert one.end_s - one.start_s > 0
        assert abs(one.end_s - other.end_s) <= 0.0151
        speaker = shown_text(other.speaker).replace("\n", " ").replace(",", "，") if other.speaker else None
        assert (one.text, one.speaker, one.kind) == (shown_text(other.text), speaker, other.kind)


def test_a_known_line_is_written_as_players_read_it() -> None:
    line = Line(61.5, 3723.25, "Hold on,\nI see it!", "Kai, the elder")
    assert (
        write_subtitles([line], "srt", **SIZE) == "1\n00:01:01,500 --> 01:02:03,250\nHold on,\nI see it!\n\n"
    )
    ass = write_subtitles([line], "ass", **SIZE).splitlines()
    assert ass[-1] == r"Dialogue: 0,0:01:01.50,1:02:03.25,dialogue,Kai， the elder,0,0,0,,Hold on,\NI see it!"
    assert {"PlayResX: 832", "PlayResY: 480"} <= set(ass)


LINE = Line(1, 2, "a")


@pytest.mark.parametrize(
    "line",
    [replace(LINE, end_s=1), replace(LINE, start_s=-1), replace(LINE, text=" \n"), replace(LINE, end_s=36e3)],
)
def test_a_line_that_nobody_could_read_is_refused(line: Line) -> None:
    with pytest.raises(InvalidError):
        write_subtitles([line], "srt", **SIZE)


@pytest.mark.parametrize("form", ["srt", "ass"])
def test_what_is_no_subtitles_is_refused(form: Any) -> None:
    with pytest.raises(InvalidError):
        read_subtitles("once upon a time", form)
