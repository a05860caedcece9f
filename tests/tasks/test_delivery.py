"""What renderers deliver is brought to what was asked for, as far as nothing need be invented."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.clients import media
from studio.fitting import Shape
from tasks.delivery import conform

SIZE = (64, 48)


def delivered(path: Path, frames: int, fps: Fraction) -> Path:
    """A clip whose frame `i` has the tone `8 + 8 i`, over and over."""
    tones = [np.full((SIZE[1], SIZE[0], 3), 8 + 8 * (index % 30), np.uint8) for index in range(frames)]
    media.encode_video(tones, path, fps=fps, size=SIZE)
    return path


def tones(path: Path) -> list[int]:
    """Which frame of `delivered` is seen at each frame of a clip."""
    return [round((float(picture.luma.mean()) - 8) / 8) for picture in media.read_clip(path)]


def asked(frames: int, fps: Fraction | int = 24) -> Shape:
    return Shape(832, 480, frames, Fraction(fps))


@pytest.mark.parametrize(
    ("frames", "fps", "wanted", "shown"),
    [
        (33, 16, asked(48), [0, 1, 1, 2, 3, 3, 4]),  # 33 frames of Wan: 2 s and a frame
        (49, 24, asked(48), [0, 1, 2, 3]),  # 8 n + 1 frames at the rate asked
        (61, 30, asked(48), [0, 1, 3, 4, 5]),  # a faster model: frames are left out
        (100, 25, asked(24, Fraction(24_000, 1001)), [0, 1, 2, 3]),  # a graph of a fixed length
        (31, 16, asked(48), [0, 1, 1, 2, 3, 3, 4]),  # a frame of the model's short
        (47, 24, asked(48), [0, 1, 2, 3]),
    ],
)
def test_a_clip_gets_exactly_the_frames_and_the_rate_asked_for(
    frames: int, fps: int, wanted: Shape, shown: list[int], tmp_path: Path
) -> None:
    clip = conform(delivered(tmp_path / "d.mp4", frames, Fraction(fps)), wanted, folder=tmp_path)
    info = media.probe_clip(clip)
    assert (info.frames, info.fps) == (wanted.frames, wanted.fps)
    assert (info.width, info.height) == SIZE
    assert info.duration_s == pytest.approx(wanted.duration_s, abs=1e-3)
    assert tones(clip)[: len(shown)] == shown


@pytest.mark.parametrize(
    ("frames", "fps", "wanted"),
    [
        (48, 24, asked(48)),
        (48, 24, asked(48, Fraction(24_001, 1000))),  # rates that containers round
        (46, 24, asked(48)),  # two frames short
        (30, 16, asked(48)),
        (24, 24, asked(48)),
    ],
)
def test_what_fits_or_is_too_short_is_left_as_it_is(
    frames: int, fps: int, wanted: Shape, tmp_path: Path
) -> None:
    file = delivered(tmp_path / "d.mp4", frames, Fraction(fps))
    before = file.read_bytes()
    assert conform(file, wanted, folder=tmp_path) == file
    assert file.read_bytes() == before


def test_a_models_own_sound_is_kept(tmp_path: Path) -> None:
    silent = delivered(tmp_path / "silent.mp4", 33, Fraction(16))
    time_s = np.arange(3 * 48_000) / 48_000
    media.write_wav(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 440 * time_s), 48_000)
    media.mux_audio(silent, tmp_path / "a.wav", tmp_path / "d.mp4", duration_s=33 / 16)
    clip = conform(tmp_path / "d.mp4", asked(48), folder=tmp_path)
    info = media.probe_clip(clip)
    assert (info.frames, info.fps, info.audio_codec) == (48, 24, "aac")
    assert info.audio_duration_s == pytest.approx(2.0, abs=0.03)
    sound = media.decode_audio(clip, rate_hz=48_000, mono=False)
    assert np.sqrt(np.mean(sound[4_800:86_400] ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


def test_what_is_no_video_is_left_to_be_judged(tmp_path: Path) -> None:
    file = tmp_path / "d.mp4"
    file.write_bytes(b"no video")
    assert conform(file, asked(48), folder=tmp_path) == file
