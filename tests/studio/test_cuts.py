"""Finding cuts in pictures whose cuts are known."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from studio.clients import media, sync_proof
from studio.composition import compose
from studio.cuts import find_cuts

FPS = Fraction(24)
Frames = NDArray[np.uint8]


@cache
def landscape(seed: int, size: tuple[int, int] = (72, 256)) -> NDArray[np.float64]:
    """A soft picture wider than a frame, with some detail, RGB."""
    random = np.random.default_rng(seed)
    layers = [
        gaussian_filter(random.normal(size=(*size, 3)), (sigma, sigma, 0)) * sigma for sigma in (2, 6, 15)
    ]
    picture = np.sum(layers, axis=0)
    return np.asarray(120 + 45 * picture / picture.std() + random.uniform(-25, 25, 3))


def frames_of(pictures: list[NDArray[np.float64]]) -> Frames:
    return np.clip(np.stack(pictures), 0, 255).astype(np.uint8)


def pan(seed: int, frames: int, step_px: int) -> Frames:
    wide = np.roll(landscape(seed), -7 * seed, axis=1)
    return frames_of([np.roll(wide, -step_px * frame, axis=1)[:, :128] for frame in range(frames)])


def push_in(seed: int, frames: int) -> Frames:
    picture = landscape(seed)[:, :128]
    pushed = []
    for frame in range(frames):
        scale = 1 + 0.5 * frame / frames
        grown = zoom(picture, (scale, scale, 1), order=1)
        top, left = (grown.shape[0] - 72) // 2, (grown.shape[1] - 128) // 2
        pushed.append(grown[top : top + 72, left : left + 128])
    return frames_of(pushed)


def rain(frames: Frames, seed: int = 0) -> Frames:
    wet = frames.copy()
    random = np.random.default_rng(seed)
    for picture in wet:
        for row, column in zip(random.integers(0, 60, 100), random.integers(0, 127, 100), strict=True):
            picture[row : row + 10, column] = 220
    return wet


def on_threes(frames: Frames) -> Frames:
    held: Frames = np.repeat(frames[::3], 3, axis=0)
    return held[: len(frames)]


def small(frames: Frames) -> Frames:
    """Pooled to 32 x 18, as the single pass delivers them."""
    pooled = frames.reshape(len(frames), 18, 4, 32, 4, 3).mean(axis=(2, 4))
    cells: Frames = np.round(pooled).astype(np.uint8)
    return cells


MOVES: dict[str, Callable[[int, int], Frames]] = {
    "holds": lambda seed, frames: pan(seed, frames, 0),
    "pans": lambda seed, frames: pan(seed, frames, 2),
    "fast pans": lambda seed, frames: pan(seed, frames, 6),
    "push-ins": push_in,
    "rain": lambda seed, frames: rain(pan(seed, frames, 1), seed),
    "animation on threes": lambda seed, frames: on_threes(pan(seed, frames, 3)),
}


@pytest.mark.parametrize("move", MOVES)
def test_cuts_are_found_to_the_frame_whatever_moves(move: str) -> None:
    shots = [MOVES[move](seed, frames) for seed, frames in ((1, 36), (2, 24), (3, 21), (4, 40))]
    assert find_cuts(small(np.concatenate(shots)), FPS).tolist() == [36, 60, 81]


@pytest.mark.parametrize("move", MOVES)
def test_what_moves_is_no_cut(move: str) -> None:
    assert find_cuts(small(MOVES[move](5, 72)), FPS).tolist() == []


def test_a_fade_is_no_cut() -> None:
    one, other = landscape(1)[:, :128], landscape(2)[:, :128]
    mixed = [one + (other - one) * np.clip((frame - 20) / 14, 0, 1) for frame in range(60)]
    dark = [one * np.clip((50 - frame) / 20, 0, 1) for frame in range(60)]
    assert find_cuts(small(frames_of(mixed)), FPS).tolist() == []
    assert find_cuts(small(frames_of(dark)), FPS).tolist() == []


@pytest.mark.parametrize("flash_frames", [1, 2, 5])
def test_a_flash_is_no_cut(flash_frames: int) -> None:
    frames = pan(1, 60, 2)
    frames[30 : 30 + flash_frames] = 250
    assert find_cuts(small(frames), FPS).tolist() == []


def test_lightning_that_dies_away_is_no_cut() -> None:
    light = np.concatenate([np.zeros(30), 130 * 0.7 ** np.arange(30)])
    frames = frames_of([picture + light[index] for index, picture in enumerate(pan(1, 60, 1).astype(float))])
    assert find_cuts(small(frames), FPS).tolist() == []


def test_a_cut_between_a_wide_and_a_close_shot_of_one_place_is_found() -> None:
    wide = landscape(3)[:, :128]
    close = zoom(wide[18:54, 32:96], (2, 2, 1), order=1)
    frames = frames_of([wide] * 24 + [close] * 24)
    assert find_cuts(small(frames), FPS).tolist() == [24]


def test_cuts_in_the_dark_are_found() -> None:
    night = [
        np.clip(shot.astype(float) * 0.25, 0, 255).astype(np.uint8) for shot in (pan(1, 30, 2), pan(2, 30, 2))
    ]
    assert find_cuts(small(np.concatenate(night)), FPS).tolist() == [30]


def test_a_pulse_of_light_on_each_beat_is_no_cut() -> None:
    pulse = 1 + 0.06 * np.exp(-np.mod(np.arange(72), 12) / 2)
    pictures = pan(1, 72, 0).astype(float) * pulse[:, None, None, None]
    assert find_cuts(small(frames_of(list(pictures))), FPS).tolist() == []


def test_a_cut_from_one_plain_colour_to_another_is_found() -> None:
    frames = np.zeros((48, 72, 128, 3), np.uint8)
    frames[:20], frames[20:] = (180, 60, 60), (60, 60, 180)
    assert find_cuts(small(frames), FPS).tolist() == [20]


@pytest.mark.parametrize("frames", [0, 1, 2, 3])
def test_next_to_nothing_has_no_cuts(frames: int) -> None:
    assert find_cuts(small(pan(1, 3, 1))[:frames], FPS).tolist() == []


def test_offsets_are_measured_on_the_file(tmp_path: Path) -> None:
    """Cuts half a frame off the beat at most, and found so in the decoded file; shifted music shows."""
    samples, _ = compose(bpm=120, bars=3, seed=2, rate_hz=24_000)
    shots = [pan(seed, frames, 2) for seed, frames in ((1, 48), (2, 36), (3, 36))]
    video, track, clip = (tmp_path / name for name in ("video.mp4", "track.wav", "clip.mp4"))
    media.encode_video(np.concatenate(shots), video, fps=FPS, size=(128, 72))
    media.write_wav(track, samples, 24_000)
    for late_s in (0.0, 0.1):
        media.mux_audio(video, track, clip, audio_start_s=late_s, duration_s=5.0)
        report = sync_proof.measure_sync(clip)
        np.testing.assert_allclose(report.cuts_s, (2.0, 3.5), atol=1e-3)
        np.testing.assert_allclose(report.offsets_ms, 1e3 * late_s, atol=5)
        assert report.bpm == pytest.approx(120, rel=0.01)
        assert len(report.beats_s) >= 9
    silent = sync_proof.measure_sync(video)
    assert (silent.reason, silent.offsets_ms, silent.bpm) == ("no beats", (), None)


def test_a_clip_of_one_shot_says_no_cuts(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    media.encode_video(pan(1, 30, 2), clip, fps=FPS, size=(128, 72))
    report = sync_proof.measure_sync(clip)
    assert (report.reason, report.median_ms) == ("no cuts", None)
