"""The stages against a renderer that fails as real ones do, and a take that is not good enough."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlmodel import col

from db.models.production import ProductionJob
from db.models.project import Character, MusicSceneSync
from db.models.rendering import RenderPlace
from db.queries import commits, generations, ownership, places, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import media
from studio.composition import compose
from studio.errors import (
    MissingNodeError,
    RenderError,
    RenderLostError,
    RenderStalledError,
    StateError,
    SupersededError,
    UnavailableError,
)
from tasks import control
from tasks.assess import assess_take
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.publish import publish_clip
from tasks.render import MAX_PROMPTS, render_take
from tasks.review import await_review, may_publish
from tasks.sync import sync_to_beat
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.generations import new_branch, new_generation, new_scene
from tests.fakes.serving import wait_until

FPS = Fraction(24)
SIZE = (128, 72)


def clip(tmp_path: Path, *shots: int, name: str = "take.mp4") -> bytes:
    """A clip of shots of so many frames; each is a moving texture of its own."""
    rng = np.random.default_rng(5)
    frames = []
    for length in shots:
        shot = rng.integers(0, 256, (9, 40, 3), np.uint8).repeat(8, axis=0).repeat(8, axis=1)
        frames += [shot[:, 2 * index : 2 * index + SIZE[0]] for index in range(length)]
    media.encode_video(frames, tmp_path / name, fps=FPS, size=SIZE)
    return (tmp_path / name).read_bytes()


def black(tmp_path: Path, frames: int) -> bytes:
    media.encode_video([np.zeros((72, 128, 3), np.uint8)] * frames, tmp_path / "b.mp4", fps=FPS, size=SIZE)
    return (tmp_path / "b.mp4").read_bytes()


@pytest.fixture(scope="module")
def server() -> Iterator[FakeComfyUI]:
    with fake_comfyui() as fake:
        yield fake


@pytest.fixture
def fake(
    server: FakeComfyUI, connected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FakeComfyUI:
    """A renderer that delivers one second of video, and this process pointed at it."""
    server.reset(output=clip(tmp_path, 24))
    monkeypatch.setenv("TOWER_COMFYUI_URLS", server.url)
    monkeypatch.setenv("TOWER_POLL_S", "0.05")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return server


def accepted(**asked: object) -> Run:
    with transaction() as session:
        return Run(new_generation(session, **asked).id, 1)


def planned(**asked: object) -> Run:
    run = accepted(**asked)
    plan_scene.fn(run)
    check_consistency.fn(run)
    return run


def job(run: Run) -> ProductionJob:
    with transaction() as session:
        return generations.get(session, run.generation_id)


def held(run: Run) -> list[str]:
    """Places that the generation still holds or stands in line for."""
    states = (*places.LIVE_PLACES, "cancelling")
    with transaction() as session:
        query = select(RenderPlace).where(col(RenderPlace.generation_id) == run.generation_id)
        return [row.state for row in session.scalars(query) if row.state in states]


def test_a_take_is_rendered_and_its_place_is_free_again(fake: FakeComfyUI) -> None:
    run = planned()
    rendered = render_take.fn(run)
    with transaction() as session:
        path = Path(takes.asset_path(session, rendered["video_sha256"]))
        pinned = takes.get(session, run.generation_id, 1)
        assert pinned.tree_hash == commits.current_tree_hash(session, job(run).branch_id)
    assert path.read_bytes() == fake.output
    assert [post["prompt_id"] for post in fake.posts] == [rendered["prompt_id"]]
    assert held(run) == []


def render_until_superseded(run: Run) -> None:
    with suppress(SupersededError):
        render_take.fn(run)


def test_an_heir_finds_the_prompt_on_the_renderer_and_does_not_post_again(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True
    first = threading.Thread(target=render_until_superseded, args=(run,), daemon=True)
    first.start()
    wait_until(lambda: fake.running is not None)
    with transaction() as session:
        ownership.take_over(session, run)
    heir = Run(run.generation_id, 2)
    threading.Timer(0.3, setattr, (fake, "is_held", False)).start()
    render_take.fn(heir)
    first.join(10)
    assert len(fake.posts) == 1


def test_a_prompt_whose_answer_was_lost_is_found_and_not_posted_again(fake: FakeComfyUI) -> None:
    run = planned()
    fake.loses_answers = True
    with pytest.raises(UnavailableError):
        render_take.fn(run)
    fake.loses_answers = False
    render_take.fn(run)
    assert len(fake.posts) == 1


def test_a_prompt_that_the_renderer_lost_is_posted_under_a_new_id(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True

    def lose() -> None:
        wait_until(lambda: fake.running is not None)
        fake.is_held = False
        fake.restart()

    thief = threading.Thread(target=lose, daemon=True)
    thief.start()
    render_take.fn(run)
    thief.join(10)
    assert len({post["prompt_id"] for post in fake.posts}) == 2


def test_a_renderer_out_of_memory_fails_the_render_with_that_reason(fake: FakeComfyUI) -> None:
    run = planned()
    fake.error = ("torch.OutOfMemoryError", "Allocation on device")
    with pytest.raises(RenderError) as failure:
        render_take.fn(run)
    assert failure.value.code == "OUT_OF_MEMORY"
    assert held(run) == []


def test_a_renderer_that_finishes_without_a_video_is_a_failure(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_cached = True
    with pytest.raises(RenderError, match="without a video"):
        render_take.fn(run)


def test_a_render_that_stands_still_is_given_up_and_taken_off_the_renderer(
    fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_RENDER_STALL_S", "0.4")
    run = planned()
    fake.is_held = True
    with pytest.raises(RenderStalledError):
        render_take.fn(run)
    assert [stopped["prompt_id"] for stopped in fake.interrupts] == [fake.posts[0]["prompt_id"]]
    assert held(run) == []


def test_a_renderer_that_lacks_the_node_is_told_by_name(fake: FakeComfyUI) -> None:
    run = planned()
    del fake.object_info["TowerAnimatic"]
    with pytest.raises(MissingNodeError, match="TowerAnimatic"):
        render_take.fn(run)


def test_a_renderer_that_answers_500_for_a_while_is_waited_for(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True

    def stumble() -> None:
        wait_until(lambda: fake.running is not None)
        fake.broken = {"/jobs/" + fake.posts[0]["prompt_id"]: 3, "/queue": 3}
        fake.is_held = False

    threading.Thread(target=stumble, daemon=True).start()
    assert render_take.fn(run)["prompt_id"] == fake.posts[0]["prompt_id"]


def test_a_prompt_whose_renderer_does_not_answer_keeps_its_place_until_it_is_off(fake: FakeComfyUI) -> None:
    run = planned()
    fake.is_held = True
    first = threading.Thread(target=render_until_superseded, args=(run,), daemon=True)
    first.start()
    wait_until(lambda: fake.running is not None and held(run) == ["posted"])
    fake.broken = {"/queue": 1_000}
    control.cancel(run.generation_id)
    assert (job(run).status, held(run), fake.interrupts) == ("cancelled", ["cancelling"], [])
    fake.broken = {}
    control.take_off(run.generation_id)
    assert held(run) == []
    assert [stopped["prompt_id"] for stopped in fake.interrupts] == [fake.posts[0]["prompt_id"]]
    first.join(10)


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


def test_a_renderer_that_keeps_losing_prompts_is_given_up(
    fake: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = planned()
    fake.is_held = True
    stop = threading.Event()

    def lose() -> None:
        while not stop.is_set():
            if fake.running is not None:
                fake.restart()
            stop.wait(0.01)

    thief = threading.Thread(target=lose, daemon=True)
    thief.start()
    with pytest.raises(RenderLostError):
        render_take.fn(run)
    stop.set()
    thief.join(5)
    assert len(fake.posts) == MAX_PROMPTS
    assert held(run) == []
