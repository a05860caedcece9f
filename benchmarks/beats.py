"""Beat trackers side by side on synthesised music: `python -m benchmarks.beats`.

The set is made here, and its figures say nothing about real music. A1: tempo within 4%; A2: the same,
half, double, third and triple allowed; F: beats within 70 ms; hit: true beats met within 40 ms; CPU as
seconds on one thread per minute of sound, warm, and of a process that starts, imports and tracks five
seconds. Librosa runs bare, without the confidence that the backend adds to it.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import librosa
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from studio import beats, instruments
from studio.beats import Beats
from studio.composition import compose

RATE_HZ = 22_050
LENGTH_S = 20.0


def _librosa(samples: NDArray[np.float32], rate_hz: int) -> Beats:
    tempo_bpm, times_s = librosa.beat.beat_track(y=samples, sr=rate_hz, units="time")
    return Beats(float(np.ravel(tempo_bpm)[0]), np.asarray(times_s, np.float64), 0.0)


TRACKERS: dict[str, Callable[[NDArray[np.float32], int], Beats]] = {
    "builtin": beats.track_beats,
    "librosa": _librosa,
}
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
MODULES = {"builtin": "studio.beats", "librosa": "studio.beats_librosa"}
COLD = """
import numpy as np
from {module} import track_beats
samples = np.zeros(5 * 22050, np.float32)
samples[5000::11025] = 0.5
track_beats(samples, 22050)
"""


@dataclass(frozen=True, slots=True)
class Clip:
    style: str
    bpm: float
    samples: NDArray[np.float32]
    beats_s: NDArray[np.float64]


@dataclass(slots=True)
class Tally:
    tempo: list[bool] = field(default_factory=list)
    octave: list[bool] = field(default_factory=list)
    f: list[float] = field(default_factory=list)
    hit: list[float] = field(default_factory=list)
    off_ms: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    sound_s: float = 0.0

    def add(self, clip: Clip, found: Beats, cpu_s: float) -> None:
        ratios = (found.bpm or 0.0) / clip.bpm / np.array([1, 2, 3, 1 / 2, 1 / 3])
        right = np.abs(ratios - 1) < 0.04
        self.tempo.append(bool(right[0]))
        self.octave.append(bool(right.any()))
        off_ms = _offsets_ms(clip.beats_s, found.beat_times_s)
        precise = (
            float(np.mean(np.abs(_offsets_ms(found.beat_times_s, clip.beats_s)) <= 70))
            if len(off_ms)
            else 0.0
        )
        recalled = float(np.mean(np.abs(off_ms) <= 70)) if len(off_ms) else 0.0
        self.f.append(2 * precise * recalled / max(precise + recalled, 1e-9))
        self.hit.append(float(np.mean(np.abs(off_ms) <= 40)) if len(off_ms) else 0.0)
        self.off_ms += [float(off) for off in off_ms if abs(off) <= 70]
        self.cpu_s += cpu_s
        self.sound_s += len(clip.samples) / RATE_HZ

    def row(self) -> str:
        off_ms = float(np.median(self.off_ms)) if self.off_ms else float("nan")
        shares = [np.mean(values) for values in (self.tempo, self.octave, self.f, self.hit)]
        return "".join(f"{share:7.3f}" for share in shares) + f"{off_ms:9.1f}"


def _offsets_ms(true_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the found time nearest to each true one; empty where nothing was found."""
    if not len(found_s) or not len(true_s):
        return np.zeros(0)
    away = 1e3 * (found_s[None, :] - true_s[:, None])
    return np.asarray(away[np.arange(len(true_s)), np.argmin(np.abs(away), axis=1)])


def clips(per_style: int) -> Iterator[Clip]:
    """The set: compositions, drums by hand in three manners, and the same under noise."""
    for index in range(per_style):
        random = np.random.default_rng(index)
        bpm = float(round(random.uniform(75, 170), 1))
        samples, beats_s = compose(bpm=bpm, bars=int(LENGTH_S * bpm / 240), seed=index, rate_hz=RATE_HZ)
        yield Clip("composition", bpm, samples.mean(axis=1), beats_s)
        for style, jitter_s, drift, swing, noise in (
            ("drums", 0.0, 0.0, 0.5, 0.0),
            ("played by hand", 0.010, 0.0, 0.5, 0.01),
            ("swing", 0.004, 0.0, 0.66, 0.0),
            ("drifting tempo", 0.005, 0.008, 0.5, 0.01),
            ("under noise", 0.0, 0.0, 0.5, 0.08),
        ):
            yield _drums(style, bpm, random, jitter_s=jitter_s, drift=drift, swing=swing, noise=noise)


