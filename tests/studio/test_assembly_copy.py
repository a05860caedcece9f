"""Which packets are copied: only those that decode by themselves to the frames that are shown."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.assembly import Assembly, Part, SceneClip, Transition, Wishes, lay_episode
from studio.assembly_copy import (
    FEWEST_COPIED,
    Copied,
    Drawn,
    Packets,
    copied_packets,
    source_frames,
    stretches,
    transition_at,
)

WISHES = Wishes(832, 480, Fraction(24))


def packets(groups: Sequence[Sequence[int]]) -> Packets:
    """A stream of groups, each of so many runs of pictures: the last of a run is decoded first, as with B."""
    frames, keys = [], []
    for group in groups:
        begin = len(frames)
        frames.append(begin)
        keys.append(True)
        for run in group:
            first = len(frames)
            frames += [first + run - 1, *range(first, first + run - 1)]
            keys += [False] * run
    return Packets(np.array(frames, np.intp), np.array(keys, np.bool_))


STREAMS = st.lists(st.lists(st.integers(1, 4), max_size=6), min_size=1, max_size=4).map(packets)


def clip(number: int, frames: int, **details: object) -> SceneClip:
    path = Path(f"/takes/{number}.mp4")
    return replace(SceneClip(number, number, "", path, frames, Fraction(24), 832, 480), **details)


@given(STREAMS, st.data())
def test_what_is_copied_shows_just_its_frames_and_refers_to_nothing_else(
    stream: Packets, data: st.DataObject
) -> None:
    length = len(stream.frames)
    first = data.draw(st.integers(0, length - 1))
    until = data.draw(st.integers(first + 1, length))
    run = copied_packets(stream, first, until)
    shown = stream.frames[run.start : run.stop]
    assert sorted(shown) == list(run)
    assert all(first <= number < until for number in run)
    assert not run or stream.is_key[run.start]
    assert set(stream.frames[: run.start]) == set(range(run.start))


@given(STREAMS)
def test_a_stream_that_nothing_touches_is_copied_whole(stream: Packets) -> None:
    assert copied_packets(stream, 0, len(stream.frames)) == range(len(stream.frames))


@pytest.mark.parametrize(("until", "end"), [(12, 12), (11, 11), (10, 8), (9, 8), (8, 8), (1, 1)])
def test_the_end_of_a_copy_is_after_a_frame_that_others_refer_to(until: int, end: int) -> None:
    stream = packets([[3, 4, 3, 1]])
    assert copied_packets(stream, 0, until) == range(end)


def test_after_a_transition_a_copy_begins_with_the_next_key_frame() -> None:
    stream = packets([[3, 3], [3, 3, 3]])
    assert copied_packets(stream, 1, 17) == range(7, 17)
    assert not copied_packets(stream, 8, 17)


@given(
    st.lists(st.tuples(STREAMS, st.sampled_from(["cut", "dissolve", "fade"])), min_size=1, max_size=4),
    st.booleans(),
)
def test_stretches_make_up_the_episode(scenes: list[tuple[Packets, str]], has_card: bool) -> None:
    clips = [
        clip(number, len(stream.frames), transition=Transition(kind, 8))
        for number, (stream, kind) in enumerate(scenes)
    ]
    episode = lay_episode(clips, replace(WISHES, title_card="Title" if has_card else None))
    found = stretches(episode, {number: stream for number, (stream, _) in enumerate(scenes)})
    assert [stretch.begin for stretch in found] == [0, *(stretch.end for stretch in found[:-1])]
    assert found[-1].end == episode.frames
    assert not any(isinstance(one, Drawn) and isinstance(other, Drawn) for one, other in pairwise(found))
    for stretch in found:
        if isinstance(stretch, Copied):
            _require_untouched(episode, stretch)


def _require_untouched(episode: Assembly, stretch: Copied) -> None:
    assert stretch.end - stretch.begin >= FEWEST_COPIED
    index = next(at for at, part in enumerate(episode.parts) if part.clip == stretch.clip)
    part = episode.parts[index]
    for frame in range(stretch.begin, stretch.end):
        assert transition_at(episode, index, frame) == (1.0, None, 0.0)
        assert source_frames(episode, part)[frame - part.seen_from] == stretch.first + frame - stretch.begin


def test_a_clip_of_another_rate_is_drawn() -> None:
    episode = lay_episode([clip(1, 32, fps=Fraction(16))], WISHES)
    assert stretches(episode, {0: packets([[3] * 10, []])}) == [Drawn(0, 48)]


def test_a_dissolve_goes_from_one_to_the_other_and_a_fade_through_black() -> None:
    scenes = [clip(1, 40), clip(2, 40, transition=Transition("dissolve", 6))]
    episode = lay_episode([*scenes, clip(3, 40, transition=Transition("fade", 6))], WISHES)
    first, second, third = episode.parts
    shares = [transition_at(episode, 0, first.end - 3 + number)[2] for number in range(3)]
    shares += [1 - transition_at(episode, 1, second.at + number)[2] for number in range(3)]
    assert shares == pytest.approx([number / 7 for number in range(1, 7)])
    assert transition_at(episode, 0, first.end - 1)[1] == 1
    bright = [transition_at(episode, 1, second.end - 3 + number)[0] for number in range(3)]
    bright += [transition_at(episode, 2, third.at + number)[0] for number in range(3)]
    assert bright == pytest.approx([5 / 6, 3 / 6, 1 / 6, 1 / 6, 3 / 6, 5 / 6])


def test_a_part_knows_when_it_is_seen() -> None:
    part = Part(at=10, frames=20, head=2, tail=3)
    assert (part.seen_from, part.end, part.seen_until) == (8, 30, 33)
