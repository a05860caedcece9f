"""Inspecting files: what is encoded is measured, sound included, and what is no clip is refused."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.clients import media
from studio.clients.inspection import inspect_clip, read_picture, stills
from studio.errors import FileMissingError, MediaError
from studio.quality import Verdict, assess_clip

FPS = Fraction(24)
RATE = 48_000
SIZE = (320, 180)


def pictures(count: int = 48) -> NDArray[np.uint8]:
    """A coloured square that crosses a grey ramp."""
    frames = np.zeros((count, SIZE[1], SIZE[0], 3), np.uint8)
    frames[:] = np.linspace(40, 200, SIZE[0]).astype(np.uint8)[None, None, :, None]
    for index in range(count):
        frames[index, 60:120, 4 * index : 4 * index + 60] = (200, 40, 60)
    return frames


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "pictures.mp4"
    media.encode_video(pictures(), path, fps=FPS, size=SIZE)
    return path


def with_tone(clip: Path, length_s: float, level: float) -> Path:
    track, path = clip.with_name("tone.wav"), clip.with_name("clip.mp4")
    wave = level * np.sin(2 * np.pi * 997 * np.arange(round(length_s * RATE)) / RATE)
    media.write_wav(track, np.stack([wave, wave], axis=1), RATE)
    media.mux_audio(clip, track, path, duration_s=length_s, fade_s=0.0)
    return path


def test_a_file_is_measured_frame_by_frame(clip: Path) -> None:
    seen = inspect_clip(clip)
    assert (seen.frames, seen.info.width, seen.info.height) == (48, *SIZE)
    assert seen.time_s == pytest.approx(np.arange(48) / 24)
    assert 110 < seen.mean.min() <= seen.mean.max() < 130
    assert np.isfinite(seen.sharpness).sum() == 8
    assert seen.thumbs.shape == (48, 18, 32, 3)
    assert seen.stills.shape == (8, 72, 128, 3)
    assert seen.sound is None


def test_the_sound_is_measured_as_it_is_heard(clip: Path) -> None:
    seen = inspect_clip(with_tone(clip, 2.0, 10 ** (-23 / 20)))
    assert seen.sound is not None
    assert seen.sound.loudness_lufs == pytest.approx(-23, abs=0.2)
    assert (seen.sound.start_s, seen.sound.end_s) == pytest.approx((0.0, 2.0), abs=0.022)


@pytest.mark.parametrize(
    ("length_s", "verdict"), [(2.0, Verdict.PASS), (1.92, Verdict.FAIL), (2.08, Verdict.FAIL)]
)
def test_a_drift_of_80_ms_is_found_in_the_file(clip: Path, length_s: float, verdict: Verdict) -> None:
    assessment = assess_clip(inspect_clip(with_tone(clip, length_s, 0.1)), None)
    (drift,) = [metric for metric in assessment.metrics if metric.name == "audio_drift"]
    assert drift.value == pytest.approx(abs(length_s - 2.0), abs=0.002)
    assert drift.verdict is verdict


def test_stills_are_the_frames_that_were_named(clip: Path) -> None:
    found = stills(clip, (40, 3), width_px=160)
    for still, index in zip(found, (40, 3), strict=True):
        assert still.shape == (90, 160, 3)
        centre = still[45, 2 * index + 15]
        assert centre.astype(int) == pytest.approx([200, 40, 60], abs=12)
    assert stills(clip, (), width_px=160) == []


@pytest.mark.parametrize(("suffix", "channels"), [(".png", 3), (".png", 4), (".jpg", 3), (".png", 1)])
def test_pictures_are_read_as_rgb(tmp_path: Path, suffix: str, channels: int) -> None:
    path = tmp_path / f"reference{suffix}"
    bgr = np.full((40, 30, channels) if channels > 1 else (40, 30), 200, np.uint8)
    if channels > 1:
        bgr[..., 0] = 10
    cv2.imwrite(str(path), bgr)
    found = read_picture(path)
    assert found.shape == (40, 30, 4 if channels == 4 else 3)
    assert found[20, 15, 2] == pytest.approx(10 if channels > 1 else 200, abs=4)


def test_what_is_no_picture_and_no_clip_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "note.png"
    text.write_text("no picture")
    with pytest.raises(MediaError):
        read_picture(text)
    with pytest.raises(MediaError):
        read_picture(tmp_path / "missing.png")
    with pytest.raises(MediaError):
        inspect_clip(text)
    with pytest.raises(FileMissingError):
        inspect_clip(tmp_path / "missing.mp4")
