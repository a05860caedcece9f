"""Music and speech together: the music makes way, and the whole is as loud as it should be, unclipped."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.checks.sound import TARGET_LUFS
from studio.measures.sound import measure_sound

Samples = NDArray[np.float32]
Gains = NDArray[np.float64]

DUCK_DB: Final = -12.0
SPEECH_DBFS: Final = -45.0
"""Speech that is recorded as it should be lies 20 dB above this, the hiss between its words below it."""

ENVELOPE_STEP_S: Final = 0.01
ATTACK_S: Final = 0.05
HOLD_S: Final = 0.3
RELEASE_S: Final = 0.4
CEILING_DBTP: Final = -1.5
"""Half a decibel under the norm's -1 dBTP: an encoder adds a little to a peak."""

MOST_GAIN_DB: Final = 20.0


def speech_present(voice: Samples, rate_hz: int) -> NDArray[np.bool_]:
    """Whether something is said, in steps of 10 ms, its pauses of up to 0.3 s among them.

    Args:
        voice: A clip's own sound, full scale 1, shape (n, channels).
        rate_hz: Its sampling rate, Hz, > 0.

    Returns:
        Shape (n / step, rounded up,): where the level over 10 ms is above -45 dBFS, and 0.3 s after that.
    """
    step = round(ENVELOPE_STEP_S * rate_hz)
    count = -(-len(voice) // step)
    padded = np.zeros((count * step, voice.shape[1]), np.float64)
    padded[: len(voice)] = voice
    power = np.mean(padded.reshape(count, -1) ** 2, axis=1) if count else np.zeros(0)
    loud = power > 10 ** (SPEECH_DBFS / 10)
    last = np.maximum.accumulate(np.where(loud, np.arange(count), -count - 1))
    return np.asarray(np.arange(count) - last <= round(HOLD_S / ENVELOPE_STEP_S))


def duck_gains(voice: Samples, rate_hz: int) -> Gains:
    """How much of the music is heard at each sample while something is said over it.

    Args:
        voice: The clip's own sound, full scale 1, shape (n, channels).
        rate_hz: Its sampling rate, Hz, > 0.

    Returns:
        Gains, 0 to 1, shape (n,): 1 without speech, -12 dB under it. The music is down when the first word
        comes, for it begins to go 50 ms earlier, and it returns over 0.4 s; straight lines in decibels.
    """
    if not len(voice):
        return np.zeros(0)
    present = speech_present(voice, rate_hz)
    going = _ramp(present[::-1], ATTACK_S)[::-1]
    coming = _ramp(present, RELEASE_S)
    db = DUCK_DB * np.maximum(going, coming)
    step = round(ENVELOPE_STEP_S * rate_hz)
    at = np.arange(len(present)) * step
    return np.asarray(10 ** (np.interp(np.arange(len(voice)), at, db) / 20))


def _ramp(present: NDArray[np.bool_], length_s: float) -> Gains:
    """1 where it is present, and down to 0 in a straight line over the time after that."""
    steps = max(1, round(length_s / ENVELOPE_STEP_S))
    index = np.arange(len(present))
    last = np.maximum.accumulate(np.where(present, index, -steps - 1))
    return np.asarray(np.clip(1.0 - (index - last) / steps, 0.0, 1.0))


def mix(music: Samples, voice: Samples, rate_hz: int) -> Samples:
    """Music under a clip's own sound, of the same length and number of channels, ducked while it is heard."""
    return (music * duck_gains(voice, rate_hz)[:, None] + voice).astype(np.float32)


def gain_db(sound: Samples, rate_hz: int, *, target_lufs: float = TARGET_LUFS) -> float:
    """The gain that brings a sound to its loudness without clipping.

    Args:
        sound: Full scale 1, shape (n, channels), 1 to 5 channels.
        rate_hz: Sampling rate, Hz, > 0.
        target_lufs: Integrated loudness, LUFS; by default that of EBU R128, which the checks hold clips to.

    Returns:
        Decibels, at most 20, and never so much that the true peak passes -1.5 dBTP: a sound with few high
        peaks stays softer than the target, for nothing is limited. 0 for silence; where the sound is too
        short for its loudness to be told, 0 or what brings its peak under the ceiling.
    """
    seen = measure_sound(sound, rate_hz)
    return gain_of(seen.loudness_lufs, seen.peak_dbtp, target_lufs=target_lufs)


def gain_of(loudness_lufs: float | None, peak_dbtp: float | None, *, target_lufs: float) -> float:
    """The gain of a sound whose loudness and true peak are known; None: see `gain_db`, as for the rest."""
    if peak_dbtp is None:
        return 0.0
    wanted = 0.0 if loudness_lufs is None else target_lufs - loudness_lufs
    return min(wanted, CEILING_DBTP - peak_dbtp, MOST_GAIN_DB)


def levelled(sound: Samples, rate_hz: int, *, target_lufs: float = TARGET_LUFS) -> Samples:
    """A sound with its `gain_db`."""
    return (sound * 10 ** (gain_db(sound, rate_hz, target_lufs=target_lufs) / 20)).astype(np.float32)
