"""Which tempo: candidates from the autocorrelation of onsets, weighed by what repeats beside each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.onsets import Curve, OnsetStrength
from studio.tempo_weights import MEANS, SCALES, WEIGHTS

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
GRID_A_DOUBLING = 100
WINDOW_S, HOP_S = 8.0, 2.0
COMB = ((1.0, 1.0), (2.0, 0.7), (3.0, 0.5), (4.0, 0.4))
PRIOR_BPM, PRIOR_OCTAVES = 125.0, 1.0
PEAKS = 6
RELATIVES = (2.0, 0.5, 3.0, 1 / 3, 1.5, 2 / 3)
SAME_WITHIN = 0.04
RATIOS = (0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Multiples of a candidate's period at which repetition is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class TempoCandidates:
    """Tempi that a piece may have, the likeliest first.

    `probability` sums to 1 over the candidates; `clarity` is how well the first repeats, up to 1.
    """

    bpm: Curve
    probability: Curve
    clarity: float


def weigh_tempi(
    onsets: OnsetStrength, *, slowest_bpm: float = SLOWEST_BPM, fastest_bpm: float = FASTEST_BPM
) -> TempoCandidates:
    """Candidates for the tempo with their probabilities, the likeliest first.

    Args:
        onsets: Onset strength of at least two seconds.
        slowest_bpm: Slowest tempo to consider, beats per minute, > 0.
        fastest_bpm: Fastest tempo to consider, beats per minute, > slowest_bpm.
    """
    repetition = autocorrelation(onsets)
    bpm, comb = candidate_tempi(repetition, onsets.rate_hz, slowest_bpm, fastest_bpm)
    score = (features(repetition, onsets.rate_hz, bpm) - MEANS) / SCALES @ WEIGHTS
    share = np.exp(score - score.max())
    share /= share.sum()
    order = np.argsort(-share)
    return TempoCandidates(bpm[order], share[order], float(comb[order[0]]))


def autocorrelation(onsets: OnsetStrength) -> Curve:
    """Mean normalised autocorrelation over overlapping windows of eight seconds, lag 0 being 1."""
    size = min(len(onsets.curve), round(WINDOW_S * onsets.rate_hz))
    smooth = np.convolve(onsets.curve, (0.25, 0.5, 0.25), "same")
    windows = np.lib.stride_tricks.sliding_window_view(smooth, size)[:: round(HOP_S * onsets.rate_hz)]
    windows = windows - windows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(windows, 2 * size)) ** 2
    lags = np.fft.irfft(power)[:, : size - size // 8] / np.arange(size, size // 8, -1)
    strength = lags[:, :1]
    lags = np.divide(lags, strength, out=np.zeros_like(lags), where=strength > 1e-9)
    return np.asarray(lags.mean(axis=0))


def candidate_tempi(
    repetition: Curve, rate_hz: float, slowest_bpm: float, fastest_bpm: float
) -> tuple[Curve, Curve]:
    """The peaks of a comb and tempi in simple ratios to them, with the comb's value at each."""
    count = max(3, round(np.log2(fastest_bpm / slowest_bpm) * GRID_A_DOUBLING))
    tempi = np.geomspace(slowest_bpm, fastest_bpm, count)
    comb = _comb(repetition, 60.0 * rate_hz / tempi)
    peaks = tempi[_peaks(comb * np.exp(-0.5 * (np.log2(tempi / PRIOR_BPM) / PRIOR_OCTAVES) ** 2))]
    chosen: list[int] = []
    for bpm in (*peaks, *np.outer(peaks[:2], RELATIVES).ravel()):
        near = np.flatnonzero(np.abs(tempi / bpm - 1) < SAME_WITHIN)
        best = int(near[np.argmax(comb[near])]) if len(near) else -1
        if best >= 0 and np.all(np.abs(tempi[best] / tempi[chosen] - 1) > SAME_WITHIN):
            chosen.append(best)
    return tempi[chosen], comb[chosen]


def _peaks(curve: Curve) -> NDArray[np.intp]:
    """The highest of the inner maxima, highest first; the highest value where there is none."""
    inner = curve[1:-1]
    peaks = 1 + np.flatnonzero((inner >= curve[:-2]) & (inner > curve[2:]))
    peaks = peaks[np.argsort(-curve[peaks])][:PEAKS]
    return peaks if len(peaks) else np.array([int(np.argmax(curve))])


def _comb(repetition: Curve, lags: Curve) -> Curve:
    comb, total = np.zeros_like(lags), np.zeros_like(lags)
    for multiple, weight in COMB:
        reached = lags * multiple < len(repetition) - 1
        comb += weight * reached * _at(repetition, np.where(reached, lags * multiple, 0.0))
        total += weight * reached
    return np.maximum(comb / np.maximum(total, 1e-9), 0.0)


def _at(repetition: Curve, lags: Curve) -> Curve:
    return np.asarray(np.interp(lags, np.arange(len(repetition)), repetition))


def features(repetition: Curve, rate_hz: float, bpm: Curve) -> NDArray[np.float64]:
    """What speaks for or against each candidate, shape (n_candidates, n_features).

    The comb; how far the tempo lies from what is usual, and that squared; and the repetition at the
    multiples of the candidate's period in `RATIOS`, 0 where the windows do not reach.
    """
    lags = 60.0 * rate_hz / bpm
    octaves = np.log2(bpm / PRIOR_BPM)
    columns = [np.log(_comb(repetition, lags) + 0.05), octaves, octaves**2]
    columns += [_best_near(repetition, lags * ratio) for ratio in RATIOS]
    return np.array(columns).T


def _best_near(repetition: Curve, lags: Curve) -> Curve:
    """The highest repetition within 2% of each lag."""
    near = [
        _at(repetition, np.minimum(lags * nudge, len(repetition) - 1))
        for nudge in (0.98, 0.99, 1.0, 1.01, 1.02)
    ]
    return np.asarray(np.where(lags < len(repetition) - 1, np.max(near, axis=0), 0.0))
