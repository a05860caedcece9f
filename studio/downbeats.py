"""Which beats open a bar: a vote by phase; an estimate, and a weak one."""

import numpy as np
from numpy.typing import NDArray

from studio.onsets import OnsetStrength
from studio.sync import Seconds

METRES = (4, 3)
TRIPLE_HANDICAP = 1.15
BAND_WEIGHTS = (1.0, 0.4, 0.2)


def find_downbeats(onsets: OnsetStrength, beats_s: Seconds) -> tuple[Seconds, int]:
    """The beats that open bars of three or four, by where low and other onsets recur strongest.

    Args:
        onsets: Onset strength, n frames, its bands low to high.
        beats_s: Beat times, seconds, ascending, shape (n_beats,), n_beats >= 4.

    Returns:
        Downbeats, seconds, some of `beats_s`, shape (n_bars,), and the beats a bar, 3 or 4.
    """
    accents = _accents(onsets, beats_s)
    scores = {
        (metre, phase): _stand_out(accents, metre, phase) / (TRIPLE_HANDICAP if metre == 3 else 1.0)
        for metre in METRES
        for phase in range(metre)
    }
    metre, phase = max(scores, key=lambda key: scores[key])
    return beats_s[phase::metre], metre


def _accents(onsets: OnsetStrength, beats_s: Seconds) -> NDArray[np.float64]:
    """How strong each beat is, low sounds counting most, against its surroundings."""
    frames = np.clip(np.round(beats_s * onsets.rate_hz).astype(int), 0, len(onsets.curve) - 1)
    strength = np.zeros(len(frames))
    for band, weight in zip(onsets.bands, BAND_WEIGHTS, strict=False):
        near = np.max([band[np.clip(frames + step, 0, len(band) - 1)] for step in (-1, 0, 1, 2)], axis=0)
        strength += weight * near / (near.std() + 1e-9)
    return np.asarray(strength - strength.mean())


def _stand_out(accents: NDArray[np.float64], metre: int, phase: int) -> float:
    """By how much the beats of one phase exceed the others, in standard errors."""
    is_first = np.arange(len(accents)) % metre == phase
    first, others = accents[is_first], accents[~is_first]
    spread = accents.std() + 1e-9
    return float((first.mean() - others.mean()) / spread * np.sqrt(1 / (1 / len(first) + 1 / len(others))))
