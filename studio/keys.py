"""The key of music: samples in, tonic and mode out, with its Camelot code; numpy alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.errors import InvalidError

Samples = NDArray[np.float32]
Chroma = NDArray[np.float64]

WINDOW_S: Final = 0.372
LOWEST_HZ, HIGHEST_HZ = 60.0, 2_000.0
BLOCK_FRAMES: Final = 256
SHARPNESS_SEMITONES: Final = 0.2
LEAST_PEAK: Final = 0.02
"""Of the window's strongest partial; what is fainter is no note."""
LEAST_TONALITY: Final = 0.4
"""Correlation with the best profile, below which no key is named."""
LEAST_CONTRAST: Final = 0.33
"""Spread of the pitch classes over their mean: 2 s of noise reach 0.29, a cadence 0.8."""
LEAST_PROMINENCE: Final = 2.0
"""Of the window's median: a click sounds at all pitches alike."""
SILENCE: Final = 1e-4

NAMES: Final = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MODES: Final = ("major", "minor")
_PROFILES: Final = {
    "major": (
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0),
        (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    ),
    "minor": (
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
        (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0),
        (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
    ),
}
"""How much each degree is heard: Krumhansl and Kessler 1982, Temperley 1999, Albrecht and Shanahan 2013."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key: `name` such as "A minor", `mode` major or minor, its Camelot code such as "8A".

    `confidence`, 0 to 1, is how far it stands before the next key; no probability. `tuning_cents` is how
    far the music lies from A = 440 Hz, -50 to 50.
    """

    name: str
    mode: str
    camelot: str
    confidence: float
    tuning_cents: float = 0.0


def camelot_of(tonic: int, mode: str) -> str:
    """The Camelot code of a key: fifths around the clock, minor keys A, major B.

    Args:
        tonic: Pitch class, 0 to 11, C being 0.
        mode: `major` or `minor`.

    Raises:
        InvalidError: There is no such mode.
    """
    if mode not in MODES:
        raise InvalidError("No such mode.", field="mode", value=mode, expected=list(MODES))
    major = tonic if mode == "major" else tonic + 3
    return f"{(major * 7 + 7) % 12 + 1}{'B' if mode == 'major' else 'A'}"


def harmonic_neighbours(camelot: str) -> tuple[str, ...]:
    """The keys that mix well with one: itself, its relative, a fifth up and a fifth down.

    Args:
        camelot: A Camelot code, 1A to 12B, in either case.

    Raises:
        InvalidError: It is no Camelot code.
    """
    number, letter = camelot[:-1], camelot[-1:].upper()
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 12 and letter in ("A", "B")):
        raise InvalidError("No such Camelot code.", field="key", value=camelot, expected="1A to 12B")
    hour, other = int(number), "B" if letter == "A" else "A"
    return f"{hour}{letter}", f"{hour}{other}", f"{hour % 12 + 1}{letter}", f"{(hour - 2) % 12 + 1}{letter}"


def find_key(samples: Samples, rate_hz: int) -> Key | None:
    """The key that most of a recording is in.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,).
        rate_hz: Sampling rate, Hz, >= 8000.

    Returns:
        The key; None for silence, noise and drums, and for less than 0.4 s. Its tuning is found first,
        so that music a quarter tone off is heard in the key that it is played in.

    Raises:
        InvalidError: The samples are not one-dimensional, or the rate is below 8000 Hz.

    Source:
        Krumhansl, "Cognitive Foundations of Musical Pitch", 1990, with the mean of three sets of profiles.
    """
    if samples.ndim != 1 or rate_hz < 8_000:
        raise InvalidError(
            "A key is found in mono sound of 8 kHz and more.",
            field="samples", value=[list(samples.shape), rate_hz], expected="shape (n,), rate_hz >= 8000",
        )  # fmt: skip
    pitches, weights = _partials(samples, rate_hz)
    if not len(pitches):
        return None
    tuning = _tuning(pitches, weights)
    return key_of_chroma(_chroma(pitches - tuning, weights), tuning_cents=100 * tuning)


