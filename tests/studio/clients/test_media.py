"""The media client against real files that the tests make."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.animatic.engine import AnimaticRequest, render_frames
from studio.clients import media
from studio.director import Brief, plan_shots
from studio.errors import FileMissingError, InvalidError, MediaError, StorageError

RATE_HZ = 48_000
CLICKS_S = (0.5, 1.0, 1.7, 2.25, 3.1)
RATES = (Fraction(24), Fraction(25), Fraction(30_000, 1_001))


def pictures(count: int, size: tuple[int, int] = (96, 64)) -> Iterator[NDArray[np.uint8]]:
    """A bar that wanders over a slope of grey."""
    slope = np.broadcast_to(
        np.linspace(40, 200, size[0], dtype=np.uint8)[None, :, None], (size[1], size[0], 3)
    )
    for index in range(count):
        picture = slope.copy()
        picture[:, (3 * index) % size[0] : (3 * index) % size[0] + 8] = (255, 20, 20)
        yield picture


def clicks(times_s: tuple[float, ...], duration_s: float, rate_hz: int = RATE_HZ) -> NDArray[np.float32]:
    samples = np.zeros((round(duration_s * rate_hz), 2), np.float32)
    burst_s = np.arange(round(0.004 * rate_hz)) / rate_hz
    burst = 0.8 * np.sin(2 * np.pi * 3_000 * burst_s) * np.exp(-burst_s / 0.001)
    for time_s in times_s:
        start = round(time_s * rate_hz)
        samples[start : start + len(burst)] += burst[:, None]
    return samples


def click_times_s(
    samples: NDArray[np.float32], near_s: tuple[float, ...], rate_hz: int
) -> NDArray[np.float64]:
    """When each click reaches a fifth of its height."""
    found = []
    for time_s in near_s:
        start = max(0, round((time_s - 0.1) * rate_hz))
        part = np.abs(samples[start : round((time_s + 0.1) * rate_hz)])
        found.append((start + int(np.argmax(part > 0.2 * part.max()))) / rate_hz)
    return np.array(found)


@pytest.fixture
def track(tmp_path: Path) -> Path:
    path = tmp_path / "clicks.wav"
    media.write_wav(path, clicks(CLICKS_S, 4.0), RATE_HZ)
    return path


@pytest.fixture
def silent_clip(tmp_path: Path) -> Path:
    path = tmp_path / "silent.mp4"
    media.encode_video(pictures(73), path, fps=Fraction(24), size=(96, 64))
    return path


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("count", [1, 2, 7, 61])
def test_encoded_video_has_the_exact_frames_rate_and_duration(
    tmp_path: Path, fps: Fraction, count: int
) -> None:
    path = tmp_path / "clip.mp4"
    media.encode_video(pictures(count), path, fps=fps, size=(96, 64))
    info = media.probe_clip(path)
    assert (info.frames, info.fps, info.width, info.height) == (count, fps, 96, 64)
    assert info.duration_s == pytest.approx(float(count / fps), abs=1e-6)
    assert (info.video_codec, info.audio_codec) == ("h264", None)
    times_s = [picture.time_s for picture in media.read_clip(path)]
    np.testing.assert_allclose(times_s, np.arange(count) / float(fps), atol=1e-4)


def test_encoded_video_is_tagged_bt709_and_starts_with_its_index(silent_clip: Path) -> None:
    with av.open(str(silent_clip)) as container:
        frame = next(container.decode(video=0))
    assert (frame.format.name, frame.colorspace, frame.color_primaries, frame.color_trc) == (
        "yuv420p",
        1,
        1,
        1,
    )
    content = silent_clip.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_encoded_colours_come_back(tmp_path: Path) -> None:
    path = tmp_path / "red.mp4"
    red = np.broadcast_to(np.array([200, 40, 90], np.uint8), (64, 96, 3))
    media.encode_video([red] * 3, path, fps=Fraction(24), size=(96, 64))
    with av.open(str(path)) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24")
    np.testing.assert_allclose(shown[20:40, 20:60].mean(axis=(0, 1)), (200, 40, 90), atol=4)


def test_equal_pictures_give_equal_files(tmp_path: Path) -> None:
    """Also where the height is no multiple of 16: x264's macroblock tree then reads unwritten memory."""
    size = (320, 184)
    board = plan_shots(Brief("a village by day", 0.5, Fraction(24), seed=11), np.zeros(0))
    frames = list(render_frames(AnimaticRequest("a village by day", "", 11, *size, board)))
    for index in range(25):
        media.encode_video(frames, tmp_path / f"{index}.mp4", fps=Fraction(24), size=size)
    assert len({(tmp_path / f"{index}.mp4").read_bytes() for index in range(25)}) == 1


