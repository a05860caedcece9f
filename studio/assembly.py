"""An episode out of its scenes' clips: where each is cut, on the beats of the music under all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Final

import numpy as np

from studio.assembly_parts import CUT as CUT
from studio.assembly_parts import Assembly as Assembly
from studio.assembly_parts import Card as Card
from studio.assembly_parts import Chapter as Chapter
from studio.assembly_parts import Music as Music
from studio.assembly_parts import Part as Part
from studio.assembly_parts import SceneClip as SceneClip
from studio.assembly_parts import Transition as Transition
from studio.assembly_parts import Wishes as Wishes
from studio.errors import InvalidError
from studio.music_bed import Bed, plan_bed, times_in_clip
from studio.retiming import FASTEST
from studio.sync import SyncReport, sync_report
from studio.sync_grid import Grid
from studio.sync_limits import LIMITS, Limits
from studio.sync_plan import Piece, SyncPlan, plan_cuts

CARD_S: Final = 4.0
CARD_FADE_S: Final = 0.5
MOST_SPARE: Final = 0.1
"""So much of a scene's length is kept back at its end, at most, so that its cut can go either way."""

TRANSITION_SHARE: Final = 3
"""A transition takes no more than a third of either of its neighbours; one of a single frame is a cut."""


def lay_episode(clips: Sequence[SceneClip], wishes: Wishes, music: Music | None = None) -> Assembly:
    """Lay scenes one after another so that the cuts between them fall on the beats of the music.

    Args:
        clips: The scenes in their order, at least one, each of one frame or more.
        wishes: What the episode is to be like; width and height in pixels, even and > 0.
        music: The track under it; None: there is none, and every scene is shown whole.

    Returns:
        The cut list. No scene is retimed: what has to give is a scene's end, of which up to a tenth and half
        a beat is kept back (never speech), so that a cut can come earlier or later; at most a fifth more is
        left out. So the frames that are shown are the clip's own. A clip at another rate has frames held or
        left out (`studio.retiming.held_frames`). A cut lies amid its transition. Cards are scenes of four
        seconds. A transition that is too long for its neighbours is shortened.

    Raises:
        InvalidError: there are no scenes, one has no frames, or size, rate or a transition is impossible.

    Source:
        `studio.sync_plan.plan_cuts`, over pieces that are as long as the scenes without what is kept back.
    """
    _require_sound(clips, wishes)
    items = _items(clips, wishes)
    return laid(items, clips, wishes, music, chapters=True)


@dataclass(frozen=True, slots=True)
class Item:
    """A clip, by its index, or a card: its material in frames of the episode, the fewest to show of it."""

    material: int
    clip: int | None = None
    card: Card | None = None
    least: int = 1
    into: Transition = CUT
    head: int = 0
    tail: int = 0

    @property
    def room(self) -> int:
        """The most frames that it can be shown for between its cuts."""
        return self.material - self.head - self.tail


def laid(
    items: Sequence[Item], clips: Sequence[SceneClip], wishes: Wishes, music: Music | None, *, chapters: bool
) -> Assembly:
    """The cut list of items in their order; see `lay_episode`."""
    fitted = _overlapping(items)
    pieces = [_piece(item, wishes, music) for item in fitted]
    bed = _bed(sum(item.room for item in fitted), wishes, music)
    grid = _grid(bed, music)
    plan = plan_cuts(pieces, grid, fps=wishes.fps)
    parts = _parts(fitted, clips, plan)
    duration_s = float(plan.frames / wishes.fps)
    return Assembly(
        title=wishes.title,
        fps=wishes.fps,
        width=wishes.width,
        height=wishes.height,
        loudness_lufs=wishes.loudness_lufs,
        clips=tuple(clips),
        parts=parts,
        chapters=_chapters(parts, clips) if chapters else (),
        report=_report(plan, grid, wishes, music),
        closing=_card_fade(wishes) if parts[-1].card else CUT,
        bed=None if bed is None else replace(bed, duration_s=duration_s, fade_s=min(bed.fade_s, duration_s)),
        beats_s=tuple(map(float, grid.beats_s[grid.beats_s < duration_s])),
        downbeats_s=tuple(map(float, grid.downbeats_s[grid.downbeats_s < duration_s])),
    )


def _require_sound(clips: Sequence[SceneClip], wishes: Wishes) -> None:
    even = all(side > 0 and side % 2 == 0 for side in (wishes.width, wishes.height))
    if not clips or not even or wishes.fps <= 0:
        raise InvalidError(
            "This episode cannot be laid out.",
            field="clips, width, height, fps",
            value=[len(clips), wishes.width, wishes.height, str(wishes.fps)],
            expected="at least one clip, even and > 0, > 0",
        )
    for clip in clips:
        inside = 0 <= clip.first_frame < clip.first_frame + clip.usable_frames <= clip.frames
        if not inside or clip.fps <= 0 or (clip.transition or CUT).frames < 0:
            raise InvalidError(
                f"Scene {clip.number} has nothing to show.",
                field="clips",
                value=[clip.first_frame, clip.until_frame, clip.frames, str(clip.fps)],
                expected="frames of the file, and a rate > 0",
            )


def _items(clips: Sequence[SceneClip], wishes: Wishes) -> list[Item]:
    fade = _card_fade(wishes)
    scenes = [_scene_item(index, clip, wishes) for index, clip in enumerate(clips)]
    card_frames = round(CARD_S * wishes.fps)
    items = []
    if wishes.title_card:
        items.append(Item(card_frames, card=Card("title", wishes.title_card), into=fade))
    elif clips[0].transition is None:
        scenes[0] = replace(scenes[0], into=CUT)
    items += scenes
    if wishes.end_card:
        items.append(Item(card_frames, card=Card("end", wishes.end_card), into=wishes.transition))
    return items


