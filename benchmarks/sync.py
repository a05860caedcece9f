"""Cuts on beats: `python -m benchmarks.sync`.

Plans: the cuts of synthesised scenes on beats whose times are known (80 to 180 BPM, drifting, phases and
frame rates of all kinds); the error is what a cut is off the beat it was given, in frames, where half a
frame is the least that can be promised; hit rates are of all cuts, by chance of the same cuts shifted.
Clips: flashes and clicks at the same instants through the real mux, sources of six codecs, decoded again;
the gate's own measurement beside it. Nothing here says anything about real music.
"""

import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from numpy.typing import NDArray

from studio.clients import media, sync_proof
from studio.clients.sync_proof import Meant
from studio.sync import sync_report
from studio.sync_grid import Grid, nearest_frames
from studio.sync_plan import Piece, SyncPlan, plan_cuts

RATES = (Fraction(24), Fraction(24_000, 1001), Fraction(25), Fraction(30))
SOURCES = {
    "wav": "pcm_s16le",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "flac": "flac",
    "ogg": "vorbis",
    "opus": "libopus",
}
CASES = 60
EPISODE_SCENES = 200
EPISODE_S = 24 * 60
SIZE = (64, 48)
FLASHES = (12, 30, 41, 66)
LENGTH = 80


def shots(rng: np.random.Generator, fps: Fraction, count: int, mean_s: float) -> list[Piece]:
    lengths = np.maximum(rng.gamma(6.0, mean_s / 6.0, count) * float(fps), 0.8 * float(fps)).astype(int)
    ends = [0, *np.cumsum(lengths).tolist()]
    return [Piece(begin, end, fps) for begin, end in pairwise(ends)]


def music(rng: np.random.Generator, length_s: float) -> Grid:
    period_s = 60 / rng.uniform(80, 180)
    beats_s = rng.uniform(0, period_s) + np.cumsum(rng.normal(period_s, 0.003, int(length_s / period_s) + 2))
    return Grid(beats_s, beats_s[::4], beats_s[::32])


def errors_frames(plan: SyncPlan, grid: Grid, fps: Fraction) -> NDArray[np.float64]:
    """Of each cut that lies on a beat's frame, how far it is from the beat."""
    cuts = np.array(plan.cuts)
    on_beat = cuts[np.isin(cuts, nearest_frames(grid.beats_s, fps))]
    away = np.abs(on_beat[:, None] - grid.beats_s[None, :] * float(fps))
    return np.asarray(away.min(axis=1)) if len(on_beat) else np.zeros(0)


def plans() -> None:
    print(f"plans of {CASES} clips of 12 shots a rate, shots of 2.5 s on average")
    print(f"{'rate':>8}{'worst error':>14}{'on beat':>9}{'40 ms':>8}{'chance':>8}{'downbeat':>10}", end="")
    print(f"{'largest':>9}{'mean retime':>13}{'beyond soft':>13}")
    for fps in RATES:
        rng, errors, rows, retimes = np.random.default_rng(1), [], [], []
        on_beat = 0
        for _ in range(CASES):
            pieces = shots(rng, fps, 12, 2.5)
            grid = music(rng, 1.3 * pieces[-1].end / float(fps))
            plan = plan_cuts(pieces, grid, fps=fps)
            found = errors_frames(plan, grid, fps)
            on_beat += len(found)
            errors += found.tolist()
            retimes += list(plan.retimes)
            report = sync_report(
                np.array(plan.cuts) / float(fps), grid.beats_s, fps=fps,
                duration_s=plan.frames / float(fps), downbeats_s=grid.downbeats_s,
            )  # fmt: skip
            rows.append((report.hit_rate_40ms, report.chance_hit_rate_40ms, report.downbeat_share))
        hit, chance, downbeat = np.mean(np.array(rows, np.float64), axis=0)
        beyond = float(np.mean(np.array(retimes) > 0.1))
        print(
            f"{float(fps):8.3f}{max(errors):11.3f} fr{on_beat / (11 * CASES):9.1%}{hit:8.1%}{chance:8.1%}"
            f"{downbeat:10.1%}{max(retimes):9.1%}{np.mean(retimes):13.1%}{beyond:13.1%}"
        )


