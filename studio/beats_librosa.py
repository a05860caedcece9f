"""Librosa's beat tracker behind the same signature: a reference, imported only when chosen."""

import librosa
import numpy as np
from numpy.typing import NDArray

from studio.beats import Beats, beat_confidence

HOP_SAMPLES = 512


def track_beats(samples: NDArray[np.float32], rate_hz: int) -> Beats:
    """Find tempo and beats with `librosa.beat.beat_track`.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,).
        rate_hz: Sampling rate, Hz, > 0.

    Returns:
        Tempo in beats per minute, and beat times in seconds, ascending, shape (n_beats,), as librosa
        gives them: some 25 ms late. The confidence is the builtin tracker's, for librosa states none.
        Silence gives no beats.

    Source:
        Ellis, "Beat tracking by dynamic programming", 2007.
    """
    if not np.any(samples):
        return Beats(None, np.zeros(0), 0.0)
    tempo_bpm, times_s = librosa.beat.beat_track(y=samples, sr=rate_hz, hop_length=HOP_SAMPLES, units="time")
    times_s = np.asarray(times_s, np.float64)
    if not len(times_s):
        return Beats(None, np.zeros(0), 0.0)
    return Beats(float(np.ravel(tempo_bpm)[0]), times_s, beat_confidence(samples, rate_hz, times_s))
