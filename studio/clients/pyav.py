"""The PyAV side of the media client: containers, streams and frames; nothing of it leaves the client."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import av
import numpy as np
from av.stream import Disposition
from av.video.frame import PictureType
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)
from numpy.typing import NDArray

from studio.clients.sounding import FORMATS as FORMATS
from studio.clients.sounding import Samples as Samples
from studio.clients.sounding import audio_stream as audio_stream
from studio.clients.sounding import codec_name as codec_name
from studio.clients.sounding import duration_s as duration_s
from studio.clients.sounding import reading as reading
from studio.clients.sounding import sound_blocks as sound_blocks
from studio.clients.sounding import zero_s as zero_s
from studio.errors import InvalidError, MediaError, StorageError
from studio.pictures import Picture

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

AAC_FRAME_SAMPLES = 1024
X264_THREADS = 2
"""Fixed: x264 decides differently with another number of threads, and equal frames must give equal files.

For the same reason its macroblock tree is off: where a side is no multiple of 16 it reads memory that was
never written, and one clip in two came out different (measured at 320x184, 60 encodes).
"""

X264: Final = {"crf": "18", "preset": "veryfast", "threads": str(X264_THREADS), "x264-params": "mbtree=0"}


@contextmanager
def writing(path: Path) -> "Iterator[OutputContainer]":
    """Write an MP4 beside `path` and put it there when it is whole."""
    with replacing(path) as part:
        try:
            with av.open(str(part.absolute()), "w", "mp4", {"movflags": "+faststart"}) as container:
                yield container
        except av.FFmpegError as error:
            if isinstance(error, OSError):
                raise
            reason = error.strerror or str(error)
            raise MediaError(f"{path.name} cannot be encoded: {reason}.", path=str(path)) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to that takes the place of `path` at the end, or goes away on failure."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise StorageError(f"{path.name} cannot be written: {error.strerror}.", path=str(path)) from error
    finally:
        with suppress(OSError):
            part.unlink()


def video_stream(container: "InputContainer", path: Path) -> "VideoStream":
    """The first stream of moving pictures; a track's cover picture is none."""
    for stream in container.streams.video:
        if not is_cover(stream):
            return stream
    raise MediaError(f"{path.name} holds no video.", path=str(path))


def is_cover(stream: "VideoStream") -> bool:
    """Whether a stream is a track's cover picture."""
    return bool(stream.disposition & Disposition.attached_pic)


def copied_packets(
    container: "InputContainer", stream: "VideoStream", to: "VideoStream"
) -> "Iterator[av.Packet[VideoStream]]":
    """The packets of a stream, addressed to another container's stream."""
    for packet in container.demux(stream):
        if packet.dts is not None:
            packet.stream = to
            yield packet


def aac_packets(
    container: "OutputContainer", samples: Samples, *, rate_hz: int, bit_rate: int
) -> "Iterator[av.Packet[AudioStream]]":
    """Stereo samples, shape (n, 2), as AAC; the encoder's priming lies before time 0."""
    stream = container.add_stream("aac", rate=rate_hz, layout="stereo", format="fltp")
    stream.codec_context.bit_rate = bit_rate
    return _aac_frames(stream, samples, rate_hz)


def _aac_frames(stream: "AudioStream", samples: Samples, rate_hz: int) -> "Iterator[av.Packet[AudioStream]]":
    for start in range(0, len(samples), AAC_FRAME_SAMPLES):
        planes = np.ascontiguousarray(samples[start : start + AAC_FRAME_SAMPLES].T)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, start, Fraction(1, rate_hz)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def mux_in_order(
    container: "OutputContainer",
    pictures: "Iterator[av.Packet[VideoStream]]",
    sound: "Iterator[av.Packet[AudioStream]]",
) -> None:
    """Write two streams interleaved by decoding time, as a player reads them."""
    packets: Iterator[av.Packet[VideoStream] | av.Packet[AudioStream]]
    packets = merge(pictures, sound, key=lambda packet: (packet.dts or 0) * packet.time_base)
    for packet in packets:
        container.mux(packet)


def h264_stream(container: "OutputContainer", fps: Fraction, size: tuple[int, int]) -> "VideoStream":
    """A stream of H.264, BT.709, 4:2:0, at a constant rate."""
    stream = container.add_stream("libx264", rate=fps, options=dict(X264))
    context = stream.codec_context
    context.width, context.height = size
    context.pix_fmt, context.time_base = "yuv420p", 1 / fps
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return stream


def decoded_420(container: "InputContainer", path: Path, to: "VideoStream") -> Iterator[av.VideoFrame]:
    """A clip's frames, ready to be encoded to a stream of `h264_stream`, which takes on their colours."""
    stream = video_stream(container, path)
    context, source = to.codec_context, stream.codec_context
    context.colorspace, context.color_range = source.colorspace, source.color_range
    context.color_primaries, context.color_trc = source.color_primaries, source.color_trc
    for frame in container.decode(stream):
        ready = frame.reformat(format="yuv420p")
        ready.pict_type = PictureType.NONE
        yield ready


def bt709_frame(pixels: NDArray[np.uint8], size: tuple[int, int]) -> av.VideoFrame:
    """An RGB picture as a frame of `h264_stream`."""
    if pixels.shape != (size[1], size[0], 3):
        raise InvalidError(
            "A picture has another size than the video.",
            field="frames",
            value=list(pixels.shape),
            expected=[size[1], size[0], 3],
        )
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        dst_color_trc=ColorTrc.BT709,
        dst_color_primaries=ColorPrimaries.BT709,
    )


def small_pictures(
    container: "InputContainer", path: Path, long_side_px: int, *, full_every_frames: int
) -> Iterator[Picture]:
    """A clip's frames, made small, every so many with its luma in full."""
    stream = video_stream(container, path)
    stream.thread_type = "AUTO"
    start_s = zero_s(container)
    scaler = VideoReformatter()  # one for all frames: setting it up costs as much as scaling
    for index, frame in enumerate(container.decode(stream)):
        keep_full = index % full_every_frames == 0
        yield _picture(frame, long_side_px, scaler, start_s=start_s, keep_full=keep_full)


def _picture(
    frame: av.VideoFrame, long_side_px: int, scaler: VideoReformatter, *, start_s: float, keep_full: bool
) -> Picture:
    scale = min(1.0, long_side_px / max(frame.width, frame.height))
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (frame.width, frame.height))
    small = scaler.reformat(frame, width, height, "yuv420p", interpolation=Interpolation.AREA)
    is_full_range = frame.color_range == ColorRange.JPEG
    chroma = np.stack([_plane(small, index) for index in (1, 2)], axis=-1)
    return Picture(
        time_s=(frame.time or 0.0) - start_s,
        luma=_full_range(_plane(small, 0), is_full_range),
        chroma=chroma,
        full_luma=_full_range(_plane(frame, 0), is_full_range) if keep_full else None,
    )


_STRETCH = np.clip(np.round((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8)


def _full_range(luma: NDArray[np.uint8], is_full_range: bool) -> NDArray[np.uint8]:
    return luma if is_full_range else _STRETCH[luma]


def _plane(frame: av.VideoFrame, index: int) -> NDArray[np.uint8]:
    plane = frame.planes[index]
    rows = np.frombuffer(cast(bytes, plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width].copy()
