"""An episode assembled with frames copied, against one encoded whole: `python -m benchmarks.assembly`.

200 scenes of 832x480 at 24 frames a second, 24 minutes in all, cut on the beats of a track of three minutes,
with title and end cards; every twentieth scene is dissolved into, and as many are faded. The clips are
synthetic (a few different ones, each shown many times): moving pictures of two or three shots with grain, as
renderers deliver them, so that neither side has an easy time. Each side is a process of its own, whose peak
memory is what the kernel says; its sound costs both the same. Nothing is copied unless it decodes to the same
bits, which `tests/studio/clients/test_assembling.py` holds.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.sync import clicks
from studio.assembly import Assembly, Music, SceneClip, Transition, Wishes, lay_episode
from studio.assembly_document import as_document, read_document
from studio.beats import Beats
from studio.clients import media
from studio.clients.assembling import assemble

FPS = Fraction(24)
SIZE = (832, 480)
SCENES = 200
SCENE_S = 24 * 60 / SCENES
KINDS = 8
TRACK_S = 180.0
BPM = 120.0
GRAIN = 4.0
CHILD = "--one-side"


def shot(rng: np.random.Generator, frames: int) -> list[NDArray[np.uint8]]:
    """A picture that the camera goes over, with grain."""
    width, height = SIZE
    coarse = rng.integers(20, 235, (14, 30, 3)).astype(np.uint8)
    ground = cv2.resize(coarse, (width + 300, height + 60), interpolation=cv2.INTER_CUBIC)
    noises = [rng.normal(0, GRAIN, (height, width, 1)).astype(np.int16) for _ in range(6)]
    across = rng.uniform(0.3, 1.6)
    shown = []
    for number in range(frames):
        left = int(across * number) % 300
        part = ground[30 : 30 + height, left : left + width].astype(np.int16) + noises[number % 6]
        shown.append(np.clip(part, 0, 255).astype(np.uint8))
    return shown


def clip(path: Path, kind: int) -> int:
    """A clip of two or three shots; how many frames it has."""
    rng = np.random.default_rng(kind)
    frames = round(SCENE_S * FPS) + 6 + 2 * kind
    shots = 2 + kind % 2
    lengths = [frames // shots] * (shots - 1)
    lengths.append(frames - sum(lengths))
    media.encode_video(
        (picture for length in lengths for picture in shot(rng, length)), path, fps=FPS, size=SIZE
    )
    return frames


def episode(folder: Path) -> tuple[Assembly, Path]:
    lengths = {kind: clip(folder / f"{kind}.mp4", kind) for kind in range(KINDS)}
    beats_s = np.arange(0.25, TRACK_S, 60 / BPM)
    track = folder / "track.wav"
    media.write_wav(track, clicks(beats_s, TRACK_S), media.SOUND_RATE_HZ)
    scenes = []
    for number in range(1, SCENES + 1):
        kind = number % KINDS
        scene = SceneClip(
            number, number, f"Scene {number}", folder / f"{kind}.mp4", lengths[kind], FPS, *SIZE
        )
        into = {0: Transition("dissolve", 12), 5: Transition("fade", 24)}.get(number % 20)
        scenes.append(replace(scene, transition=into))
    wishes = Wishes(*SIZE, FPS, title="Benchmark", title_card="Benchmark\nof an episode", end_card="End")
    music = Music(TRACK_S, Beats(BPM, beats_s, 0.9, downbeats_s=beats_s[::4], beats_a_bar=4))
    return lay_episode(scenes, wishes, music), track


def one_side(folder: Path, *, copy: bool) -> dict[str, Any]:
    """Assemble in this process; seconds and peak memory."""
    laid = read_document(json.loads((folder / "laid.json").read_text()))
    before_mib = peak_mib()
    started_s, started_cpu_s = time.perf_counter(), time.process_time()
    made = assemble(laid, folder / f"episode-{copy}.mp4", music=folder / "track.wav", copy=copy)
    return {
        **asdict(made),
        "wall_s": time.perf_counter() - started_s,
        "cpu_s": time.process_time() - started_cpu_s,
        "before_mib": before_mib,
        "peak_mib": peak_mib(),
        "size_mib": (folder / f"episode-{copy}.mp4").stat().st_size / 2**20,
    }


def peak_mib() -> float:
    """The most memory that this process has held; `ru_maxrss` would count its parent's, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def _apart(folder: Path, *, copy: bool) -> dict[str, Any]:
    """One side in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.assembly", CHILD, str(folder), str(copy)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout))


def main() -> None:
    with TemporaryDirectory(prefix="tower-bench-") as name:
        folder = Path(name)
        laid, _ = episode(folder)
        (folder / "laid.json").write_text(json.dumps(as_document(laid)))
        report = laid.report
        print(
            f"an episode of {SCENES} scenes, {laid.duration_s / 60:.1f} minutes, {SIZE[0]}x{SIZE[1]}: "
            f"{report.hit_rate_1_frame:.1%} of its cuts within a frame of a beat "
            f"(by chance {report.chance_hit_rate_1_frame:.1%}), median {report.median_ms:+.1f} ms"
        )
        sides = {"copied": _apart(folder, copy=True), "whole": _apart(folder, copy=False)}
    print(f"{'':>8}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}{'MiB':>7}{'copied':>9}{'A/V ms':>9}{'LUFS':>8}")
    for side, seen in sides.items():
        print(
            f"{side:>8}{seen['wall_s']:9.1f}{seen['cpu_s']:9.1f}{seen['peak_mib']:10.0f}{seen['size_mib']:7.0f}"
            f"{seen['copied_frames'] / seen['frames']:9.1%}{seen['av_offset_ms']:+9.3f}"
            f"{seen['loudness_lufs']:8.2f}"
        )
    copied, whole = sides["copied"], sides["whole"]
    print(
        f"copying is {whole['cpu_s'] / copied['cpu_s']:.1f} times as fast by CPU, "
        f"{whole['wall_s'] / copied['wall_s']:.1f} times by the clock"
    )


if __name__ == "__main__":
    if CHILD in sys.argv:
        print(json.dumps(one_side(Path(sys.argv[-2]), copy=sys.argv[-1] == "True")))
    else:
        main()
