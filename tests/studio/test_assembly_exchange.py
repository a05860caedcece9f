"""An episode's cut list as others have it: timelines and subtitles."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from studio.assembly import Assembly, Music, SceneClip, Transition, Wishes, lay_episode
from studio.assembly_exchange import as_timeline, episode_lines
from studio.beats import Beats
from studio.exchange.subtitles import Line, read_subtitles, write_subtitles
from studio.exchange.timeline import read_otio, write_edl, write_fcpxml, write_otio

WISHES = Wishes(832, 480, Fraction(24), title="The Beginning", title_card="Tower\nOne", end_card="End")


def clip(number: int, frames: int, fps: Fraction = Fraction(24)) -> SceneClip:
    return SceneClip(
        number, number, f"Scene {number}", Path(f"/takes/{number}.mp4"), frames, fps, 832, 480,
        generation_id=f"gen_{number}", quality=8.5, details={"seed": number},
    )  # fmt: skip


@pytest.fixture(scope="module")
def episode() -> Assembly:
    beats_s = np.arange(0.2, 60, 0.5)
    scenes = [
        replace(clip(1, 96), dialogue=(Line(0.5, 1.5, "Wait.", "Kai"), Line(2.0, 3.0, "Come!", "Aya"))),
        replace(clip(2, 120), transition=Transition("dissolve", 12), dialogue=(Line(0.1, 2.0, "Late."),)),
        replace(clip(3, 64, Fraction(16)), transition=Transition("fade", 10)),
    ]
    return lay_episode(scenes, WISHES, Music(60.0, Beats(120.0, beats_s, 0.9)))


def test_a_timeline_of_an_episode_is_read_again_equal(episode: Assembly) -> None:
    timeline = as_timeline(episode, audio_path=Path("/music/a song.mp3"))
    assert read_otio(write_otio(timeline)) == timeline
    assert timeline.length_frames == episode.frames


def test_other_programs_find_transitions_amid_the_cuts_and_what_was_kept_beyond_them(
    episode: Assembly,
) -> None:
    found = otio.adapters.read_from_string(write_otio(as_timeline(episode)), "otio_json")
    track = found.tracks[0]
    kinds = [type(item).__name__ for item in track]
    assert kinds == [
        "Transition",
        "Clip",
        "Clip",
        "Transition",
        "Clip",
        "Transition",
        "Clip",
        "Clip",
        "Transition",
    ]
    dissolve, second = track[3], track[4]
    assert (dissolve.transition_type, dissolve.in_offset.value, dissolve.out_offset.value) == (
        "SMPTE_Dissolve",
        6,
        6,
    )
    assert second.source_range.start_time.value == 6
    assert second.range_in_parent().start_time.value == episode.parts[2].at
    assert second.metadata["tower"]["generation_id"] == "gen_2"
    assert second.metadata["tower"]["quality"] == 8.5
    assert track[6].media_reference.available_range.duration.rate == 16
    assert found.metadata["tower"]["details"]["report"]["bpm"] == 120.0
    beats = {marker.marked_range.start_time.value for marker in found.tracks.markers}
    assert {part.at for part in episode.parts[1:]} <= beats


def test_an_edl_and_an_fcpxml_have_the_cuts_and_gaps_for_cards(episode: Assembly) -> None:
    cuts = [part.at for part in episode.parts if part.clip is not None]
    for form, text in (
        ("cmx_3600", write_edl(as_timeline(episode))),
        ("fcpx_xml", write_fcpxml(as_timeline(episode))),
    ):
        options = {"rate": 24} if form == "cmx_3600" else {}
        found = otio.adapters.read_from_string(text, form, **options)
        clips = list(found.find_clips()) if hasattr(found, "find_clips") else list(found[0].find_clips())
        begins = [round(each.range_in_parent().start_time.value_rescaled_to(24)) for each in clips]
        lengths = [round(each.duration().value_rescaled_to(24)) for each in clips]
        assert lengths == [part.frames for part in episode.parts if part.clip is not None]
        assert [begin - begins[0] for begin in begins] == [cut - cuts[0] for cut in cuts]


def test_lines_are_said_where_their_scene_lies(episode: Assembly) -> None:
    first, second = episode.parts[1], episode.parts[2]
    lines = episode_lines(episode)
    assert [line.text for line in lines] == ["Wait.", "Come!", "Late."]
    assert lines[0].start_s == pytest.approx(first.at / 24 + 0.5)
    assert lines[1].end_s == pytest.approx(first.at / 24 + 3.0)
    assert lines[2].start_s == pytest.approx(second.at / 24)
    assert lines[2].end_s == pytest.approx(second.seen_from / 24 + 2.0)
    assert len(read_subtitles(write_subtitles(lines, "srt", width_px=832, height_px=480), "srt")) == 3


def test_what_a_scene_says_after_its_end_is_left_out(episode: Assembly) -> None:
    scene = replace(clip(1, 48), dialogue=(Line(1.9, 4.0, "Too late."), Line(3.0, 4.0, "Later.")))
    assert episode_lines(lay_episode([scene], replace(WISHES, title_card=None, end_card=None))) == []
