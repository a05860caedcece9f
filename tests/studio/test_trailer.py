"""Moments of a trailer: the best, spread over the scenes, none twice, on the beat."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.assembly import Music, SceneClip, Wishes
from studio.beats import Beats
from studio.errors import InvalidError
from studio.sync_grid import nearest_frame
from studio.trailer import Candidate, choose_moments, moment_length

FPS = Fraction(24)
WISHES = Wishes(832, 480, FPS, title="Trailer")


def music(bpm: float = 120.0) -> Music:
    beats_s = np.arange(0.0, 120, 60 / bpm)
    return Music(120.0, Beats(bpm, beats_s, 0.9, downbeats_s=beats_s[::4], beats_a_bar=4))


def take(
    scene: int, frames: int = 240, cuts: tuple[int, ...] = (), *, score: float | None = 8.0, moving: int = 1
) -> Candidate:
    """A take that moves `moving` times as much in its second half."""
    change = np.ones(frames)
    change[frames // 2 :] = moving
    change[list(cuts)] = 90.0
    path = Path(f"/takes/{scene}.mp4")
    clip = SceneClip(scene, scene, f"Scene {scene}", path, frames, FPS, 832, 480, quality=score)
    return Candidate(clip, change, np.array(cuts, np.intp))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(24, 400), st.lists(st.integers(1, 399), max_size=4)), min_size=1, max_size=8
    ),
    st.floats(4, 60),
    st.none() | st.floats(70, 180),
)
def test_no_moment_is_shown_twice_and_none_crosses_a_cut(
    shapes: list[tuple[int, list[int]]], length_s: float, bpm: float | None
) -> None:
    takes = [
        take(number, frames, tuple(sorted({cut for cut in cuts if cut < frames})))
        for number, (frames, cuts) in enumerate(shapes, 1)
    ]
    try:
        trailer = choose_moments(takes, WISHES, None if bpm is None else music(bpm), length_s=length_s)
    except InvalidError:
        assert all(
            end - begin < 24 + 4
            for each in takes
            for begin, end in pairwise([0, *each.cuts.tolist(), each.clip.frames])
        )
        return
    moments = sorted((each.scene_id, each.first_frame, each.until_frame or 0) for each in trailer.clips)
    assert [(each.scene_id, each.first_frame) for each in trailer.clips] == [at[:2] for at in moments]
    for (scene, _, until), (following, begin, _) in pairwise(moments):
        assert scene < following or until <= begin
    for scene, begin, until in moments:
        assert not any(begin < cut < until for cut in takes[scene - 1].cuts)


def test_every_scene_has_a_moment_before_any_has_two() -> None:
    takes = [take(number, score=float(number)) for number in range(1, 7)]
    trailer = choose_moments(takes, WISHES, music(), length_s=16.0)
    shown = [clip.scene_id for clip in trailer.clips]
    assert len(shown) == 8
    assert set(shown) == {1, 2, 3, 4, 5, 6}
    assert {scene for scene in shown if shown.count(scene) == 2} == {5, 6}


def test_what_moves_most_is_chosen_within_a_take() -> None:
    trailer = choose_moments([take(1, moving=9)], WISHES, length_s=4.0)
    assert [clip.first_frame >= 100 for clip in trailer.clips] == [True, True]


def test_a_better_score_comes_first() -> None:
    takes = [take(1, score=3.0), take(2, score=None), take(3, score=9.5)]
    assert [clip.scene_id for clip in choose_moments(takes, WISHES, length_s=2.0).clips] == [3]
    assert [clip.scene_id for clip in choose_moments(takes, WISHES, length_s=4.0).clips] == [1, 3]


@pytest.mark.parametrize(("bpm", "beats"), [(60, 2), (90, 4), (120, 4), (178, 8)])
def test_a_moment_lasts_whole_beats(bpm: float, beats: int) -> None:
    assert moment_length(music(bpm)) == pytest.approx(beats * 60 / bpm)


def test_a_trailer_is_as_long_as_asked_and_cut_on_its_beats() -> None:
    takes = [take(number) for number in range(1, 13)]
    wishes = replace(WISHES, end_card="Tower")
    trailer = choose_moments(takes, wishes, music(128.0), length_s=30.0)
    assert trailer.duration_s == pytest.approx(30.0, abs=1.5)
    beats = {nearest_frame(time_s, FPS) for time_s in trailer.beats_s}
    assert {part.at for part in trailer.parts[1:]} <= beats
    assert (trailer.report.hit_rate_1_frame, trailer.chapters) == (1.0, ())


@pytest.mark.parametrize("candidates", [[], [take(1, 20)]])
def test_without_anything_to_show_there_is_no_trailer(candidates: list[Candidate]) -> None:
    with pytest.raises(InvalidError):
        choose_moments(candidates, WISHES)
