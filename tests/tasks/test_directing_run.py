"""A confirmed plan carried out: each step once, in its order, also after a kill."""

from typing import Any

import pytest

from db.clock import NOW
from db.models.project import Branch, Character, Scene
from db.queries import (
    branches,
    conversations,
    decisions,
    director,
    episodes,
    generations,
    jobs,
    preferences,
    scenes,
)
from db.queries.jobs import accept_job
from db.queries.ownership import Run
from db.session import transaction
from studio.echo.actions import ACTIONS
from studio.echo.documents import read_step
from studio.errors import InvalidError, StateError, SupersededError
from tasks import control, directing_run, story
from tasks.directing_run import Running, carry_out, plan_steps, report
from tests.fakes.generations import new_branch, new_generation
from tests.fakes.staging import job as job_of
from tests.fakes.staging import superseding

pytestmark = pytest.mark.usefixtures("connected")
CLIP = [
    ("character_consistency_check", {"character": "Kai Nakamura"}),
    ("generate_video", {"prompt": "Kai Nakamura in a forest", "duration": 5, "style": "ink"}),
    ("quality_assessment", {}),
]


def _branch() -> tuple[int, int]:
    """A project with Kai Nakamura and a scene: ids of project and branch."""
    with transaction() as session:
        branch: Branch = new_branch(session)
        at = {"project_id": branch.project_id, "branch_id": branches.id_of(branch)}
        session.add(Character(name="Kai Nakamura", description="Short black hair, brown eyes", **at))
        session.add(Scene(scene_number=1, description="a forest", **at))
        return branch.project_id, branches.id_of(branch)


def _steps(*steps: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"step": number, "action": action, "service": ACTIONS[action].service, "parameters": parameters}
        for number, (action, parameters) in enumerate(steps, 1)
    ]


def _running(*steps: tuple[str, dict[str, Any]]) -> Running:
    project_id, branch_id = _branch()
    with transaction() as session:
        job = accept_job(
            session,
            kind="direct",
            project_id=project_id,
            branch_id=branch_id,
            title="A plan",
            request={"steps": _steps(*steps)},
        )
        run = Run(job.id, 1)
    planned = plan_steps.fn(run)["steps"]
    return Running(run, tuple(read_step(each) for each in planned), project_id, "main", "")


def _states(running: Running) -> dict[int, str]:
    return {number: row.state for number, row in directing_run._advanced(running).items()}


def _children(running: Running) -> list[Any]:
    with transaction() as session:
        return jobs.children(session, running.run.generation_id)


def _end(generation_id: str, status: str) -> None:
    with transaction() as session:
        job = generations.get(session, generation_id)
        job.status, job.finished_at, job.published_path = status, NOW, "/library/clip.mp4"


def test_a_clip_is_begun_behind_its_checks_and_assessed_when_it_has_ended() -> None:
    running = _running(*CLIP)
    assert _states(running) == {1: "completed", 2: "processing"}
    (child,) = _children(running)
    with transaction() as session:
        asked = generations.request(session, child.id)
    assert (asked.prompt, asked.style, asked.characters) == (
        "Kai Nakamura in a forest",
        "ink",
        ["Kai Nakamura"],
    )
    _end(child.id, "completed")
    assert _states(running) == {1: "completed", 2: "completed", 3: "completed"}


def test_a_second_attempt_finds_what_the_first_began() -> None:
    running = _running(*CLIP)
    _states(running)
    again = Running(superseding(running.run), running.steps, running.project_id, "main", "")
    assert _states(again) == {1: "completed", 2: "processing"}
    assert len(_children(running)) == 1


def test_somebody_whom_the_branch_does_not_know_stops_the_clip_and_nothing_else() -> None:
    stranger = ("character_consistency_check", {"character": "Nobody"})
    running = _running(stranger, *CLIP[1:], ("report_status", {}))
    assert carry_out.fn(running.run)["steps"][0]["result"]["error"]["message"]
    assert _states(running) == {1: "failed", 2: "skipped", 3: "skipped", 4: "completed"}
    assert report.fn(running.run) == "failed: 1 of 4 steps"
    ended = job_of(running.run)
    assert (ended.status, (ended.error or {})["code"]) == ("failed", "PLAN_INCOMPLETE")


