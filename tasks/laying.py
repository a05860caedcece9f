"""A take laid on its music: cut, mixed, muxed, and proved on the finished file before anyone hears it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.av_offset import AvOffset
from studio.clients import media, sync_proof
from studio.clients.sync_proof import Meant
from studio.cut_list import Entry, frame_order, in_source
from studio.cutting import Cutting, Take, cut_take
from studio.errors import MediaError, SyncOffsetError
from studio.mixing import levelled, mix, speech_present
from studio.music_bed import Bed, lay_bed
from studio.pictures import Measurements
from studio.retiming import held_frames
from studio.sync import SyncReport
from studio.sync_grid import Grid
from studio.sync_plan import Point

Samples = NDArray[np.float32]
Mux = Callable[[Path, Samples, Path], None]

MOST_MUXES: Final = 2


@dataclass(frozen=True, slots=True)
class Files:
    """A take as it was judged, and as the renderer delivered it where that had another rate or length."""

    take: Path
    delivered: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """The music of a clip: its track, how it is laid, its beats, and the user's points; times of the clip."""

    track: Path
    bed: Bed
    grid: Grid
    points: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """A clip on its music, and what was measured on it; the cut list is over frames of `Files`' last."""

    clip: Path
    report: SyncReport
    cutting: Cutting
    cut_list: tuple[Entry, ...]


def lay_on_music(
    files: Files,
    score: Score,
    planned: Sequence[int],
    *,
    folder: Path,
    mux: Mux = media.mux_sound,
) -> Laid:
    """Lay a take on its music; its pictures are encoded again only where cuts are moved, and then once.

    Args:
        files: The take.
        score: Its music.
        planned: First frames of the storyboard's shots but the first.
        folder: Where files may be written.
        mux: Lays sound under pictures.

    Raises:
        SyncOffsetError: sound and pictures of the finished file lie further apart than a frame, twice over.
        MediaError: a file cannot be decoded.
        StorageError: the disk is full, or the folder cannot be written.
    """
    seen = media.measure_clip(files.take)
    own = _own_sound(files.take, seen)
    has_speech = own is not None and bool(speech_present(own, media.SOUND_RATE_HZ).any())
    take = Take(seen.frames, seen.info.fps, seen.cuts, seen.change, tuple(planned), may_retime=not has_speech)
    cutting = cut_take(take, score.grid, score.points)
    pictures, entries = _pictures(files, seen, cutting, folder)
    sound = _sound(score, own, float(seen.frames / seen.info.fps))
    meant = Meant(seen.thumbs[frame_order(cutting.plan.entries)], sound)
    clip = folder / "clip.mp4"
    finished, offset = _proved(pictures, meant, clip, mux)
    report = sync_proof.report_of(finished, clip, downbeats_s=score.grid.downbeats_s)
    return Laid(clip, _with_ours(report, cutting, offset), cutting, entries)


def _own_sound(take: Path, seen: Measurements) -> Samples | None:
    """The take's own sound, as long as its pictures."""
    if seen.info.audio_codec is None:
        return None
    heard = media.decode_audio(take, rate_hz=media.SOUND_RATE_HZ, mono=False)
    sound = np.zeros((round(seen.frames / seen.info.fps * media.SOUND_RATE_HZ), 2), np.float32)
    length = min(len(sound), len(heard))
    sound[:length] = heard[:length]
    return sound


def _pictures(
    files: Files, seen: Measurements, cutting: Cutting, folder: Path
) -> tuple[Path, tuple[Entry, ...]]:
    """The pictures as the cut list has them, made of what was delivered: never encoded a third time."""
    entries = cutting.plan.entries
    if cutting.is_as_it_was:
        return files.take, entries
    source, fps = files.take, seen.info.fps
    if files.delivered is not None:
        source, info = files.delivered, media.probe_clip(files.delivered)
        held = held_frames(frames=info.frames, fps=info.fps, shown=seen.frames, shown_fps=fps)
        entries = in_source(entries, held)
    retimed = folder / "retimed.mp4"
    media.reorder_frames(source, frame_order(entries), retimed, fps=fps)
    return retimed, entries


def _sound(score: Score, own: Samples | None, duration_s: float) -> Samples:
    """The music, as long as the clip, under the take's own sound, at its loudness."""
    rate_hz, bed = media.SOUND_RATE_HZ, replace(score.bed, duration_s=duration_s)
    until_s = None if bed.loop else bed.start_s + duration_s
    track = media.decode_audio(score.track, rate_hz=rate_hz, mono=False, duration_s=until_s)
    if not len(track):
        raise MediaError(f"{score.track.name} holds no sound.", path=str(score.track))
    music = levelled(lay_bed(bed, track, rate_hz), rate_hz)
    return music if own is None else levelled(mix(music, own, rate_hz), rate_hz)


def _proved(pictures: Path, meant: Meant, clip: Path, mux: Mux) -> tuple[Measurements, AvOffset]:
    """Mux, and measure what came of it; once more where sound and pictures lie further apart than a frame."""
    for _ in range(MOST_MUXES):
        mux(pictures, meant.sound, clip)
        finished = media.measure_clip(clip)
        offset = sync_proof.av_offset(finished, clip, meant)
        if not offset.exceeds(1 / finished.info.fps):
            return finished, offset
    raise SyncOffsetError(
        f"The sound lies {offset.offset_ms:+.1f} ms from the pictures, more than a frame.",
        offset_ms=offset.offset_ms,
        sound_ms=offset.sound_ms,
        picture_ms=offset.picture_ms,
        frame_ms=1e3 * float(1 / finished.info.fps),
        muxed=MOST_MUXES,
    )


def _with_ours(report: SyncReport, cutting: Cutting, offset: AvOffset) -> SyncReport:
    retimes, frames = cutting.plan.retimes, [entry.frames for entry in cutting.plan.entries]
    return replace(
        report,
        largest_retime=max(retimes),
        mean_retime=float(np.average(retimes, weights=frames)),
        av_offset_ms=offset.offset_ms,
    )
