"""The sound of an episode: music under the scenes' own, to its loudness; a block at a time, kept on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import av
import numpy as np

from studio.assembly_copy import touched
from studio.assembly_parts import Assembly
from studio.clients import media, pyav
from studio.clients.pyav import AAC_FRAME_SAMPLES, Samples
from studio.errors import MediaError
from studio.measures.programme import Programme
from studio.mixing import duck_gains, gain_of
from studio.music_bed import Bed, lay_bed

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer

RATE_HZ: Final = media.SOUND_RATE_HZ
CHANNELS: Final = 2
BLOCK: Final = 400 * AAC_FRAME_SAMPLES
"""Some nine seconds, in whole steps of the ducking's envelope (480 samples) and frames of AAC."""

AROUND: Final = RATE_HZ
"""So much sound on both sides of a block decides how far the music goes back for speech in it."""

EDGE_S: Final = 0.005
_SAMPLE_BYTES: Final = 4 * CHANNELS
_TICK: Final = Fraction(1, RATE_HZ)


@dataclass(frozen=True, slots=True)
class Spool:
    """Stereo sound on disk, of so many samples; read in stretches, so that memory holds only those."""

    path: Path
    length: int

    def samples(self) -> Samples:
        """All of it, read when it is looked at; to be let go soon."""
        return np.memmap(self.path, np.float32, "r", shape=(self.length, CHANNELS))

    def read(self, begin: int, end: int) -> Samples:
        """Samples `[begin, end)`; what lies before the start or after the end is silence."""
        found = np.zeros((end - begin, CHANNELS), np.float32)
        first, until = max(begin, 0), min(end, self.length)
        if until > first:
            found[first - begin : until - begin] = self.samples()[first:until]
        return found

    def add(self, at: int, sound: Samples) -> None:
        """Add sound from a sample on to what is there."""
        until = min(at + len(sound), self.length)
        if until > at:
            there = np.memmap(self.path, np.float32, "r+", shape=(self.length, CHANNELS))
            there[at:until] += sound[: until - at]
            there.flush()


def silent(path: Path, length: int) -> Spool:
    """A spool of silence."""
    with path.open("wb") as file:
        file.truncate(max(1, length) * _SAMPLE_BYTES)
    return Spool(path, max(1, length))


def spooled(track: Path, path: Path, until_s: float | None) -> Spool:
    """A track as a spool, up to a time or whole.

    Raises:
        FileMissingError: There is no such track.
        MediaError: It holds no sound.
    """
    most = None if until_s is None else round(until_s * RATE_HZ)
    length = 0
    with pyav.reading(track) as container, path.open("wb") as file:
        for block in pyav.sound_blocks(container, track, RATE_HZ, CHANNELS):
            kept = block if most is None else block[: most - length]
            file.write(np.ascontiguousarray(kept, np.float32).tobytes())
            length += len(kept)
            if most is not None and length >= most:
                break
    if not length:
        raise MediaError(f"{track.name} holds no sound.", path=str(track))
    return Spool(path, length)


@dataclass(frozen=True, slots=True)
class Mix:
    """What is heard: the music's bed at its gain, ducked under the voice; all at the mix's own gain."""

    length: int
    bed: Bed | None
    music: Spool | None
    voice: Spool | None
    music_gain: float = 1.0
    gain: float = 1.0
    loudness_lufs: float | None = None

    def block(self, begin: int, end: int) -> Samples:
        """Samples `[begin, end)`, full scale 1, shape (n, 2); `begin` in whole steps of 480 samples."""
        sound = np.zeros((end - begin, CHANNELS), np.float32)
        if self.music is not None and self.bed is not None:
            laid = lay_bed(self.bed, self.music.samples(), RATE_HZ, begin=begin, end=end)
            sound[: len(laid)] = laid * np.float32(self.music_gain)
        if self.voice is not None:
            around = self.voice.read(begin - AROUND, end + AROUND)
            gains = duck_gains(around, RATE_HZ)[AROUND : AROUND + len(sound)]
            sound = sound * gains[:, None].astype(np.float32) + around[AROUND : AROUND + len(sound)]
        return np.asarray(sound * np.float32(self.gain), np.float32)

    def blocks(self) -> Iterator[Samples]:
        """All of it, in its order."""
        for begin in range(0, self.length, BLOCK):
            yield self.block(begin, min(begin + BLOCK, self.length))


