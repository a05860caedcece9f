"""Synthesised music with known beats: styles, metres, hands, changes of tempo; and sound without a beat."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio import instruments
from studio.composition import compose

RATE_HZ = 22_050
LENGTH_S = 24.0
Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """`bpm` is of its longest stretch and 0 where there is no beat; `change_s` is where the tempo changes."""

    style: str
    bpm: float
    samples: NDArray[np.float32]
    beats_s: Sound
    change_s: float | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """Strokes as steps of a bar of `beats * split` steps; what a hand or a room adds."""

    name: str
    tempi_bpm: tuple[float, float]
    beats: int
    split: int
    kick: tuple[int, ...]
    snare: tuple[int, ...]
    hat: tuple[int, ...]
    jitter_s: float = 0.0
    drift: float = 0.0
    swing: float = 0.0
    noise: float = 0.0
    bass: bool = True
    change: bool = False


EIGHTHS, SIXTEENTHS = (0, 2, 4, 6, 8, 10, 12, 14), tuple(range(16))
STYLES = (
    Style("rock", (95, 150), 4, 4, (0, 7, 8), (4, 12), EIGHTHS, jitter_s=0.004),
    Style("house", (115, 132), 4, 4, (0, 4, 8, 12), (4, 12), (2, 6, 10, 14)),
    Style("ballad", (60, 75), 4, 4, (0, 10), (4, 12), EIGHTHS, jitter_s=0.005),
    Style("hip hop", (80, 98), 4, 4, (0, 3, 10), (4, 12), SIXTEENTHS, swing=0.2),
    Style("drum and bass", (168, 178), 4, 4, (0, 10), (4, 12), EIGHTHS),
    Style("waltz", (90, 170), 3, 2, (0,), (2, 4), (0, 1, 2, 3, 4, 5), jitter_s=0.004),
    Style("six eight", (60, 95), 2, 3, (0,), (3,), (0, 1, 2, 3, 4, 5), jitter_s=0.004),
    Style("swing", (110, 190), 4, 3, (0, 6), (3, 9), (0, 3, 5, 6, 9, 11), jitter_s=0.006),
    Style("punk", (170, 195), 4, 2, (0, 4), (2, 6), (0, 2, 4, 6)),
    Style("by hand", (85, 140), 4, 4, (0, 6, 8), (4, 12), EIGHTHS, jitter_s=0.012, noise=0.01),
    Style("drifting", (85, 140), 4, 4, (0, 8), (4, 12), EIGHTHS, jitter_s=0.005, drift=0.006),
    Style("tempo change", (100, 130), 4, 4, (0, 8), (4, 12), EIGHTHS, change=True),
    Style("under noise", (85, 150), 4, 4, (0, 8), (4, 12), EIGHTHS, noise=0.06),
    Style("plain pulse", (70, 160), 4, 1, (), (0, 1, 2, 3), (), bass=False),
)


def clips(seeds: range) -> Iterator[Clip]:
    """One clip of each style for each seed."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        for style in STYLES:
            yield _play(style, random)
        bpm = float(round(random.uniform(75, 170), 1))
        bars = int(LENGTH_S * bpm / 240)
        samples, beats_s = compose(bpm=bpm, bars=bars, seed=seed, rate_hz=RATE_HZ)
        yield Clip("composition", bpm, samples.mean(axis=1), beats_s)
        yield Clip("no beat: pads", 0.0, _pads(random), np.zeros(0))
        yield Clip("no beat: speech", 0.0, _syllables(random), np.zeros(0))
        noise = 0.1 * random.standard_normal(round(LENGTH_S * RATE_HZ))
        yield Clip("no beat: noise", 0.0, noise.astype(np.float32), np.zeros(0))


