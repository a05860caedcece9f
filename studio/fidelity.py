"""How good a recording is: what was measured, and where an encoder has cut off its spectrum; numpy alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]

STEP_HZ: Final = 100.0
LOWEST_CUTOFF_HZ: Final = 5_000.0
FALL_DB: Final = 18.0
"""Within 1 kHz: instruments fall off by some 3 dB there, an encoder's low pass by 30 and more."""
WITHIN_STEPS: Final = 5
LOSSLESS: Final = ("flac", "alac", "wavpack", "ape", "tta")
FULL_HZ: Final = 20_500.0
"""Where lossy encoders at their best rates cut off; above it nothing was lost."""


@dataclass(frozen=True, slots=True)
class AudioQuality:
    """What was measured on a track's sound.

    `loudness_lufs` is None below 0.4 s and under the gate of -70 LUFS, `true_peak_dbtp` for digital silence.
    `cutoff_hz` is where the spectrum ends with an edge, None where it has none. `is_transcoded`: a lossless
    file whose spectrum ends as a lossy one's does; None for lossy files, of which nobody can say.
    """

    loudness_lufs: float | None
    true_peak_dbtp: float | None
    clipped_samples: int
    cutoff_hz: float | None
    is_transcoded: bool | None
    bit_rate_bps: int | None
    channels: int
    codec: str


def find_cutoff(levels_db: Levels, step_hz: float) -> float | None:
    """Where a spectrum ends with an edge, as a low pass leaves it.

    Args:
        levels_db: Mean level of each band from 0 Hz to half the sampling rate, dB, shape (n,).
        step_hz: Width of a band, Hz, > 0.

    Returns:
        The highest frequency of which something is left, Hz; None where the spectrum goes on to its
        end or fades out, and for silence.
    """
    below = levels_db[: -2 * WITHIN_STEPS]
    fall = below - levels_db[2 * WITHIN_STEPS :]
    quietest = np.maximum.accumulate(levels_db[::-1])[::-1][2 * WITHIN_STEPS :]
    is_edge = (fall >= FALL_DB) & (below - quietest >= FALL_DB - 6.0)
    is_edge &= (np.arange(len(below)) + WITHIN_STEPS) * step_hz >= LOWEST_CUTOFF_HZ
    if not np.any(is_edge):
        return None
    steepest = int(np.argmax(np.where(is_edge, fall, -np.inf)))
    around = levels_db[steepest : steepest + 2 * WITHIN_STEPS + 1]
    middle = 0.5 * (around[0] + around[-1])
    return float((steepest + int(np.argmax(around < middle))) * step_hz)


def is_transcoded(codec: str, cutoff_hz: float | None) -> bool | None:
    """Whether a lossless file was made from a lossy one, by where its spectrum ends."""
    if codec not in LOSSLESS and not codec.startswith("pcm_"):
        return None
    return cutoff_hz is not None and cutoff_hz < FULL_HZ
