"""Stills out of real clips."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.clients import media
from studio.clients.stills import sample_frames, save_last_frame
from studio.errors import FileMissingError, MediaError, StorageError

SIZE = (96, 64)


def pictures(count: int) -> Iterator[NDArray[np.uint8]]:
    """Each of one tone, the last saturated in red and green on its two halves."""
    for index in range(count - 1):
        yield np.full((SIZE[1], SIZE[0], 3), 40 + index % 150, np.uint8)
    last = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    last[:, : SIZE[0] // 2], last[:, SIZE[0] // 2 :] = (200, 30, 30), (30, 180, 60)
    yield last


def halves(picture: Path) -> list[list[int]]:
    with Image.open(picture) as image:
        assert (image.format, image.size, image.mode) == ("PNG", SIZE, "RGB")
        return [list(image.getpixel((x, 32))) for x in (24, 72)]  # type: ignore[arg-type]


@pytest.mark.parametrize("frames", [1, 12, 300])
def test_the_last_frame_is_the_one_the_clip_ends_with(frames: int, tmp_path: Path) -> None:
    clip, still = tmp_path / "clip.mp4", tmp_path / "last.png"
    media.encode_video(pictures(frames), clip, fps=Fraction(24), size=SIZE)
    save_last_frame(clip, still)
    assert np.abs(np.array(halves(still)) - [[200, 30, 30], [30, 180, 60]]).max() <= 6


def test_a_clip_that_is_silent_on_its_colours_is_read_as_comfyui_wrote_it(tmp_path: Path) -> None:
    """ComfyUI's SaveVideo converts with the library's default, and says nothing of it."""
    clip, still = tmp_path / "clip.mp4", tmp_path / "last.png"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=16)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for pixels in pictures(5):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    save_last_frame(clip, still)
    assert np.abs(np.array(halves(still)) - [[200, 30, 30], [30, 180, 60]]).max() <= 10


@pytest.mark.parametrize("frames", [1, 12, 100])
def test_frames_are_spread_over_a_clip(frames: int, tmp_path: Path) -> None:
    media.encode_video(pictures(frames + 1), tmp_path / "clip.mp4", fps=Fraction(24), size=SIZE)
    found = sample_frames(tmp_path / "clip.mp4", 6)
    assert len(found) == min(6, frames + 1)
    assert all(frame.shape == (SIZE[1], SIZE[0], 3) for frame in found)
    means = [float(frame.mean()) for frame in found]
    assert means == sorted(means) or frames == 1
    if frames == 100:
        wanted = [40 + (2 * index + 1) * 101 / 12 - 1 for index in range(6)]
        assert np.abs(np.array(means[:5]) - wanted[:5]).max() < 4


def test_a_long_clip_is_sought_in(tmp_path: Path) -> None:
    tones = (np.full((SIZE[1], SIZE[0], 3), 20 + index // 4, np.uint8) for index in range(800))
    media.encode_video(tones, tmp_path / "clip.mp4", fps=Fraction(24), size=SIZE)
    means = [float(frame.mean()) for frame in sample_frames(tmp_path / "clip.mp4", 4)]
    assert len(means) == 4
    assert means == sorted(means)
    assert means[-1] - means[0] > 60


def test_what_has_no_last_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        save_last_frame(tmp_path / "gone.mp4", tmp_path / "last.png")
    media.write_wav(tmp_path / "sound.wav", np.zeros((800, 2)), 8_000)
    with pytest.raises(MediaError):
        save_last_frame(tmp_path / "sound.wav", tmp_path / "last.png")
    media.encode_video(pictures(3), tmp_path / "clip.mp4", fps=Fraction(24), size=SIZE)
    with pytest.raises(StorageError):
        save_last_frame(tmp_path / "clip.mp4", tmp_path / "nowhere" / "last.png")
    assert not (tmp_path / "last.png").exists()