def _play(style: Style, random: np.random.Generator) -> Clip:
    bpm = float(round(random.uniform(*style.tempi_bpm), 1))
    intervals_s = _intervals_s(style, bpm, random)
    beats_s = 0.2 + np.concatenate([[0.0], np.cumsum(intervals_s)])
    samples = style.noise * random.standard_normal(round((LENGTH_S + 3) * RATE_HZ))
    hiss = random.standard_normal(RATE_HZ)
    sounds = (
        (instruments.kick(RATE_HZ), style.kick, 0.6),
        (instruments.snare(RATE_HZ, hiss), style.snare, 0.5),
        (instruments.hat(RATE_HZ, hiss, decay_s=0.03), style.hat, 0.2),
    )
    for beat, start_s in enumerate(beats_s[:-1]):
        for step in range(style.split):
            at_s = start_s + _late(style, step) * intervals_s[beat]
            in_bar = beat % style.beats * style.split + step
            for sound, steps, gain in sounds:
                if in_bar in steps:
                    _lay(samples, sound, at_s + random.normal(0, style.jitter_s), gain)
    if style.bass:
        _play_bass(samples, beats_s, intervals_s, random)
    inside_s = beats_s[beats_s < LENGTH_S]
    change_s = float(beats_s[len(intervals_s) * 6 // 10]) if style.change else None
    bpm = float(60 / np.median(intervals_s[: len(inside_s)]))
    return Clip(style.name, bpm, samples[: round(LENGTH_S * RATE_HZ)].astype(np.float32), inside_s, change_s)


def _intervals_s(style: Style, bpm: float, random: np.random.Generator) -> Sound:
    count = int((LENGTH_S + 1) * bpm / 60)
    intervals_s = 60 / bpm * np.exp(np.cumsum(random.normal(0, style.drift, count)))
    if style.change:
        intervals_s[count * 6 // 10 :] *= random.choice([0.85, 1.18])
    return np.asarray(intervals_s)


def _late(style: Style, step: int) -> float:
    return (step + style.swing * (step % 2)) / style.split


def _play_bass(samples: Sound, beats_s: Sound, intervals_s: Sound, random: np.random.Generator) -> None:
    root_hz = random.uniform(40, 80)
    for beat, (start_s, interval_s) in enumerate(zip(beats_s[:-1], intervals_s, strict=True)):
        if beat % 2 == 0 or random.random() < 0.4:
            pitch_hz = root_hz * 2 ** (random.choice([0, 0, 3, 5, 7]) / 12)
            _lay(samples, instruments.bass(RATE_HZ, pitch_hz, 0.8 * interval_s), start_s, 0.4)


def _lay(samples: Sound, sound: Sound, at_s: float, gain: float) -> None:
    start = max(0, round(at_s * RATE_HZ))
    place = samples[start : start + len(sound)]
    place += gain * sound[: len(place)]


def _pads(random: np.random.Generator) -> NDArray[np.float32]:
    samples, at_s = np.zeros(round(LENGTH_S * RATE_HZ)), 0.0
    while at_s < LENGTH_S:
        for hz in (220.0, 277.2, 329.6):
            _lay(
                samples,
                instruments.pad(RATE_HZ, hz * random.uniform(0.8, 1.2), 3.0, detune_cents=4),
                at_s,
                0.1,
            )
        at_s += random.uniform(1.6, 3.0)
    return samples.astype(np.float32)


def _syllables(random: np.random.Generator) -> NDArray[np.float32]:
    samples, at_s = np.zeros(round(LENGTH_S * RATE_HZ)), 0.0
    while at_s < LENGTH_S - 0.5:
        length = round(random.uniform(0.08, 0.3) * RATE_HZ)
        phase = 2 * np.pi * random.uniform(100, 180) * np.arange(length) / RATE_HZ
        voice = np.sum([np.sin(k * phase) * random.uniform(0.2, 1) / k for k in range(1, 20)], axis=0)
        _lay(samples, voice * np.hanning(length), at_s, 0.2)
        at_s += length / RATE_HZ + random.exponential(0.1)
    return samples.astype(np.float32)
