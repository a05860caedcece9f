"""Tempo and beats of music: samples in, beat times out; numpy alone, so that a cold start costs nothing."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from studio.beat_path import beat_path
from studio.beat_placing import is_sounding, place_beats
from studio.downbeats import find_downbeats
from studio.errors import InvalidError
from studio.onsets import OnsetStrength, onset_strength
from studio.sync import Seconds
from studio.tempo import FASTEST_BPM, SLOWEST_BPM, TempoCandidates, weigh_tempi
from studio.tempo_changes import TempoChange, find_tempo_changes, main_bpm
from studio.tempo_trust import LEAST_CONFIDENCE, rhythm, tempo_confidence

SHORTEST_S = 2.0
FEWEST_BEATS = 4
ALTERNATIVES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """Where the beats lie; music without a beat has none, and no tempo.

    `confidence` is the probability that `bpm` is right within 4%. `bpm_alternatives` are the next
    likeliest tempi, best first. `tempo_changes` begin at 0.0 with the opening tempo. `downbeats_s` are
    some of `beat_times_s`, estimated, and empty unless asked for.
    """

    bpm: float | None
    beat_times_s: Seconds
    confidence: float
    bpm_alternatives: tuple[float, ...] = ()
    tempo_changes: tuple[TempoChange, ...] = ()
    downbeats_s: Seconds = field(default_factory=lambda: np.zeros(0))
    beats_a_bar: int | None = None


NO_BEATS = Beats(None, np.zeros(0), 0.0)


def track_beats(
    samples: NDArray[np.float32],
    rate_hz: int,
    *,
    downbeats: bool = False,
    slowest_bpm: float = SLOWEST_BPM,
    fastest_bpm: float = FASTEST_BPM,
) -> Beats:
    """Find tempo and beats of a recording.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,).
        rate_hz: Sampling rate, Hz, >= 8000; 22050 is what the tracker was tuned at.
        downbeats: Whether to estimate the downbeats and the beats a bar, too.
        slowest_bpm: Slowest tempo to consider, beats per minute, >= 30.
        fastest_bpm: Fastest tempo to consider, <= 300, and 1.1 times the slowest or more.

    Returns:
        Tempo in beats per minute, beat times in seconds, ascending, shape (n_beats,), each at the
        attack that is heard, and a confidence from 0 to 1. Silence, noise, pads and anything under
        2 s give no tempo, no beats, and a confidence below 0.3.

    Raises:
        InvalidError: The samples are not one-dimensional, the rate is below 8000 Hz, or the tempi
            are no range within 30 to 300.

    Source:
        Onsets after Boeck and Widmer, DAFx 2013; the beat path after Krebs, Boeck and Widmer,
        ISMIR 2015; what was fitted, and on what: docs/decisions/0013-beats.md.
    """
    _check(samples, rate_hz, slowest_bpm, fastest_bpm)
    if len(samples) < SHORTEST_S * rate_hz:
        return NO_BEATS
    samples = np.nan_to_num(samples)
    onsets = onset_strength(samples, rate_hz)
    if not np.any(onsets.curve):
        return NO_BEATS
    tempi = weigh_tempi(onsets, slowest_bpm=slowest_bpm, fastest_bpm=fastest_bpm)
    frames = beat_path(onsets, float(tempi.bpm[0]))
    trust = rhythm(onsets, frames, tempi.clarity)
    if trust < LEAST_CONFIDENCE or len(frames) < FEWEST_BEATS:
        return _no_beats(trust)
    times_s = place_beats(samples, rate_hz, frames / onsets.rate_hz)
    times_s = np.maximum(times_s[is_sounding(times_s, samples, rate_hz)], 0.0)
    if len(times_s) < FEWEST_BEATS:
        return _no_beats(trust)
    return _described(times_s, onsets, tempi, trust, downbeats)


def _check(samples: NDArray[np.float32], rate_hz: int, slowest_bpm: float, fastest_bpm: float) -> None:
    if samples.ndim != 1 or rate_hz < 8_000:
        raise InvalidError(
            "Beats are tracked in mono sound of 8 kHz and more.",
            field="samples",
            value=[list(samples.shape), rate_hz],
            expected="shape (n,), rate_hz >= 8000",
        )
    if not 30.0 <= slowest_bpm <= slowest_bpm * 1.1 <= fastest_bpm <= 300.0:
        raise InvalidError(
            "Tempi are sought between 30 and 300 beats per minute.",
            field="slowest_bpm",
            value=[slowest_bpm, fastest_bpm],
            expected="30 <= slowest_bpm, 1.1 x slowest_bpm <= fastest_bpm <= 300",
        )


def _no_beats(trust: float) -> Beats:
    return Beats(None, np.zeros(0), min(trust, 0.99 * LEAST_CONFIDENCE))


def _described(
    times_s: Seconds, onsets: OnsetStrength, tempi: TempoCandidates, trust: float, downbeats: bool
) -> Beats:
    changes = find_tempo_changes(times_s)
    firsts_s, beats_a_bar = find_downbeats(onsets, times_s) if downbeats else (np.zeros(0), None)
    return Beats(
        bpm=main_bpm(times_s, changes),
        beat_times_s=times_s,
        confidence=tempo_confidence(tempi, trust),
        bpm_alternatives=tuple(round(float(bpm), 2) for bpm in tempi.bpm[1 : 1 + ALTERNATIVES]),
        tempo_changes=changes,
        downbeats_s=firsts_s,
        beats_a_bar=beats_a_bar,
    )


def beats_at(
    samples: NDArray[np.float32],
    rate_hz: int,
    times_s: Seconds,
    *,
    bpm: float | None = None,
    downbeats: bool = False,
) -> Beats:
    """Beats that another tracker found, described in the terms of this one.

    Args:
        samples: Mono sound, float32, full scale 1, shape (n,), n >= 1.
        rate_hz: Sampling rate, Hz, >= 8000.
        times_s: Beat times, seconds, ascending, shape (n_beats,); under four are none.
        bpm: The tempo that the other tracker states, if it states one, beats per minute.
        downbeats: Whether to estimate the downbeats and the beats a bar.
    """
    onsets = onset_strength(samples, rate_hz)
    if len(times_s) < FEWEST_BEATS or not np.any(onsets.curve):
        return NO_BEATS
    tempi = weigh_tempi(onsets)
    frames = np.clip(np.round(times_s * onsets.rate_hz).astype(np.intp), 0, len(onsets.curve) - 1)
    found = _described(times_s, onsets, tempi, 0.0, downbeats)
    trust = rhythm(onsets, frames, tempi.clarity)
    return replace(found, bpm=bpm or found.bpm, confidence=trust, bpm_alternatives=())
