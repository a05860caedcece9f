"""The stages against a renderer that fails as real ones do, and a take that is not good enough."""

from pathlib import Path

import pytest

from db.models.project import Character, MusicSceneSync
from db.queries import generations, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import media
from studio.composition import compose
from studio.errors import (
    StateError,
)
from tasks import control
from tasks.assess import assess_take
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.publish import publish_clip
from tasks.render import render_take
from tasks.review import await_review, may_publish
from tasks.sync import sync_to_beat
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.generations import new_branch, new_generation, new_scene
from tests.fakes.staging import black, clip, job, planned


def test_whom_the_sentence_names_is_cast_and_a_nameless_person_is_in_the_clip(fake: FakeComfyUI) -> None:
    with transaction() as session:
        branch = new_branch(session)
        assert branch.id is not None
        for name in ("Kai Nakamura", "Mira", "Kai"):
            session.add(Character(branch_id=branch.id, project_id=branch.project_id, name=name))
        named = new_generation(session, branch, prompt="Mira waits for kai nakamura in the snow")
        nameless = new_generation(session, branch, prompt="a red-haired girl runs through rain")
        empty = new_generation(session, branch, prompt="rain over the sea")
    plans = [plan_scene.fn(Run(each.id, 1)) for each in (named, nameless, empty)]
    assert plans[0]["cast"] == ["Mira", "Kai Nakamura"]
    assert [plan["extras"] and plan["extras"][0]["name"] for plan in plans] == [[], "Girl", []]
    assert plans[1]["storyboard"]["shots"][0]["characters"] == ("Girl",)


def test_a_retry_of_a_judged_take_with_a_seed_is_another_take(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.output = black(tmp_path, 24)
    run = planned(seed=9)
    render_take.fn(run)
    verdict = assess_take.fn(run)
    sync_to_beat.fn(run)
    await_review.fn(run, verdict)
    control.retry(run.generation_id)
    again = Run(run.generation_id, job(run).attempt)
    assert plan_scene.fn(again)["seed"] != 9
    with transaction() as session:
        shown = generations.view(session, run.generation_id)
    assert (shown["quality"]["verdict"], shown["video_path"]) == ("not judged", None)


def test_a_black_take_waits_for_review_unpublished_and_approval_publishes_it(
    fake: FakeComfyUI, connected: Path, tmp_path: Path
) -> None:
    fake.output = black(tmp_path, 24)
    run = planned()
    render_take.fn(run)
    verdict = assess_take.fn(run)
    sync_to_beat.fn(run)
    assert verdict["verdict"] == "fail"
    assert not may_publish(run, verdict)
    await_review.fn(run, verdict)
    waiting = job(run)
    assert (waiting.status, waiting.published_path) == ("needs_review", None)
    assert waiting.video_path is not None
    assert not (connected / "library").exists()
    control.approve(run.generation_id)
    heir = Run(run.generation_id, job(run).attempt)
    assert may_publish(heir, verdict)
    publish_clip.fn(heir)
    published = job(run)
    assert published.status == "completed"
    assert Path(str(published.published_path)).read_bytes() == Path(waiting.video_path).read_bytes()


def test_a_rejected_take_is_made_anew_with_another_seed(fake: FakeComfyUI, tmp_path: Path) -> None:
    fake.output = black(tmp_path, 24)
    run = planned()
    render_take.fn(run)
    verdict = assess_take.fn(run)
    sync_to_beat.fn(run)
    await_review.fn(run, verdict)
    control.reject(run.generation_id)
    with pytest.raises(StateError):
        control.approve(run.generation_id)
    control.retry(run.generation_id)
    again = Run(run.generation_id, job(run).attempt)
    seeds = [plan_scene.fn(again)["seed"]]
    with transaction() as session:
        seeds.append(takes.get(session, run.generation_id, 1).seed)
    assert len(set(seeds)) == 2


def test_a_clip_is_published_once_however_often_its_stage_is_carried(
    fake: FakeComfyUI, connected: Path
) -> None:
    run = planned()
    for stage in (render_take, assess_take, sync_to_beat):
        stage.fn(run)
    publish_clip.fn(run)
    with transaction() as session:
        row = generations.get(session, run.generation_id)
        row.status = "processing"
    publish_clip.fn(run)
    assert len(list((connected / "library").rglob("*.mp4"))) == 1


def test_a_second_take_of_a_scene_replaces_the_first_in_the_library(
    fake: FakeComfyUI, connected: Path
) -> None:
    with transaction() as session:
        branch = new_branch(session)
        scene = new_scene(session, branch)
        runs = [
            Run(new_generation(session, branch, scene_id=scene.id, title=title).id, 1)
            for title in ("First", "Second")
        ]
    for run in runs:
        for stage in (plan_scene, check_consistency, render_take, assess_take, sync_to_beat, publish_clip):
            stage.fn(run)
    names = [path.name for path in (connected / "library").rglob("*.mp4")]
    assert len(names) == 1
    assert names[0].endswith("S00E01 - Second.mp4")


def test_cuts_of_a_renderer_that_knows_no_storyboard_are_moved_onto_beats(
    fake: FakeComfyUI, connected: Path, tmp_path: Path
) -> None:
    fake.output = clip(tmp_path, 27, 45)
    samples, _ = compose(bpm=120.0, bars=4, seed=2)
    track = connected / "media" / "track.wav"
    track.parent.mkdir()
    media.write_wav(track, samples, media.SOUND_RATE_HZ)
    run = planned(duration_s=3.0, audio_path=str(track))
    for stage in (render_take, assess_take):
        stage.fn(run)
    report = sync_to_beat.fn(run)["report"]
    assert len(report["offsets_ms"]) == 1
    assert abs(report["offsets_ms"][0]) < 0.6e3 / 24
    assert report["cuts_s"][0] == pytest.approx(1.0, abs=0.6 / 24)


def test_a_clip_of_one_shot_says_no_cuts(fake: FakeComfyUI, connected: Path, tmp_path: Path) -> None:
    fake.output = clip(tmp_path, 48)
    samples, _ = compose(bpm=120.0, bars=4, seed=2)
    track = connected / "media" / "track.wav"
    track.parent.mkdir()
    media.write_wav(track, samples, media.SOUND_RATE_HZ)
    run = planned(duration_s=2.0, audio_path=str(track))
    for stage in (render_take, assess_take):
        stage.fn(run)
    report = sync_to_beat.fn(run)["report"]
    assert (report["offsets_ms"], report["reason"]) == ((), "no cuts")


def test_scene_music_that_is_not_there_is_not_judged(fake: FakeComfyUI) -> None:
    with transaction() as session:
        branch = new_branch(session)
        scene = new_scene(session, branch)
        session.add(MusicSceneSync(branch_id=branch.id, scene_id=scene.id, audio_path="/gone/track.mp3"))
        run = Run(new_generation(session, branch, scene_id=scene.id).id, 1)
    for stage in (plan_scene, check_consistency, render_take, assess_take):
        stage.fn(run)
    assert sync_to_beat.fn(run)["report"]["reason"].startswith("not judged: ")
