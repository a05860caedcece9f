"""Where sound begins: onset strength over time, coarse for finding the beat and fine for placing it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Curve = NDArray[np.float64]

FRAMES_A_SECOND = 50
WINDOW_S = 0.046
BANDS_AN_OCTAVE = 8
LOWEST_HZ, HIGHEST_HZ = 32.0, 11_000.0
GROUP_EDGES_HZ = (0.0, 220.0, 1_800.0, 30_000.0)
LAG_FRAMES = 1
BLOCK_FRAMES = 1_024
BLOCK_TIMES = 32

FINE_WINDOW_S = 0.0116
FINE_HOP_S = 0.00145
FINE_LAG = 4
FINE_BIAS_S = -0.0023


@dataclass(frozen=True, slots=True, eq=False)
class OnsetStrength:
    """Onset strength, `rate_hz` values a second from time 0; `curve` is relative, `rise` absolute.

    `bands` are the parts of `curve`, low to high, shape (n_bands, n).
    """

    curve: Curve
    rise: Curve
    rate_hz: float
    bands: Curve


def onset_strength(samples: Samples, rate_hz: int) -> OnsetStrength:
    """How strongly sound begins at each moment: the rise of a log spectrum, after SuperFlux.

    Args:
        samples: Mono sound, float32, shape (n,), n >= 1.
        rate_hz: Sampling rate, Hz, > 0.

    Returns:
        Strengths, >= 0, shape (ceil(n / hop),): `curve` is each of three bands against its own
        surroundings, so that a quiet passage counts as much as a loud one; `rise` is the mean rise of
        the bands in nepers, comparable between recordings. Silence gives zeros.

    Source:
        Boeck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013.
    """
    hop = round(rate_hz / FRAMES_A_SECOND)
    bands, centres_hz = _log_bands(samples, rate_hz, hop)
    widened = bands.copy()
    np.maximum(widened[:, 1:], bands[:, :-1], out=widened[:, 1:])
    np.maximum(widened[:, :-1], bands[:, 1:], out=widened[:, :-1])
    rises = np.zeros_like(bands)
    rises[LAG_FRAMES:] = np.maximum(0.0, bands[LAG_FRAMES:] - widened[:-LAG_FRAMES])
    groups = [
        rises[:, (centres_hz >= low) & (centres_hz < high)].mean(axis=1).astype(np.float64)
        for low, high in pairwise(GROUP_EDGES_HZ)
        if np.any((centres_hz >= low) & (centres_hz < high))
    ]
    relative = np.array([_against_surroundings(group) for group in groups])
    return OnsetStrength(relative.sum(axis=0), np.mean(groups, axis=0), rate_hz / hop, relative)


def _log_bands(samples: Samples, rate_hz: int, hop: int) -> tuple[NDArray[np.float32], Curve]:
    size = 2 ** round(np.log2(WINDOW_S * rate_hz))
    filters, centres_hz = _filters(size, rate_hz)
    frames = -(-len(samples) // hop)
    padded = _mirrored_at_ends(samples, size)[size // 2 :]
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[: frames * hop : hop]
    shape = np.hanning(size).astype(np.float32)
    bands = np.concatenate(
        [
            np.abs(np.fft.rfft(windows[start : start + BLOCK_FRAMES] * shape)).astype(np.float32) @ filters
            for start in range(0, frames, BLOCK_FRAMES)
        ]
    )
    reference = max(float(np.percentile(bands.max(axis=1), 95)), 1e-9)
    return np.log1p(bands * np.float32(300.0 / reference)), centres_hz


def _filters(size: int, rate_hz: int) -> tuple[NDArray[np.float32], Curve]:
    """Triangles, evenly spaced in octaves where the bins allow, shape (bins, bands), each of sum 1."""
    bin_hz = rate_hz / size
    highest_hz = min(HIGHEST_HZ, 0.48 * rate_hz)
    count = int(np.log2(highest_hz / LOWEST_HZ) * BANDS_AN_OCTAVE)
    edges = np.unique(np.round(np.geomspace(LOWEST_HZ, highest_hz, count) / bin_hz)).astype(int)
    filters = np.zeros((size // 2 + 1, len(edges) - 2), np.float32)
    for band, (low, centre, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        filters[low : centre + 1, band] = np.linspace(0, 1, centre - low + 1)
        filters[centre : high + 1, band] = np.linspace(1, 0, high - centre + 1)
    return filters / filters.sum(axis=0), edges[1:-1] * bin_hz


def _against_surroundings(group: Curve) -> Curve:
    """A curve less its running mean, divided by its running deviation; never below zero."""
    half = 3 * FRAMES_A_SECOND // 2
    mean = _running_mean(group, half)
    deviation = np.sqrt(np.maximum(_running_mean(group**2, half) - mean**2, 0.0))
    floor = 0.1 * float(np.max(deviation, initial=0.0)) + 1e-9
    return np.maximum(0.0, group - mean) / (deviation + floor)


def _running_mean(values: Curve, half: int) -> Curve:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / (high - low))


def attack_times_s(samples: Samples, rate_hz: int, near_s: Curve, *, within_s: float) -> tuple[Curve, Curve]:
    """The steepest attack near each of the given times, placed to about a millisecond.

    Args:
        samples: Mono sound, float32, shape (n,).
        rate_hz: Sampling rate, Hz, > 0.
        near_s: Times to look near, seconds, shape (m,).
        within_s: How far to look to either side, seconds, > 0.

    Returns:
        Attack times, seconds, shape (m,), and their strengths (mean rise in nepers, >= 0), shape (m,).
        Where nothing rises the time is the one asked about, its strength 0.
    """
    size = 2 ** round(np.log2(FINE_WINDOW_S * rate_hz))
    hop = max(1, round(FINE_HOP_S * rate_hz))
    half = round(within_s * rate_hz / hop)
    offsets = np.arange(-half - FINE_LAG, half + 1) * hop
    centres = np.round(near_s * rate_hz).astype(int)[:, None] + offsets
    margin = size + int(np.max(np.abs(offsets)))
    padded = _mirrored_at_ends(samples, margin + size)
    last = len(padded) - size
    starts = np.clip(centres + margin + size - size // 2, 0, last)
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)
    shape = np.hanning(size).astype(np.float32)
    loudest = 1e-9 + float(np.max(np.abs(samples), initial=0.0)) * size / 4
    flux = np.concatenate(
        [
            _fine_rise(windows[starts[first : first + BLOCK_TIMES]] * shape, loudest)
            for first in range(0, max(len(starts), 1), BLOCK_TIMES)
        ]
    )
    best = np.argmax(flux, axis=1)
    at = best + _parabolic_offset(flux, best) - half
    times_s = np.round(near_s * rate_hz) / rate_hz + (at - FINE_LAG / 2) * hop / rate_hz
    strengths = flux[np.arange(len(flux)), best]
    return np.where(strengths > 0, times_s - FINE_BIAS_S, near_s), strengths


def _mirrored_at_ends(samples: Samples, margin: int) -> Samples:
    """The samples with a margin to either side, in which being cut out of a longer piece is no attack."""
    return np.pad(samples, margin, mode="reflect" if len(samples) > margin else "edge")


def _fine_rise(windows: Samples, loudest: float) -> Curve:
    spectrum = np.log1p(np.abs(np.fft.rfft(windows)) * np.float32(100.0 / loudest))
    rises = np.maximum(0.0, spectrum[:, FINE_LAG:] - spectrum[:, :-FINE_LAG])
    return np.asarray(rises.mean(axis=2), np.float64)


def _parabolic_offset(curves: Curve, best: NDArray[np.intp]) -> Curve:
    """Where between its neighbours each row's maximum lies, -0.5 to 0.5 of a step."""
    inner = np.clip(best, 1, curves.shape[1] - 2)
    rows = np.arange(len(curves))
    before, top, after = (curves[rows, inner + step] for step in (-1, 0, 1))
    bend = before - 2 * top + after
    offset = np.where(bend < -1e-12, 0.5 * (before - after) / np.minimum(bend, -1e-12), 0.0)
    return np.where(inner == best, np.clip(offset, -0.5, 0.5), 0.0)
