"""Loudness, true peak, clipping and spectrum of sound of any length, measured block by block."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyloudnorm.iirfilter import IIRfilter
from scipy.signal import firwin, lfilter, resample_poly

from studio.fidelity import STEP_HZ, Levels
from studio.measures.sound import CLIPPED_FROM, CLIPPED_RUN, OVERSAMPLING

Samples = NDArray[np.float32]

HOP_S: Final = 0.1
HOPS_A_BLOCK: Final = 4
NEVER_LOUDER: Final = -70.0
RELATIVE_GATE: Final = -10.0
EDGE: Final = 32
"""Samples to either side of a block in which the interpolation does not know what follows."""
FFT_SIZE: Final = 4_096


@dataclass(slots=True)
class Programme:
    """A measuring instrument: give it blocks of sound, shape (n, channels), 1 or 2 channels; then read it.

    Source:
        Loudness: EBU R128 / ITU-R BS.1770-4, filters of pyloudnorm. True peak: BS.1770-4 annex 2.
    """

    rate_hz: int
    channels: int
    clipped: int = 0
    _peak: float = 0.0
    _hops: list[Levels] = field(default_factory=list)
    _power: Levels = field(default_factory=lambda: np.zeros(FFT_SIZE // 2 + 1))
    _windows: int = 0
    _memory: list[Levels] = field(init=False)
    _unhopped: Levels = field(init=False)
    _unseen: Samples = field(init=False)
    _before: Samples = field(init=False)
    _run: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        self._memory = [np.zeros((2, self.channels)) for _ in range(2)]
        self._unhopped = np.zeros((0, self.channels))
        self._unseen = np.zeros(0, np.float32)
        self._before = np.zeros((2 * EDGE, self.channels), np.float32)
        self._run = np.zeros(self.channels, np.intp)

    def add(self, block: Samples) -> None:
        """Measure what comes next."""
        if len(block):
            block = np.nan_to_num(block)
            self._add_loudness(block)
            self._add_peak(block)
            self._add_clipping(block)
            self._add_spectrum(block)

    def loudness_lufs(self) -> float | None:
        """Integrated loudness with both gates; None under 0.4 s and where all lies below -70 LUFS."""
        hops = np.concatenate(self._hops) if self._hops else np.zeros(0)
        if len(hops) < HOPS_A_BLOCK:
            return None
        blocks = np.convolve(hops, np.full(HOPS_A_BLOCK, 1 / HOPS_A_BLOCK), "valid")
        loud = blocks[_lufs(blocks) > NEVER_LOUDER]
        if not len(loud):
            return None
        gate = float(_lufs(np.array([loud.mean()]))[0]) + RELATIVE_GATE
        return float(_lufs(np.array([loud[_lufs(loud) > gate].mean()]))[0])

    def true_peak_dbtp(self) -> float | None:
        """The highest value between samples, decibels of full scale; None for digital silence."""
        self._add_peak(np.zeros((EDGE, self.channels), np.float32))
        return 20 * float(np.log10(self._peak)) if self._peak > 0 else None

    def levels_db(self) -> Levels:
        """The mean spectrum in bands of 100 Hz, from 0 Hz on."""
        of_band = (np.arange(len(self._power)) * self.rate_hz / FFT_SIZE / STEP_HZ).astype(np.intp)
        total = np.bincount(of_band, self._power) / np.maximum(np.bincount(of_band), 1)
        return np.asarray(10 * np.log10(total / max(self._windows, 1) + 1e-20))

    def _add_loudness(self, block: Samples) -> None:
        weighted = block.astype(np.float64)
        for index, stage in enumerate(_k_weighting(self.rate_hz)):
            weighted, self._memory[index] = lfilter(*stage, weighted, axis=0, zi=self._memory[index])
        waiting = np.concatenate([self._unhopped, weighted])
        hop = round(HOP_S * self.rate_hz)
        whole = len(waiting) // hop
        self._unhopped = waiting[whole * hop :]
        squares = waiting[: whole * hop].reshape(whole, hop, self.channels) ** 2
        self._hops.append(squares.mean(axis=1).sum(axis=1))

    def _add_peak(self, block: Samples) -> None:
        known = np.concatenate([self._before, block])
        between = resample_poly(known, OVERSAMPLING, 1, axis=0, window=_BETWEEN)
        inner = between[EDGE * OVERSAMPLING : len(between) - EDGE * OVERSAMPLING]
        self._peak = max(self._peak, float(np.max(np.abs(inner), initial=0.0)))
        self._peak = max(self._peak, float(np.max(np.abs(block), initial=0.0)))
        self._before = known[-2 * EDGE :]

    def _add_clipping(self, block: Samples) -> None:
        for channel in range(self.channels):
            self._add_clipped_runs(channel, np.abs(block[:, channel]) >= CLIPPED_FROM)

    def _add_clipped_runs(self, channel: int, full: NDArray[np.bool_]) -> None:
        """Samples in runs of three and more; a run that the last block left open goes on."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], full, [False]]).astype(np.int8)))
        lengths = edges[1::2] - edges[::2]
        if len(lengths) and edges[0] == 0:
            counted = int(self._run[channel]) if self._run[channel] >= CLIPPED_RUN else 0
            lengths[0] += self._run[channel]
            self.clipped -= counted
        self.clipped += int(lengths[lengths >= CLIPPED_RUN].sum())
        self._run[channel] = lengths[-1] if len(lengths) and full[-1] else 0

    def _add_spectrum(self, block: Samples) -> None:
        waiting = np.concatenate([self._unseen, block.mean(axis=1)])
        whole = len(waiting) // FFT_SIZE
        self._unseen = waiting[whole * FFT_SIZE :]
        windows = waiting[: whole * FFT_SIZE].reshape(whole, FFT_SIZE) * _HANN
        self._power += (np.abs(np.fft.rfft(windows)) ** 2).sum(axis=0)
        self._windows += whole


_BETWEEN: Final = firwin(20 * OVERSAMPLING + 1, 1 / OVERSAMPLING, window=("kaiser", 5.0)).astype(np.float32)
_HANN: Final = np.hanning(FFT_SIZE).astype(np.float32)


def _k_weighting(rate_hz: int) -> Sequence[tuple[Levels, Levels]]:
    """The two filters of BS.1770: what the head adds, and what the ear does not hear of the bass."""
    shelf = IIRfilter(4.0, 1 / np.sqrt(2), 1500.0, rate_hz, "high_shelf")
    bass = IIRfilter(0.0, 0.5, 38.0, rate_hz, "high_pass")
    return (shelf.b, shelf.a), (bass.b, bass.a)


def _lufs(powers: Levels) -> Levels:
    return np.asarray(-0.691 + 10 * np.log10(powers + 1e-20))
