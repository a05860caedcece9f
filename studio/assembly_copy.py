"""Which frames of an episode are taken over from its clips as they are, and which are drawn anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.assembly_parts import CUT, Assembly, Part
from studio.retiming import held_frames

Frames = NDArray[np.intp]

FEWEST_COPIED: Final = 6
"""Fewer frames in a row are drawn with what is beside them: each stretch drawn begins with a key frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Packets:
    """A clip's packets as they are decoded: which frame each shows, and whether decoding can begin there."""

    frames: Frames
    is_key: NDArray[np.bool_]

    @property
    def delay(self) -> int:
        """By how many packets a frame may come later than it is shown."""
        return int(np.max(np.arange(len(self.frames)) - self.frames, initial=0))


@dataclass(frozen=True, slots=True)
class Copied:
    """Frames `[begin, end)` of the episode: packets of a clip from number `first` on, as they are."""

    begin: int
    end: int
    clip: int
    first: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """Frames `[begin, end)` of the episode that are encoded."""

    begin: int
    end: int


def source_frames(assembly: Assembly, part: Part) -> Frames:
    """The file's frame that is seen of a clip at each frame from `part.seen_from` until `part.seen_until`."""
    clip = assembly.clips[part.clip or 0]
    shown = part.seen_until - part.seen_from
    held = held_frames(frames=clip.usable_frames, fps=clip.fps, shown=shown, shown_fps=assembly.fps)
    return part.begin + held


def touched(assembly: Assembly, index: int) -> tuple[int, int]:
    """How many frames of a part, after its first cut and before its last, a transition changes."""
    after = assembly.parts[index + 1].into if index + 1 < len(assembly.parts) else assembly.closing
    return assembly.parts[index].into.after, after.before


def copied_packets(packets: Packets, first: int, until: int) -> range:
    """The longest run of packets that show all of the frames from one to another, and no others.

    Args:
        packets: The clip's.
        first: No earlier frame is shown.
        until: Neither is this one, nor any later.

    Returns:
        Numbers of packets, which are those of the frames they show: from a key frame on, up to where all
        frames that were decoded by then are all that are shown by then, which is after each frame that others
        refer to. What follows is referred to by none of them. Empty where there is no such run.
    """
    decoded = np.maximum.accumulate(packets.frames)
    is_whole = decoded == np.arange(len(decoded))
    ends = np.flatnonzero(is_whole) + 1
    bounds = np.concatenate([[0], ends])
    starts = bounds[(bounds >= first) & (bounds < len(packets.frames))]
    starts = starts[packets.is_key[starts] & (packets.frames[starts] == starts)]
    ends = ends[ends <= until]
    if not len(starts) or not len(ends) or ends[-1] <= starts[0]:
        return range(0)
    return range(int(starts[0]), int(ends[-1]))


def stretches(assembly: Assembly, copyable: Mapping[int, Packets]) -> list[Copied | Drawn]:
    """An episode as what is copied and what is drawn, without gaps.

    Args:
        assembly: The cut list.
        copyable: The packets of those clips, by number, that may be copied at all.

    Returns:
        Stretches in their order; two that are drawn never follow one another.
    """
    found: list[Copied | Drawn] = []
    at = 0
    for copied in _copied(assembly, copyable):
        if copied.begin > at:
            found.append(Drawn(at, copied.begin))
        found.append(copied)
        at = copied.end
    return [*found, Drawn(at, assembly.frames)] if at < assembly.frames else found


def _copied(assembly: Assembly, copyable: Mapping[int, Packets]) -> Sequence[Copied]:
    runs = [
        _copied_of(assembly, index, copyable[part.clip])
        for index, part in enumerate(assembly.parts)
        if part.clip is not None and part.clip in copyable
    ]
    return [run for run in runs if run.end - run.begin >= FEWEST_COPIED]


def _copied_of(assembly: Assembly, index: int, packets: Packets) -> Copied:
    part = assembly.parts[index]
    source = source_frames(assembly, part)
    if np.any(np.diff(source) != 1):
        return Copied(part.at, part.at, part.clip or 0, 0)
    opening, closing = touched(assembly, index)
    earlier = part.begin - part.seen_from
    run = copied_packets(packets, part.at + opening + earlier, part.end - closing + earlier)
    return Copied(run.start - earlier, run.stop - earlier, part.clip or 0, run.start)


def transition_at(assembly: Assembly, index: int, at: int) -> tuple[float, int | None, float]:
    """What becomes of a part at a frame between its cuts.

    Returns:
        How bright it is, 0 (black) to 1; the part that is dissolved with it, or None; and how much of the
        picture is that one's, 0 to 1.
    """
    part, before, after = assembly.parts[index], at - assembly.parts[index].at, assembly.parts[index].end - at
    into = part.into
    leaving = assembly.parts[index + 1].into if index + 1 < len(assembly.parts) else assembly.closing
    if into.kind != CUT.kind and before < into.after:
        if into.kind == "fade":
            return (before + 0.5) / into.after, None, 0.0
        return 1.0, index - 1, 1.0 - (into.before + before + 1) / (into.frames + 1)
    if leaving.kind != CUT.kind and after <= leaving.before:
        if leaving.kind == "fade":
            return (after - 0.5) / leaving.before, None, 0.0
        return 1.0, index + 1, (leaving.before - after + 1) / (leaving.frames + 1)
    return 1.0, None, 0.0