def test_what_prefect_shows_of_a_plan_is_what_was_made_and_what_was_not() -> None:
    running = _running(*CLIP)
    _states(running)
    clip = _children(running)[0]
    _end(clip.id, "failed")
    carry_out.fn(running.run)
    report.fn(running.run)
    with transaction() as session:
        shown = story._outcome(generations.view(session, running.run.generation_id))
    assert f"| status | failed |\n| made | {clip.id} |\n| not done | Step 2 (generate_video): " in shown
    assert "metric" not in shown


def test_clips_that_need_nothing_of_each_other_run_at_once() -> None:
    running = _running(*CLIP, *CLIP)
    assert _states(running) == {1: "completed", 2: "processing", 4: "completed", 5: "processing"}


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_a_plan_that_is_retried_does_what_came_to_nothing_and_that_alone(ended: str) -> None:
    running = _running(*CLIP, ("update_character", {"character": "Kai Nakamura", "change": "hair: silver"}))
    _states(running)
    lost = _children(running)[0].id
    _end(lost, ended)
    if ended == "failed":
        carry_out.fn(running.run)
        report.fn(running.run)
    else:
        _end(running.run.generation_id, ended)
    control.retry(running.run.generation_id)
    again = Running(Run(running.run.generation_id, job_of(running.run).attempt), *_place(running))
    assert _states(again) == {1: "completed", 2: "processing", 4: "completed"}
    (made,) = [child.id for child in _children(running) if child.id != lost]
    _end(made, "completed")
    carry_out.fn(again.run)
    assert report.fn(again.run) == "completed: 4 of 4 steps"
    with transaction() as session:
        row = director.character_named(session, _branch_id(running), "Kai Nakamura")
        assert row is not None
        assert row.version == 2


def _place(running: Running) -> tuple[Any, int, str, str]:
    return running.steps, running.project_id, running.branch_name, running.token


def test_a_publication_waits_for_what_it_publishes() -> None:
    running = _running(*CLIP, ("publish", {"generation_id": {"step": 2}}))
    assert 4 not in _states(running)
    (child,) = _children(running)
    _end(child.id, "completed")
    assert _states(running)[4] == "completed"


def test_a_failed_clip_is_not_published() -> None:
    running = _running(*CLIP, ("publish", {"generation_id": {"step": 2}}))
    _states(running)
    _end(_children(running)[0].id, "failed")
    assert _states(running) == {1: "completed", 2: "failed", 3: "skipped", 4: "skipped"}


def test_a_character_is_changed_once_and_what_was_said_before_is_in_the_result() -> None:
    change = ("update_character", {"character": "Kai Nakamura", "change": "hair: silver"})
    running = _running(change)
    (told,) = carry_out.fn(running.run)["steps"]
    assert told["result"]["before"] == "Short black hair, brown eyes"
    assert told["result"]["after"].endswith("Hair: silver.")
    assert "black" not in told["result"]["after"]
    carry_out.fn(running.run)
    with transaction() as session:
        row = director.character_named(session, _branch_id(running), "Kai Nakamura")
        assert row is not None
        assert row.version == 2


def test_an_episode_is_made_of_scenes_and_rendered() -> None:
    project_id, _ = _branch()
    running = _running(("report_status", {}))
    with transaction() as session:
        scene_id = (
            director.facts(session, branches.find(session, running.project_id, "main"), _likes(session))
            .scenes[0]
            .id
        )
    running = _again(running, ("create_episode", {"scene_ids": [scene_id], "title": "One"}),
                     ("render_episode", {"episode_id": {"step": 1}}))  # fmt: skip
    assert _states(running) == {1: "completed", 2: "processing"}
    (child,) = _children(running)
    assert (child.kind, child.title, child.parent_id) == ("episode", "One", running.run.generation_id)
    assert project_id != running.project_id