@pytest.mark.parametrize(
    ("count", "size", "fps"),
    [(3, (95, 64), 24), (3, (96, 63), 24), (3, (98, 64), 24), (0, (96, 64), 24), (3, (96, 64), 0)],
)
def test_encoding_what_is_no_video_is_refused_and_leaves_nothing(
    tmp_path: Path, count: int, size: tuple[int, int], fps: int
) -> None:
    with pytest.raises(InvalidError):
        media.encode_video(pictures(count), tmp_path / "clip.mp4", fps=Fraction(fps), size=size)
    assert list(tmp_path.iterdir()) == []


def test_a_render_that_breaks_off_leaves_the_earlier_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"earlier")

    def broken() -> Iterator[NDArray[np.uint8]]:
        yield from pictures(3)
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError):
        media.encode_video(broken(), path, fps=Fraction(24), size=(96, 64))
    assert [(path.name, path.read_bytes())] == [
        (found.name, found.read_bytes()) for found in tmp_path.iterdir()
    ]


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_a_storage_error_and_leaves_nothing(
    tmp_path: Path, track: Path, silent_clip: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (20, 64, 96, 3), np.uint8)
    room = tmp_path / "room"
    room.mkdir()
    with files_limited_to(4_096):
        with pytest.raises(StorageError):
            media.encode_video(noise, room / "clip.mp4", fps=Fraction(24), size=(96, 64))
        with pytest.raises(StorageError):
            media.mux_audio(silent_clip, track, room / "clip.mp4", duration_s=3.0)
        with pytest.raises(StorageError):
            media.write_wav(room / "sound.wav", clicks((), 1.0), RATE_HZ)
    assert list(room.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        media.encode_video(pictures(2), tmp_path / "no" / "clip.mp4", fps=Fraction(24), size=(96, 64))


@pytest.mark.parametrize("fps", RATES)
def test_a_flash_and_its_click_stay_together_through_aac(tmp_path: Path, fps: Fraction) -> None:
    flash_frame, count = 50, 95
    flash_s = float(flash_frame / fps)
    frames = np.full((count, 64, 96, 3), 20, np.uint8)
    frames[flash_frame] = 240
    video, sound, clip = (tmp_path / name for name in ("video.mp4", "click.wav", "clip.mp4"))
    media.encode_video(frames, video, fps=fps, size=(96, 64))
    media.write_wav(sound, clicks((0.3 + flash_s,), 5.0), RATE_HZ)
    media.mux_audio(video, sound, clip, audio_start_s=0.3, duration_s=float(count / fps))
    shown = list(media.read_clip(clip))
    seen_s = shown[int(np.argmax([picture.luma.mean() for picture in shown]))].time_s
    heard_s = click_times_s(media.decode_audio(clip, rate_hz=RATE_HZ), (flash_s,), RATE_HZ)[0]
    assert seen_s == pytest.approx(flash_s, abs=1e-3)
    assert heard_s == pytest.approx(flash_s, abs=1e-3)


@pytest.mark.parametrize("fps", RATES)
def test_muxing_copies_the_pictures_and_keeps_the_length(tmp_path: Path, track: Path, fps: Fraction) -> None:
    video, clip = tmp_path / "video.mp4", tmp_path / "clip.mp4"
    media.encode_video(pictures(61), video, fps=fps, size=(96, 64))
    media.mux_audio(video, track, clip, duration_s=float(61 / fps))
    info = media.probe_clip(clip)
    assert (info.frames, info.fps, info.audio_codec) == (61, fps, "aac")
    assert info.duration_s == pytest.approx(float(61 / fps), abs=1e-3)
    assert info.audio_duration_s == pytest.approx(float(61 / fps), abs=1e-3)
    sound = media.probe_audio(clip)
    assert (sound.rate_hz, sound.channels) == (RATE_HZ, 2)
    for before, after in zip(media.read_clip(video), media.read_clip(clip), strict=True):
        np.testing.assert_array_equal(before.luma, after.luma)


def test_frames_shown_in_another_measure_are_those_frames(tmp_path: Path, silent_clip: Path) -> None:
    order = np.array([0, 0, 1, 2, 2, 2, 10, 11, 40, 72, 72])
    path = tmp_path / "retimed.mp4"
    media.reorder_frames(silent_clip, order, path)
    info = media.probe_clip(path)
    assert (info.frames, info.fps, info.width, info.height) == (11, Fraction(24), 96, 64)
    before, after = list(media.read_clip(silent_clip)), list(media.read_clip(path))
    for shown, index in zip(after, order, strict=True):
        away = [np.mean(np.abs(shown.chroma.astype(int) - one.chroma)) for one in before]
        assert int(np.argmin(away)) % 32 == index % 32  # the bar is back where it was after 32 frames


@pytest.mark.parametrize("order", [[], [1, 0], [-1, 0], [0, 73]])
def test_an_order_that_the_clip_cannot_follow_is_refused(
    tmp_path: Path, silent_clip: Path, order: list[int]
) -> None:
    with pytest.raises(InvalidError):
        media.reorder_frames(silent_clip, np.array(order, np.intp), tmp_path / "retimed.mp4")
    assert not (tmp_path / "retimed.mp4").exists()


def test_a_track_shorter_than_the_clip_begins_again(tmp_path: Path, track: Path, silent_clip: Path) -> None:
    clip = tmp_path / "clip.mp4"
    media.mux_audio(silent_clip, track, clip, audio_start_s=3.0, duration_s=73 / 24)
    heard_s = click_times_s(media.decode_audio(clip, rate_hz=RATE_HZ), (0.1, 1.5, 2.0), RATE_HZ)
    np.testing.assert_allclose(heard_s, (0.1, 1.5, 2.0), atol=1e-3)


def test_sound_ends_in_a_fade_and_starts_with_its_attack(tmp_path: Path, silent_clip: Path) -> None:
    tone, clip = tmp_path / "tone.wav", tmp_path / "clip.mp4"
    media.write_wav(tone, 0.5 * np.sin(2 * np.pi * 440 * np.arange(4 * RATE_HZ) / RATE_HZ), RATE_HZ)
    media.mux_audio(silent_clip, tone, clip, duration_s=3.0, fade_s=0.5)
    sound = np.abs(media.decode_audio(clip, rate_hz=RATE_HZ))
    assert sound[round(0.01 * RATE_HZ) : round(0.03 * RATE_HZ)].max() > 0.4
    assert sound[round(2.98 * RATE_HZ) : 3 * RATE_HZ].max() < 0.02


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.mp3", "libmp3lame"),
        ("a.m4a", "aac"),
        ("a.flac", "flac"),
        ("a.opus", "libopus"),
    ],
)
def test_sound_is_where_a_player_plays_it_in_every_format(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    encode_sound(path, codec, clicks(CLICKS_S, 4.0))
    samples = media.decode_audio(path, rate_hz=RATE_HZ)
    np.testing.assert_allclose(click_times_s(samples, CLICKS_S, RATE_HZ), CLICKS_S, atol=1e-3)
    assert media.probe_audio(path).duration_s == pytest.approx(4.0, abs=0.06)


def encode_sound(path: Path, codec: Any, samples: NDArray[np.float32]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE_HZ, layout="stereo")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
def test_resampling_moves_no_sound(track: Path, rate_hz: int) -> None:
    found_s = click_times_s(media.decode_audio(track, rate_hz=rate_hz), CLICKS_S, rate_hz)
    np.testing.assert_allclose(found_s, CLICKS_S, atol=1e-3)


def test_a_part_of_the_sound_is_that_part(track: Path) -> None:
    whole = media.decode_audio(track, rate_hz=RATE_HZ, mono=False)
    part = media.decode_audio(track, rate_hz=RATE_HZ, mono=False, start_s=1.5, duration_s=1.0)
    np.testing.assert_array_equal(part, whole[72_000:120_000])
    assert media.decode_audio(track, rate_hz=RATE_HZ, start_s=9.0).shape == (0,)


def test_levels_survive_writing_reading_and_mixing(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)
    media.write_wav(path, tone, RATE_HZ)
    assert media.probe_audio(path).channels == 1
    np.testing.assert_allclose(media.decode_audio(path, rate_hz=RATE_HZ), tone, atol=1e-4)
    np.testing.assert_allclose(media.decode_audio(path, rate_hz=RATE_HZ, mono=False)[:, 1], tone, atol=1e-4)


def test_mixing_two_channels_to_one_takes_their_mean(tmp_path: Path) -> None:
    path = tmp_path / "pair.wav"
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)
    for right, mixed in ((tone, tone), (0 * tone, tone / 2), (-tone, 0 * tone)):
        media.write_wav(path, np.stack([tone, right], axis=1), RATE_HZ)
        np.testing.assert_allclose(media.decode_audio(path, rate_hz=RATE_HZ), mixed, atol=1e-4)


