"""An episode's cut list: without gaps, within its clips, on the beat."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.assembly import Assembly, Music, SceneClip, Transition, Wishes, lay_episode
from studio.assembly_document import as_document, read_document
from studio.beats import NO_BEATS, Beats
from studio.errors import InvalidError
from studio.exchange.subtitles import Line
from studio.sync_grid import nearest_frame

WISHES = Wishes(832, 480, Fraction(24), title="The Beginning")
RATES = st.sampled_from([Fraction(16), Fraction(24), Fraction(24_000, 1001), Fraction(25), Fraction(60)])
TRANSITIONS = st.builds(Transition, st.sampled_from(["cut", "dissolve", "fade"]), st.integers(0, 60))


def music(bpm: float = 120.0, track_s: float = 90.0, first_s: float = 0.2) -> Music:
    beats_s = np.arange(first_s, track_s, 60 / bpm)
    return Music(track_s, Beats(bpm, beats_s, 0.9, downbeats_s=beats_s[::4], beats_a_bar=4))


def clip(number: int, frames: int = 96, fps: Fraction = Fraction(24)) -> SceneClip:
    return SceneClip(number, number, f"Scene {number}", Path(f"/takes/{number}.mp4"), frames, fps, 832, 480)


@st.composite
def clips(draw: st.DrawFn) -> list[SceneClip]:
    drawn = draw(
        st.lists(st.tuples(st.integers(1, 400), RATES, st.none() | TRANSITIONS), min_size=1, max_size=8)
    )
    return [
        replace(clip(number, frames, fps), transition=into)
        for number, (frames, fps, into) in enumerate(drawn, 1)
    ]


EPISODES = st.builds(
    lay_episode,
    clips(),
    st.builds(
        replace, st.just(WISHES), fps=RATES, transition=TRANSITIONS,
        title_card=st.none() | st.just("Tower"), end_card=st.none() | st.just("End"),
    ),
    st.none() | st.builds(music, st.floats(60, 180), st.floats(3, 60)),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(EPISODES)
def test_parts_follow_one_another_without_gap_or_overlap(episode: Assembly) -> None:
    assert episode.parts[0].at == 0
    assert all(part.frames >= 1 for part in episode.parts)
    assert all(part.end == follows.at for part, follows in pairwise(episode.parts))
    assert sum(part.frames for part in episode.parts) == episode.frames


@settings(max_examples=150, deadline=None)
@given(EPISODES)
def test_no_part_shows_more_than_its_clip_has(episode: Assembly) -> None:
    shown = [part for part in episode.parts if part.clip is not None]
    assert [part.clip for part in shown] == list(range(len(episode.clips)))
    for part in shown:
        source = episode.clips[part.clip or 0]
        material = max(1, int(source.frames * episode.fps / source.fps))
        assert part.seen_until - part.seen_from <= material


@settings(max_examples=150, deadline=None)
@given(EPISODES)
def test_transitions_fit_between_their_cuts_and_overlap_as_they_say(episode: Assembly) -> None:
    parts = episode.parts
    for part, follows in pairwise(parts):
        is_dissolved = follows.into.kind == "dissolve"
        assert (part.tail, follows.head) == (
            (follows.into.after, follows.into.before) if is_dissolved else (0, 0)
        )
        assert part.into.after + follows.into.before <= part.frames
    assert (parts[0].head, parts[-1].tail) == (0, 0)


@settings(max_examples=100, deadline=None)
@given(EPISODES)
def test_chapters_are_those_of_the_scenes_and_cover_the_episode(episode: Assembly) -> None:
    assert [chapter.title for chapter in episode.chapters] == [source.title for source in episode.clips]
    assert (episode.chapters[0].begin, episode.chapters[-1].end) == (0, episode.frames)
    assert all(one.begin < one.end == other.begin for one, other in pairwise(episode.chapters))


@settings(max_examples=100, deadline=None)
@given(EPISODES)
def test_a_cut_list_is_read_again_whole(episode: Assembly) -> None:
    assert read_document(json.loads(json.dumps(as_document(episode)))) == episode


@given(st.lists(st.integers(84, 300), min_size=2, max_size=10), st.floats(90, 180))
@settings(max_examples=40, deadline=None)
def test_every_cut_between_scenes_of_some_length_is_a_frame_from_a_beat_at_most(
    lengths: list[int], bpm: float
) -> None:
    episode = lay_episode([clip(at, frames) for at, frames in enumerate(lengths, 1)], WISHES, music(bpm))
    beats = {nearest_frame(time_s, episode.fps) for time_s in episode.beats_s}
    assert all(min(abs(part.at - beat) for beat in beats) <= 1 for part in episode.parts[1:])
    assert episode.report.hit_rate_1_frame == 1.0
    assert (episode.report.chance_hit_rate_1_frame or 1.0) < 1.0


def test_without_music_every_scene_is_shown_whole_and_the_report_says_why() -> None:
    episode = lay_episode([clip(1, 50), clip(2, 70)], WISHES)
    assert [part.frames for part in episode.parts] == [50, 70]
    assert (episode.report.reason, episode.bed) == ("no music", None)


def test_music_without_beats_moves_no_cut() -> None:
    episode = lay_episode([clip(1, 50), clip(2, 70)], WISHES, Music(60.0, NO_BEATS))
    assert [part.frames for part in episode.parts] == [50, 70]
    assert episode.report.reason == "no beats"


def test_at_most_a_fifth_and_what_is_kept_back_is_left_out_of_a_scene() -> None:
    episode = lay_episode([clip(at, 24 + 17 * at) for at in range(1, 9)], WISHES, music(70.0))
    for part, source in zip(episode.parts, episode.clips, strict=True):
        assert part.frames >= 0.9 * source.frames / 1.25 - 1


def test_speech_is_never_cut_off() -> None:
    said = Line(2.0, 3.95, "We are not done.")
    scenes = [replace(clip(at, 96), dialogue=(said,)) for at in range(1, 5)]
    episode = lay_episode(scenes, WISHES, music(97.0))
    assert all(part.frames >= 95 for part in episode.parts)


def test_a_rate_of_its_own_is_brought_to_that_of_the_episode() -> None:
    episode = lay_episode([clip(1, 32, Fraction(16)), clip(2, 60, Fraction(30))], WISHES)
    assert [part.frames for part in episode.parts] == [48, 48]


def test_a_first_dissolve_has_nothing_to_dissolve_from() -> None:
    episode = lay_episode([replace(clip(1), transition=Transition("dissolve", 12))], WISHES)
    assert episode.parts[0].into == Transition("fade", 12)


def test_the_music_goes_on_to_the_end() -> None:
    episode = lay_episode([clip(at, 240) for at in range(1, 9)], WISHES, music(110.0, 30.0))
    assert episode.bed is not None
    assert episode.bed.loop is not None
    assert episode.bed.duration_s == episode.duration_s


@pytest.mark.parametrize(
    "wishes", [replace(WISHES, width=833), replace(WISHES, height=0), replace(WISHES, fps=Fraction(0))]
)
def test_impossible_pictures_are_refused(wishes: Wishes) -> None:
    with pytest.raises(InvalidError):
        lay_episode([clip(1)], wishes)


@pytest.mark.parametrize(
    "scene", [clip(1, 0), replace(clip(1), first_frame=96), replace(clip(1), until_frame=97)]
)
def test_a_scene_without_frames_is_refused(scene: SceneClip) -> None:
    with pytest.raises(InvalidError):
        lay_episode([scene], WISHES)


@pytest.mark.parametrize("document", [{}, {"fps": "0/0"}, {"fps": "24", "clips": [{}]}])
def test_what_is_no_cut_list_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        read_document(document)
