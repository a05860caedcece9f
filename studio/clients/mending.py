"""Making a clip from a faulty one, as a plan of `studio.repairs` says."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from studio.clients import media, pyav
from studio.clients.pyav import Samples
from studio.repairs import Mending, NewSound

if TYPE_CHECKING:
    from av.video.stream import VideoStream

COPIED = frozenset({"h264", "hevc", "av1", "vp9"})
"""What MP4 can hold as it is; else pictures are encoded again."""
FADE_S = 0.02
BLACK_LUMA, NO_CHROMA = 16, 128


def mend_clip(faulty: Path, mending: Mending, to: Path) -> None:
    """Write the clip that a plan makes of a faulty one; pictures that stay as they are aren't encoded again.

    Raises:
        FileMissingError: There is no such clip.
        MediaError: It cannot be decoded.
        StorageError: The disk is full, or the folder cannot be written.
    """
    info = media.probe_clip(faulty)
    if info.audio_codec is None:
        _pictures(faulty, mending, to)
        return
    with TemporaryDirectory(prefix="mending-", dir=to.parent) as folder:
        pictures = Path(folder) / "pictures.mp4"
        _pictures(faulty, mending, pictures)
        length_s = float(media.probe_clip(pictures).frames / mending.fps)
        _lay_sound(pictures, _sound(faulty, mending.sound or NewSound(), length_s), to)


def _pictures(faulty: Path, mending: Mending, to: Path) -> None:
    with pyav.reading(faulty) as source, pyav.writing(to) as target:
        stream = pyav.video_stream(source, faulty)
        if not mending.draws and pyav.codec_name(stream) in COPIED:
            _restamp(source.demux(stream), stream, target, mending.fps)
        else:
            _draw(faulty, source, target, mending)


def _restamp(
    packets: "Iterator[av.Packet[VideoStream]]",
    stream: "VideoStream",
    target: av.container.OutputContainer,
    fps: Fraction,
) -> None:
    """Packets as they are, each frame a step after the one before."""
    copied = target.add_stream_from_template(stream)
    kept = [packet for packet in packets if packet.size and packet.pts is not None]
    shown = {pts: index for index, pts in enumerate(sorted(cast(int, packet.pts) for packet in kept))}
    ahead = max((index - shown[cast(int, packet.pts)] for index, packet in enumerate(kept)), default=0)
    for index, packet in enumerate(kept):
        packet.pts, packet.dts = shown[cast(int, packet.pts)], index - ahead
        packet.duration, packet.time_base, packet.stream = 1, 1 / fps, copied
        target.mux(packet)


def _draw(
    faulty: Path,
    source: av.container.InputContainer,
    target: av.container.OutputContainer,
    mending: Mending,
) -> None:
    given = pyav.video_stream(source, faulty).codec_context
    size = mending.size or (given.width, given.height)
    stream = pyav.h264_stream(target, mending.fps, size)
    times = repeat(1) if mending.order is None else np.bincount(mending.order, minlength=1).tolist()
    gains = repeat(1.0) if mending.gains is None else mending.gains.tolist()
    shown = 0
    for frame, count, gain in zip(pyav.decoded_420(source, faulty, stream), times, gains, strict=False):
        lit = frame if gain == 1.0 else _lit(frame, gain)
        drawn = lit if (lit.width, lit.height) == size else lit.reformat(*size, interpolation="AREA")
        for _ in range(count):
            drawn.pts, drawn.time_base = shown, 1 / mending.fps
            target.mux(stream.encode(drawn))
            shown += 1
    target.mux(stream.encode(None))


def _lit(frame: av.VideoFrame, gain: float) -> av.VideoFrame:
    """A frame of 4:2:0 with its tones multiplied."""
    black = 0 if frame.color_range == ColorRange.JPEG else BLACK_LUMA
    planes = frame.to_ndarray()
    luma = planes[: frame.height]
    chroma = planes[frame.height :]
    cv2.LUT(luma, _gained(black, gain), dst=luma)
    cv2.LUT(chroma, _gained(NO_CHROMA, gain), dst=chroma)
    lit = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    lit.colorspace, lit.color_range = frame.colorspace, frame.color_range
    return lit


def _gained(zero: int, gain: float) -> NDArray[np.uint8]:
    return np.clip(np.round(zero + gain * (np.arange(256) - zero)), 0, 255).astype(np.uint8)


def _sound(faulty: Path, new: NewSound, length_s: float) -> Samples:
    """The sound for a clip of that length, from `new.from_s` on: what lacks is silence, what ends fades."""
    rate = media.SOUND_RATE_HZ
    heard = media.decode_audio(faulty, rate_hz=rate, mono=False)
    begin, wanted = round(new.from_s * rate), round(length_s * rate)
    kept = heard[max(begin, 0) : max(begin + wanted, 0)] * np.float32(10 ** (new.gain_db / 20))
    fade = min(len(kept), round(FADE_S * rate))
    if len(heard) != begin + len(kept):
        kept[len(kept) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    ahead = min(max(-begin, 0), wanted)
    return np.pad(kept[: wanted - ahead], ((ahead, max(wanted - ahead - len(kept), 0)), (0, 0)))


def _lay_sound(pictures: Path, samples: Samples, to: Path) -> None:
    with pyav.reading(pictures) as source, pyav.writing(to) as target:
        stream = pyav.video_stream(source, pictures)
        copied = target.add_stream_from_template(stream)
        rate, bit_rate = media.SOUND_RATE_HZ, media.SOUND_BIT_RATE
        pyav.mux_in_order(
            target,
            pyav.copied_packets(source, stream, copied),
            pyav.aac_packets(target, samples, rate_hz=rate, bit_rate=bit_rate),
        )
