"""What is heard in sound of any length, measured block by block: loudness, true peak, clipping, silence."""

from dataclasses import dataclass, field

import numpy as np

from studio.measures.programme import Programme
from studio.measures.sound import SILENCE_STEP_S, SILENT_BELOW, Samples, Sound


@dataclass(slots=True)
class Listening:
    """A measuring instrument: give it blocks of sound, shape (n, channels), 1 or 2 channels; then read it.

    It measures what `studio.measures.sound.measure_sound` does, and holds none of the sound.
    """

    rate_hz: int
    channels: int
    _samples: int = 0
    _quiet_steps: int = 0
    _longest: tuple[int, int] = (0, 0)
    _steps: int = 0
    _programme: Programme = field(init=False)
    _unstepped: Samples = field(init=False)

    def __post_init__(self) -> None:
        self._programme = Programme(self.rate_hz, self.channels)
        self._unstepped = np.zeros((0, self.channels), np.float32)

    @property
    def _step(self) -> int:
        return max(1, round(SILENCE_STEP_S * self.rate_hz))

    def add(self, block: Samples) -> None:
        """Measure what comes next."""
        self._samples += len(block)
        self._programme.add(block)
        waiting = np.concatenate([self._unstepped, block])
        whole = len(waiting) // self._step * self._step
        self._unstepped = waiting[whole:]
        steps = np.abs(waiting[:whole]).reshape(whole // self._step, self._step * self.channels)
        for is_quiet in (steps.max(axis=1, initial=0.0) < SILENT_BELOW).tolist():
            self._add_step(is_quiet)

    def _add_step(self, is_quiet: bool) -> None:
        self._steps += 1
        self._quiet_steps = self._quiet_steps + 1 if is_quiet else 0
        if self._quiet_steps > self._longest[1]:
            self._longest = (self._steps - self._quiet_steps, self._quiet_steps)

    def sound(self, *, start_s: float = 0.0) -> Sound:
        """What was measured; `start_s` is when the first sample is heard."""
        first, steps = self._longest
        step_s = self._step / self.rate_hz
        return Sound(
            start_s=start_s,
            end_s=start_s + self._samples / self.rate_hz,
            loudness_lufs=self._programme.loudness_lufs(),
            peak_dbtp=self._programme.true_peak_dbtp(),
            clipped=self._programme.clipped,
            silence_s=steps * step_s,
            silence_at_s=start_s + first * step_s,
        )
