"""Beat trackers side by side on synthesised music: `python -m benchmarks.beats`.

The set is made here, and its figures say nothing about real music. Seeds from `UNSEEN_FROM` on were not
looked at while the tracker was tuned. A1: tempo within 4%; A2: the same, half, double, third and triple
allowed; F, CMLt, AMLt as mir_eval defines them; hit: true beats met within 40 ms; "no beat": the share of
sounds without a beat that are given none. CPU seconds are of one thread. Cost is of a three-minute mp3, warm:
decoding and tracking, against `librosa.load` and `beat_track` and against decoding alone.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import av
import librosa
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks.beat_clips import RATE_HZ, Clip, clips
from benchmarks.beat_measures import calibration_error, continuity, f_measure, offsets_s
from studio import beats
from studio.beats import Beats
from studio.clients import media
from studio.composition import compose

UNSEEN_FROM = 1_000
MP3_RATE_HZ = 48_000
MP3_S = 180.0


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


@dataclass(slots=True)
class Tally:
    """What one tracker did with the clips of one style."""

    shares: list[tuple[float, ...]] = field(default_factory=list)
    off_ms: list[float] = field(default_factory=list)
    none: list[bool] = field(default_factory=list)
    confidence: list[float] = field(default_factory=list)
    change_off_s: list[float] = field(default_factory=list)

    def add(self, clip: Clip, found: Beats) -> None:
        if not clip.bpm:
            self.none.append(found.bpm is None)
            return
        ratios = (found.bpm or 0.0) / clip.bpm / np.array([1, 2, 3, 1 / 2, 1 / 3])
        right = np.abs(ratios - 1) < 0.04
        off_s = offsets_s(clip.beats_s, found.beat_times_s)
        levels = continuity(clip.beats_s, found.beat_times_s)
        f = f_measure(clip.beats_s, found.beat_times_s)
        hit = float(np.mean(np.abs(off_s) <= 0.04))
        self.shares.append((float(right[0]), float(right.any()), f, *levels, hit))
        self.off_ms += [1e3 * float(off) for off in off_s if abs(off) <= 0.07]
        self.confidence.append(found.confidence)
        if clip.change_s is not None and right[0]:
            later_s = np.array([change.time_s for change in found.tempo_changes[1:]] or [np.inf])
            self.change_off_s.append(float(np.min(np.abs(later_s - clip.change_s))))

    def row(self) -> str:
        none = f"{np.mean(self.none):9.2f}" if self.none else " " * 9
        if not self.shares:
            return " " * 51 + none
        off_ms = float(np.median(self.off_ms)) if self.off_ms else float("nan")
        return "".join(f"{share:7.3f}" for share in np.mean(self.shares, axis=0)) + f"{off_ms:9.1f}" + none


def cold_cpu_s(tracker: str) -> float:
    """CPU seconds of a fresh process, the better of two: the first may have to fill a cache."""
    return min(_process_cpu_s(COLD.format(module=MODULES[tracker])) for _ in range(2))


def _process_cpu_s(code: str) -> float:
    measured = f"import time\n{code}\nprint(time.process_time())"
    told = subprocess.run(
        [sys.executable, "-c", measured], capture_output=True, text=True, check=True, env=ONE_THREAD
    )
    return float(told.stdout.split()[-1])


def _cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds, the least of three."""
    taken_s = []
    for _ in range(3):
        start_s = time.process_time()
        work()
        taken_s.append(time.process_time() - start_s)
    return min(taken_s)


def write_mp3(path: Path) -> None:
    """Three minutes of music, 48 kHz stereo."""
    samples, _ = compose(bpm=124, bars=16, seed=1, rate_hz=MP3_RATE_HZ)
    sound = np.tile(samples.T, 8)[:, : round(MP3_S * MP3_RATE_HZ)].astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libmp3lame", rate=MP3_RATE_HZ, layout="stereo")
        for start in range(0, sound.shape[1], 48_000):
            block = np.ascontiguousarray(sound[:, start : start + 48_000])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.rate = MP3_RATE_HZ
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _compare_costs() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "three-minutes.mp3"
        write_mp3(path)
        samples = media.decode_audio(path, rate_hz=RATE_HZ)
        decode_s = _cpu_s(lambda: media.decode_audio(path, rate_hz=RATE_HZ))
        ours_s = decode_s + _cpu_s(lambda: beats.track_beats(samples, RATE_HZ))
        theirs_s = _cpu_s(lambda: _librosa(*librosa.load(path, sr=RATE_HZ)))
    print(f"three-minute mp3, warm, CPU s: decoding {decode_s:.3f}, with tracking {ours_s:.3f}")
    print(f"  librosa.load and beat_track {theirs_s:.3f}")
    print(f"  ratio to librosa {ours_s / theirs_s:.2f}, to decoding alone {ours_s / decode_s:.2f}")


def _compare_cold() -> None:
    cold = {name: cold_cpu_s(name) for name in TRACKERS}
    print(f"CPU s of a cold process: builtin {cold['builtin']:.2f}, librosa {cold['librosa']:.2f}")
    print(f"  ratio {cold['builtin'] / cold['librosa']:.2f}")


def _compare(seeds: range) -> None:
    tallies: dict[tuple[str, str], Tally] = {}
    for clip in clips(seeds):
        for name, track in TRACKERS.items():
            found = track(clip.samples, RATE_HZ)
            for style in (clip.style, "~ all"):
                tallies.setdefault((style, name), Tally()).add(clip, found)
    print(f"{'clips':16}{'tracker':9}     A1     A2      F   CMLt   AMLt    hit  bias ms  no beat")
    for (style, name), tally in sorted(tallies.items()):
        print(f"{style:16}{name:9}{tally.row()}")
    ours = tallies["~ all", "builtin"]
    is_right = np.array([share[0] for share in ours.shares]) > 0
    print(f"calibration error of confidence: {calibration_error(np.array(ours.confidence), is_right):.3f}")
    within = np.mean(np.array(ours.change_off_s) <= 0.5) if ours.change_off_s else float("nan")
    print(f"tempo changes placed within 0.5 s, where the tempo was right: {within:.2f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clips", type=int, default=4, help="clips of each style, in each half")
    per_style = arguments.parse_args().clips
    with threadpool_limits(limits=1):
        for name, first in (("seen while tuning", 0), ("unseen", UNSEEN_FROM)):
            print(f"Synthesised, {name}:")
            _compare(range(first, first + per_style))
        _compare_costs()
    _compare_cold()


if __name__ == "__main__":
    main()
