"""Tempo and beats of music: samples in, beat times out; numpy alone, so that a cold start costs nothing."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.errors import InvalidError
from studio.onsets import Curve, OnsetStrength, attack_times_s, onset_strength
from studio.sync import Seconds

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
PRIOR_BPM, PRIOR_OCTAVES = 125.0, 0.75
TEMPO_SPREAD = (0.72, 1.39)
COMB_WEIGHTS = (1.0, 0.7, 0.5, 0.4)
TEMPO_WINDOW_S, TEMPO_HOP_S = 8.0, 2.0
TEMPO_CHANGE_COST = 120.0
BEAT_WEIGHT = 2.0
ATTACK_WITHIN_S = 0.03
SMOOTHING_BEATS = 4
ATTACK_SPREAD_S = 0.006
CLEAR_ATTACK = 0.5
START_SLACK_S = 0.01
SHORTEST_S = 2.0
FEWEST_BEATS = 4
SILENCE = 1e-3
AUDIBLE_RISE = 0.6
CLARITY_LIMIT, CLARITY_BY_CHANCE = 0.1, 0.18
"""What rhythm has, and what noise reaches beside it in one tempo window; over n windows
chance falls by the root of n."""
LEAST_CONFIDENCE = 0.3


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From `time_s` on the tempo is `bpm`."""

    time_s: float
    bpm: float


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """Where the beats lie; music without a beat has none, and no tempo."""

    bpm: float | None
    beat_times_s: Seconds
    confidence: float
    bpm_alternatives: tuple[float, ...] = ()
    tempo_changes: tuple[TempoChange, ...] = ()
    downbeats_s: Seconds = field(default_factory=lambda: np.zeros(0))
    beats_a_bar: int | None = None


NO_BEATS = Beats(None, np.zeros(0), 0.0)


def track_beats(samples: NDArray[np.float32], rate_hz: int) -> Beats:
    """Find tempo and beats of a recording.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,).
        rate_hz: Sampling rate, Hz, >= 8000; 22050 is what the tracker was tuned at.

    Returns:
        Tempo in beats per minute (40 to 240), beat times in seconds, ascending, shape (n_beats,),
        each at the attack that is heard, and a confidence from 0 to 1. Silence, noise, pads and
        anything under 2 s give no tempo, no beats, and a confidence below 0.3.

    Raises:
        InvalidError: The samples are not one-dimensional, or the rate is below 8000 Hz.

    Source:
        Onsets after Boeck and Widmer, DAFx 2013; the beat path after Krebs, Boeck and Widmer,
        "An efficient state-space model for joint tempo and meter tracking", ISMIR 2015.
    """
    if samples.ndim != 1 or rate_hz < 8_000:
        raise InvalidError(
            "Beats are tracked in mono sound of 8 kHz and more.",
            field="samples",
            value=[list(samples.shape), rate_hz],
            expected="shape (n,), rate_hz >= 8000",
        )
    if len(samples) < SHORTEST_S * rate_hz:
        return NO_BEATS
    samples = np.nan_to_num(samples)
    onsets = onset_strength(samples, rate_hz)
    if not np.any(onsets.curve):
        return NO_BEATS
    bpm, clarity = _tempo(onsets)
    frames = _beat_path(onsets, bpm)
    confidence = _confidence(onsets, frames, clarity)
    if confidence < LEAST_CONFIDENCE or len(frames) < FEWEST_BEATS:
        return _no_beats(confidence)
    times_s = _placed(samples, rate_hz, frames / onsets.rate_hz)
    times_s = times_s[_is_sounding(times_s, samples, rate_hz)]
    if len(times_s) < FEWEST_BEATS:
        return _no_beats(confidence)
    return Beats(_regression_bpm(times_s), np.maximum(times_s, 0.0), confidence)


def _no_beats(confidence: float) -> Beats:
    return Beats(None, np.zeros(0), min(confidence, LEAST_CONFIDENCE))


def _tempo(onsets: OnsetStrength) -> tuple[float, float]:
    """The tempo whose period and its multiples repeat best, favouring what people tap; and how well."""
    tempi_bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 260)
    lags = 60.0 * onsets.rate_hz / tempi_bpm
    repetition = _autocorrelation(onsets)
    comb = np.zeros_like(lags)
    total = np.zeros_like(lags)
    for multiple, weight in enumerate(COMB_WEIGHTS, start=1):
        reached = lags * multiple < len(repetition) - 1
        at = np.where(reached, lags * multiple, 0.0)
        comb += weight * reached * np.interp(at, np.arange(len(repetition)), repetition)
        total += weight * reached
    prior = np.exp(-0.5 * (np.log2(tempi_bpm / PRIOR_BPM) / PRIOR_OCTAVES) ** 2)
    comb = np.maximum(comb / np.maximum(total, 1e-9), 0.0)
    best = int(np.argmax(comb * prior))
    return float(tempi_bpm[best]), float(comb[best])