def _card_fade(wishes: Wishes) -> Transition:
    return Transition("fade", 2 * round(CARD_FADE_S * wishes.fps))


def _scene_item(index: int, clip: SceneClip, wishes: Wishes) -> Item:
    material = max(1, int(clip.usable_frames * wishes.fps / clip.fps))
    begins_s = float(clip.first_frame / clip.fps)
    said_s = max((line.end_s for line in clip.dialogue), default=begins_s) - begins_s
    spoken = ceil(said_s * wishes.fps)
    return Item(
        material,
        clip=index,
        least=max(1, min(spoken, material)),
        into=wishes.transition if clip.transition is None else clip.transition,
    )


def _overlapping(items: Sequence[Item]) -> list[Item]:
    """Items with transitions that fit, and with what their dissolves take of them beyond their cuts."""
    first = items[0]
    intos = [_fitting(first.into, first.material, first.material)]
    intos += [_fitting(item.into, before.material, item.material) for before, item in pairwise(items)]
    if intos[0].kind == "dissolve":  # nothing is there to dissolve from
        intos[0] = replace(intos[0], kind="fade")
    heads = [into.before if into.kind == "dissolve" else 0 for into in intos]
    tails = [into.after if into.kind == "dissolve" else 0 for into in [*intos[1:], CUT]]
    return [
        replace(item, into=into, head=head, tail=tail, least=max(1, item.least - head - tail))
        for item, into, head, tail in zip(items, intos, heads, tails, strict=True)
    ]


def _fitting(into: Transition, one: int, other: int) -> Transition:
    frames = min(into.frames, one // TRANSITION_SHARE, other // TRANSITION_SHARE)
    return CUT if into.kind == "cut" or frames < 2 else replace(into, frames=frames)


def _piece(item: Item, wishes: Wishes, music: Music | None) -> Piece:
    """An item as the planner has it: as long as it is without what is kept back, within limits of its own."""
    room, fps = item.room, wishes.fps
    shortest = min(item.least, room)
    length = max(shortest, room - _spare(room, wishes, music))
    if music is None or not len(music.beats.beat_times_s):
        return Piece(0, room, fps, limits=replace(LIMITS, slowest=1.0, fastest=1.0))
    fewest = max(shortest, ceil(length / FASTEST))
    slowest, fastest = length / (room + 0.5), length / (fewest - 0.5)  # whole frames, whatever is rounded
    return Piece(0, length, fps, limits=Limits(slowest=slowest, fastest=fastest))


def _spare(room: int, wishes: Wishes, music: Music | None) -> int:
    """Half a beat and a tenth at most, so that a cut finds a beat before it or after it."""
    if music is None or len(music.beats.beat_times_s) < 2:
        return 0
    half_beat_s = float(np.median(np.diff(music.beats.beat_times_s))) / 2
    return min(ceil(half_beat_s * wishes.fps), int(room * MOST_SPARE))


def _bed(longest: int, wishes: Wishes, music: Music | None) -> Bed | None:
    """The music under as many frames as there can be at most."""
    if music is None:
        return None
    return plan_bed(
        track_s=music.track_s,
        duration_s=float(longest / wishes.fps),
        beats_s=music.beats.beat_times_s,
        downbeats_s=music.beats.downbeats_s,
        beats_a_bar=music.beats.beats_a_bar,
        start_s=music.start_s,
    )


def _grid(bed: Bed | None, music: Music | None) -> Grid:
    """The music's times in the episode."""
    if bed is None or music is None:
        return Grid()
    times_s = (music.beats.beat_times_s, music.beats.downbeats_s, np.array(music.sections_s))
    return Grid(*(times_in_clip(bed, each) for each in times_s))


def _parts(items: Sequence[Item], clips: Sequence[SceneClip], plan: SyncPlan) -> tuple[Part, ...]:
    return tuple(
        Part(
            at=entry.at,
            frames=entry.frames,
            clip=item.clip,
            card=item.card,
            begin=0 if item.clip is None else clips[item.clip].first_frame,
            head=item.head,
            tail=item.tail,
            into=item.into,
        )
        for item, entry in zip(items, plan.entries, strict=True)
    )


def _chapters(parts: Sequence[Part], clips: Sequence[SceneClip]) -> tuple[Chapter, ...]:
    """One for each scene; cards belong to their neighbours."""
    scenes = [part for part in parts if part.clip is not None]
    begins = [0, *(part.at for part in scenes[1:])]
    ends = [*begins[1:], parts[-1].end]
    return tuple(
        Chapter(clips[part.clip or 0].title, begin, end)
        for part, begin, end in zip(scenes, begins, ends, strict=True)
    )


def _report(plan: SyncPlan, grid: Grid, wishes: Wishes, music: Music | None) -> SyncReport:
    cuts_s = np.array(plan.cuts) / float(wishes.fps)
    duration_s = float(plan.frames / wishes.fps)
    inside = [times[times < duration_s] for times in (grid.beats_s, grid.downbeats_s)]
    report = sync_report(
        cuts_s,
        inside[0],
        fps=wishes.fps,
        duration_s=duration_s,
        bpm=None if music is None else music.beats.bpm,
        downbeats_s=inside[1],
    )
    reason = "no music" if music is None else report.reason
    return replace(report, reason=reason, largest_retime=0.0, mean_retime=0.0)
