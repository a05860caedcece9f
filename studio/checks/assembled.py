"""Whether a finished file shows and sounds what its cut list says, every frame of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from studio.assembly_parts import Assembly, Chapter
from studio.checks.runs import Run
from studio.cuts import CutFinder
from studio.metrics import Metric, judged, not_judged
from studio.pictures import Measurements, Thumbs, Values
from studio.thresholds import Limits

OTHER_FROM = 6.0
"""Levels of luma, mean over cells, from which a picture is another one: encoding anew makes less than one."""

CUT_SLACK = 1


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What the pictures tell that a file was to have: the frames that begin a shot, and how far it is off.

    `apart` is the mean absolute difference of luma over the cells of thumbs, as far as both go, shape (n,).
    """

    cuts: NDArray[np.intp]
    apart: Values


class Comparing:
    """Holds the thumbs of a file against those of the pictures drawn, block by block, and keeps neither."""

    def __init__(self, fps: Fraction) -> None:
        self._cuts = CutFinder(fps)
        self._apart: list[Values] = []

    def add(self, seen: Thumbs, meant: Thumbs) -> None:
        """The next pictures of the file and those meant, shape (n, 18, 32, 3); one may end before."""
        self._cuts.add(meant)
        both = zip(seen[..., 0], meant[..., 0], strict=False)
        self._apart.append(np.array([np.abs(one.astype(np.int16) - other).mean() for one, other in both]))

    def drawn(self) -> Drawn:
        """What all of them tell."""
        return Drawn(self._cuts.cuts(), np.concatenate([np.zeros(0), *self._apart]))


@dataclass(frozen=True, slots=True, eq=False)
class Meant:
    """What a file was to be: its cut list, and what the pictures drawn by it tell.

    `drawn` is the reason where they could not be drawn any more. `mix_lufs` is how loud the sound was that
    went to the encoder, None where there was none; `av_offset_ms` and its `reason` as the assembly proved it.
    """

    laid: Assembly
    drawn: Drawn | str
    mix_lufs: float | None
    av_offset_ms: float | None
    reason: str = ""


def fades(laid: Assembly) -> tuple[Run, ...]:
    """Stretches, first frame and length, that go into black or come out of it by intent."""
    around = [(part.at, part.into) for part in laid.parts] + [(laid.frames, laid.closing)]
    ends = [
        (max(0, at - into.before), min(laid.frames, at + into.after))
        for at, into in around
        if into.kind == "fade"
    ]
    return tuple((first, end - first) for first, end in ends if end > first)


def cuts_meant(meant: Meant) -> tuple[int, ...] | None:
    """Frames that begin a shot: by the cut list, and within its clips; None where these are not known."""
    if isinstance(meant.drawn, str):
        return None
    listed = {part.at for part in meant.laid.parts[1:]}
    return tuple(sorted({*listed, *meant.drawn.cuts.tolist()}))


def check_assembled(
    clip: Measurements, meant: Meant, chapters: Sequence[Chapter], limits: Limits
) -> tuple[Metric, ...]:
    """Hold a finished file against what it was to be; `chapters` are those that the file has."""
    return (
        _as_cut(meant, limits),
        _cuts_kept(clip, meant, limits),
        _chapters(meant.laid, chapters, limits),
        _av_offset(meant, limits),
        _as_mixed(clip, meant, limits),
    )


def _as_cut(meant: Meant, limits: Limits) -> Metric:
    source = "every frame against the one that the cut list has there, drawn from its clip anew"
    if isinstance(meant.drawn, str):
        return not_judged("as_cut", "frames", source, meant.drawn)
    off = meant.drawn.apart
    others = np.flatnonzero(off > OTHER_FROM)
    worst = int(np.argmax(off)) if len(off) else 0
    return judged(
        "as_cut",
        len(others),
        limits["as_cut"],
        unit="frames",
        reason=f"{len(others)} frames show something else than was meant, most of all frame {worst}",
        source=source,
        frames=[worst, *(int(frame) for frame in others if frame != worst)],
    )


def _cuts_kept(clip: Measurements, meant: Meant, limits: Limits) -> Metric:
    source = "cuts of the cut list that its pictures show, looked for in the file within a frame"
    if isinstance(meant.drawn, str):
        return not_judged("cuts_kept", "cuts missing", source, meant.drawn)
    listed = [part.at for part in meant.laid.parts[1:] if _has(meant.drawn.cuts, part.at)]
    if not listed:
        return not_judged("cuts_kept", "cuts missing", source, "no cut of it changes the picture at once")
    missing = [at for at in listed if not _has(clip.cuts, at)]
    return judged(
        "cuts_kept",
        len(missing),
        limits["cuts_kept"],
        unit="cuts missing",
        reason=f"{len(missing)} of {len(listed)} cuts are not where they should be",
        source=source,
        frames=missing,
    )


def _has(cuts: NDArray[np.intp], at: int) -> bool:
    return bool((np.abs(cuts - at) <= CUT_SLACK).any())


def _chapters(laid: Assembly, chapters: Sequence[Chapter], limits: Limits) -> Metric:
    source = "the file's chapters, against the cut list"
    if not laid.chapters:
        return not_judged("chapters", "chapters wrong", source, "none were meant")
    wrong = abs(len(chapters) - len(laid.chapters)) + sum(
        one.title != other.title or abs(one.begin - other.begin) > 1
        for one, other in zip(laid.chapters, chapters, strict=False)
    )
    return judged(
        "chapters",
        wrong,
        limits["chapters"],
        unit="chapters wrong",
        reason=f"{wrong} of {len(laid.chapters)} chapters are missing, or have another title or place",
        source=source,
    )


def _av_offset(meant: Meant, limits: Limits) -> Metric:
    source = "sound and pictures of the file against those meant, at its beginning, middle and end"
    if meant.av_offset_ms is None:
        return not_judged("av_offset", "frames", source, meant.reason or "it was not measured")
    off = abs(meant.av_offset_ms) / 1e3 * float(meant.laid.fps)
    return judged(
        "av_offset",
        off,
        limits["av_offset"],
        unit="frames",
        reason=f"the sound lies {meant.av_offset_ms:+.1f} ms from the pictures",
        source=source,
    )


def _as_mixed(clip: Measurements, meant: Meant, limits: Limits) -> Metric:
    source = "EBU R128 loudness of the file, away from that of the mix it was encoded from"
    heard = None if clip.sound is None else clip.sound.loudness_lufs
    if meant.mix_lufs is None:
        return not_judged("as_mixed", "LU", source, "there is no sound, or it is silent")
    said = "nothing is heard" if heard is None else f"{heard:.1f} LUFS"
    off = abs(meant.mix_lufs - (-70.0 if heard is None else heard))
    return judged(
        "as_mixed",
        off,
        limits["as_mixed"],
        unit="LU",
        reason=f"{said} where the mix had {meant.mix_lufs:.1f}",
        source=source,
    )