def key_of_chroma(chroma: Chroma, *, tuning_cents: float = 0.0) -> Key | None:
    """The key whose profile is most like a chroma.

    Args:
        chroma: How much each pitch class sounds, from C on, >= 0, shape (12,).
        tuning_cents: What to state of the tuning.

    Returns:
        The key, or None where no profile is like it.
    """
    if not np.std(chroma) >= LEAST_CONTRAST * np.mean(chroma) > 0:
        return None
    likeness = _likeness(chroma)
    best = int(np.argmax(likeness))
    if not likeness[best] >= LEAST_TONALITY:
        return None
    mode, tonic = MODES[best // 12], best % 12
    runner_up = float(np.max(np.delete(likeness, best)))
    lead = (float(likeness[best]) - max(runner_up, 0.0)) / float(likeness[best])
    confidence = float(np.clip(likeness[best] * min(1.0, 4.0 * lead), 0.0, 1.0))
    return Key(f"{NAMES[tonic]} {mode}", mode, camelot_of(tonic, mode), confidence, tuning_cents)


def _likeness(chroma: Chroma) -> Chroma:
    """Correlation with each of the 24 keys, major keys first, the mean over the sets of profiles."""
    told = _standard(chroma)
    each = [
        [np.mean([_standard(np.roll(profile, tonic)) @ told for profile in _PROFILES[mode]]) / 12]
        for mode in MODES
        for tonic in range(12)
    ]
    return np.asarray(each)[:, 0]


def _standard(values: Chroma | tuple[float, ...]) -> Chroma:
    centred = np.asarray(values, np.float64) - np.mean(values)
    return np.asarray(centred / max(float(np.std(centred)), 1e-12))


def _partials(samples: Samples, rate_hz: int) -> tuple[Chroma, Chroma]:
    """What stands out of each window's spectrum: pitches in semitones above C0, and their weights."""
    size = 2 ** round(np.log2(WINDOW_S * rate_hz))
    if len(samples) < size:
        return np.zeros(0), np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(np.nan_to_num(samples), size)[:: size // 2]
    found = [
        _peaks(windows[start : start + BLOCK_FRAMES], rate_hz / size)
        for start in range(0, len(windows), BLOCK_FRAMES)
    ]
    return np.concatenate([pitch for pitch, _ in found]), np.concatenate([weight for _, weight in found])


def _peaks(windows: Samples, bin_hz: float) -> tuple[Chroma, Chroma]:
    size = windows.shape[1]
    low, high = int(LOWEST_HZ / bin_hz), int(HIGHEST_HZ / bin_hz)
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(size).astype(np.float32)))[:, low - 1 : high + 1]
    before, top, after = spectrum[:, :-2], spectrum[:, 1:-1], spectrum[:, 2:]
    loudest = top.max(axis=1, keepdims=True)
    least = np.maximum(LEAST_PEAK * loudest, LEAST_PROMINENCE * np.median(top, axis=1, keepdims=True))
    is_peak = (top > before) & (top >= after) & (top > least) & (loudest > SILENCE * size)
    rows, columns = np.nonzero(is_peak)
    left, middle, right = (np.log(part[rows, columns] + 1e-12) for part in (before, top, after))
    offset = 0.5 * (left - right) / np.minimum(left - 2 * middle + right, -1e-9)
    pitches = 12 * np.log2((low + columns + np.clip(offset, -0.5, 0.5)) * bin_hz / 16.351598)
    weights = np.sqrt(top[rows, columns] / loudest[rows, 0])
    return pitches.astype(np.float64), weights.astype(np.float64)


def _tuning(pitches: Chroma, weights: Chroma) -> float:
    """How far the partials lie above the semitones of A = 440 Hz, -0.5 to 0.5 semitones: a circular mean."""
    turned = np.sum(weights * np.exp(2j * np.pi * pitches))
    return float(np.angle(turned) / (2 * np.pi))


def _chroma(pitches: Chroma, weights: Chroma) -> Chroma:
    nearest = np.round(pitches)
    sharp = np.exp(-0.5 * ((pitches - nearest) / SHARPNESS_SEMITONES) ** 2)
    return np.bincount(nearest.astype(np.intp) % 12, weights * sharp, 12).astype(np.float64)