def episode() -> None:
    rng = np.random.default_rng(2)
    pieces = shots(rng, Fraction(24), EPISODE_SCENES, EPISODE_S / EPISODE_SCENES)
    grid = music(rng, 1.1 * EPISODE_S)
    started_s = time.process_time()
    plan = plan_cuts(pieces, grid, fps=Fraction(24))
    took_s = time.process_time() - started_s
    errors = errors_frames(plan, grid, Fraction(24))
    print(
        f"\nan episode of {EPISODE_SCENES} scenes over {plan.frames / 24 / 60:.1f} minutes: planned in "
        f"{took_s:.2f} CPU s, {len(errors)} of {len(plan.cuts)} cuts on beats, "
        f"worst {errors.max():.3f} frames"
    )


def clicks(times_s: NDArray[np.float64], length_s: float) -> NDArray[np.float32]:
    rate_hz = media.SOUND_RATE_HZ
    samples = np.zeros((round(length_s * rate_hz), 2), np.float32)
    burst_s = np.arange(round(0.004 * rate_hz)) / rate_hz
    burst = (0.8 * np.sin(2 * np.pi * 3_000 * burst_s) * np.exp(-burst_s / 0.001)).astype(np.float32)
    for at in np.round(times_s * rate_hz).astype(int):
        samples[at : at + len(burst)] += burst[:, None]
    return samples


def encode(path: Path, codec: str, samples: NDArray[np.float32]) -> None:
    options = {"strict": "experimental"} if codec == "vorbis" else {}
    rate_hz = media.SOUND_RATE_HZ
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="stereo", options=options)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def offsets_ms(folder: Path, suffix: str, fps: Fraction) -> tuple[NDArray[np.float64], float]:
    """Click less flash in the finished file, ms, and what the gate measures."""
    at_s, length_s = np.array(FLASHES) / float(fps), float(LENGTH / fps)
    source, video, clip = folder / f"a.{suffix}", folder / "video.mp4", folder / "clip.mp4"
    encode(source, SOURCES[suffix], clicks(at_s, length_s + 1.0))
    frames = np.full((LENGTH, SIZE[1], SIZE[0], 3), 20, np.uint8)
    frames[list(FLASHES)] = 235
    media.encode_video(frames, video, fps=fps, size=SIZE)
    media.mux_audio(video, source, clip, duration_s=length_s)
    seen = media.measure_clip(clip)
    seen_s = seen.time_s[seen.mean > 128]
    gate = sync_proof.av_offset(seen, clip, Meant(media.measure_clip(video).thumbs, clicks(at_s, length_s)))
    return 1e3 * (_heard_s(clip, at_s) - seen_s), float(gate.offset_ms or 0.0)


def _heard_s(clip: Path, near_s: NDArray[np.float64]) -> NDArray[np.float64]:
    rate_hz = media.SOUND_RATE_HZ
    samples, found = np.abs(media.decode_audio(clip, rate_hz=rate_hz)), []
    for time_s in near_s:
        start = max(0, round((time_s - 0.15) * rate_hz))
        part = samples[start : round((time_s + 0.15) * rate_hz)]
        found.append((start + int(np.argmax(part > 0.2 * part.max()))) / rate_hz)
    return np.array(found)


def clips() -> None:
    print("\nflash and click after the encode: worst |A/V offset| in ms, and what the gate measures")
    print(f"{'source':>8}" + "".join(f"{float(fps):>18.3f}" for fps in RATES))
    worst = 0.0
    for suffix in SOURCES:
        row = f"{suffix:>8}"
        for fps in RATES:
            with TemporaryDirectory() as folder:
                off_ms, gate_ms = offsets_ms(Path(folder), suffix, fps)
            worst = max(worst, float(np.abs(off_ms).max() * float(fps) / 1e3))
            row += f"{np.abs(off_ms).max():10.2f} {gate_ms:+7.2f}"
        print(row)
    print(f"the worst of all is {worst:.3f} frames; a mux beyond 1 fails")


def main() -> None:
    plans()
    episode()
    clips()


if __name__ == "__main__":
    main()
