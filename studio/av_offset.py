"""How far sound and picture of a finished clip lie apart: what was decoded against what was meant."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

Samples = NDArray[np.float32]
Thumbs = NDArray[np.uint8]
Values = NDArray[np.float64]

SOUND_REACH_S: Final = 0.5
PICTURE_REACH: Final = 12
SURE: Final = 0.5
"""A correlation below this says that the two are not the same sound."""

AS_GOOD: Final = 0.999
ALIKE: Final = 0.05


@dataclass(frozen=True, slots=True)
class AvOffset:
    """How late sound and pictures are, milliseconds; what cannot be told is None, and `reason` says why."""

    sound_ms: float | None
    picture_ms: float | None
    reason: str = ""

    @property
    def offset_ms(self) -> float | None:
        """How much later the sound is than the pictures; negative: it comes early."""
        if self.sound_ms is None or self.picture_ms is None:
            return None
        return self.sound_ms - self.picture_ms

    def exceeds(self, frame: Fraction) -> bool:
        """Whether the two are known to lie further apart than a frame of that many seconds."""
        return self.offset_ms is not None and abs(self.offset_ms) > 1e3 * float(frame) + 1e-6


def sound_lag_s(heard: Samples, meant: Samples, rate_hz: int) -> float | None:
    """How much later a sound is heard than it was meant.

    Args:
        heard: Decoded samples, one channel, shape (n,).
        meant: What was given to the encoder, one channel, shape (m,).
        rate_hz: Sampling rate of both, Hz, > 0.

    Returns:
        Seconds, -0.5 to 0.5, to a fraction of a sample; of lags that fit equally well, as in a steady tone,
        the least. None where either is silent, or the two are not the same sound.

    Source:
        The highest of the cross-correlation, refined by a parabola through its neighbours.
    """
    reach = min(round(SOUND_REACH_S * rate_hz), max(len(heard), len(meant)) - 1)
    energy = float(np.linalg.norm(heard.astype(np.float64)) * np.linalg.norm(meant.astype(np.float64)))
    if reach < 1 or energy <= 0:
        return None
    lags, found = np.arange(-reach, reach + 1), _correlation(heard, meant, reach) / energy
    if found.max() < SURE:
        return None
    good = np.flatnonzero(found >= AS_GOOD * found.max())
    peaks = good[(found[good] >= found[np.maximum(good - 1, 0)])]
    peaks = peaks[found[peaks] >= found[np.minimum(peaks + 1, len(found) - 1)]]
    peak = int(peaks[np.argmin(np.abs(lags[peaks]))])
    return float((lags[peak] + _vertex(found, peak)) / rate_hz)


def _correlation(heard: Samples, meant: Samples, reach: int) -> Values:
    """For each lag from -reach on, the sum of products; shape (2 reach + 1,)."""
    size = next_fast_len(len(heard) + len(meant) + reach, real=True)
    spectrum = rfft(heard.astype(np.float64), size) * np.conj(rfft(meant.astype(np.float64), size))
    every = irfft(spectrum, size)
    return np.concatenate([every[-reach:], every[: reach + 1]])


def _vertex(values: Values, peak: int) -> float:
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, at, after = values[peak - 1 : peak + 2]
    bend = before - 2 * at + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def picture_lag_frames(seen: Thumbs, meant: Thumbs) -> int:
    """By how many frames pictures are shown later than they were meant.

    Args:
        seen: Small pictures as decoded, uint8, shape (n, h, w, channels), n >= 1.
        meant: The pictures that were to be shown, shape (m, h, w, channels), m >= 1.

    Returns:
        -12 to 12; the least of those that fit equally well, as all do where nothing moves.
    """
    most = min(PICTURE_REACH, len(seen) - 1, len(meant) - 1)
    lags = sorted(range(-most, most + 1), key=abs)
    away = np.array([_distance(seen, meant, lag) for lag in lags])
    return lags[int(np.flatnonzero(away <= away.min() + ALIKE)[0])]


def _distance(seen: Thumbs, meant: Thumbs, lag: int) -> float:
    one, other = seen[max(lag, 0) :], meant[max(-lag, 0) :]
    length = min(len(one), len(other))
    return float(np.abs(one[:length].astype(np.int16) - other[:length]).mean())


def picture_late_s(seen: Thumbs, time_s: Values, meant: Thumbs, fps: Fraction) -> float:
    """How much later pictures are shown than meant, seconds: late by frames, and by their times.

    Args:
        seen: Small pictures as decoded, shape (n, h, w, channels), n >= 1.
        time_s: When each is shown, seconds, shape (n,).
        meant: The pictures that were to be shown, one a frame from time 0 on.
        fps: Their rate, frames per second, > 0.
    """
    late_s = float(np.median(time_s - np.arange(len(time_s)) / float(fps)))
    return picture_lag_frames(seen, meant) / float(fps) + late_s
