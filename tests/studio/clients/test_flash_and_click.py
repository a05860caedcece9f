"""Flashes and clicks at the same instants, through the real mux and out again, at every rate and codec."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.clients import media, sync_proof
from studio.clients.sync_proof import Meant
from studio.music_bed import Bed, Loop, lay_bed

RATE_HZ = 48_000
RATES = (Fraction(24), Fraction(24_000, 1001), Fraction(25), Fraction(30))
SOURCES = {
    "a.wav": "pcm_s16le",
    "a.mp3": "libmp3lame",
    "a.m4a": "aac",
    "a.flac": "flac",
    "a.ogg": "vorbis",
    "a.opus": "libopus",
}
SIZE = (64, 48)
FLASHES = (12, 30, 41, 66)
LENGTH = 80


def clicks(times_s: NDArray[np.float64], length_s: float) -> NDArray[np.float32]:
    samples = np.zeros((round(length_s * RATE_HZ), 2), np.float32)
    burst_s = np.arange(round(0.004 * RATE_HZ)) / RATE_HZ
    burst = 0.8 * np.sin(2 * np.pi * 3_000 * burst_s) * np.exp(-burst_s / 0.001)
    for at in np.round(times_s * RATE_HZ).astype(int):
        samples[at : at + len(burst)] += burst[:, None].astype(np.float32)
    return samples


def encoded(path: Path, samples: NDArray[np.float32]) -> Path:
    codec = SOURCES[path.name]
    options = {"strict": "experimental"} if codec == "vorbis" else {}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE_HZ, layout="stereo", options=options)  # type: ignore[call-overload]
        shown = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", "stereo")
        shown.sample_rate, shown.pts, shown.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    return path


def flashing(path: Path, fps: Fraction, flashes: tuple[int, ...] = FLASHES) -> Path:
    frames = np.full((LENGTH, SIZE[1], SIZE[0], 3), 20, np.uint8)
    frames[list(flashes)] = 235
    media.encode_video(frames, path, fps=fps, size=SIZE)
    return path


def seen_s(clip: Path) -> NDArray[np.float64]:
    """When the flashes are seen, by the times that the frames have in the file."""
    shown = list(media.read_clip(clip))
    return np.array([picture.time_s for picture in shown if picture.luma.mean() > 128])


def heard_s(clip: Path, near_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """When each click reaches a fifth of its height."""
    samples, found = media.decode_audio(clip, rate_hz=RATE_HZ), []
    for time_s in near_s:
        start = max(0, round((time_s - 0.15) * RATE_HZ))
        part = np.abs(samples[start : round((time_s + 0.15) * RATE_HZ)])
        found.append((start + int(np.argmax(part > 0.2 * part.max()))) / RATE_HZ)
    return np.array(found)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("name", list(SOURCES))
def test_each_click_is_heard_with_its_flash(tmp_path: Path, name: str, fps: Fraction) -> None:
    at_s = np.array(FLASHES) / float(fps)
    length_s = float(LENGTH / fps)
    source = encoded(tmp_path / name, clicks(at_s, length_s + 1.0))
    video, clip = flashing(tmp_path / "video.mp4", fps), tmp_path / "clip.mp4"
    media.mux_audio(video, source, clip, duration_s=length_s)
    off_s = heard_s(clip, at_s) - seen_s(clip)
    assert np.abs(off_s).max() <= 1 / float(fps)
    assert np.abs(off_s).max() < 0.002


@pytest.mark.parametrize("fps", RATES[1::2])
def test_the_offset_measured_is_the_offset_there_is(tmp_path: Path, fps: Fraction) -> None:
    """Of a mux that is right, of one whose sound is late, and of pictures that are."""
    length_s = float(LENGTH / fps)
    sound = clicks(np.array(FLASHES) / float(fps), length_s)
    video, late = (
        flashing(tmp_path / "video.mp4", fps),
        flashing(tmp_path / "late.mp4", fps, (15, 33, 44, 69)),
    )
    meant = Meant(media.measure_clip(video).thumbs, sound)
    clip, found = tmp_path / "clip.mp4", []
    for pictures, shift_s in ((video, 0.0), (video, 0.0371), (video, -0.06), (late, 0.0)):
        media.mux_sound(pictures, np.roll(sound, round(shift_s * RATE_HZ), axis=0), clip)
        found.append(sync_proof.av_offset(media.measure_clip(clip), clip, meant).offset_ms)
    assert found == pytest.approx([0.0, 37.1, -60.0, -3e3 / float(fps)], abs=0.5)


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a"])
def test_a_loop_of_a_source_with_priming_is_on_its_beat(tmp_path: Path, name: str) -> None:
    beats_s = np.arange(0.1, 4.1, 0.5)
    source = encoded(tmp_path / name, clicks(beats_s, 4.1))
    track = media.decode_audio(source, rate_hz=RATE_HZ, mono=False)
    sound = lay_bed(Bed(0.0, 10.0, 0.1, Loop(0.1, 4.1)), track, RATE_HZ)
    clip = tmp_path / "clip.mp4"
    media.mux_sound(flashing(tmp_path / "video.mp4", Fraction(8)), sound, clip)
    expected_s = np.arange(0.1, 9.5, 0.5)
    np.testing.assert_allclose(heard_s(clip, expected_s), expected_s, atol=0.002)


def test_a_clip_without_sound_has_no_offset(tmp_path: Path) -> None:
    video = flashing(tmp_path / "video.mp4", Fraction(24))
    seen = media.measure_clip(video)
    offset = sync_proof.av_offset(seen, video, Meant(seen.thumbs, np.zeros((100, 2), np.float32)))
    assert (offset.offset_ms, offset.reason) == (None, "there is no sound")
    assert not offset.exceeds(1 / Fraction(24))
    media.mux_sound(video, np.zeros((RATE_HZ, 2), np.float32), tmp_path / "silent.mp4")
    silent = media.measure_clip(tmp_path / "silent.mp4")
    offset = sync_proof.av_offset(silent, tmp_path / "silent.mp4", Meant(seen.thumbs, clicks(np.ones(1), 2)))
    assert (offset.sound_ms, offset.picture_ms) == (None, 0.0)
