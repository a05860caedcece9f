"""A little composition with known beats: drums, bass, chords and a melody over a progression."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio import instruments
from studio.errors import InvalidError
from studio.instruments import Sound

STEPS_A_BAR = 16
INTRO_BARS = 1
PEAK_DBFS = -1.0
MAJOR = (0, 2, 4, 5, 7, 9, 11)
PROGRESSIONS = ((3, 4, 2, 5), (5, 3, 4, 0), (0, 4, 5, 3), (3, 4, 5, 5))
"""Degrees of the major scale, a bar each; the first is the "royal road" of Japanese songs."""
RHYTHMS = (
    (0, 3, 6, 8, 12, 14),
    (0, 2, 4, 8, 11, 14),
    (0, 4, 6, 10, 12),
    (2, 4, 7, 8, 12, 15),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Score:
    """The choices that make one composition another: drawn from the seed, then only read."""

    bpm: float
    bars: int
    rate_hz: int
    key: int
    verse: tuple[int, ...]
    chorus: tuple[int, ...]
    melody: tuple[tuple[int, int, int], ...]
    noise: Sound = field(repr=False)

    def time_s(self, bar: int, step: float = 0) -> float:
        return (bar * STEPS_A_BAR + step) * self.step_s

    @property
    def step_s(self) -> float:
        return 60.0 / self.bpm / 4

    def chord(self, bar: int) -> int:
        progression = self.chorus if self.is_chorus(bar) else self.verse
        return progression[bar % len(progression)]

    def is_intro(self, bar: int) -> bool:
        return self.bars > 4 and bar < INTRO_BARS

    def is_chorus(self, bar: int) -> bool:
        return self.bars > 4 and (bar // 4) % 2 == 1

    def pitch_hz(self, degree: int) -> float:
        octave, step = divmod(degree, len(MAJOR))
        return float(440.0 * 2 ** ((self.key + MAJOR[step] + 12 * octave - 69) / 12))


def compose(
    *, bpm: float, bars: int, seed: int, rate_hz: int = 48_000
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Compose and sound a piece in 4/4 at a steady tempo: an intro, a verse and a chorus in turn.

    Args:
        bpm: Tempo, beats per minute, 40 to 240.
        bars: Length in bars of four beats, >= 1; five and more have an intro and a chorus.
        seed: Key, progressions and melody follow from it; equal arguments give equal samples.
        rate_hz: Sampling rate, Hz, >= 16000.

    Returns:
        Samples, float32, shape (n, 2), peak -1 dBFS, and the true beat times, seconds, ascending,
        shape (4 * bars,); the first beat is at 0 and the piece ends where the next bar would begin.

    Raises:
        InvalidError: An argument is outside its range.
    """
    if not (40 <= bpm <= 240 and bars >= 1 and rate_hz >= 16_000):
        raise InvalidError(
            "This cannot be composed.",
            field="bpm, bars, rate_hz",
            value=[bpm, bars, rate_hz],
            expected="40 to 240, >= 1, >= 16000",
        )
    score = _score(bpm, bars, rate_hz, np.random.default_rng(seed))
    drums, low, wide = (np.zeros((round(score.time_s(bars) * rate_hz), 2)) for _ in range(3))
    for bar in range(bars):
        _drum(score, drums, bar)
        _play_bass(score, low, bar)
        _play_chord(score, wide, bar)
    _play_melody(score, wide)
    wide *= _duck(score, len(wide))[:, None]
    wet = instruments.room(rate_hz, score.noise.reshape(-1, 2), 0.15 * drums + wide, decay_s=0.35)
    mix = np.tanh(1.1 * (drums + low + wide + 0.22 * wet))
    mix *= 10 ** (PEAK_DBFS / 20) / np.max(np.abs(mix))
    return mix.astype(np.float32), np.arange(4.0 * bars) * (60.0 / bpm)


def _score(bpm: float, bars: int, rate_hz: int, random: np.random.Generator) -> _Score:
    verse, chorus = random.choice(len(PROGRESSIONS), 2, replace=False)
    return _Score(
        bpm=bpm,
        bars=bars,
        rate_hz=rate_hz,
        key=int(random.integers(55, 65)),
        verse=PROGRESSIONS[verse],
        chorus=PROGRESSIONS[chorus],
        melody=_phrase(random),
        noise=random.standard_normal(4 * rate_hz),
    )


