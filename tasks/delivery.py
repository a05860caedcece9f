"""What a renderer delivered, brought to exactly the length and the rate that were asked for."""

from fractions import Fraction
from pathlib import Path
from typing import Final

from studio.clients import media
from studio.errors import MediaError
from studio.fitting import Shape
from studio.pictures import ClipInfo
from studio.retiming import held_frames

SAME_RATE: Final = Fraction(1, 1000)
"""Rates that differ by less are one: containers round them, and checks are as lenient."""


def conform(file: Path, asked: Shape, *, folder: Path) -> Path:
    """The clip with exactly `asked.frames` at `asked.fps`, its size untouched; the same file where it is so.

    Models draw at rates and lengths of their own, at least as long as asked: frames are held, left out, and
    cut off at the end, never invented. A clip that is shorter than asked by more than a frame, its own or
    one asked for, comes back as it is, as does what is no video at all: what is missing must be seen when
    the take is judged, and not hide behind a frozen end. The model's own sound is kept.

    Args:
        file: What was delivered.
        asked: Frames and rate that were asked for; its size is not looked at.
        folder: Where the new file may be written.

    Raises:
        StorageError: the disk is full, or the folder cannot be written.
    """
    try:
        info = media.probe_clip(file)
        if _is_as_asked(info, asked) or _is_too_short(info, asked):
            return file
        return _conformed(file, info, asked, folder)
    except MediaError:
        return file


def _is_as_asked(info: ClipInfo, asked: Shape) -> bool:
    return info.frames == asked.frames and abs(info.fps / asked.fps - 1) < SAME_RATE


def _is_too_short(info: ClipInfo, asked: Shape) -> bool:
    missing_s = asked.frames / asked.fps - info.frames / info.fps
    return info.frames == 0 or missing_s > max(1 / info.fps, 1 / asked.fps)


def _conformed(file: Path, info: ClipInfo, asked: Shape, folder: Path) -> Path:
    order = held_frames(frames=info.frames, fps=info.fps, shown=asked.frames, shown_fps=asked.fps)
    pictures = folder / "conformed.mp4"
    media.reorder_frames(file, order, pictures, fps=asked.fps)
    if info.audio_codec is None:
        return pictures
    clip = folder / "conformed-with-sound.mp4"
    media.mux_audio(pictures, file, clip, duration_s=asked.duration_s)
    return clip
