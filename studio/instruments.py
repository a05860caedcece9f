"""The voices of a composition: each function sounds one note or stroke, mono, from its first sample on."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

Sound = NDArray[np.float64]


def kick(rate_hz: int) -> Sound:
    """A bass drum: a sine that falls from 165 to 48 Hz, with a short beater click."""
    time_s = _time_s(0.32, rate_hz)
    pitch_hz = 48.0 + 117.0 * np.exp(-time_s / 0.028)
    body = np.sin(2 * np.pi * np.cumsum(pitch_hz) / rate_hz) * np.exp(-time_s / 0.11)
    click = np.sin(2 * np.pi * 1_800.0 * time_s) * np.exp(-time_s / 0.002)
    return body + 0.25 * click


def snare(rate_hz: int, noise: Sound) -> Sound:
    """A snare drum: a short tone under bright noise; `noise` is cut to the length needed."""
    time_s = _time_s(0.22, rate_hz)
    rattle = _band(noise[: len(time_s)], rate_hz, 1_500.0, 9_000.0) * np.exp(-time_s / 0.06)
    tone = np.sin(2 * np.pi * 192.0 * time_s) * np.exp(-time_s / 0.045)
    return 0.9 * rattle + 0.55 * tone


def hat(rate_hz: int, noise: Sound, *, decay_s: float) -> Sound:
    """A hi-hat: high noise; a short decay closes it, a long one opens it."""
    time_s = _time_s(min(4 * decay_s, 0.4), rate_hz)
    return _band(noise[: len(time_s)], rate_hz, 7_000.0, 15_000.0) * np.exp(-time_s / decay_s)


def cymbal(rate_hz: int, noise: Sound) -> Sound:
    """A crash that opens a section."""
    time_s = _time_s(1.4, rate_hz)
    return _band(noise[: len(time_s)], rate_hz, 3_500.0, 14_000.0) * np.exp(-time_s / 0.38)


def bass(rate_hz: int, pitch_hz: float, length_s: float) -> Sound:
    """A round bass: a sine and softer harmonics that die away first."""
    time_s = _time_s(length_s, rate_hz)
    tone = np.zeros_like(time_s)
    for k in range(1, 6):
        tone += np.sin(2 * np.pi * pitch_hz * k * time_s) * np.exp(-time_s * k / 0.5) / k**1.4
    return np.tanh(1.3 * tone) * _envelope(time_s, length_s, attack_s=0.004, release_s=0.03)


def pluck(rate_hz: int, pitch_hz: float, length_s: float) -> Sound:
    """A bell-like pluck for melodies: odd partials over a sine, with a little vibrato once it rings."""
    time_s = _time_s(length_s + 0.25, rate_hz)
    vibrato = 0.0035 * pitch_hz * np.sin(2 * np.pi * 5.4 * time_s) * np.clip((time_s - 0.15) / 0.2, 0, 1)
    phase = 2 * np.pi * np.cumsum(pitch_hz + vibrato) / rate_hz
    tone = (
        np.sin(phase)
        + 0.32 * np.sin(2 * phase) * np.exp(-time_s / 0.25)
        + 0.2 * np.sin(3 * phase) * np.exp(-time_s / 0.12)
        + 0.1 * np.sin(5 * phase) * np.exp(-time_s / 0.05)
    )
    ring = np.exp(-time_s / (0.35 + 0.4 * length_s))
    return tone * ring * _envelope(time_s, length_s + 0.25, attack_s=0.003, release_s=0.2)


def pad(rate_hz: int, pitch_hz: float, length_s: float, *, detune_cents: float) -> Sound:
    """A soft string-like tone that swells; a pair detuned apart makes it wide."""
    time_s = _time_s(length_s + 0.3, rate_hz)
    tuned_hz = pitch_hz * 2 ** (detune_cents / 1_200)
    tone = np.zeros_like(time_s)
    for k in range(1, 7):
        tone += np.sin(2 * np.pi * tuned_hz * k * time_s) / k**1.7
    return tone * _envelope(time_s, length_s + 0.3, attack_s=0.06, release_s=0.3)


def room(rate_hz: int, noise: Sound, sound: Sound, *, decay_s: float) -> Sound:
    """The reverberation of `sound`, shape (n, 2): `noise`, shape (m, 2), dying away, darkened."""
    time_s = _time_s(3 * decay_s, rate_hz)[:, None]
    response = noise[: len(time_s)] * np.exp(-time_s / decay_s) * np.clip(time_s / 0.012, 0, 1)
    response = sosfilt(butter(1, 4_500.0, fs=rate_hz, output="sos"), response, axis=0)
    response /= np.sqrt(np.sum(response**2, axis=0))
    return np.asarray(fftconvolve(sound, response, axes=0)[: len(sound)])


def _time_s(length_s: float, rate_hz: int) -> Sound:
    return np.arange(max(1, round(length_s * rate_hz))) / rate_hz


def _envelope(time_s: Sound, length_s: float, *, attack_s: float, release_s: float) -> Sound:
    return np.clip(time_s / attack_s, 0, 1) * np.clip((length_s - time_s) / release_s, 0, 1)


def _band(noise: Sound, rate_hz: int, low_hz: float, high_hz: float) -> Sound:
    high_hz = min(high_hz, 0.49 * rate_hz)
    sos = butter(2, [min(low_hz, 0.8 * high_hz), high_hz], "bandpass", fs=rate_hz, output="sos")
    return np.asarray(sosfilt(sos, noise))