def _drums(
    style: str,
    bpm: float,
    random: np.random.Generator,
    *,
    jitter_s: float,
    drift: float,
    swing: float,
    noise: float,
) -> Clip:
    count = int((LENGTH_S - 1) * bpm / 60)
    intervals_s = 60 / bpm * np.exp(np.cumsum(random.normal(0, drift, count)))
    beats_s = 0.2 + np.cumsum(intervals_s) - intervals_s[0]
    samples = noise * random.standard_normal(int(LENGTH_S * RATE_HZ) + RATE_HZ)
    hiss = random.standard_normal(RATE_HZ)
    drums = (instruments.kick(RATE_HZ), instruments.snare(RATE_HZ, hiss))
    hat = instruments.hat(RATE_HZ, hiss, decay_s=0.025)
    for index, (beat_s, interval_s) in enumerate(zip(beats_s, intervals_s, strict=True)):
        strokes = ((drums[index % 2], 0.0, 0.6), (hat, 0.0, 0.2), (hat, swing * interval_s, 0.2))
        for sound, after_s, gain in strokes:
            start = max(0, round((beat_s + after_s + random.normal(0, jitter_s)) * RATE_HZ))
            room = samples[start : start + len(sound)]
            room += gain * sound[: len(room)]
    inside = beats_s < LENGTH_S
    median_bpm = float(60 / np.median(intervals_s))
    return Clip(style, median_bpm, samples[: int(LENGTH_S * RATE_HZ)].astype(np.float32), beats_s[inside])


def cold_cpu_s(tracker: str) -> float:
    """CPU seconds of a fresh process, the better of two: the first may have to fill a cache."""
    return min(_process_cpu_s(COLD.format(module=MODULES[tracker])) for _ in range(2))


def _process_cpu_s(code: str) -> float:
    measured = f"import time\n{code}\nprint(time.process_time())"
    told = subprocess.run(
        [sys.executable, "-c", measured], capture_output=True, text=True, check=True, env=ONE_THREAD
    )
    return float(told.stdout.split()[-1])


def _tallies(per_style: int) -> dict[tuple[str, str], Tally]:
    tallies: dict[tuple[str, str], Tally] = {}
    for clip in clips(per_style):
        for name, track in TRACKERS.items():
            start = time.process_time()
            found = track(clip.samples, RATE_HZ)
            cpu_s = time.process_time() - start
            for style in (clip.style, "all"):
                tallies.setdefault((style, name), Tally()).add(clip, found, cpu_s)
    return tallies


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clips", type=int, default=8, help="clips of each style")
    per_style = arguments.parse_args().clips
    with threadpool_limits(limits=1):
        _compare(per_style)


def _compare(per_style: int) -> None:
    warm_up = compose(bpm=120, bars=4, seed=0, rate_hz=RATE_HZ)[0].mean(axis=1)
    for track in TRACKERS.values():
        track(warm_up, RATE_HZ)
    tallies = _tallies(per_style)
    print(f"{'clips':16}{'tracker':9}     A1     A2      F    hit  bias ms")
    for (style, name), tally in sorted(tallies.items(), key=lambda item: (item[0][0] == "all", item[0])):
        print(f"{style:16}{name:9}{tally.row()}")
    warm = {name: 60 * tallies["all", name].cpu_s / tallies["all", name].sound_s for name in TRACKERS}
    cold = {name: cold_cpu_s(name) for name in TRACKERS}
    print(f"CPU s a minute, warm: builtin {warm['builtin']:.3f}, librosa {warm['librosa']:.3f}")
    print(f"  ratio {warm['builtin'] / warm['librosa']:.2f}")
    print(f"CPU s of a cold process: builtin {cold['builtin']:.2f}, librosa {cold['librosa']:.2f}")
    print(f"  ratio {cold['builtin'] / cold['librosa']:.2f}")


if __name__ == "__main__":
    main()