def _autocorrelation(onsets: OnsetStrength) -> Curve:
    """Mean normalised autocorrelation over overlapping windows, lag 0 being 1."""
    size = min(len(onsets.curve), round(TEMPO_WINDOW_S * onsets.rate_hz))
    hop = round(TEMPO_HOP_S * onsets.rate_hz)
    smooth = np.convolve(onsets.curve, np.hanning(7) / np.hanning(7).sum(), "same")
    windows = np.lib.stride_tricks.sliding_window_view(smooth, size)[::hop]
    windows = windows - windows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(windows, 2 * size)) ** 2
    lags = np.fft.irfft(power)[:, : size - size // 8] / np.arange(size, size // 8, -1)
    strength = lags[:, :1]
    lags = np.divide(lags, strength, out=np.zeros_like(lags), where=strength > 1e-9)
    return np.asarray(lags.mean(axis=0))


def _beat_path(onsets: OnsetStrength, bpm: float) -> NDArray[np.intp]:
    """The most likely beats, as frames: Viterbi over the interval to the next beat, exact and in blocks.

    A beat earns what sounds at it, an interval pays for what sounds between; a change from one
    interval to the next costs by the square of its logarithm.
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


def beat_confidence(samples: NDArray[np.float32], rate_hz: int, beat_times_s: Seconds) -> float:
    """How far beats that somebody else found can be trusted, 0 to 1, by this tracker's measure.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,), n >= 1.
        rate_hz: Sampling rate, Hz, >= 8000.
        beat_times_s: Beat times, seconds, ascending, shape (n_beats,); under four give 0.
    """
    onsets = onset_strength(samples, rate_hz)
    frames = np.round(beat_times_s * onsets.rate_hz).astype(np.intp)
    if len(frames) < FEWEST_BEATS or not np.any(onsets.curve):
        return 0.0
    return _confidence(onsets, np.clip(frames, 0, len(onsets.curve) - 1), _tempo(onsets)[1])


def _confidence(onsets: OnsetStrength, frames: NDArray[np.intp], clarity: float) -> float:
    """How regular the onsets are, and how far those at the beats stand out."""
    rise = np.convolve(onsets.rise, np.ones(5), "same")
    at_beats = rise[frames]
    loudness = float(np.mean(np.minimum(at_beats, AUDIBLE_RISE) / AUDIBLE_RISE))
    contrast = float(np.median(at_beats) / (np.mean(rise) + 1e-9))
    windows = max(1.0, len(rise) / onsets.rate_hz / TEMPO_WINDOW_S)
    even = CLARITY_LIMIT + CLARITY_BY_CHANCE / np.sqrt(windows)
    regularity = 1.0 / (1.0 + np.exp(4.5 * (1.0 - clarity / even)))
    return float(regularity * min(1.0, loudness * contrast))


def _placed(samples: NDArray[np.float32], rate_hz: int, times_s: Seconds) -> Seconds:
    """Beats moved to the attacks they belong to; where none is clear, to where their neighbours point."""
    attacks_s, strengths = attack_times_s(samples, rate_hz, times_s, within_s=ATTACK_WITHIN_S)
    curve_s = _local_curve(attacks_s, strengths + 1e-6)
    for _ in range(2):
        trust = strengths / (1.0 + ((attacks_s - curve_s) / ATTACK_SPREAD_S) ** 2) + 1e-6
        curve_s = _local_curve(attacks_s, trust)
    is_clear = strengths >= CLEAR_ATTACK * np.median(strengths)
    is_near = np.abs(attacks_s - curve_s) < 2 * ATTACK_SPREAD_S
    return _from_the_start(np.where(is_clear | is_near, attacks_s, curve_s))


def _from_the_start(times_s: Seconds) -> Seconds:
    """The beats and the one before them, if a recording cut on the beat hides its attack at time 0."""
    interval_s = float(np.median(np.diff(times_s[: SMOOTHING_BEATS + 1])))
    before_s = times_s[0] - interval_s
    return times_s if before_s < -START_SLACK_S else np.concatenate([[max(before_s, 0.0)], times_s])


def _local_curve(times_s: Seconds, weights: Curve) -> Seconds:
    """Each time as a weighted parabola through its neighbours would have it."""
    reach = np.arange(-SMOOTHING_BEATS, SMOOTHING_BEATS + 1)
    index = np.arange(len(times_s))[:, None] + reach
    inside = (index >= 0) & (index < len(times_s))
    index = np.clip(index, 0, len(times_s) - 1)
    weight = np.where(inside, weights[index], 0.0)
    powers = reach[None, :] ** np.arange(3)[:, None]
    matrix = np.einsum("nj,aj,bj->nab", weight, powers, powers)
    target = np.einsum("nj,aj,nj->na", weight, powers, times_s[index] - times_s[:, None])
    matrix += 1e-6 * weight.sum(axis=1)[:, None, None] * np.eye(3)
    return np.asarray(times_s + np.linalg.solve(matrix, target[..., None])[:, 0, 0])


def _is_sounding(times_s: Seconds, samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.bool_]:
    """Which beats lie within the recording, and not in silence before or after the music."""
    loud = np.flatnonzero(np.abs(samples) > SILENCE * np.max(np.abs(samples)))
    first_s, last_s = loud[0] / rate_hz, loud[-1] / rate_hz
    return np.asarray((times_s >= first_s - START_SLACK_S) & (times_s <= last_s))


def _regression_bpm(times_s: Seconds) -> float:
    slope_s = np.polyfit(np.arange(len(times_s)), times_s, 1)[0]
    return float(60.0 / slope_s)
