"""A sound file in, what is heard in it out: decoded once, analysed, and kept by its content."""

import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from studio.backends import tracker
from studio.clients.analysis_cache import ANALYSER_VERSION as ANALYSER_VERSION
from studio.clients.analysis_cache import Cache, content_hash
from studio.clients.sounding import Mix, Samples, audio_stream, codec_name, mixed_blocks, reading
from studio.errors import InvalidError, MediaError
from studio.fidelity import STEP_HZ, AudioQuality, find_cutoff, is_transcoded
from studio.keys import find_key
from studio.sections import find_sections
from studio.tracks import BASIC as BASIC
from studio.tracks import DETAILED as DETAILED
from studio.tracks import KINDS as KINDS
from studio.tracks import TrackAnalysis as TrackAnalysis
from studio.tracks import as_document as as_document
from studio.tracks import waveform

if TYPE_CHECKING:
    from studio.measures.programme import Programme

RATE_HZ: Final = 22_050
BUILTIN: Final = "builtin"


def analyse_track(
    path: Path, *, kind: str = BASIC, backend: str = BUILTIN, cache: Path | None = None
) -> TrackAnalysis:
    """Analyse a sound file, or take what is kept of its content.

    Args:
        path: A sound file, or a video with sound.
        kind: `basic`: tempo, beats, tempo changes; `detailed`: also downbeats, key, quality, sections.
        backend: Which tracker finds the beats; one of `studio.backends.BACKENDS`.
        cache: The folder in which analyses are kept; None keeps nothing.

    Raises:
        InvalidError: There is no such kind or backend.
        FileMissingError: There is no such file.
        MediaError: It holds no sound that can be decoded.
        UnavailableError: What the backend needs is not installed.
    """
    if kind not in KINDS:
        raise InvalidError("No such analysis.", field="analysis_type", value=kind, expected=list(KINDS))
    content = content_hash(path)
    if cache is None:
        return _analyse(path, kind, backend, content)
    kept = Cache(cache).find(content, kind=kind, backend=backend)
    if kept is None:
        kept = _analyse(path, kind, backend, content)
        Cache(cache).keep(kept)
    return kept


def prepare(backend: str = BUILTIN) -> None:
    """Load what analyses need, by analysing a second of silence, so that the first one need not wait."""
    silence = np.zeros(RATE_HZ, np.float32)
    tracker(backend)(silence, RATE_HZ, downbeats=True)
    find_key(silence, RATE_HZ)
    _programme(RATE_HZ, 1).add(silence[:, None])


def _analyse(path: Path, kind: str, backend: str, content: str) -> TrackAnalysis:
    started_s = time.perf_counter()
    track = tracker(backend)
    heard = _hear(path, is_detailed=kind == DETAILED)
    beats = track(heard.samples, RATE_HZ, downbeats=kind == DETAILED)
    is_detailed = kind == DETAILED
    return TrackAnalysis(
        kind=kind,
        backend=backend,
        duration_s=len(heard.samples) / RATE_HZ,
        rate_hz=heard.rate_hz,
        beats=beats,
        key=find_key(heard.samples, RATE_HZ) if is_detailed else None,
        quality=heard.quality(),
        sections=find_sections(heard.samples, RATE_HZ, beats.beat_times_s) if is_detailed else (),
        content_hash=content,
        took_s=time.perf_counter() - started_s,
        waveform=waveform(heard.samples),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """A file's sound, mono at 22.05 kHz, and what its own sound was measured with, if it was."""

    samples: Samples
    rate_hz: int
    channels: int
    codec: str
    bit_rate_bps: int | None
    programme: "Programme | None"

    def quality(self) -> AudioQuality | None:
        measured = self.programme
        if measured is None:
            return None
        cutoff_hz = find_cutoff(measured.levels_db(), STEP_HZ)
        return AudioQuality(
            loudness_lufs=measured.loudness_lufs(),
            true_peak_dbtp=measured.true_peak_dbtp(),
            clipped_samples=measured.clipped,
            cutoff_hz=cutoff_hz,
            is_transcoded=is_transcoded(self.codec, cutoff_hz),
            bit_rate_bps=self.bit_rate_bps,
            channels=self.channels,
            codec=self.codec,
        )


def _hear(path: Path, *, is_detailed: bool) -> _Heard:
    with reading(path) as container:
        stream = audio_stream(container, path)
        rate_hz, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        programme = _programme(rate_hz, min(2, channels)) if is_detailed else None
        mixes = [Mix(RATE_HZ, 1), *([Mix(rate_hz, programme.channels)] if programme else [])]
        blocks: list[Samples] = []
        for mixed in mixed_blocks(container, path, mixes):
            blocks.append(mixed[0])
            if programme:
                programme.add(mixed[1])
        samples = np.concatenate(blocks)[:, 0] if blocks else np.zeros(0, np.float32)
        if not len(samples):
            raise MediaError(f"{path.name} holds no sound.", path=str(path))
        bit_rate_bps = stream.bit_rate or container.bit_rate or None
        return _Heard(samples, rate_hz, channels, codec_name(stream), bit_rate_bps, programme)


def _programme(rate_hz: int, channels: int) -> "Programme":
    """What measures loudness takes a second to import, which a basic analysis need not wait for."""
    module = import_module("studio.measures.programme")
    made: Programme = module.Programme(rate_hz, channels)
    return made
