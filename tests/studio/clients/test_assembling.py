"""An episode as a file: decoded again, frame for frame, and held against its clips."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.assembly import Assembly, Music, SceneClip, Transition, Wishes, lay_episode
from studio.assembly_copy import Copied, stretches
from studio.beats import Beats
from studio.clients import media, pyav
from studio.clients.assembling import Assembled, assemble
from studio.clients.assembling_h264 import read_headers, read_source, write_headers
from studio.clients.assembling_sound import BLOCK, mixed
from studio.errors import FileMissingError, MediaError

FPS = Fraction(24)
SIZE = (160, 96)
WISHES = Wishes(*SIZE, FPS, title="The Beginning", title_card="Tower\nOne", loudness_lufs=-20.0)
RATE_HZ = media.SOUND_RATE_HZ
PERIOD_S = 0.5

Planes = NDArray[np.uint8]


def moving(frames: int, seed: int, size: tuple[int, int] = SIZE) -> Iterator[Planes]:
    """Blocks that move to the left; the last third is another shot, of larger ones."""
    rng = np.random.default_rng(seed)
    for number in range(frames):
        if number in (0, frames * 2 // 3):
            side = 48 if number else 16
            blocks = rng.integers(30, 220, (96 // side, 17, 3)).astype(np.uint8)
            ground = np.kron(blocks, np.ones((side, side, 1), np.uint8))[: size[1]]
        yield np.ascontiguousarray(ground[:, 2 * number % 100 :][:, : size[0]])


def scene(
    folder: Path, number: int, frames: int, *, fps: Fraction = FPS, size: tuple[int, int] = SIZE
) -> SceneClip:
    path = folder / f"scene-{number}.mp4"
    media.encode_video(moving(frames, number, size), path, fps=fps, size=size)
    return SceneClip(number, number, f"Scene {number} ü", path, frames, fps, *size)


def encoded(folder: Path, number: int, frames: int, options: dict[str, str]) -> SceneClip:
    """A clip that was encoded with other options."""
    path = folder / f"scene-{number}.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        context = stream.codec_context
        context.colorspace = context.color_range = context.color_primaries = context.color_trc = 1
        for pixels in moving(frames, number):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return SceneClip(number, number, f"Scene {number}", path, frames, FPS, *SIZE)


def clicks(path: Path, length_s: float, first_s: float = 0.25) -> Music:
    times_s = np.arange(first_s, length_s, PERIOD_S)
    samples = np.zeros((round(length_s * RATE_HZ), 2), np.float32)
    burst = np.random.default_rng(1).normal(size=(2_400, 1)) * np.exp(-np.arange(2_400) / 400)[:, None]
    for at in np.round(times_s * RATE_HZ).astype(int):
        part = samples[at : at + len(burst)]
        part += 0.2 * burst[: len(part)].astype(np.float32)
    media.write_wav(path, samples, RATE_HZ)
    return Music(length_s, Beats(120.0, times_s, 0.9, downbeats_s=times_s[::4], beats_a_bar=4))


def decoded(path: Path) -> list[Planes]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray() for frame in container.decode(container.streams.video[0])]


@dataclass(frozen=True)
class Made:
    plan: Assembly
    path: Path
    music: Path
    told: Assembled
    shares: list[float]
    frames: list[Planes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("episode")
    scenes = [
        scene(folder, 1, 60),
        scene(folder, 2, 66),
        replace(encoded(folder, 3, 90, {**pyav.X264, "g": "30"}), transition=Transition("dissolve", 8)),
        scene(folder, 4, 48, fps=Fraction(16), size=(96, 96)),
        replace(encoded(folder, 5, 50, {"crf": "30"}), transition=Transition("fade", 8)),
    ]
    plan = lay_episode(scenes, WISHES, clicks(folder / "music.wav", 8.0))
    shares: list[float] = []
    path, music = folder / "episode.mp4", folder / "music.wav"
    told = assemble(plan, path, music=music, progress=shares.append)
    return Made(plan, path, music, told, shares, decoded(path))


def copies(plan: Assembly) -> list[Copied]:
    sources = {index: read_source(clip.path, clip.fps) for index, clip in enumerate(plan.clips)}
    copyable = {
        index: source.packets
        for index, source in sources.items()
        if source.packets is not None and source.headers == sources[0].headers
    }
    return [stretch for stretch in stretches(plan, copyable) if isinstance(stretch, Copied)]


def test_every_frame_is_there_and_they_follow_one_another_evenly(made: Made) -> None:
    assert len(made.frames) == made.plan.frames == made.told.frames
    with av.open(str(made.path)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == FPS
        times = [frame.pts * frame.time_base for frame in container.decode(stream)]
        assert times == [number / FPS for number in range(made.plan.frames)]


def test_copied_frames_are_those_of_their_clips_to_the_bit(made: Made) -> None:
    found = copies(made.plan)
    assert {stretch.clip for stretch in found} == {0, 1, 2}
    assert sum(stretch.end - stretch.begin for stretch in found) == made.told.copied_frames
    assert made.told.copied_frames + made.told.encoded_frames == made.plan.frames
    for stretch in found:
        source = decoded(made.plan.clips[stretch.clip].path)
        for frame in range(stretch.begin, stretch.end):
            assert np.array_equal(made.frames[frame], source[stretch.first + frame - stretch.begin])


def test_frames_that_are_encoded_show_what_was_meant(made: Made) -> None:
    for index, part in enumerate(made.plan.parts[1:4], 1):
        source = decoded(made.plan.clips[index - 1].path)
        last = part.frames - made.plan.parts[index + 1].into.before - 1
        for number in (part.into.after, part.frames // 2, last):
            meant = source[part.head + number].astype(int)
            assert np.abs(made.frames[part.at + number].astype(int) - meant).mean() < 2.5


def test_amid_a_dissolve_both_pictures_are_seen(made: Made) -> None:
    part = made.plan.parts[3]
    assert part.into.kind == "dissolve"
    leaving, coming = (decoded(made.plan.clips[index].path) for index in (1, 2))
    before = made.plan.parts[2]
    one, other = leaving[before.head + before.frames], coming[part.head]
    meant = (one.astype(float) + other) / 2
    seen = made.frames[part.at].astype(float)
    assert np.abs(seen - meant).mean() < 8 < np.abs(seen - one).mean()


def test_a_fade_is_dark_at_its_cut(made: Made) -> None:
    part = made.plan.parts[5]
    luma = [float(frame[: SIZE[1]].mean()) for frame in made.frames]
    assert luma[part.at - 1] < 40 > luma[part.at]
    assert luma[part.at - 6] > 60 < luma[part.at + 6]


def test_a_clip_of_another_shape_lies_amid_black(made: Made) -> None:
    part = made.plan.parts[4]
    picture = made.frames[part.at + 10]
    assert abs(int(picture[: SIZE[1], :28].max()) - 16) <= 2
    assert picture[: SIZE[1], 40:120].std() > 20


def test_the_music_is_as_loud_as_wished_and_lies_on_its_pictures(made: Made) -> None:
    assert made.told.loudness_lufs is not None
    assert made.told.loudness_lufs <= -19.9
    assert made.told.av_offset_ms == pytest.approx(0.0, abs=2.0)
    heard = media.decode_audio(made.path, rate_hz=RATE_HZ)
    first = int(np.argmax(np.abs(heard) > 0.2 * np.abs(heard).max())) / RATE_HZ
    assert first == pytest.approx(0.25, abs=0.003)
    assert len(heard) == pytest.approx(made.plan.duration_s * RATE_HZ, abs=2_048)


def test_chapters_and_title_are_in_the_file_and_its_index_comes_first(made: Made) -> None:
    with av.open(str(made.path)) as container:
        chapters = container.chapters()
        assert container.metadata["title"] == "The Beginning"
    assert [chapter["metadata"]["title"] for chapter in chapters] == [c.title for c in made.plan.chapters]
    begins_s = [float(chapter["start"] * chapter["time_base"]) for chapter in chapters]
    assert begins_s == pytest.approx([float(c.begin / FPS) for c in made.plan.chapters], abs=0.001)
    content = made.path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_headers_of_all_frames_stand_in_front_and_none_amid_them(made: Made) -> None:
    with av.open(str(made.path)) as container:
        headers = read_headers(container.streams.video[0].codec_context.extradata)
    assert headers is not None
    assert len(headers.sps) == len(headers.pps) == len(headers.ids) == 2
    assert read_source(made.path, FPS).packets is not None
    assert read_headers(write_headers([headers])) == headers


def test_progress_rises_to_the_end(made: Made) -> None:
    assert made.shares == sorted(made.shares)
    assert (made.shares[0], made.shares[-1]) == (0.0, 1.0)


def test_equal_input_gives_equal_bytes(made: Made, tmp_path: Path) -> None:
    assemble(made.plan, tmp_path / "again.mp4", music=made.music)
    assert (tmp_path / "again.mp4").read_bytes() == made.path.read_bytes()


def test_encoded_whole_it_shows_the_same(made: Made, tmp_path: Path) -> None:
    told = assemble(made.plan, tmp_path / "whole.mp4", music=made.music, copy=False)
    assert (told.copied_frames, told.encoded_frames) == (0, made.plan.frames)
    for one, other in zip(decoded(tmp_path / "whole.mp4")[::7], made.frames[::7], strict=True):
        assert np.abs(one.astype(int) - other).mean() < 4


def test_without_music_and_speech_there_is_no_sound(tmp_path: Path) -> None:
    plan = lay_episode([scene(tmp_path, 1, 30)], replace(WISHES, title_card=None))
    told = assemble(plan, tmp_path / "silent.mp4")
    assert (told.copied_frames, told.encoded_frames) == (30, 0)
    assert (told.loudness_lufs, told.av_offset_ms, told.reason) == (None, None, "there is no sound")
    assert media.probe_clip(tmp_path / "silent.mp4").audio_codec is None


def test_music_makes_way_for_what_a_scene_says(tmp_path: Path) -> None:
    clip, later = scene(tmp_path, 1, 60), scene(tmp_path, 2, 60)
    seconds = np.arange(round(2.5 * RATE_HZ)) / RATE_HZ
    voice = 0.1 * np.sin(2 * np.pi * 300 * seconds)[:, None].repeat(2, 1)
    media.write_wav(tmp_path / "voice.wav", voice, RATE_HZ)
    tone = 0.1 * np.sin(2 * np.pi * 3_000 * np.arange(10 * RATE_HZ) / RATE_HZ)[:, None].repeat(2, 1)
    media.write_wav(tmp_path / "tone.wav", tone, RATE_HZ)
    scenes = [clip, replace(later, sound=tmp_path / "voice.wav")]
    plan = lay_episode(scenes, replace(WISHES, title_card=None), Music(10.0, Beats(None, np.zeros(0), 0.0)))
    with mixed(plan, tmp_path / "tone.wav") as mix:
        assert mix is not None
        sound = mix.block(0, mix.length)
        assert np.array_equal(np.concatenate(list(mix.blocks())), sound)
        assert np.array_equal(mix.block(48_000, 96_000), sound[48_000:96_000])
    assert _level(sound[RATE_HZ : 2 * RATE_HZ], 3_000) > 3.9 * _level(sound[3 * RATE_HZ : 4 * RATE_HZ], 3_000)
    assert _level(sound[: 2 * RATE_HZ], 300) < 0.01 < _level(sound[3 * RATE_HZ : 4 * RATE_HZ], 300)


def _level(sound: NDArray[np.float32], at_hz: float) -> float:
    turns = np.exp(-2j * np.pi * at_hz * np.arange(len(sound)) / RATE_HZ)
    return float(np.abs(np.mean(sound[:, 0] * turns)))


def test_a_mix_is_the_same_in_blocks(tmp_path: Path) -> None:
    clicks(tmp_path / "music.wav", 13.0)
    music = Music(13.0, Beats(None, np.zeros(0), 0.0))
    wishes = replace(WISHES, title_card=None)
    clip = SceneClip(1, 1, "", tmp_path / "none.mp4", 480, FPS, *SIZE)
    with mixed(lay_episode([clip], wishes, music), tmp_path / "music.wav") as mix:
        assert mix is not None
        assert mix.length > 2 * BLOCK
        assert np.array_equal(np.concatenate(list(mix.blocks())), mix.block(0, mix.length))


def test_a_clip_with_fewer_frames_than_are_shown_is_refused(tmp_path: Path) -> None:
    clip = replace(scene(tmp_path, 1, 30), frames=40)
    with pytest.raises(MediaError, match="fewer frames"):
        assemble(lay_episode([clip], replace(WISHES, title_card=None)), tmp_path / "episode.mp4")
    assert [each.name for each in tmp_path.iterdir()] == ["scene-1.mp4"]


def test_a_missing_clip_is_named(tmp_path: Path) -> None:
    clip = SceneClip(1, 1, "", tmp_path / "gone.mp4", 30, FPS, *SIZE)
    with pytest.raises(FileMissingError, match=r"gone\.mp4"):
        assemble(lay_episode([clip], WISHES), tmp_path / "episode.mp4")
