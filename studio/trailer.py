"""A trailer: the best and most dynamic moments of many takes, a few seconds each, cut to its music."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.assembly import CARD_S, Assembly, Music, SceneClip, Wishes, lay_episode
from studio.errors import InvalidError

Frames = NDArray[np.intp]
Values = NDArray[np.float64]

MOMENT_S: Final = 2.0
BEATS_A_MOMENT: Final = (1, 2, 4, 8)
SPARE: Final = 1.1
"""So much longer than it is shown a moment is chosen, so that its cut can come later."""

SHORTEST_S: Final = 1.0
EDGE_FRAMES: Final = 2
"""So far from a cut within a take a moment keeps: the change of a cut is no movement."""

STEP_S: Final = 0.25
BEST_SCORE: Final = 10.0
QUALITY_WEIGHT: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """An accepted take: `change` and `cuts` as of `studio.pictures.Measurements`."""

    clip: SceneClip
    change: Values
    cuts: Frames


@dataclass(frozen=True, slots=True)
class Moment:
    """Frames `[begin, end)` of a candidate, and what they are worth, 0 to 1."""

    candidate: int
    begin: int
    end: int
    worth: float


def choose_moments(
    candidates: Sequence[Candidate], wishes: Wishes, music: Music | None = None, *, length_s: float = 30.0
) -> Assembly:
    """Choose the moments of a trailer, and lay them on its music.

    Args:
        candidates: The takes, in the order of the story, at least one.
        wishes: What the trailer is to be like; its cards count in its length.
        music: The track under it, if any.
        length_s: About how long it is to be, seconds, > 0; shorter where there is not enough to show.

    Returns:
        The cut list. A moment lasts one, two, four or eight beats, whichever is nearest to two seconds, lies
        within one shot, and shares no frame with another. Half of its worth is its take's score (0 where it
        was not judged), half how much it moves: the share of all stretches of all takes that change less. No
        scene gets a further moment before every other had as many, as long as it has any. Moments are shown
        in the order of the story.

    Raises:
        InvalidError: There are no takes, none has a shot long enough, or the length is not positive.
    """
    if length_s <= 0 or not candidates:
        raise InvalidError(
            "There is nothing to show in this trailer.",
            field="length",
            value=length_s,
            expected="> 0, and takes that were accepted",
        )
    moment_s = moment_length(music)
    cards = sum(bool(card) for card in (wishes.title_card, wishes.end_card))
    count = max(1, round((length_s - cards * CARD_S) / moment_s))
    chosen = _spread(_moments(candidates, moment_s), count)
    if not chosen:
        raise InvalidError(
            "No shot of these takes is long enough for a trailer.",
            field="takes",
            value=len(candidates),
            expected=f"a shot of {SHORTEST_S:g} s",
        )
    clips = [_shown(candidates[moment.candidate].clip, moment) for moment in chosen]
    return replace(lay_episode(clips, wishes, music), chapters=())


def moment_length(music: Music | None) -> float:
    """How long a moment is shown, seconds."""
    if music is None or len(music.beats.beat_times_s) < 2:
        return MOMENT_S
    beat_s = float(np.median(np.diff(music.beats.beat_times_s)))
    return beat_s * min(BEATS_A_MOMENT, key=lambda beats: abs(log(beats * beat_s / MOMENT_S)))


def _moments(candidates: Sequence[Candidate], moment_s: float) -> list[Moment]:
    """Every stretch that could be shown, each with its worth."""
    found = [
        (index, begin, end, _movement(candidate, begin, end))
        for index, candidate in enumerate(candidates)
        for begin, end in _windows(candidate, moment_s * SPARE)
    ]
    moving = np.sort([movement for *_, movement in found])
    return [
        Moment(index, begin, end, _worth(candidates[index].clip.quality, movement, moving))
        for index, begin, end, movement in found
    ]


def _windows(candidate: Candidate, material_s: float) -> list[tuple[int, int]]:
    """Stretches within one shot, a quarter of a second apart; a shorter shot is one as a whole."""
    fps = float(candidate.clip.fps)
    wanted, least, step = (ceil(each * fps) for each in (material_s, SHORTEST_S, STEP_S))
    windows = []
    for begin, end in pairwise([0, *candidate.cuts.tolist(), candidate.clip.frames]):
        first, last = begin + EDGE_FRAMES * (begin > 0), end - EDGE_FRAMES * (end < candidate.clip.frames)
        length = min(wanted, last - first)
        if length >= least:
            windows += [(at, at + length) for at in range(first, last - length + 1, step)]
    return windows


def _movement(candidate: Candidate, begin: int, end: int) -> float:
    """How much a stretch changes in a second."""
    change = np.nan_to_num(candidate.change[begin + 1 : end])
    return float(np.mean(change)) * float(candidate.clip.fps) if len(change) else 0.0


def _worth(score: float | None, movement: float, moving: Values) -> float:
    quality = 0.0 if score is None else min(max(score / BEST_SCORE, 0.0), 1.0)
    dynamic = float(np.searchsorted(moving, movement)) / max(len(moving) - 1, 1)
    return QUALITY_WEIGHT * quality + (1 - QUALITY_WEIGHT) * min(dynamic, 1.0)


def _spread(moments: Sequence[Moment], count: int) -> list[Moment]:
    """The best, scene by scene in rounds, until there are enough; in the order of the story."""
    left = sorted(moments, key=lambda moment: (-moment.worth, moment.candidate, moment.begin))
    chosen: list[Moment] = []
    while left and len(chosen) < count:
        this_round: list[Moment] = []
        for moment in left:
            is_free = moment.candidate not in {each.candidate for each in this_round}
            if is_free and not any(_overlap(moment, each) for each in chosen):
                this_round.append(moment)
        chosen += this_round[: count - len(chosen)]
        left = [moment for moment in left if not any(_overlap(moment, each) for each in chosen)]
    return sorted(chosen, key=lambda moment: (moment.candidate, moment.begin))


def _overlap(one: Moment, other: Moment) -> bool:
    return one.candidate == other.candidate and one.begin < other.end and other.begin < one.end


def _shown(clip: SceneClip, moment: Moment) -> SceneClip:
    return replace(clip, first_frame=moment.begin, until_frame=moment.end, transition=None, dialogue=())
