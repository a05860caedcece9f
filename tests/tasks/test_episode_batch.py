"""A batch renders what is stale, once, and leaves alone what waits for a person."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from db.clock import NOW
from db.models.project import Scene
from db.models.story import Episode
from db.queries import generations
from db.session import transaction
from tasks import control
from tasks.carrying import carry_stage
from tasks.episode_batch import Batch, begin_batch
from tasks.episode_plan import digest_of, plan_episode
from tests.fakes.episodes import Told, accepted, clip_of, new_episode, settle

BATCH = Batch(quality="draft", schedule_id=7)


@pytest.fixture(autouse=True)
def _alone(connected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with transaction() as session:
        session.execute(text("UPDATE anime_api.anime_projects SET status = 'archived'"))


@pytest.fixture
def told(_alone: None) -> Told:
    return new_episode({})


def begun(told: Told, batch: Batch = BATCH) -> list[str]:
    return begin_batch.fn(told.branch.project_id, batch)


def test_an_episode_that_was_never_rendered_is_begun_once_with_what_the_batch_asks_for(told: Told) -> None:
    (generation_id,) = begun(told)
    with transaction() as session:
        job = generations.get(session, generation_id)
    assert (job.kind, job.episode_id, job.status) == ("episode", told.episode_id, "processing")
    assert job.request == {
        "quality": "draft", "publish": True, "force": False, "batch": {"schedule_id": 7},
    }  # fmt: skip
    assert begun(told) == []


def test_a_batch_that_is_under_way_has_no_second_one_beside_it(told: Told) -> None:
    begun(told)
    with transaction() as session:
        at = {"branch_id": told.branch.id, "project_id": told.branch.project_id}
        session.add(Episode(episode_number=2, title="Next", scene_ids=list(told.scenes), **at))
    assert begun(told) == []
    assert begun(told, Batch(only_stale=False)) == []


def test_an_episode_that_somebody_renders_is_left_to_them(told: Told) -> None:
    accepted(told)
    assert begun(told) == []


def test_without_a_project_it_is_all_that_are_worked_on(told: Told) -> None:
    other = new_episode({})
    with transaction() as session:
        session.execute(
            text("UPDATE anime_api.anime_projects SET status = 'archived' WHERE id = :id"),
            {"id": other.branch.project_id},
        )
    (generation_id,) = begin_batch.fn(None, BATCH)
    with transaction() as session:
        assert generations.get(session, generation_id).episode_id == told.episode_id


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_one_that_came_to_nothing_is_begun_again(told: Told, status: str) -> None:
    settle(accepted(told).generation_id, status)
    assert len(begun(told)) == 1


@pytest.mark.parametrize(("waits", "expected"), [("needs_review", 0), ("failed", 1)])
def test_one_whose_missing_scenes_wait_for_a_person_is_left_to_that_person(
    told: Told, waits: str, expected: int
) -> None:
    missing = [{"scene_id": told.scenes[0], "status": waits}]
    error = {"code": "SCENES_MISSING", "message": "", "details": {"missing": missing}}
    settle(accepted(told).generation_id, "needs_review", error=error)
    assert len(begun(told)) == expected


@pytest.mark.usefixtures("fake")
def test_one_that_would_come_out_as_it_is_is_left_alone_until_something_of_it_changes(told: Told) -> None:
    clip = clip_of(told)
    run = accepted(told)
    plan = plan_episode.fn(run)
    made_of = digest_of(plan, [{"scene_id": told.scenes[0], "generation_id": clip, "take": 1}])
    carry_stage(run, "sync", lambda _run, _take: {"made_of": made_of})
    settle(run.generation_id, "completed")
    assert begun(told) == []
    with transaction() as session:
        session.get_one(Episode, (told.branch.id, told.episode_id)).title = "Another"
    (again,) = begun(told)
    control.cancel(again)
    with transaction() as session:
        session.get_one(Episode, (told.branch.id, told.episode_id)).title = "The Beginning"
        generations.get(session, again).created_at = NOW - timedelta(hours=1)
    assert begun(told) == []
    with transaction() as session:
        session.get_one(Scene, (told.branch.id, told.scenes[0])).description = "a harbour"
    assert len(begun(told)) == 1


@pytest.mark.usefixtures("fake")
def test_where_all_is_made_anew_nothing_has_to_be_stale(told: Told) -> None:
    clip_of(told)
    (generation_id,) = begun(told, Batch(only_stale=False))
    with transaction() as session:
        assert generations.get(session, generation_id).request["force"]
