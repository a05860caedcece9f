"""What a finished episode proves: every frame at its time, and its sound where its pictures are."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from studio.assembly_parts import Assembly
from studio.av_offset import AvOffset, picture_late_s, sound_lag_s
from studio.clients import media, pyav
from studio.clients.assembling_pictures import Look, decoded_from, draw
from studio.clients.assembling_sound import RATE_HZ, Mix
from studio.errors import MediaError, SyncOffsetError

if TYPE_CHECKING:
    pass

Thumbs = NDArray[np.uint8]
Values = NDArray[np.float64]

WINDOW_S: Final = 8.0
WINDOWS: Final = 3
THUMB_PX: Final = (32, 18)


def prove(assembly: Assembly, target: Path, look: Look, mix: Mix | None) -> AvOffset:
    """Hold a file against the cut list that it was made of.

    The times of all its frames are read; at its beginning, its middle and its end, eight seconds each, it is
    decoded, and pictures and sound are held against those that were meant, as `studio.av_offset` does.

    Returns:
        The offset of the window where sound and pictures lie furthest apart.

    Raises:
        MediaError: Frames are missing, or do not follow one another evenly.
        SyncOffsetError: Sound and pictures lie further apart than a frame.
    """
    _require_even(assembly, target)
    if mix is None:
        return AvOffset(None, None, reason="there is no sound")
    offsets = [_offset(assembly, target, look, mix, begin) for begin in _windows(assembly)]
    worst = max(offsets, key=lambda offset: abs(offset.offset_ms or 0.0))
    if worst.exceeds(1 / assembly.fps):
        raise SyncOffsetError(
            f"The sound lies {worst.offset_ms:+.1f} ms from the pictures, more than a frame.",
            offset_ms=worst.offset_ms,
            sound_ms=worst.sound_ms,
            picture_ms=worst.picture_ms,
            frame_ms=1e3 * float(1 / assembly.fps),
        )
    return worst


def _require_even(assembly: Assembly, target: Path) -> None:
    with pyav.reading(target) as container:
        stream = pyav.video_stream(container, target)
        times = sorted(
            packet.pts * packet.time_base
            for packet in container.demux(stream)
            if packet.size and packet.pts is not None and packet.time_base is not None
        )
    if times != [number / assembly.fps for number in range(assembly.frames)]:
        raise MediaError(f"{target.name} lacks frames, or shows them unevenly.", path=str(target))


def _length(assembly: Assembly) -> int:
    return max(1, min(round(WINDOW_S * assembly.fps), assembly.frames))


def _windows(assembly: Assembly) -> list[int]:
    """First frames of the windows, ascending."""
    last = assembly.frames - _length(assembly)
    return sorted({last * number // (WINDOWS - 1) for number in range(WINDOWS)})


def _offset(assembly: Assembly, target: Path, look: Look, mix: Mix, begin: int) -> AvOffset:
    end = begin + _length(assembly)
    seen, time_s = _seen(assembly, target, begin, end)
    meant = _thumbs(draw(assembly, look, begin, end))
    picture_s = picture_late_s(seen, time_s - float(begin / assembly.fps), meant, assembly.fps)
    first = round(begin / assembly.fps * RATE_HZ)
    until = min(round(end / assembly.fps * RATE_HZ), mix.length)
    heard = media.decode_audio(
        target, rate_hz=RATE_HZ, start_s=first / RATE_HZ, duration_s=(until - first) / RATE_HZ
    )
    lag_s = sound_lag_s(heard, _sound(mix, first, until), RATE_HZ)
    if lag_s is None:
        return AvOffset(None, 1e3 * picture_s, reason="the sound is silent, or another one")
    return AvOffset(1e3 * lag_s, 1e3 * picture_s)


def _sound(mix: Mix, first: int, until: int) -> NDArray[np.float32]:
    begin = first // 480 * 480
    return np.asarray(mix.block(begin, until)[first - begin :].mean(axis=1))


def _seen(assembly: Assembly, target: Path, begin: int, end: int) -> tuple[Thumbs, Values]:
    frames = decoded_from(target, begin, assembly.frames)
    shown = [(frame.time or 0.0, _thumb(frame)) for _, frame in zip(range(end - begin), frames, strict=False)]
    return np.array([thumb for _, thumb in shown]), np.array([time for time, _ in shown])


def _thumbs(frames: Iterator[av.VideoFrame]) -> Thumbs:
    return np.array([_thumb(frame) for frame in frames])


def _thumb(frame: av.VideoFrame) -> Thumbs:
    width, height = THUMB_PX
    small = frame.reformat(width, height, "rgb24", interpolation=Interpolation.AREA)
    return np.asarray(small.to_ndarray(), np.uint8)
