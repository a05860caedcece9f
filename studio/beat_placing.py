"""Beats moved from frames of onset strength to the attacks that are heard."""

import numpy as np
from numpy.typing import NDArray

from studio.onsets import Curve, Samples, attack_times_s
from studio.sync import Seconds

ATTACK_WITHIN_S = 0.03
SMOOTHING_BEATS = 4
ATTACK_SPREAD_S = 0.006
CLEAR_ATTACK = 0.5
START_SLACK_S = 0.01
SILENCE = 1e-3


def place_beats(samples: Samples, rate_hz: int, times_s: Seconds) -> Seconds:
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


def is_sounding(times_s: Seconds, samples: Samples, rate_hz: int) -> NDArray[np.bool_]:
    """Which beats lie within the recording, and not in silence before or after the music."""
    level = np.abs(samples)
    is_loud = level > SILENCE * level.max()
    first_s = int(np.argmax(is_loud)) / rate_hz
    last_s = (len(samples) - 1 - int(np.argmax(is_loud[::-1]))) / rate_hz
    return np.asarray((times_s >= first_s - START_SLACK_S) & (times_s <= last_s))
