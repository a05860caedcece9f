"""Scenes of an episode are made once each, whoever carries the render, and one that fails loses no other."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.models.production import ProductionJob
from db.models.story import Episode
from db.queries import episode_renders, generations, jobs, ownership
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import StateError
from tasks import control
from tasks.episode_plan import plan_episode
from tasks.episode_render import render_scenes
from tasks.episode_review import await_scenes
from tests.fakes.episodes import accepted, new_episode, settle
from tests.fakes.serving import wait_until


@pytest.fixture(autouse=True)
def _alone(connected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect does not answer: what is accepted waits, and is ended by the test."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("TOWER_POLL_S", "0.05")


def children(run: Run) -> dict[int, ProductionJob]:
    with transaction() as session:
        return {row.scene_id or 0: row for row in jobs.children(session, run.generation_id)}


def rendered(run: Run, ends: Callable[[int, str], None], scenes: int) -> dict[str, Any]:
    """What the render stage gives, while `ends` is told of each child as it comes."""
    found: dict[str, Any] = {}
    thread = threading.Thread(target=lambda: found.update(render_scenes.fn(run)))
    plan_episode.fn(run)
    thread.start()
    ended: set[int] = set()

    def end_what_came() -> bool:
        for scene_id, job in children(run).items():
            if scene_id not in ended:
                ends(scene_id, job.id)
                ended.add(scene_id)
        return len(ended) == scenes

    wait_until(end_what_came)
    thread.join(30)
    return found


def test_each_scene_has_a_child_and_its_clip_is_taken() -> None:
    told = new_episode({}, {})
    run = accepted(told)
    result = rendered(run, lambda _, child: settle(child, "completed", chosen_take=1), 2)
    assert [clip["scene_id"] for clip in result["clips"]] == list(told.scenes)
    assert result["missing"] == []
    assert {child.request["take"] for child in children(run).values()} == {1}


def test_a_new_attempt_finds_the_children_of_the_one_before() -> None:
    told = new_episode({}, {})
    run = accepted(told)
    plan_episode.fn(run)
    threading.Thread(target=_superseded, args=(run,), daemon=True).start()
    wait_until(lambda: len(children(run)) == 2)
    first = {child.id for child in children(run).values()}
    wait_until(lambda: _taken_over(run))
    heir = Run(run.generation_id, 2)
    result = rendered(heir, lambda _, child: settle(child, "completed", chosen_take=1), 2)
    assert {clip["generation_id"] for clip in result["clips"]} == first
    assert {child.id for child in children(run).values()} == first


def _superseded(run: Run) -> None:
    with pytest.raises(Exception, match="no longer owns"):
        render_scenes.fn(run)


def _taken_over(run: Run) -> bool:
    with transaction() as session:
        return ownership.take_over(session, run) is not None


def test_one_that_fails_is_named_and_the_others_are_there() -> None:
    told = new_episode({}, {}, {})
    first, second, third = told.scenes
    ends = {first: "completed", second: "failed", third: "needs_review"}
    why = {"code": "RENDER_FAILED", "message": "no memory", "details": {}}

    def end(scene_id: int, child: str) -> None:
        settle(child, ends[scene_id], error=why if ends[scene_id] == "failed" else None)

    run = accepted(told)
    result = rendered(run, end, 3)
    assert [clip["scene_id"] for clip in result["clips"]] == [first]
    assert [(each["scene_id"], each["status"], each["number"]) for each in result["missing"]] == [
        (second, "failed", 2),
        (third, "needs_review", 3),
    ]
    assert result["missing"][0]["reason"] == "no memory"
    await_scenes.fn(run, result["missing"])
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        episode = session.get_one(Episode, (told.branch.id, told.episode_id))
    assert job.error is not None
    assert (job.status, job.error["code"], episode.status) == (
        "needs_review",
        "SCENES_MISSING",
        "needs_review",
    )


def test_it_goes_on_once_every_missing_scene_is_there() -> None:
    told = new_episode({}, {})
    run = accepted(told)
    result = rendered(run, lambda _, child: settle(child, "needs_review"), 2)
    await_scenes.fn(run, result["missing"])
    one, other = (child.id for child in children(run).values())

    def is_whole() -> bool:
        with transaction() as session:
            return run.generation_id in episode_renders.whole_again(session)

    assert not is_whole()
    _complete(one)
    assert not is_whole()
    _complete(other)
    assert is_whole()
    control.go_on(run.generation_id)
    assert not is_whole()
    with transaction() as session:
        job = generations.get(session, run.generation_id)
    assert (job.status, job.take, job.attempt) == ("processing", 2, 2)


def _complete(generation_id: str) -> None:
    with transaction() as session:
        generations.get(session, generation_id).status = "processing"
    settle(generation_id, "completed", chosen_take=1)


def test_an_older_render_waits_for_nothing() -> None:
    told = new_episode({})
    run = accepted(told)
    result = rendered(run, lambda _, child: settle(child, "needs_review"), 1)
    await_scenes.fn(run, result["missing"])
    (child,) = children(run).values()
    later = accepted(told)
    settle(later.generation_id, "failed")
    _complete(child.id)
    with transaction() as session:
        assert run.generation_id not in episode_renders.whole_again(session)


def test_a_scene_that_goes_on_from_another_is_begun_when_that_is_there() -> None:
    told = new_episode({}, {"continues": True})
    begun: list[list[int]] = []

    def end(_: int, child: str) -> None:
        begun.append(list(children(run)))
        settle(child, "completed", chosen_take=1)

    run = accepted(told)
    result = rendered(run, end, 2)
    assert begun == [[told.scenes[0]], list(told.scenes)]
    assert len(result["clips"]) == 2


def test_a_scene_whose_predecessor_is_missing_is_not_begun() -> None:
    told = new_episode({}, {"continues": True})
    run = accepted(told)
    result = rendered(run, lambda _, child: settle(child, "failed"), 1)
    assert [each["scene_id"] for each in result["missing"]] == list(told.scenes)
    assert result["missing"][1]["generation_id"] is None
    assert f"scene_{told.scenes[0]}" in result["missing"][1]["reason"]


def test_a_scene_without_a_description_is_missing_and_the_others_are_made() -> None:
    told = new_episode({}, {})
    with transaction() as session:
        session.get_one(Episode, (told.branch.id, told.episode_id)).scene_ids = [*told.scenes, 10**6]
    run = accepted(told)
    result = rendered(run, lambda _, child: settle(child, "completed", chosen_take=1), 2)
    assert [each["scene_id"] for each in result["missing"]] == [10**6]


def test_an_episode_is_rendered_once_at_a_time_and_its_row_follows() -> None:
    told = new_episode({})
    run = accepted(told)
    with pytest.raises(StateError) as refused:
        accepted(told)
    assert refused.value.details["generation_id"] == run.generation_id
    settle(run.generation_id, "failed")
    again = accepted(told)
    with pytest.raises(StateError):
        control.retry(run.generation_id)
    control.cancel(again.generation_id)
    with transaction() as session:
        assert session.get_one(Episode, (told.branch.id, told.episode_id)).status == "cancelled"
