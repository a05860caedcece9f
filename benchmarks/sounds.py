"""Defects of the sound at graded severity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.clients import media
from studio.composition import compose

RATE_HZ = 48_000
PEAK = 0.5
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundDefect:
    """How the sound under a clip is spoiled; `least` as of `defects.Defect`."""

    name: str
    unit: str
    severities: Sequence[float]
    metrics: tuple[str, ...]
    lay: Callable[[Path, Samples, float, float, Path], None]
    least: float | None = None

    def is_due(self, severity: float) -> bool:
        return self.least is not None and severity >= self.least


def clean_sound(length_s: float) -> Samples:
    """Music without a silence, its peak at half of full scale; mono, 48 kHz."""
    samples, _ = compose(bpm=120, bars=8, seed=3, rate_hz=RATE_HZ)
    mono = samples.mean(axis=1)[RATE_HZ // 10 :]
    hum = 0.02 * np.sin(2 * np.pi * 110 * np.arange(round(length_s * RATE_HZ)) / RATE_HZ)
    cut = np.resize(mono, len(hum))
    return (PEAK * cut / np.abs(cut).max() + hum).astype(np.float32)


def short(pictures: Path, sound: Samples, off_ms: float, length_s: float, to: Path) -> None:
    """The sound ends before the picture."""
    _mux(pictures, sound, length_s - off_ms / 1e3, to)


def long(pictures: Path, sound: Samples, off_ms: float, length_s: float, to: Path) -> None:
    """The sound goes on after the picture."""
    longer = np.concatenate([sound, sound])
    _mux(pictures, longer, length_s + off_ms / 1e3, to)


def clipped(pictures: Path, sound: Samples, gain_db: float, length_s: float, to: Path) -> None:
    """Too much gain: what is over full scale is cut off."""
    _mux(pictures, np.clip(sound * 2 * 10 ** (gain_db / 20), -1, 1), length_s, to)


def silent(pictures: Path, sound: Samples, silence_s: float, length_s: float, to: Path) -> None:
    """The sound drops out in the middle."""
    gone = sound.copy()
    start = round((length_s - silence_s) / 2 * RATE_HZ)
    gone[start : start + round(silence_s * RATE_HZ)] = 0
    _mux(pictures, gone, length_s, to)


def quiet(pictures: Path, sound: Samples, down_db: float, length_s: float, to: Path) -> None:
    """Far too quiet."""
    _mux(pictures, sound * 10 ** (-down_db / 20), length_s, to)


def clean(pictures: Path, sound: Samples, _severity: float, length_s: float, to: Path) -> None:
    """Nothing is wrong."""
    _mux(pictures, sound, length_s, to)


def _mux(pictures: Path, sound: Samples, length_s: float, to: Path) -> None:
    track = to.with_suffix(".wav")
    media.write_wav(track, sound, RATE_HZ)
    media.mux_audio(pictures, track, to, duration_s=length_s, fade_s=0.0)


SOUND_DEFECTS: tuple[SoundDefect, ...] = (
    SoundDefect("sound, clean", "", (0,), ("audio_drift", "loudness", "audio_clipping", "silence"), clean),
    SoundDefect("sound too short", "ms", (40, 80, 160), ("audio_drift",), short, 80),
    SoundDefect("sound too long", "ms", (40, 80, 160), ("audio_drift",), long, 80),
    SoundDefect("clipped sound", "dB too much", (3, 6, 12), ("audio_clipping", "true_peak"), clipped),
    SoundDefect("silence", "s", (0.5, 1, 2), ("silence",), silent),
    SoundDefect("quiet sound", "dB down", (12, 24, 36), ("loudness",), quiet),
)
