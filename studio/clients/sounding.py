"""Sound out of media files, through PyAV: opened, decoded, mixed; it imports nothing that is slow to load."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from studio.errors import FileMissingError, MediaError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.filter.context import FilterContext
    from av.video.stream import VideoStream

Samples = NDArray[np.float32]

FORMATS = "mov,matroska,webm,avi,mpegts,mp3,wav,w64,flac,ogg,aac,aiff,caf"
"""What is opened: no text, pictures or playlists, which would lead the demuxer on to other files."""

BLOCK_SAMPLES = 32_768
"""How many come out at once: a frame of MP3 has 1152, and a call for each costs as much as decoding it."""
TAKEN_EVERY_FRAMES = 32
_MEAN = "rematrix_maxval=1"
"""Of more channels their mean is taken; by itself the mixer sums them, 3 dB too loud where two agree."""

_USUAL = {1: "mono", 2: "stereo"}
_SHORT = "filter_size=16"
LOW_RATE_HZ = 24_000
"""Up to this rate sound is analysed and not heard: a shorter filter does, and costs less."""


def require_file(path: Path) -> None:
    """Pass if a path names a plain file.

    Raises:
        FileMissingError: There is nothing.
        MediaError: It is something else.
    """
    if not path.exists():
        raise FileMissingError(f"There is no file {path.name}.", path=str(path))
    if not path.is_file():
        raise MediaError(f"{path.name} is no file.", path=str(path))


@contextmanager
def reading(path: Path) -> "Iterator[InputContainer]":
    """Open a media file for reading, PyAV's errors turned into ours."""
    require_file(path)
    try:
        # An absolute path cannot be taken for a protocol such as "concat:".
        with av.open(str(path.absolute()), options={"format_whitelist": FORMATS}) as container:
            yield container
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(f"{path.name} cannot be read: {reason}.", path=str(path), reason=reason) from error


def audio_stream(container: "InputContainer", path: Path) -> "AudioStream":
    """The first stream of sound."""
    for stream in container.streams.audio:
        return stream
    raise MediaError(f"{path.name} holds no sound.", path=str(path))


def duration_s(container: "InputContainer", stream: "AudioStream | VideoStream") -> float:
    """Length of a stream, or of its container where the stream does not say."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base


def zero_s(container: "InputContainer") -> float:
    """What a player calls time 0, on the clock of the file's timestamps."""
    return max(0.0, (container.start_time or 0) / av.time_base)


def codec_name(stream: "AudioStream | VideoStream") -> str:
    """The codec's own name, such as `h264`, whichever decoder reads it."""
    return stream.codec_context.codec.canonical_name


def sound_blocks(container: "InputContainer", path: Path, rate_hz: int, channels: int) -> Iterator[Samples]:
    """Decoded sound, mono or stereo, from a player's time 0 on, in blocks of shape (n, channels)."""
    for (block,) in mixed_blocks(container, path, [Mix(rate_hz, channels)]):
        yield block


@dataclass(frozen=True, slots=True)
class Mix:
    """How sound is wanted: `channels` 1 or 2; 0 is as the file has it, and so is a rate of 0."""

    rate_hz: int = 0
    channels: int = 0


def mixed_blocks(container: "InputContainer", path: Path, mixes: Sequence[Mix]) -> Iterator[list[Samples]]:
    """Sound decoded once and mixed in several ways, from a player's time 0 on.

    Yields:
        For each mix the samples that are ready, float32, full scale 1, shape (n, channels), n >= 0.
    """
    mixers: list[_Mixer] = []
    for index, frame in enumerate(container.decode(audio_stream(container, path))):
        if not mixers:
            delay_s = max(0.0, (frame.time or 0.0) - zero_s(container))
            mixers = [_Mixer(mix, frame) for mix in mixes]
            yield [mixer.silence(delay_s) for mixer in mixers]
        frame.pts = None
        for mixer in mixers:
            mixer.put(frame)
        if index % TAKEN_EVERY_FRAMES == TAKEN_EVERY_FRAMES - 1:
            yield [mixer.take() for mixer in mixers]
    if mixers:
        yield [mixer.end() for mixer in mixers]


