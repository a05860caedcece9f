"""The most likely beats: a path through tempo and phase over onset strength."""

import numpy as np
from numpy.typing import NDArray

from studio.onsets import Curve, OnsetStrength

TEMPO_SPREAD = (0.72, 1.39)
TEMPO_CHANGE_COST = 120.0
BEAT_WEIGHT = 2.0


def beat_path(onsets: OnsetStrength, bpm: float) -> NDArray[np.intp]:
    """The most likely beats: Viterbi over the interval to the next beat, exact and in blocks.

    A beat earns what sounds at it, an interval pays for what sounds between; a change from one
    interval to the next costs by the square of its logarithm.

    Args:
        onsets: Onset strength, n frames.
        bpm: Tempo about which the path may range, by the factors of `TEMPO_SPREAD`; > 0.

    Returns:
        Frames of the beats, ascending, 0 to n - 1, shape (n_beats,), n_beats >= 1.

    Source:
        Krebs, Boeck and Widmer, "An efficient state-space model for joint tempo and meter tracking",
        ISMIR 2015, of which this keeps the states at beats alone.
    """
    mean_lag = 60.0 * onsets.rate_hz / bpm
    low, high = (round(mean_lag * spread) for spread in TEMPO_SPREAD)
    lags = np.arange(max(low, 2), max(high, low + 2) + 1)
    activation = _activation(onsets)
    gain = BEAT_WEIGHT * np.log(activation + 0.05)
    rest = np.concatenate([[0.0], np.cumsum(np.log1p(-0.9 * activation))])
    change = -TEMPO_CHANGE_COST * np.log(lags[:, None] / lags[None, :]) ** 2
    best, came_from = _forward(gain, rest, lags, change)
    return _trace_back(best, came_from, lags, rest)


def _activation(onsets: OnsetStrength) -> Curve:
    """Onset strength as something like a probability of a beat, 0 to 1, a little blurred."""
    blurred = np.convolve(onsets.curve, (0.25, 0.6, 1.0, 0.6, 0.25), "same")
    typical = float(np.percentile(blurred, 98))
    return np.asarray(np.clip(blurred / max(typical, 1e-9), 0.0, 1.0))


def _forward(
    gain: Curve, rest: Curve, lags: NDArray[np.intp], change: Curve
) -> tuple[Curve, NDArray[np.intp]]:
    """Best score of a beat at each frame, by the lag that follows it, and the lag that led to it."""
    frames, reach = len(gain), int(lags[-1])
    best = np.full((frames, len(lags)), -np.inf)
    came_from = np.full((frames, len(lags)), -1)
    first = min(reach, frames)
    best[:first] = (gain[:first] + rest[:first])[:, None]
    for start in range(int(lags[0]), frames, int(lags[0])):
        now = np.arange(start, min(start + int(lags[0]), frames))
        before = now[:, None] - lags
        held = np.where(before >= 0, best[before, np.arange(len(lags))], -np.inf)
        held += rest[now][:, None] - rest[np.maximum(before, 0) + 1]
        options = held[:, :, None] + change
        choice = np.argmax(options, axis=1)
        score = np.take_along_axis(options, choice[:, None, :], axis=1)[:, 0, :] + gain[now][:, None]
        better = score > best[now]
        best[now] = np.where(better, score, best[now])
        came_from[now] = np.where(better, choice, came_from[now])
    return best, came_from


def _trace_back(
    best: Curve, came_from: NDArray[np.intp], lags: NDArray[np.intp], rest: Curve
) -> NDArray[np.intp]:
    frames = len(best)
    tail = np.arange(max(0, frames - int(lags[-1])), frames)
    ends = best[tail] + (rest[frames] - rest[tail + 1])[:, None]
    ends = np.where(tail[:, None] + lags >= frames, ends, -np.inf)
    row, follows = np.unravel_index(int(np.argmax(ends)), ends.shape)
    frame, state = int(tail[row]), int(follows)
    beats = [frame]
    while came_from[frame, state] >= 0:
        state = int(came_from[frame, state])
        frame -= int(lags[state])
        beats.append(frame)
    return np.array(beats[::-1])