def test_a_trailer_is_of_what_was_made() -> None:
    running = _running(*CLIP, ("make_trailer", {"generation_ids": [{"step": 2}], "duration": 10}))
    _states(running)
    clip = _children(running)[0]
    _end(clip.id, "completed")
    assert _states(running)[4] == "processing"
    trailer = next(child for child in _children(running) if child.kind == "trailer")
    assert trailer.request["generation_ids"] == [clip.id]
    assert trailer.request["length"] == 10


def test_a_generation_of_another_project_is_not_touched() -> None:
    other = _running(*CLIP)
    _states(other)
    theirs = _children(other)[0].id
    running = _running(
        ("cancel_generation", {"generation_id": theirs}), ("unpublish", {"generation_id": theirs})
    )
    assert set(_states(running).values()) == {"failed"}
    with transaction() as session:
        assert generations.get(session, theirs).status == "processing"


@pytest.mark.parametrize(
    "step",
    [
        {"step": 1, "action": "run_shell", "service": "os", "parameters": {"cmd": "id"}},
        {"step": 1, "action": "publish", "service": "jellyfin", "parameters": {"path": "/etc/passwd"}},
        {"step": 1, "action": "generate_video", "service": "comfyui", "parameters": {"prompt": ""}},
    ],
)
def test_only_registered_actions_with_their_parameters_are_carried_out(step: dict[str, Any]) -> None:
    project_id, branch_id = _branch()
    with transaction() as session:
        job = accept_job(
            session,
            kind="direct",
            project_id=project_id,
            branch_id=branch_id,
            title="x",
            request={"steps": [step]},
        )
    with pytest.raises(InvalidError):
        plan_steps.fn(Run(job.id, 1))


def _branch_id(running: Running) -> int:
    with transaction() as session:
        return branches.id_of(branches.find(session, running.project_id, "main"))


def _likes(session: Any) -> Any:
    return preferences.in_effect(session, "")


def _again(running: Running, *steps: tuple[str, dict[str, Any]]) -> Running:
    """Another plan in the same project."""
    with transaction() as session:
        job = accept_job(
            session,
            kind="direct",
            project_id=running.project_id,
            branch_id=branches.id_of(branches.find(session, running.project_id, "main")),
            title="Another plan",
            request={"steps": _steps(*steps)},
        )
        run = Run(job.id, 1)
    planned = plan_steps.fn(run)["steps"]
    return Running(run, tuple(read_step(each) for each in planned), running.project_id, "main", "")


def _begun_clip(status: str) -> tuple[Running, str]:
    """A clip of a plan that has ended so; the plan is that of a clip alone."""
    running = _running(*CLIP)
    _states(running)
    clip_id = _children(running)[0].id
    with transaction() as session:
        job = generations.get(session, clip_id)
        job.status, job.video_path = status, "/media/clip.mp4"
        job.published_path = "/library/clip.mp4" if status == "completed" else None
    return running, clip_id


@pytest.mark.parametrize(
    ("action", "status"),
    [("cancel_generation", "processing"), ("publish", "needs_review"), ("unpublish", "completed")],
)
def test_an_attempt_that_lost_the_plan_touches_nothing(action: str, status: str) -> None:
    made, clip_id = _begun_clip(status)
    running = _again(made, (action, {"generation_id": clip_id}))
    superseding(running.run)
    with pytest.raises(SupersededError):
        _states(running)
    with transaction() as session:
        job = generations.get(session, clip_id)
        assert (job.status, job.attempt) == (status, 1)
        assert decisions.page(session, project_id=None, generation_id=clip_id, limit=1, before=0) == []


