"""The sync stage: takes laid on music, and what a finished file has to prove before it goes on."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from db.models.project import MusicSceneSync
from db.queries import audio, generations
from db.queries.ownership import Run
from db.queries.takes import MEASURES
from db.session import transaction
from studio.clients import media
from studio.composition import compose
from studio.errors import SyncOffsetError
from studio.music_bed import Bed
from studio.sync_grid import Grid
from studio.sync_plan import Point
from tasks.assess import assess_take
from tasks.check import check_consistency
from tasks.laying import Files, Score, lay_on_music
from tasks.plan import plan_scene
from tasks.render import render_take
from tasks.review import may_publish, with_sync
from tasks.soundtrack import bed_of, grid_of, soundtrack, start_of
from tasks.sync import sync_to_beat
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.generations import new_branch, new_generation, new_scene
from tests.fakes.staging import FPS, clip, planned

BEATS_S = np.arange(0.0, 8.0, 0.5)
RATE_HZ = media.SOUND_RATE_HZ


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four bars at 120 beats a minute."""
    path = tmp_path_factory.mktemp("music") / "track.wav"
    samples, _ = compose(bpm=120.0, bars=4, seed=2)
    media.write_wav(path, samples, RATE_HZ)
    return path


def score(track: Path, duration_s: float, *points: Point) -> Score:
    return Score(track, Bed(0.0, duration_s, 0.3), Grid(BEATS_S, BEATS_S[::4]), points)


def take(tmp_path: Path, *shots: int) -> Files:
    clip(tmp_path, *shots)
    return Files(tmp_path / "take.mp4")


def late_by(seconds: float, times: int) -> tuple[list[float], object]:
    """A mux that lays the sound too late so many times, and what it was called with."""
    calls: list[float] = []

    def mux(video: Path, sound: NDArray[np.float32], to: Path) -> None:
        calls.append(seconds)
        shift = round(seconds * RATE_HZ) if len(calls) <= times else 0
        media.mux_sound(video, np.roll(sound, shift, axis=0), to)

    return calls, mux


def test_cuts_are_moved_onto_beats_and_the_file_proves_it(tmp_path: Path, track: Path) -> None:
    laid = lay_on_music(take(tmp_path, 27, 45), score(track, 3.0), (), folder=tmp_path)
    report = laid.report
    assert laid.cutting.plan.cuts == (24,)
    assert [(entry.begin, entry.end, entry.at, entry.frames) for entry in laid.cut_list] == [
        (0, 27, 0, 24),
        (27, 72, 24, 48),
    ]
    assert report.cuts_s == pytest.approx([1.0], abs=1e-3)
    assert (report.hit_rate_1_frame, report.hit_rate_40ms) == (1.0, 1.0)
    assert report.chance_hit_rate_40ms is not None
    assert report.chance_hit_rate_40ms < 0.3
    assert report.largest_retime == pytest.approx(27 / 24 - 1)
    assert report.beat_alignment is not None
    assert report.beat_alignment > 0.9
    assert report.av_offset_ms == pytest.approx(0.0, abs=1.0)


def test_cuts_on_beats_are_left_and_nothing_is_encoded_again(tmp_path: Path, track: Path) -> None:
    files = take(tmp_path, 24, 48)
    laid = lay_on_music(files, score(track, 3.0), (), folder=tmp_path)
    assert laid.report.largest_retime == 0.0
    assert not (tmp_path / "retimed.mp4").exists()
    before, after = (list(media.read_clip(path)) for path in (files.take, laid.clip))
    assert all(np.array_equal(one.luma, other.luma) for one, other in zip(before, after, strict=True))


