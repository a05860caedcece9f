"""Librosa's beat tracker behind the same signature: a reference, imported only when chosen."""

import librosa
import numpy as np
from numpy.typing import NDArray

from studio.beats import NO_BEATS, Beats, beats_at
from studio.tempo import FASTEST_BPM, SLOWEST_BPM

HOP_SAMPLES = 512


def track_beats(
    samples: NDArray[np.float32],
    rate_hz: int,
    *,
    downbeats: bool = False,
    slowest_bpm: float = SLOWEST_BPM,
    fastest_bpm: float = FASTEST_BPM,
) -> Beats:
    """Find tempo and beats with `librosa.beat.beat_track`.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,).
        rate_hz: Sampling rate, Hz, >= 8000.
        downbeats: As of the builtin tracker, whose estimate it is.
        slowest_bpm: Slowest tempo from which librosa's search starts, beats per minute; no bound to it.
        fastest_bpm: Fastest tempo from which it starts; no bound to it either.

    Returns:
        Tempo in beats per minute, and beat times in seconds, ascending, shape (n_beats,), as librosa
        gives them: some 25 ms late. The confidence is the builtin tracker's measure of whether there is
        a rhythm, for librosa states none; it is no probability. Silence gives no beats.

    Source:
        Ellis, "Beat tracking by dynamic programming", 2007.
    """
    if not np.any(samples):
        return NO_BEATS
    start_bpm = float(np.clip(120.0, slowest_bpm, fastest_bpm))
    tempo_bpm, times_s = librosa.beat.beat_track(
        y=samples, sr=rate_hz, hop_length=HOP_SAMPLES, start_bpm=start_bpm, units="time"
    )
    times_s = np.asarray(times_s, np.float64)
    return beats_at(samples, rate_hz, times_s, bpm=float(np.ravel(tempo_bpm)[0]), downbeats=downbeats)