def test_what_is_published_is_approved_once_and_stays_what_was_meant() -> None:
    made, clip_id = _begun_clip("needs_review")
    with transaction() as session:
        at = branches.find(session, made.project_id, "main")
        scene_id = director.facts(session, at, _likes(session)).scenes[0].id
        generations.get(session, clip_id).scene_id = scene_id
    running = _again(made, ("publish", {"scene_id": scene_id}))
    assert _states(running) == {1: "processing"}
    with transaction() as session:
        job = generations.get(session, clip_id)
        newer = new_generation(session, branches.find(session, made.project_id, "main"))
        newer.scene_id, newer.status = scene_id, "needs_review"
        assert (job.status, job.stage, job.attempt) == ("processing", "publish", 2)
    again = Running(superseding(running.run), running.steps, running.project_id, "main", "")
    assert _states(again) == {1: "processing"}
    _end(clip_id, "completed")
    assert _states(again) == {1: "completed"}
    with transaction() as session:
        assert (generations.get(session, clip_id).attempt, newer.attempt) == (2, 1)
        assert len(decisions.page(session, project_id=None, generation_id=clip_id, limit=9, before=0)) == 1


def test_what_is_still_made_is_published_when_it_has_ended_and_once() -> None:
    made, clip_id = _begun_clip("processing")
    running = _again(made, ("publish", {"generation_id": clip_id}))
    assert _states(running) == _states(running) == {1: "processing"}
    with transaction() as session:
        generations.get(session, clip_id).status = "completed"
    assert _states(running) == {1: "processing"}
    with transaction() as session:
        job = generations.get(session, clip_id)
        assert (job.status, job.stage, job.attempt) == ("processing", "publish", 2)
        job.status = "needs_review"  # the media server does not list it
    assert _states(running) == {1: "failed"}
    with transaction() as session:
        assert generations.get(session, clip_id).attempt == 2


def test_what_comes_to_nothing_while_its_publication_waits_fails_that() -> None:
    made, clip_id = _begun_clip("processing")
    running = _again(made, ("publish", {"generation_id": clip_id}))
    _states(running)
    with transaction() as session:
        generations.get(session, clip_id).status = "cancelled"
    assert _states(running) == {1: "failed"}
    told = carry_out.fn(running.run)["steps"][0]["result"]["error"]
    assert told["code"] == StateError.code


def test_a_clip_is_cancelled_once_whoever_has_it_made_again() -> None:
    made, clip_id = _begun_clip("processing")
    running = _again(made, ("cancel_generation", {"generation_id": clip_id}))
    assert _states(running) == {1: "completed"}
    with transaction() as session:
        job = generations.get(session, clip_id)
        assert job.status == "cancelled"
        job.status = "processing"
    again = Running(superseding(running.run), running.steps, running.project_id, "main", "")
    assert _states(again) == {1: "completed"}
    with transaction() as session:
        assert generations.get(session, clip_id).status == "processing"


def test_a_state_of_a_plan_is_shown_with_its_turn() -> None:
    running = _running(("report_status", {}))
    carry_out.fn(running.run)
    with transaction() as session:
        rows = conversations.steps(session, [running.run.generation_id])[running.run.generation_id]
        assert {number: row.state for number, row in rows.items()} == {1: "completed"}


def test_who_is_in_what_is_meant_is_told_with_how_it_stands() -> None:
    made, clip_id = _begun_clip("completed")
    with transaction() as session:
        at = branches.find(session, made.project_id, "main")
        scene_id = director.facts(session, at, _likes(session)).scenes[0].id
        scenes.change(session, scenes.held(session, scene_id, "main"), {}, ["Kai Nakamura"])
        values = {"episode_number": None, "title": "One", "synopsis": "", "scene_ids": [scene_id],
                  "audio": None, "details": {}}  # fmt: skip
        episode_id = episodes.create(session, at, values).episode.id or 0
    asked = [{"generation_id": clip_id}, {"scene_id": scene_id}, {"episode_id": episode_id}]
    running = _again(made, *(("report_status", each) for each in asked))
    clip, scene, episode = (each["result"] for each in carry_out.fn(running.run)["steps"])
    assert (clip["of"]["status"], clip["of"]["characters"]) == ("completed", ["Kai Nakamura"])
    assert (scene["of"], scene["characters"]) == (None, ["Kai Nakamura"])
    assert (episode["of"], episode["characters"]) == (None, ["Kai Nakamura"])