def no_audio_files(folder: Path) -> dict[str, Path]:
    files = {
        name: folder / name
        for name in ("text.mp3", "list.m3u8", "empty.wav", "picture.png", "video.mp4", "cut.mp3")
    }
    files["text.mp3"].write_text("This is no music.\n" * 200)
    files["list.m3u8"].write_text(f"#EXTM3U\n#EXTINF:4,\n{folder / 'clicks.wav'}\n")
    files["empty.wav"].touch()
    Image.new("RGB", (64, 64), "red").save(files["picture.png"])
    media.encode_video(pictures(3), files["video.mp4"], fps=Fraction(24), size=(96, 64))
    files["cut.mp3"].write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(range(256)) * 3)
    return files


@pytest.mark.parametrize(
    "name", ["text.mp3", "list.m3u8", "empty.wav", "picture.png", "video.mp4", "cut.mp3"]
)
def test_what_holds_no_sound_is_a_media_error(tmp_path: Path, track: Path, name: str) -> None:
    assert track.exists()
    path = no_audio_files(tmp_path)[name]
    with pytest.raises(MediaError):
        media.probe_audio(path)
    with pytest.raises(MediaError):
        media.decode_audio(path)


def test_what_holds_no_video_is_a_media_error(tmp_path: Path, track: Path) -> None:
    files = no_audio_files(tmp_path)
    for path in (track, files["text.mp3"], files["picture.png"], files["empty.wav"], tmp_path):
        with pytest.raises(MediaError):
            media.probe_clip(path)
        with pytest.raises(MediaError):
            list(media.read_clip(path))


