"""Found beats against true ones, by mir_eval's definitions of F, CMLt and AMLt, and to the millisecond."""

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

F_WITHIN_S = 0.07
CONTINUITY = 0.175
IGNORED_S = 5.0


def f_measure(true_s: Times, found_s: Times) -> float:
    """Harmonic mean of precision and recall within 70 ms, the first five seconds left out."""
    true_s, found_s = _settled(true_s), _settled(found_s)
    matched, taken = 0, 0
    for time_s in true_s:
        while taken < len(found_s) and found_s[taken] < time_s - F_WITHIN_S:
            taken += 1
        if taken < len(found_s) and found_s[taken] <= time_s + F_WITHIN_S:
            matched, taken = matched + 1, taken + 1
    return 2 * matched / max(len(true_s) + len(found_s), 1)


def continuity(true_s: Times, found_s: Times) -> tuple[float, float]:
    """CMLt and AMLt: the share of beats that continue one another, at the true level and at any allowed."""
    true_s, found_s = _settled(true_s), _settled(found_s)
    if len(true_s) < 2 or len(found_s) < 2:
        return 0.0, 0.0
    shares = [_continued(version_s, found_s) for version_s in _metrical_levels(true_s)]
    return shares[0], max(shares)


def offsets_s(true_s: Times, found_s: Times) -> Times:
    """Of the found time nearest to each true one; infinite where nothing was found."""
    if not len(found_s):
        return np.full(len(true_s), np.inf)
    away_s = found_s[None, :] - true_s[:, None]
    return np.asarray(away_s[np.arange(len(true_s)), np.argmin(np.abs(away_s), axis=1)])


def calibration_error(confidence: Times, is_right: NDArray[np.bool_], bins: int = 5) -> float:
    """Expected calibration error: how far confidence lies from the share that is right, bin by bin."""
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        np.mean(bin_of == one) * abs(confidence[bin_of == one].mean() - is_right[bin_of == one].mean())
        for one in np.unique(bin_of)
    ]
    return float(np.sum(gaps))


def _settled(times_s: Times) -> Times:
    return times_s[times_s >= IGNORED_S]


def _metrical_levels(true_s: Times) -> list[Times]:
    """As annotated, off the beat, at double tempo, and at half, from the first or from the second."""
    between_s = true_s[:-1] + np.diff(true_s) / 2
    double_s = np.empty(2 * len(true_s) - 1)
    double_s[::2], double_s[1::2] = true_s, between_s
    return [true_s, between_s, double_s, true_s[::2], true_s[1::2]]


def _continued(true_s: Times, found_s: Times) -> float:
    if len(true_s) < 2:
        return 0.0
    right, used = 0, np.zeros(len(true_s), bool)
    for index, time_s in enumerate(found_s):
        nearest = int(np.argmin(np.abs(true_s - time_s)))
        if not used[nearest] and _continues(true_s, nearest, found_s, index):
            right += 1
            used[nearest] = True
    return right / max(len(true_s), len(found_s))


def _continues(true_s: Times, nearest: int, found_s: Times, index: int) -> bool:
    """Is a found beat near enough, and the interval at it as long as the true one."""
    other, neighbour = (nearest + 1, index + 1) if nearest == 0 or index == 0 else (nearest - 1, index - 1)
    if other >= len(true_s) or neighbour >= len(found_s):
        return False
    true_interval_s = abs(true_s[other] - true_s[nearest])
    found_interval_s = abs(found_s[neighbour] - found_s[index])
    is_near = abs(found_s[index] - true_s[nearest]) < CONTINUITY * true_interval_s
    return bool(is_near and abs(1 - found_interval_s / true_interval_s) < CONTINUITY)