@contextmanager
def mixed(assembly: Assembly, music: Path | None) -> Iterator[Mix | None]:
    """The sound of an episode, to its loudness; None where there is none at all.

    Raises:
        FileMissingError: The music, or a scene's sound, is missing.
        MediaError: One of them holds no sound that can be decoded.
    """
    if music is None and not any(clip.sound for clip in assembly.clips):
        yield None
        return
    with TemporaryDirectory(prefix="tower-sound-") as name:
        yield _levelled(_laid(assembly, music, Path(name)), assembly.loudness_lufs)


def _laid(assembly: Assembly, music: Path | None, folder: Path) -> Mix:
    length = round(assembly.frames / assembly.fps * RATE_HZ)
    bed, track = assembly.bed, None
    if music is not None:
        bed = bed or Bed(0.0, assembly.duration_s, min(1.0, assembly.duration_s / 2))
        until_s = None if bed.loop else bed.start_s + bed.duration_s
        track = spooled(music, folder / "music.raw", until_s)
    has_voice = any(clip.sound for clip in assembly.clips)
    voice = _voice(assembly, silent(folder / "voice.raw", length)) if has_voice else None
    return Mix(length, bed, track, voice)


def _voice(assembly: Assembly, spool: Spool) -> Spool:
    for index, part in enumerate(assembly.parts):
        clip = None if part.clip is None else assembly.clips[part.clip]
        if clip is None or clip.sound is None:
            continue
        heard = media.decode_audio(
            clip.sound,
            rate_hz=RATE_HZ,
            mono=False,
            start_s=float(part.begin / clip.fps),
            duration_s=float((part.seen_until - part.seen_from) / assembly.fps),
        )
        spool.add(round(part.seen_from / assembly.fps * RATE_HZ), _faded(assembly, index, heard))
    return spool


def _faded(assembly: Assembly, index: int, heard: Samples) -> Samples:
    """A scene's sound, which comes and goes as its pictures do; at a cut within 5 ms."""
    part = assembly.parts[index]
    opening, closing = touched(assembly, index)
    ramps_s = [
        float(frames / assembly.fps) or EDGE_S for frames in (part.head + opening, part.tail + closing)
    ]
    sound = heard.copy()
    for ramp_s, edge in zip(ramps_s, (sound, sound[::-1]), strict=True):
        length = min(len(sound), round(ramp_s * RATE_HZ))
        ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(length, 1))
        edge[:length] *= ramp[:, None].astype(np.float32)
    return sound


def _levelled(mix: Mix, target_lufs: float) -> Mix:
    """A mix with its gains: the music's by itself where it is ducked, then that of the whole."""
    gain_music = 1.0
    if mix.music is not None and mix.voice is not None:
        alone = _measured(Mix(mix.length, mix.bed, mix.music, None))
        gain_music = 10 ** (gain_of(*alone, target_lufs=target_lufs) / 20)
    whole = Mix(mix.length, mix.bed, mix.music, mix.voice, gain_music)
    loudness_lufs, peak_dbtp = _measured(whole)
    gain_db = gain_of(loudness_lufs, peak_dbtp, target_lufs=target_lufs)
    told = None if loudness_lufs is None else loudness_lufs + gain_db
    return Mix(mix.length, mix.bed, mix.music, mix.voice, gain_music, 10 ** (gain_db / 20), told)


def _measured(mix: Mix) -> tuple[float | None, float | None]:
    """Loudness, LUFS, and true peak, dBTP."""
    programme = Programme(RATE_HZ, CHANNELS)
    for block in mix.blocks():
        programme.add(block)
    return programme.loudness_lufs(), programme.true_peak_dbtp()


def aac_packets(container: "OutputContainer", mix: Mix) -> "Iterator[av.Packet[AudioStream]]":
    """The mix as AAC; the encoder's priming lies before time 0."""
    stream = container.add_stream("aac", rate=RATE_HZ, layout="stereo", format="fltp")
    stream.codec_context.bit_rate = media.SOUND_BIT_RATE
    return _encoded(stream, mix)


def _encoded(stream: "AudioStream", mix: Mix) -> "Iterator[av.Packet[AudioStream]]":
    at = 0
    for block in mix.blocks():
        for start in range(0, len(block), AAC_FRAME_SAMPLES):
            planes = np.ascontiguousarray(block[start : start + AAC_FRAME_SAMPLES].T)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at, _TICK
            at += planes.shape[1]
            yield from stream.encode(frame)
    yield from stream.encode(None)