def _phrase(random: np.random.Generator) -> tuple[tuple[int, int, int], ...]:
    """Four bars of (bar, step, degree above the chord's root): a motif, its answer, the motif, an ending."""
    motif, answer = (RHYTHMS[index] for index in random.choice(len(RHYTHMS), 2, replace=False))
    notes = []
    for bar, rhythm in enumerate((motif, answer, motif, answer[:3])):
        degree = int(random.choice([7, 9, 11]))
        for step in rhythm:
            notes.append((bar, step, degree))
            strong = step % 4 == 0
            degree += int(random.choice([-2, 2, -4, 4] if strong else [-1, 1, -2]))
            degree = min(max(degree, 5), 13)
    return tuple(notes)


def _drum(score: _Score, track: Sound, bar: int) -> None:
    rate_hz, noise = score.rate_hz, score.noise
    kicks = (0, 8) if score.is_intro(bar) else (0, 6, 8, 14) if score.is_chorus(bar) else (0, 8, 10)
    for step in kicks:
        _place(score, track, bar, step, instruments.kick(rate_hz), 0.9 if step % 8 == 0 else 0.65)
    fill = bar % 4 == 3
    for step in (12, 14, 15) if score.is_intro(bar) else (4, 12, 14, 15) if fill else (4, 12):
        gain = 0.5 if step % 4 == 0 else 0.28
        _place(score, track, bar, step, instruments.snare(rate_hz, noise[step * 500 :]), gain)
    for step in range(0, STEPS_A_BAR, 1 if score.is_chorus(bar) else 2):
        closed = instruments.hat(rate_hz, noise[step * 900 :], decay_s=0.09 if step == 14 else 0.022)
        _place(score, track, bar, step, closed, (0.24, 0.1, 0.17, 0.1)[step % 4], pan=0.25)
    if bar == (INTRO_BARS if score.is_intro(0) else 0) or (bar % 4 == 0 and bar > 0):
        _place(score, track, bar, 0, instruments.cymbal(rate_hz, noise), 0.22, pan=-0.2)


def _play_bass(score: _Score, track: Sound, bar: int) -> None:
    root = score.chord(bar) - 14
    steps = (0, 8) if score.is_intro(bar) else (0, 4, 6, 8, 12, 14)
    for step in steps:
        degree = root + (4 if step == 14 else 7 if step == 6 else 0)
        length_s = score.step_s * (7 if score.is_intro(bar) else 1.8)
        sound = instruments.bass(score.rate_hz, score.pitch_hz(degree), length_s)
        _place(score, track, bar, step, sound, 0.34)


def _play_chord(score: _Score, track: Sound, bar: int) -> None:
    root = score.chord(bar)
    for voice, degree in enumerate((root, root + 2, root + 4, root + 6)):
        pitch_hz = score.pitch_hz(degree - 7 if degree > 8 else degree)
        for side in (-1, 1):
            sound = instruments.pad(
                score.rate_hz, pitch_hz, STEPS_A_BAR * score.step_s, detune_cents=side * (4 + voice)
            )
            _place(score, track, bar, 0, sound, 0.035, pan=0.8 * side)
    for step in (2, 6, 10, 13) if score.is_chorus(bar) else (6, 14):
        for degree in (root, root + 2, root + 4):
            sound = instruments.pluck(score.rate_hz, score.pitch_hz(degree), score.step_s)
            _place(score, track, bar, step, sound, 0.06, pan=-0.4)


def _play_melody(score: _Score, track: Sound) -> None:
    line = np.zeros_like(track)
    for bar in range(INTRO_BARS if score.is_intro(0) else 0, score.bars):
        for phrase_bar, step, degree in score.melody:
            if phrase_bar == bar % 4:
                lift = 7 if score.is_chorus(bar) and degree < 9 else 0
                pitch_hz = score.pitch_hz((score.chord(bar) + 3) % 7 - 3 + degree + lift)
                sound = instruments.pluck(score.rate_hz, pitch_hz, 2 * score.step_s)
                _place(score, line, bar, step, sound, 0.15)
    track += line
    for echo in (1, 2):
        delay = round(3 * echo * score.step_s * score.rate_hz)
        gains = np.array([0.34, 0.12] if echo % 2 else [0.06, 0.18])
        track[delay:] += line[: len(line) - delay] * gains


def _duck(score: _Score, length: int) -> Sound:
    """Chords give way to each beat and come back: the breathing of dance music."""
    beat_s = 4 * score.step_s
    since_beat_s = np.mod(np.arange(length) / score.rate_hz, beat_s)
    return 1.0 - 0.35 * np.exp(-since_beat_s / (0.25 * beat_s))


def _place(
    score: _Score, track: Sound, bar: int, step: int, sound: Sound, gain: float, *, pan: float = 0.0
) -> None:
    start = round(score.time_s(bar, step) * score.rate_hz)
    room = track[start : start + len(sound)]
    room += sound[: len(room), None] * (gain * np.array([1 - max(pan, 0), 1 + min(pan, 0)]))
