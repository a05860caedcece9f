"""How far a tempo can be trusted: is there a rhythm at all, and is it the right octave."""

import numpy as np
from numpy.typing import NDArray

from studio.onsets import OnsetStrength
from studio.tempo import WINDOW_S, TempoCandidates

AUDIBLE_RISE = 0.6
CLARITY_LIMIT, CLARITY_BY_CHANCE = 0.1, 0.18
"""What rhythm has, and what noise reaches beside it in one tempo window; over n windows
chance falls by the root of n."""
LEAST_CONFIDENCE = 0.3


def rhythm(onsets: OnsetStrength, frames: NDArray[np.intp], clarity: float) -> float:
    """How regular the onsets are, and how far those at the beats stand out, 0 to 1.

    Args:
        onsets: Onset strength, n frames.
        frames: Frames of the beats, 0 to n - 1, shape (n_beats,), n_beats >= 1.
        clarity: How well the tempo repeats, of `weigh_tempi`.
    """
    rise = np.convolve(onsets.rise, np.ones(3), "same")
    at_beats = rise[frames]
    loudness = float(np.mean(np.minimum(at_beats, AUDIBLE_RISE) / AUDIBLE_RISE))
    contrast = float(np.median(at_beats) / (np.mean(rise) + 1e-9))
    windows = max(1.0, len(rise) / onsets.rate_hz / WINDOW_S)
    even = CLARITY_LIMIT + CLARITY_BY_CHANCE / np.sqrt(windows)
    regularity = 1.0 / (1.0 + np.exp(4.5 * (1.0 - clarity / even)))
    return float(regularity * min(1.0, loudness * contrast))


def tempo_confidence(tempi: TempoCandidates, trust: float) -> float:
    """Probability that the likeliest tempo is right within 4%, given that there is a rhythm."""
    return float(np.clip(tempi.probability[0] * trust, 0.0, 1.0))
