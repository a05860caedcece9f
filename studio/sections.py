"""Where music changes: sections by how far what follows a beat differs from what came before; numpy alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.errors import InvalidError

Samples = NDArray[np.float32]
Seconds = NDArray[np.float64]
Features = NDArray[np.float64]

REACH_STEPS: Final = 16
"""Beats to either side that are held against each other: four bars."""
SHARP_STEPS: Final = 4
"""One bar, by which the beat is found at which a change begins."""
STEP_S: Final = 0.5
"""What stands in for a beat where there is none."""
SHORTEST_S: Final = 6.0
LEAST_CHANGE: Final = 0.7
"""Root mean square over the features, in their spread over the track; steady noise reaches 0.5."""
BANDS: Final = 24
LOWEST_HZ, HIGHEST_HZ = 60.0, 10_000.0
WINDOW_S: Final = 0.093
BLOCK_FRAMES: Final = 512


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of music that is alike, in seconds; the end is the next one's start."""

    start_s: float
    end_s: float


def find_sections(samples: Samples, rate_hz: int, beats_s: Seconds) -> tuple[Section, ...]:
    """Part a recording where its timbre or harmony changes.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,).
        rate_hz: Sampling rate, Hz, >= 8000.
        beats_s: Beat times, seconds, ascending, shape (n_beats,); without beats steps of 0.5 s are used.

    Returns:
        Sections from 0 to the end, two and more, each at least 6 s long and begun on a beat; none where
        no change is found or the recording is shorter than twice 16 beats.

    Raises:
        InvalidError: The samples are not one-dimensional, or the rate is below 8000 Hz.

    Source:
        Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000, with the
        checkerboard kernel of rank one: the difference of two means.
    """
    if samples.ndim != 1 or rate_hz < 8_000:
        raise InvalidError(
            "Sections are found in mono sound of 8 kHz and more.",
            field="samples", value=[list(samples.shape), rate_hz], expected="shape (n,), rate_hz >= 8000",
        )  # fmt: skip
    length_s = len(samples) / rate_hz
    steps_s = _steps(beats_s, length_s)
    if len(steps_s) < 2 * REACH_STEPS + 1:
        return ()
    features = _standard(_features(samples, rate_hz, steps_s))
    change = _change(features, REACH_STEPS)
    starts_s = [0.0, *_chosen(change, change * _change(features, SHARP_STEPS), steps_s, length_s)]
    if len(starts_s) == 1:
        return ()
    return tuple(Section(start, end) for start, end in zip(starts_s, [*starts_s[1:], length_s], strict=True))


def _steps(beats_s: Seconds, length_s: float) -> Seconds:
    """Beats, carried on at their ends where the music goes on without any."""
    if len(beats_s) < 2:
        return np.arange(0.0, length_s, STEP_S)
    interval_s = float(np.median(np.diff(beats_s)))
    before_s = np.arange(beats_s[0] - interval_s, 0.0, -interval_s)[::-1]
    after_s = np.arange(beats_s[-1] + interval_s, length_s, interval_s)
    return np.concatenate([before_s, beats_s, after_s])


def _features(samples: Samples, rate_hz: int, steps_s: Seconds) -> Features:
    """Log energies of bands and pitch classes, each step's mean, shape (steps, BANDS + 12)."""
    size = 2 ** round(np.log2(WINDOW_S * rate_hz))
    hop = size // 2
    padded = np.pad(np.nan_to_num(samples), (size // 2, size))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    groups = _groups(size, rate_hz)
    shape = np.hanning(size).astype(np.float32)
    rows = [
        np.abs(np.fft.rfft(windows[start : start + BLOCK_FRAMES] * shape)).astype(np.float32) ** 2 @ groups
        for start in range(0, len(windows), BLOCK_FRAMES)
    ]
    energy = np.concatenate(rows).astype(np.float64)
    of_frame = np.searchsorted(steps_s, np.arange(len(energy)) * hop / rate_hz, side="right") - 1
    of_frame = np.clip(of_frame, 0, len(steps_s) - 1)
    total = np.zeros((len(steps_s), energy.shape[1]))
    np.add.at(total, of_frame, energy)
    mean = total / np.maximum(np.bincount(of_frame, minlength=len(steps_s)), 1)[:, None]
    return np.log10(mean + 1e-6 * max(float(mean.max()), 1e-9))


def _groups(size: int, rate_hz: int) -> NDArray[np.float32]:
    """Which bins make which band and which pitch class, shape (bins, BANDS + 12)."""
    bins_hz = np.arange(size // 2 + 1) * rate_hz / size
    edges_hz = np.geomspace(LOWEST_HZ, min(HIGHEST_HZ, 0.45 * rate_hz), BANDS + 1)
    band = np.searchsorted(edges_hz, bins_hz, side="right") - 1
    groups = np.zeros((len(bins_hz), BANDS + 12), np.float32)
    inside = (band >= 0) & (band < BANDS)
    groups[np.flatnonzero(inside), band[inside]] = 1.0
    tonal = (bins_hz > 200.0) & (bins_hz < 2_000.0)
    pitch = np.round(12 * np.log2(bins_hz[tonal] / 16.351598)).astype(np.intp) % 12
    groups[np.flatnonzero(tonal), BANDS + pitch] = 1.0
    return groups


def _standard(features: Features) -> Features:
    spread = features.std(axis=0)
    return np.asarray((features - features.mean(axis=0)) / np.maximum(spread, 0.05))


def _change(features: Features, reach: int) -> Features:
    """How far the steps after each step differ from as many before it, near ones counting more."""
    weight = np.exp(-0.5 * (np.arange(reach) / (reach / 2)) ** 2)
    kernel = np.concatenate([weight, -weight[::-1]]) / weight.sum()
    moved = np.stack([np.convolve(column, kernel, "valid") for column in features.T], axis=1)
    change = np.sqrt(np.mean(moved**2, axis=1))
    return np.pad(change, (reach, len(features) - len(change) - reach))


def _chosen(change: Features, sharp: Features, steps_s: Seconds, length_s: float) -> list[float]:
    """Times of the greatest changes, none within SHORTEST_S of another or of an end."""
    chosen: list[float] = []
    half = REACH_STEPS // 2
    for step in np.argsort(change)[::-1]:
        if change[step] < LEAST_CHANGE:
            break
        first = max(0, step - half)
        at_s = float(steps_s[first + int(np.argmax(sharp[first : step + half + 1]))])
        is_clear = min([at_s, length_s - at_s, *(abs(at_s - other) for other in chosen)]) >= SHORTEST_S
        if is_clear and change[step] >= change[first : step + half + 1].max():
            chosen.append(at_s)
    return sorted(chosen)
