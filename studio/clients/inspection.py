"""Inspecting any clip: one decoding pass over its pictures, one over its sound."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray

from studio.clients import media, pyav
from studio.errors import MediaError
from studio.measures.listening import Listening
from studio.measures.sound import Sound
from studio.metering import measure_pictures
from studio.pictures import Measurements, Picture, Thumbs
from studio.quality import Assessment
from studio.report_sheet import draw_report, flagged_frames

LONG_SIDE_PX = 256
FULL_EVERY_FRAMES = 6
SOUND_RATE_HZ = 48_000
CHANNELS = 2
REPORT_PX = 320
EIGHT_BIT = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")
_LUMA_LEVELS = np.clip(np.round((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8)
_CHROMA_LEVELS = np.clip(np.round((np.arange(256) - 128) * (255 / 224) + 128), 0, 255).astype(np.uint8)


def inspect_clip(path: Path, *, watch: Callable[[Thumbs], None] | None = None) -> Measurements:
    """Decode a clip once, pictures and sound, and measure it; on one thread, frame by frame.

    Args:
        path: The clip.
        watch: Is given its thumbs by the block; else they are kept. See `measure_pictures`.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no video file, or a frame cannot be decoded.
    """
    info = media.probe_clip(path)
    seen = measure_pictures(info, _pictures(path), watch=watch)
    return seen if info.audio_codec is None else seen.with_sound(_sound(path))


def write_report(path: Path, clip: Measurements, assessment: Assessment, to: Path, *, title: str) -> None:
    """Draw the report on a clip as an SVG file, its flagged frames in colour.

    Raises:
        FileMissingError, MediaError: The clip cannot be decoded any more.
        StorageError: The disk is full, or the folder cannot be written.
    """
    flagged = flagged_frames(assessment)
    pictures = dict(zip(flagged, stills(path, flagged, width_px=REPORT_PX), strict=False))
    with pyav.replacing(to) as part:
        part.write_text(draw_report(clip, assessment, title=title, pictures=pictures), encoding="utf-8")


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture file as RGB or RGBA, uint8, shape (h, w, 3 or 4).

    Raises:
        MediaError: It is no picture that can be read.
    """
    try:
        raw = np.fromfile(path, np.uint8)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror}.", path=str(path)) from error
    pixels = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED) if raw.size else None
    if pixels is None:
        raise MediaError(f"{path.name} is no picture that can be read.", path=str(path))
    pixels = pixels if pixels.dtype == np.uint8 else (pixels / 257).astype(np.uint8)
    to_rgb = {4: cv2.COLOR_BGRA2RGBA, 3: cv2.COLOR_BGR2RGB}
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    return np.asarray(cv2.cvtColor(pixels, to_rgb.get(channels, cv2.COLOR_GRAY2RGB)), np.uint8)


def stills(path: Path, indices: tuple[int, ...], *, width_px: int) -> list[NDArray[np.uint8]]:
    """Some frames of a clip in colour: RGB, uint8, shape (h, width_px, 3), one an index, in their order.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no video file, or a frame cannot be decoded.
    """
    wanted, found = set(indices), {}
    with pyav.reading(path) as container:
        for index, frame in enumerate(container.decode(pyav.video_stream(container, path))):
            if index in wanted:
                high = max(2, 2 * round(frame.height * width_px / frame.width / 2))
                found[index] = frame.to_ndarray(format="rgb24", width=width_px, height=high)
            if len(found) == len(wanted):
                break
    return [np.asarray(found[index], np.uint8) for index in indices if index in found]


def _sound(path: Path) -> Sound:
    """What is heard, from the first sample on; a delay before it is part of no measurement but the drift."""
    heard = Listening(SOUND_RATE_HZ, CHANNELS)
    with pyav.reading(path) as container:
        blocks = pyav.sound_blocks(container, path, SOUND_RATE_HZ, CHANNELS)
        delay = len(next(blocks, ()))
        for block in blocks:
            heard.add(block)
    return heard.sound(start_s=delay / SOUND_RATE_HZ)


def _pictures(path: Path) -> Iterator[Picture]:
    with pyav.reading(path) as container:
        stream = pyav.video_stream(container, path)
        stream.codec_context.thread_count = 1  # more threads decode no frame with less work
        start_s = pyav.zero_s(container)
        scaler = VideoReformatter()  # one for all frames: setting it up costs as much as scaling
        for index, frame in enumerate(container.decode(stream)):
            picture = small_picture(frame, scaler, start_s)
            yield replace(picture, full_luma=_full_luma(frame)) if index % FULL_EVERY_FRAMES == 0 else picture


def small_picture(frame: av.VideoFrame, scaler: VideoReformatter, start_s: float = 0.0) -> Picture:
    """A frame made small for measuring; one scaler serves all of a clip's."""
    scale = min(1.0, LONG_SIDE_PX / max(frame.width, frame.height))
    width, height = (max(8, 8 * round(side * scale / 8)) for side in (frame.width, frame.height))
    small = scaler.reformat(frame, width, height, "yuv420p", interpolation=Interpolation.AREA)
    is_full = frame.color_range == ColorRange.JPEG
    luma, blue, red = (_plane(small, index) for index in range(3))
    chroma = cv2.merge([blue, red])
    return Picture(
        time_s=(frame.time or 0.0) - start_s,
        luma=luma if is_full else np.asarray(cv2.LUT(luma, _LUMA_LEVELS), np.uint8),
        chroma=np.asarray(chroma if is_full else cv2.LUT(chroma, _CHROMA_LEVELS), np.uint8),
    )


def _full_luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plain = frame if frame.format.name in EIGHT_BIT else frame.reformat(format="yuv420p")
    luma = _plane(plain, 0)
    return luma if frame.color_range == ColorRange.JPEG else np.asarray(cv2.LUT(luma, _LUMA_LEVELS), np.uint8)


def _plane(frame: av.VideoFrame, index: int) -> NDArray[np.uint8]:
    plane = frame.planes[index]
    rows = np.frombuffer(cast(bytes, plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: plane.height, : plane.width])
