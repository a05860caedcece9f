"""Media files, through PyAV: the only place that opens them; arrays and values go on from here."""

import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.clients import pyav
from studio.clients.pyav import Samples
from studio.errors import InvalidError, MediaError
from studio.metering import measure_pictures
from studio.music_bed import Bed, Loop, lay_bed
from studio.pictures import ClipInfo, Measurements, Picture

SOUND_RATE_HZ = 48_000
SOUND_BIT_RATE = 192_000
FULL_LUMA_EVERY_FRAMES = 6


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a sound file says of itself."""

    duration_s: float
    rate_hz: int
    channels: int
    codec: str


def probe_audio(path: Path) -> AudioInfo:
    """Open a sound file and decode its first frame, which proves that it is one.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no sound file, has no sound, or its sound cannot be decoded.
    """
    with pyav.reading(path) as container:
        stream = pyav.audio_stream(container, path)
        first = next(container.decode(stream), None)
        if first is None:
            raise MediaError(f"{path.name} holds no sound.", path=str(path))
        return AudioInfo(
            duration_s=pyav.duration_s(container, stream),
            rate_hz=first.sample_rate,
            channels=first.layout.nb_channels,
            codec=pyav.codec_name(stream),
        )


def decode_audio(
    path: Path,
    *,
    rate_hz: int = 22_050,
    mono: bool = True,
    start_s: float = 0.0,
    duration_s: float | None = None,
) -> Samples:
    """Decode the sound of a file as a player plays it: encoder priming is left out, delays are silence.

    Args:
        path: A sound file, or a video with sound.
        rate_hz: Sampling rate of the result, Hz, > 0.
        mono: Mix to one channel; else to two.
        start_s: Where to begin, seconds from what a player plays at time 0, >= 0.
        duration_s: Length to decode, seconds; None: to the end. The file's end may come first.

    Returns:
        Samples, float32, full scale 1, shape (n,) or (n, 2); sample i is heard at `start_s + i / rate_hz`.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It holds no sound that can be decoded.
    """
    begin = round(start_s * rate_hz)
    end = None if duration_s is None else begin + round(duration_s * rate_hz)
    channels = 1 if mono else 2
    blocks: list[Samples] = []
    position = 0
    with pyav.reading(path) as container:
        for block in pyav.sound_blocks(container, path, rate_hz, channels):
            if position + len(block) > begin:
                blocks.append(block[max(0, begin - position) :])
            position += len(block)
            if end is not None and position >= end:
                break
    samples = np.concatenate(blocks) if blocks else np.zeros((0, channels), np.float32)
    samples = samples[: None if end is None else end - begin]
    return samples[:, 0] if mono else samples


def probe_clip(path: Path) -> ClipInfo:
    """Open a video file and read its measures.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no video file.
    """
    with pyav.reading(path) as container:
        stream = pyav.video_stream(container, path)
        sound = next(iter(container.streams.audio), None)
        fps = stream.average_rate or stream.guessed_rate
        if not fps:
            raise MediaError(f"{path.name} has no frame rate.", path=str(path))
        return ClipInfo(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            fps=Fraction(fps),
            duration_s=pyav.duration_s(container, stream),
            video_codec=pyav.codec_name(stream),
            audio_codec=pyav.codec_name(sound) if sound else None,
            audio_duration_s=pyav.duration_s(container, sound) if sound else None,
            frames=stream.frames or sum(packet.size > 0 for packet in container.demux(stream)),
        )


def read_clip(path: Path, *, long_side_px: int = 256) -> Iterator[Picture]:
    """Decode a clip once, frame by frame, each made small for measuring.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no video file, or a frame cannot be decoded.
    """
    with pyav.reading(path) as container:
        yield from pyav.small_pictures(
            container, path, long_side_px, full_every_frames=FULL_LUMA_EVERY_FRAMES
        )


def measure_clip(path: Path) -> Measurements:
    """Decode a clip once and measure its pictures.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It is no video file, or a frame cannot be decoded.
    """
    return measure_pictures(probe_clip(path), read_clip(path))


def encode_video(
    frames: Iterable[NDArray[np.uint8]], path: Path, *, fps: Fraction, size: tuple[int, int]
) -> None:
    """Encode pictures as H.264 in MP4 at a constant rate, one video frame for each picture.

    Args:
        frames: RGB pictures, uint8, each of shape (height, width, 3); taken one at a time.
        path: The file to write; a failure leaves it as it was.
        fps: Frame rate, frames per second, > 0.
        size: Width and height in pixels, both even and > 0.

    Raises:
        InvalidError: A size is odd, the rate not positive, a picture of another shape, or there is none.
        StorageError: The disk is full, or the folder cannot be written.
    """
    if min(size) <= 0 or any(side % 2 for side in size):
        raise InvalidError("Width and height must be even.", field="size", value=size, expected="even, > 0")
    if fps <= 0:
        raise InvalidError("The frame rate must be positive.", field="fps", value=str(fps), expected="> 0")
    with pyav.writing(path) as to:
        stream = pyav.h264_stream(to, fps, size)
        index = -1
        for index, pixels in enumerate(frames):
            frame = pyav.bt709_frame(pixels, size)
            frame.pts, frame.time_base = index, 1 / fps
            to.mux(stream.encode(frame))
        if index < 0:
            raise InvalidError("A video needs at least one frame.", field="frames", value=0, expected=">= 1")
        to.mux(stream.encode(None))


def reorder_frames(video: Path, order: NDArray[np.intp], to: Path, *, fps: Fraction | None = None) -> None:
    """Encode a clip again with its frames shown in another measure: retimed, held or left out.

    Args:
        video: The clip; its sound, if any, is left out.
        order: For each frame of the result the frame of the clip to show, ascending (repeats are
            holds), in 0..frames - 1, shape (n,), n >= 1.
        to: The file to write, of the clip's size; a failure leaves it as it was.
        fps: Its rate, frames per second, > 0; None: the clip's.

    Raises:
        InvalidError: The order is empty, not ascending, or names a frame that the clip does not have.
        FileMissingError: There is no such clip.
        MediaError: It is no video file, or a frame cannot be decoded.
        StorageError: The disk is full, or the folder cannot be written.
    """
    info = probe_clip(video)
    if not len(order) or order[0] < 0 or order[-1] >= info.frames or np.any(np.diff(order) < 0):
        raise InvalidError(
            "The frames cannot be shown in this order.",
            field="order",
            value=[int(index) for index in order[:20]],
            expected=f"ascending, 0 to {info.frames - 1}",
        )
    rate = fps or info.fps
    times = np.bincount(order, minlength=info.frames)
    with pyav.reading(video) as source, pyav.writing(to) as target:
        stream = pyav.h264_stream(target, rate, (info.width, info.height))
        shown = 0
        for count, frame in zip(times, pyav.decoded_420(source, video, stream), strict=False):
            for _ in range(count):
                frame.pts, frame.time_base = shown, 1 / rate
                target.mux(stream.encode(frame))
                shown += 1
        target.mux(stream.encode(None))


def mux_audio(
    video: Path,
    audio: Path,
    to: Path,
    *,
    audio_start_s: float = 0.0,
    duration_s: float,
    fade_s: float = 0.1,
) -> None:
    """Lay a file's sound under a clip, as it is: see `mux_sound`.

    Args:
        video: The clip; its own sound, if any, is left out.
        audio: The track; begun again from its start where it is shorter than the clip.
        to: The file to write; a failure leaves it as it was.
        audio_start_s: Time of the track that is heard at the clip's time 0, seconds, >= 0.
        duration_s: Length of the sound, seconds, > 0: the clip's length.
        fade_s: Fade at the end, seconds, >= 0; at most 5 ms at the start, for the sake of a first beat.

    Raises:
        FileMissingError: One of the two files is missing.
        MediaError: One of them holds no pictures, or no sound, that can be read.
        StorageError: The disk is full, or the folder cannot be written.
    """
    until_s = audio_start_s + duration_s
    track = decode_audio(audio, rate_hz=SOUND_RATE_HZ, mono=False, duration_s=until_s)
    if not len(track):
        raise MediaError(f"{audio.name} holds no sound.", path=str(audio))
    is_short = len(track) < round(until_s * SOUND_RATE_HZ)
    loop = Loop(0.0, len(track) / SOUND_RATE_HZ) if is_short else None
    bed = Bed(audio_start_s, duration_s, fade_s, loop)
    mux_sound(video, lay_bed(bed, track, SOUND_RATE_HZ), to)


def mux_sound(video: Path, sound: Samples, to: Path) -> None:
    """Lay sound under a clip: pictures copied, sound as AAC, its priming declared.

    Args:
        video: The clip; its own sound, if any, is left out.
        sound: Samples at 48 kHz, full scale 1, shape (n, 2), heard from the clip's time 0 on.
        to: The file to write; a failure leaves it as it was.

    Raises:
        FileMissingError: There is no such clip.
        MediaError: It holds no pictures that can be read.
        StorageError: The disk is full, or the folder cannot be written.
    """
    with pyav.reading(video) as source, pyav.writing(to) as target:
        pictures = pyav.video_stream(source, video)
        copied = target.add_stream_from_template(pictures)
        pyav.mux_in_order(
            target,
            pyav.copied_packets(source, pictures, copied),
            pyav.aac_packets(target, sound, rate_hz=SOUND_RATE_HZ, bit_rate=SOUND_BIT_RATE),
        )


def write_wav(path: Path, samples: NDArray[np.floating], rate_hz: int) -> None:
    """Write samples in [-1, 1], shape (n,) or (n, channels), as 16-bit WAV.

    Raises:
        StorageError: The disk is full, or the folder cannot be written.
    """
    pcm = np.round(np.clip(samples, -1.0, 1.0) * 32_767).astype("<i2")
    with pyav.replacing(path) as part, part.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1 if pcm.ndim == 1 else pcm.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm.tobytes())
