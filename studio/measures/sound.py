"""What is heard: loudness, true peak, clipping, silence."""

from dataclasses import dataclass

import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from scipy.signal import resample_poly

Samples = NDArray[np.float32]

OVERSAMPLING = 4
BLOCK_S = 0.4
NEVER_LOUDER = -70.0
CLIPPED_FROM = 0.999
CLIPPED_RUN = 3
SILENT_BELOW = 10 ** (-60 / 20)
SILENCE_STEP_S = 0.02


@dataclass(frozen=True, slots=True)
class Sound:
    """What was measured on a clip's sound.

    `start_s` and `end_s` on the clip's clock, where time 0 is its first picture; `loudness_lufs` is None
    below 0.4 s and under the gate of -70 LUFS; `peak_dbtp` is None for digital silence; `clipped` counts
    samples in runs at full scale; the longest silence, from `silence_at_s` on.
    """

    start_s: float
    end_s: float
    loudness_lufs: float | None
    peak_dbtp: float | None
    clipped: int
    silence_s: float
    silence_at_s: float


def measure_sound(samples: Samples, rate_hz: int, *, start_s: float = 0.0) -> Sound:
    """Measure a clip's sound.

    Args:
        samples: Full scale 1, shape (n, channels), 1 to 5 channels.
        rate_hz: Sampling rate, Hz, > 0.
        start_s: When the first sample is heard, seconds.

    Source:
        Loudness: EBU R128 / ITU-R BS.1770-4 by pyloudnorm. True peak: BS.1770-4 annex 2, four times
        oversampled. Silence: below -60 dBFS in steps of 20 ms.
    """
    silence_at_s, silence_s = _longest_silence(samples, rate_hz)
    return Sound(
        start_s=start_s,
        end_s=start_s + len(samples) / rate_hz,
        loudness_lufs=_loudness(samples, rate_hz),
        peak_dbtp=_true_peak(samples),
        clipped=_clipped(samples),
        silence_s=silence_s,
        silence_at_s=start_s + silence_at_s,
    )


def _loudness(samples: Samples, rate_hz: int) -> float | None:
    if len(samples) < BLOCK_S * rate_hz + 1 or not np.any(samples):
        return None
    found = float(pyloudnorm.Meter(rate_hz, block_size=BLOCK_S).integrated_loudness(samples))
    return found if np.isfinite(found) and found > NEVER_LOUDER else None


def _true_peak(samples: Samples) -> float | None:
    if not len(samples):
        return None
    between = resample_poly(samples, OVERSAMPLING, 1, axis=0)
    peak = max(float(np.max(np.abs(between))), float(np.max(np.abs(samples))))
    return 20 * float(np.log10(peak)) if peak > 0 else None


def _clipped(samples: Samples) -> int:
    """Samples in runs of three and more at full scale, over all channels."""
    full = np.abs(samples) >= CLIPPED_FROM
    run = full[:-2] & full[1:-1] & full[2:] if len(full) >= CLIPPED_RUN else full[:0]
    inside = np.zeros_like(full)
    for shift in range(CLIPPED_RUN):
        inside[shift : shift + len(run)] |= run
    return int(inside.sum())


def _longest_silence(samples: Samples, rate_hz: int) -> tuple[float, float]:
    """When the longest silence begins, and how long it lasts, seconds."""
    step = max(1, round(SILENCE_STEP_S * rate_hz))
    count = len(samples) // step
    steps = np.abs(samples[: count * step]).reshape(count, -1) if count else np.zeros((0, 1))
    quiet = np.concatenate([[False], steps.max(axis=1) < SILENT_BELOW, [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    if not len(edges):
        return 0.0, 0.0
    lengths = edges[1::2] - edges[::2]
    longest = int(np.argmax(lengths))
    return float(edges[2 * longest] * step / rate_hz), float(lengths[longest] * step / rate_hz)