@dataclass(slots=True)
class _Mixer:
    """Frames in, samples of one mix out; frames may change their rate or channels amid the file."""

    mix: Mix
    first: av.AudioFrame
    ready: list[Samples] = field(default_factory=list)
    graph: Graph = field(init=False)
    source: "FilterContext" = field(init=False)
    queue: av.AudioFifo = field(init=False)
    is_halved: bool = False
    kind: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        self.mix = Mix(self.mix.rate_hz or self.first.sample_rate, self.mix.channels)
        self._open(self.first)

    @property
    def channels(self) -> int:
        return self.mix.channels or self.first.layout.nb_channels

    def silence(self, length_s: float) -> Samples:
        return np.zeros((round(length_s * self.mix.rate_hz), self.channels), np.float32)

    def put(self, frame: av.AudioFrame) -> None:
        if _kind(frame) != self.kind:  # the queue would take it, and break
            self.ready.append(self.end())
            self._open(frame)
        self.queue.write(frame)
        if self.queue.samples >= BLOCK_SAMPLES:
            self._mix()

    def take(self) -> Samples:
        """What is mixed by now."""
        blocks, self.ready = [*self.ready, *self._pulled()], []
        return np.concatenate(blocks) if blocks else self.silence(0.0)

    def end(self) -> Samples:
        """What is left, once there are no more frames."""
        self._mix()
        self.source.push(None)
        return self.take()

    def _open(self, frame: av.AudioFrame) -> None:
        # A single channel is copied, not spread: the mixer would take 3 dB off it.
        layout = self.first.layout.name if not self.mix.channels else "mono"
        if self.mix.channels == 2 and frame.layout.nb_channels > 1:
            layout = "stereo"
        self.graph, self.kind, self.queue = Graph(), _kind(frame), av.AudioFifo()
        self.is_halved = layout == "mono" and self.kind[1:] == ("fltp", "stereo")
        self.source = self.graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout="mono" if self.is_halved else _layout(frame),
        )
        wanted = f"sample_fmts=flt:channel_layouts={layout}:sample_rates={self.mix.rate_hz}"
        options = [str(self.mix.rate_hz), *([_MEAN] if layout == "mono" else ())]
        options += [_SHORT] if self.mix.rate_hz <= LOW_RATE_HZ else []
        chain = (
            self.source,
            self.graph.add("aresample", ":".join(options)),
            self.graph.add("aformat", wanted),
            self.graph.add("abuffersink"),
        )
        self.graph.link_nodes(*chain).configure()

    def _mix(self) -> None:
        """Pass on what has gathered: a call for each frame would cost as much as decoding it."""
        gathered = self.queue.read(0, True)
        if gathered is not None:
            self.source.push(_mean(gathered) if self.is_halved else gathered)

    def _pulled(self) -> Iterator[Samples]:
        while True:
            try:
                frame = self.graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            if isinstance(frame, av.AudioFrame):
                samples = cast(Samples, frame.to_ndarray()).reshape(-1, frame.layout.nb_channels)
                yield np.broadcast_to(samples, (len(samples), self.channels))


def _mean(stereo: av.AudioFrame) -> av.AudioFrame:
    """One channel of two, in planes: the mixer takes twice as long over it."""
    left, right = (np.frombuffer(cast(bytes, plane), np.float32, stereo.samples) for plane in stereo.planes)
    mono = left + right
    mono *= np.float32(0.5)
    frame = av.AudioFrame.from_ndarray(mono[None, :], format="fltp", layout="mono")
    frame.sample_rate = stereo.sample_rate
    return frame


def _kind(frame: av.AudioFrame) -> tuple[object, ...]:
    return frame.sample_rate, frame.format.name, _layout(frame)


def _layout(frame: av.AudioFrame) -> str:
    """What its channels are: two of which the file does not say so are left and right."""
    return _USUAL.get(frame.layout.nb_channels) or frame.layout.name