def test_a_truncated_video_is_a_media_error(tmp_path: Path, silent_clip: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(silent_clip.read_bytes()[:500])
    with pytest.raises(MediaError):
        media.probe_clip(path)


def test_an_absent_file_is_a_missing_file(tmp_path: Path, track: Path) -> None:
    absent = tmp_path / "absent.mp4"
    for call in (media.probe_audio, media.probe_clip, media.decode_audio, media.measure_clip):
        with pytest.raises(FileMissingError):
            call(absent)
    with pytest.raises(FileMissingError):
        media.mux_audio(absent, track, tmp_path / "clip.mp4", duration_s=1.0)


def test_probing_takes_no_time(track: Path) -> None:
    media.probe_audio(track)
    start = time.process_time()
    media.probe_audio(track)
    assert time.process_time() - start < 0.05


def test_small_pictures_are_full_range_and_keep_their_shape(tmp_path: Path) -> None:
    path = tmp_path / "halves.mp4"
    halves = np.zeros((360, 640, 3), np.uint8)
    halves[:, 320:] = 255
    media.encode_video([halves] * 8, path, fps=Fraction(24), size=(640, 360))
    shown = list(media.read_clip(path))
    assert shown[0].luma.shape == (144, 256)
    assert shown[0].chroma.shape == (72, 128, 2)
    assert (shown[0].luma[:, :100].max(), shown[0].luma[:, 156:].min()) == (0, 255)
    assert [picture.full_luma is not None for picture in shown] == [True, *[False] * 5, True, False]
    assert shown[6].full_luma is not None
    assert shown[6].full_luma.shape == (360, 640)


def test_the_client_does_not_wait_for_numba(tmp_path: Path) -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, studio.clients.media; print('numba' in sys.modules, 'librosa' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert told.stdout.split() == ["False", "False"]