def test_a_take_at_another_rate_is_cut_from_what_was_delivered(tmp_path: Path, track: Path) -> None:
    """Once decoded, once encoded: what was conformed for judging is not encoded a second time."""
    clip(tmp_path, 27, 45)
    delivered = tmp_path / "delivered.mp4"
    half = np.arange(0, 72, 2)
    media.reorder_frames(tmp_path / "take.mp4", half, delivered, fps=Fraction(12))
    media.reorder_frames(delivered, np.arange(72) // 2, tmp_path / "conformed.mp4", fps=FPS)
    laid = lay_on_music(Files(tmp_path / "conformed.mp4", delivered), score(track, 3.0), (), folder=tmp_path)
    assert laid.report.cuts_s == pytest.approx([1.0], abs=1e-3)
    assert [(entry.begin, entry.end) for entry in laid.cut_list] == [(0, 14), (14, 36)]
    assert media.probe_clip(laid.clip).frames == 72
    assert laid.report.av_offset_ms == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("late_s", [0.1, -0.1])
def test_sound_further_than_a_frame_from_its_pictures_fails(
    tmp_path: Path, track: Path, late_s: float
) -> None:
    calls, mux = late_by(late_s, times=2)
    with pytest.raises(SyncOffsetError) as error:
        lay_on_music(take(tmp_path, 24, 48), score(track, 3.0), (), folder=tmp_path, mux=mux)  # type: ignore[arg-type]
    assert len(calls) == 2
    assert error.value.details["offset_ms"] == pytest.approx(1e3 * late_s, abs=1.0)
    assert error.value.details["frame_ms"] == pytest.approx(1e3 / 24)


def test_a_mux_that_failed_once_is_done_again(tmp_path: Path, track: Path) -> None:
    calls, mux = late_by(0.1, times=1)
    laid = lay_on_music(take(tmp_path, 24, 48), score(track, 3.0), (), folder=tmp_path, mux=mux)  # type: ignore[arg-type]
    assert len(calls) == 2
    assert laid.report.av_offset_ms == pytest.approx(0.0, abs=1.0)


def test_pictures_that_come_late_fail_too(tmp_path: Path, track: Path) -> None:
    def mux(video: Path, sound: NDArray[np.float32], to: Path) -> None:
        order = np.maximum(np.arange(72) - 3, 0)
        media.reorder_frames(video, order, tmp_path / "late.mp4")
        media.mux_sound(tmp_path / "late.mp4", sound, to)

    with pytest.raises(SyncOffsetError) as error:
        lay_on_music(take(tmp_path, 24, 48), score(track, 3.0), (), folder=tmp_path, mux=mux)
    assert error.value.details["offset_ms"] == pytest.approx(-125.0, abs=1.0)


def test_music_makes_way_for_a_takes_own_speech_which_is_not_retimed(tmp_path: Path, track: Path) -> None:
    files = take(tmp_path, 27, 45)
    said = np.zeros((3 * RATE_HZ, 2), np.float32)
    said[RATE_HZ : 2 * RATE_HZ] = 0.3 * np.sin(2 * np.pi * 220 * np.arange(RATE_HZ) / RATE_HZ)[:, None]
    media.mux_sound(files.take, said, tmp_path / "spoken.mp4")
    laid = lay_on_music(Files(tmp_path / "spoken.mp4"), score(track, 3.0), (), folder=tmp_path)
    assert laid.cutting.plan.cuts == (27,)
    assert laid.report.largest_retime == 0.0
    heard = media.decode_audio(laid.clip, rate_hz=RATE_HZ)
    spectrum = np.abs(np.fft.rfft(heard[RATE_HZ : 2 * RATE_HZ]))
    assert int(np.argmax(spectrum)) == 220
    assert laid.report.av_offset_ms == pytest.approx(0.0, abs=1.0)


def test_a_scene_starts_where_its_sync_points_say(track: Path) -> None:
    points = [{"time": 0.5, "event": "hum"}, {"time": 2.25, "event": "scene_start"}]
    assert start_of(points) == 2.25
    assert start_of(points[:1]) == 0.0
    music = soundtrack(track, duration_s=3.0, start_s=2.25)
    assert bed_of(music).start_s == 2.25
    np.testing.assert_allclose(grid_of(music).beats_s, np.arange(0.25, 3.0, 0.5), atol=0.02)


def test_a_short_track_goes_on_in_time(track: Path) -> None:
    music = soundtrack(track, duration_s=20.0, start_s=0.0)
    assert bed_of(music).loop is not None
    np.testing.assert_allclose(np.diff(grid_of(music).beats_s), 0.5, atol=0.02)


def test_a_point_that_no_cut_can_reach_is_told_and_waits_for_a_person(
    fake: FakeComfyUI, connected: Path, tmp_path: Path, track: Path
) -> None:
    fake.output = clip(tmp_path, 36, 36)
    home = connected / "media"
    home.mkdir()
    (home / "track.wav").write_bytes(track.read_bytes())
    points = [{"time": 0.25, "event": "knock"}, {"time": 1.6, "event": "entrance"}]
    with transaction() as session:
        branch = new_branch(session)
        scene = new_scene(session, branch)
        session.add(
            MusicSceneSync(
                branch_id=branch.id,
                scene_id=scene.id,
                audio_path=str(home / "track.wav"),
                sync_points=points,
            )
        )
        run = Run(new_generation(session, branch, scene_id=scene.id, duration_s=3.0).id, 1)
    for stage in (plan_scene, check_consistency, render_take):
        stage.fn(run)
    verdict = assess_take.fn(run)
    synced = sync_to_beat.fn(run)
    met = {point["event"]: point["met_by"] for point in synced["report"]["points"]}
    assert met == {"knock": None, "entrance": "cut"}
    judged = with_sync({**verdict, "verdict": "pass"}, synced)
    assert "knock at 0.25 s" in judged["reasons"][-1]
    assert not may_publish(run, judged)
    with transaction() as session:
        shown = generations.view(session, run.generation_id)["sync"]
    assert shown["unmet"] == synced["report"]["unmet"]
    assert shown["cut_list"][0]["begin"] == 0


def test_a_clip_without_music_has_nothing_to_be_in_sync_with(fake: FakeComfyUI) -> None:
    run = planned()
    render_take.fn(run)
    assess_take.fn(run)
    report = sync_to_beat.fn(run)["report"]
    assert report["reason"].startswith("not judged: ")
    assert with_sync({"verdict": "pass", "reasons": []}, {"report": report})["verdict"] == "pass"


def test_a_movement_is_laid_on_the_beat_where_a_clip_has_no_cut(tmp_path: Path, track: Path) -> None:
    still = np.full((72, 128, 3), 90, np.uint8)
    moved = still.copy()
    moved[20:50, 30:90] = 160
    frames = [still] * 33 + [moved] * 39
    media.encode_video(frames, tmp_path / "take.mp4", fps=FPS, size=(128, 72))
    laid = lay_on_music(Files(tmp_path / "take.mp4"), score(track, 3.0), (), folder=tmp_path)
    seen = media.measure_clip(laid.clip)
    assert laid.cutting.plan.cuts + laid.cutting.plan.accents == (36,)
    assert int(np.nanargmax(seen.change)) == 36
    assert replace(laid.report, cuts_s=()).av_offset_ms == pytest.approx(0.0, abs=1.0)


def test_what_was_measured_is_kept_in_columns_and_shown_with_the_scenes_track(
    fake: FakeComfyUI, connected: Path, tmp_path: Path, track: Path
) -> None:
    fake.output = clip(tmp_path, 27, 45)
    home = connected / "media"
    home.mkdir()
    (home / "track.wav").write_bytes(track.read_bytes())
    with transaction() as session:
        branch = new_branch(session)
        scene = new_scene(session, branch)
        laid = audio.add(session, scene, audio_path=str(home / "track.wav"), bpm=None, sync_points=[])
        assert audio.measured(session, laid) is None
        run = Run(new_generation(session, branch, scene_id=scene.id, duration_s=3.0).id, 1)
    for stage in (plan_scene, check_consistency, render_take, assess_take):
        stage.fn(run)
    report = sync_to_beat.fn(run)["report"]
    with transaction() as session:
        kept = audio.measured(session, audio.newest(session, session.merge(scene)))
        assert kept is not None
        assert kept.generation_id == run.generation_id
        shown = {name: getattr(kept, name) for name in MEASURES}
    assert shown == {name: report[name] for name in MEASURES}
    assert shown["hit_rate_40ms"] == 1.0
    assert shown["cut_list"][1]["at"] == 24
