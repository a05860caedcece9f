"""Timelines written for other programs, and read again."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.assembly_parts import Transition
from studio.errors import InvalidError
from studio.exchange.timeline import Clip, Timeline, read_otio, write_edl, write_fcpxml, write_otio

RATES = st.sampled_from(
    [Fraction(24), Fraction(25), Fraction(60), Fraction(24000, 1001), Fraction(30000, 1001)]
)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e6, 1e6) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
DETAILS = st.dictionaries(NAMES, JSON, max_size=3)
PATHS = NAMES.map(lambda name: f"/assets/{name.replace('/', '')}")
INTOS = st.none() | st.builds(Transition, st.sampled_from(["dissolve", "fade"]), st.integers(2, 40))
CLIPS = st.builds(
    lambda name, path, start, length, rest, details, own, into: Clip(
        name, path, start, length, start + 5 * length + rest, details, own, into
    ),
    NAMES, PATHS, st.integers(0, 500), st.integers(1, 500), st.integers(0, 500), DETAILS,
    st.none() | RATES, INTOS,
)  # fmt: skip
CARDS = st.builds(
    lambda text, length, into: Clip("title card", None, 0, length, length, into=into, card=text),
    NAMES, st.integers(1, 200), INTOS,
)  # fmt: skip
TIMELINES = st.builds(
    Timeline, NAMES, RATES, st.lists(CLIPS | CARDS, max_size=5).map(tuple),
    st.lists(st.integers(0, 10_000), max_size=5).map(sorted).map(tuple), st.none() | PATHS, DETAILS, INTOS,
)  # fmt: skip
TAKE = Clip("scene_1", "/assets/sha256/ab/cdef", 10, 48, 100, {"quality": {"score": 8.5}, "seed": 7})
CUT = Timeline(
    "The Beginning", Fraction(24), (TAKE, replace(TAKE, name="scene_2", start_frames=0)), (0, 12, 60)
)


@settings(max_examples=50, deadline=None)
@given(TIMELINES)
def test_a_timeline_that_is_written_is_read_again_whole(timeline: Timeline) -> None:
    assert read_otio(write_otio(timeline)) == timeline


def test_other_programs_find_clips_beats_and_what_they_are_worth() -> None:
    found = otio.adapters.read_from_string(write_otio(replace(CUT, audio_path="/a b.mp3")), "otio_json")
    assert [marker.name for marker in found.tracks.markers] == ["beat"] * 3
    first, second, music = found.find_clips()
    assert first.source_range.start_time == otio.opentime.RationalTime(10, 24)
    assert first.metadata["tower"]["quality"]["score"] == 8.5
    assert second.range_in_parent().start_time.value == 48
    assert music.media_reference.target_url == "file:///a%20b.mp3"


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30), Fraction(24000, 1001)])
def test_an_edl_keeps_cuts_and_beats_to_the_frame(rate: Fraction) -> None:
    text = write_edl(replace(CUT, rate=rate))
    found = otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate))
    assert list(frames(found)) == [("scene_1", 10, 48, [10, 22]), ("scene_2", 0, 48, [12])]


def test_a_known_edl() -> None:
    lines = write_edl(CUT).splitlines()
    assert lines[0] == "TITLE: The Beginning"
    event = "V     C        00:00:00:10 00:00:02:10 00:00:00:00 00:00:02:00"
    assert lines[2].startswith("001")
    assert lines[2].endswith(event)


def test_fcpxml_keeps_cuts_to_the_frame() -> None:
    text = write_fcpxml(CUT)
    assert text.count("<marker ") == 3
    found = otio.adapters.read_from_string(text, "fcpx_xml")
    assert [each[:3] for each in frames(found)] == [("scene_1", 10, 48), ("scene_2", 0, 48)]


def test_what_a_format_does_not_hold_is_refused_by_the_field() -> None:
    refused: list[tuple[Any, Timeline, str]] = [
        (write_edl, replace(CUT, clips=(TAKE,) * 1000), "clips"),
        (write_edl, replace(CUT, rate=Fraction(17)), "rate"),
        (write_fcpxml, replace(CUT, rate=Fraction(24000, 1001)), "rate"),
        (write_otio, replace(CUT, clips=(replace(TAKE, take_frames=57),)), "clips"),
        (write_otio, replace(CUT, clips=(replace(TAKE, path="a.mp4"),)), "path"),
    ]
    for write, timeline, field in refused:
        with pytest.raises(InvalidError) as error:
            write(timeline)
        assert error.value.details["field"] == field


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"OTIO_SCHEMA": "Clip.2"}', otio.schema.Timeline("a").to_json_string()]
)
def test_what_is_no_timeline_of_ours_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        read_otio(text)


def frames(found: Any) -> Iterator[tuple[str, int, int, list[int]]]:
    """Each clip: its name, first frame, length and beats."""
    for clip in found.find_clips():
        shown = clip.source_range
        beats = [round(each.marked_range.start_time.value) for each in clip.markers]
        yield clip.name, round(shown.start_time.value), round(shown.duration.value), beats


def test_names_stay_on_their_line_and_hold_what_xml_holds() -> None:
    made = Timeline(
        "夜\n", Fraction(24), (Clip('雨 "q" & <x>\r\n* FROM CLIP NAME: other\x07', "/a.mp4", 0, 24, 24),)
    )
    edl = otio.adapters.read_from_string(write_edl(made), "cmx_3600", rate=24)
    xml = otio.adapters.read_from_string(write_fcpxml(made), "fcpx_xml")
    for name in (edl.find_clips()[0].name, xml.find_clips()[0].name):
        assert name.split() == ["雨", '"q"', "&", "<x>", "*", "FROM", "CLIP", "NAME:", "other"]
    assert read_otio(write_otio(made)) == made


@pytest.mark.parametrize("rate", [12, 16, 48, Fraction(30000, 1001)])
def test_fcpxml_has_no_rates_that_nobody_reads(rate: Fraction | int) -> None:
    with pytest.raises(InvalidError):
        write_fcpxml(Timeline("x", Fraction(rate), (Clip("a", "/a.mp4", 0, 24, 24),)))


@pytest.mark.parametrize("rate", [24, 25, 30, 50, 60])
def test_fcpxml_is_read_at_every_rate_it_has(rate: int) -> None:
    text = write_fcpxml(Timeline("x", Fraction(rate), (Clip("a", "/a.mp4", 1, rate, 2 * rate + 1),)))
    (clip,) = otio.adapters.read_from_string(text, "fcpx_xml").find_clips()
    assert clip.source_range.duration.to_seconds() == 1
