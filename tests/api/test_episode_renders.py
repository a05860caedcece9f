"""Renders of episodes through the episode service; what it sets going is written down instead."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.episodes import create_app
from api.orders import Orders
from db.models.story import Episode
from db.queries import generations, ownership
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import UnavailableError
from studio.settings import Settings

A = "/api/anime"
given: list[tuple[Any, ...]] = []


def _submit(generation_id: str, attempt: int) -> None:
    given.append((generation_id, attempt))
    raise UnavailableError("Prefect does not answer.")


def _align() -> None:
    given.append(("align",))


@pytest.fixture(scope="module")
def service_of_episodes(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        app = create_app(settings, Orders(_submit, _align))
        with TestClient(app, f"http://localhost{A}", raise_server_exceptions=False) as client:
            yield client


@pytest.fixture
def scene(client: TestClient, project: int) -> int:
    body = {"project_id": project, "scene_number": 1, "description": "a forest"}
    return int(client.post(f"{A}/scenes", json=body).json()["id"])


@pytest.fixture
def episode(service_of_episodes: TestClient, project: int, scene: int) -> dict[str, Any]:
    body = {"project_id": project, "title": "The Beginning", "scenes": [scene]}
    given.clear()
    return dict(service_of_episodes.post("/episodes", json=body).json())


def test_a_render_is_accepted_submitted_and_listed(
    service_of_episodes: TestClient, client: TestClient, episode: dict[str, Any], project: int
) -> None:
    answer = service_of_episodes.post(f"/episodes/{episode['id']}/render", json={"quality": "draft"})
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert given == [(accepted["generation_id"], 1)]
    assert accepted.items() >= {
        "kind": "episode", "status": "processing", "project_id": project, "branch_name": "main",
        "episode_id": episode["episode_id"],
    }.items()  # fmt: skip
    (listed,) = service_of_episodes.get(f"/episodes/{episode['episode_id']}/renders").json()
    seen = client.get(f"{A}/generations/{accepted['generation_id']}").json()
    assert listed["generation_id"] == seen["generation_id"] == accepted["generation_id"]
    assert seen["metadata"] == {"ref": None, "quality": "draft", "publish": True, "force": False}
    assert (seen["kind"], seen["children"], seen["estimated_completion"]) == ("episode", [], None)
    assert service_of_episodes.get(f"/episodes/{episode['id']}").json()["status"] == "processing"
    (only,) = client.get(f"{A}/generations", params={"project_id": project, "kind": "episode"}).json()
    assert only["generation_id"] == accepted["generation_id"]
    assert client.get(f"{A}/generations", params={"project_id": project, "kind": "clip"}).json() == []


def test_a_second_render_at_once_is_refused_and_a_repeat_under_a_key_is_answered(
    service_of_episodes: TestClient, episode: dict[str, Any]
) -> None:
    path, key = f"/episodes/{episode['id']}/render", {"Idempotency-Key": f"k-{episode['id']}"}
    first = service_of_episodes.post(path, json={}, headers=key)
    again = service_of_episodes.post(path, json={}, headers=key)
    assert first.json() == again.json()
    assert len(given) == 1
    refused = service_of_episodes.post(path, json={})
    assert refused.status_code == 409
    assert refused.json()["error"]["details"]["generation_id"] == first.json()["generation_id"]
    other = service_of_episodes.post(path, json={"force": True}, headers=key)
    assert other.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"quality": "best"}, 422, "quality"), ({"colour": 1}, 422, "colour"),
        ({"branch_name": "nowhere"}, 404, "episode_id"), ({"ref": "nowhere"}, 404, "ref"),
        ({"ref": "main", "branch_name": "main"}, 422, "ref"),
    ],
)  # fmt: skip
def test_what_cannot_be_rendered_is_refused_by_its_field(
    service_of_episodes: TestClient, episode: dict[str, Any], asked: dict[str, Any], status: int, field: str
) -> None:
    refused = service_of_episodes.post(f"/episodes/{episode['id']}/render", json=asked)
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (status, field)
    assert given == []


def test_an_episode_without_scenes_and_one_of_an_archived_project_are_refused(
    service_of_episodes: TestClient, client: TestClient, episode: dict[str, Any], project: int
) -> None:
    path = f"/episodes/{episode['id']}"
    assert client.put(f"{A}/projects/{project}", json={"status": "archived"}).status_code == 200
    assert service_of_episodes.post(f"{path}/render", json={}).status_code == 409
    client.put(f"{A}/projects/{project}", json={"status": "active"})
    service_of_episodes.put(f"{path}/scenes", json={"scenes": []})
    refused = service_of_episodes.post(f"{path}/render", json={})
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (409, "scenes")


def test_a_commit_is_rendered_on_a_branch_of_its_own_as_it_was(
    service_of_episodes: TestClient, client: TestClient, episode: dict[str, Any], project: int, scene: int
) -> None:
    recorded = {"project_id": project, "branch": "main", "message": "m"}
    commit = client.post(f"{A}/commit", json=recorded).json()
    service_of_episodes.put(f"/episodes/{episode['id']}", json={"title": "Another"})
    client.put(f"{A}/scenes/{scene}", json={"description": "a harbour"})
    path, asked = f"/episodes/{episode['id']}", {"ref": commit["id"]}
    answer = service_of_episodes.post(f"{path}/render", json=asked).json()
    branch = answer["branch_name"]
    assert branch == f"render/{commit['id'][:12]}"
    then = service_of_episodes.get(path, params={"branch": branch}).json()
    assert (then["title"], then["status"]) == ("The Beginning", "processing")
    shown = client.get(f"{A}/scenes/{scene}", params={"branch": branch}).json()
    assert shown["description"] == "a forest"
    now = service_of_episodes.get(path).json()
    assert (now["title"], now["status"]) == ("Another", "draft")
    _end(answer["generation_id"])
    again = service_of_episodes.post(f"{path}/render", json=asked)
    assert (again.status_code, again.json()["branch_name"]) == (202, branch)


def _end(generation_id: str) -> None:
    with transaction() as session:
        job = generations.get(session, generation_id)
        ownership.settle(session, Run(job.id, job.attempt), "failed")


def test_the_episode_is_given_out_whole_or_in_parts_once_it_is_there(
    service_of_episodes: TestClient, settings: Settings, episode: dict[str, Any]
) -> None:
    path = f"/episodes/{episode['id']}/video"
    assert service_of_episodes.get(path).status_code == 404
    file = Path(settings.media) / "episode.mp4"
    file.write_bytes(bytes(range(200)))
    with transaction() as session:
        row = session.get_one(Episode, (_branch_of(episode), episode["episode_id"]))
        row.video_path = str(file)
    whole = service_of_episodes.get(path)
    assert (whole.status_code, whole.headers["content-type"], len(whole.content)) == (200, "video/mp4", 200)
    part = service_of_episodes.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert service_of_episodes.get(path, headers={"Range": "bytes=900-"}).status_code == 416


def _branch_of(episode: dict[str, Any]) -> int:
    from_row = "SELECT branch_id FROM public.episodes WHERE id = :id"
    with transaction() as session:
        found = session.execute(text(from_row), {"id": episode["episode_id"]}).scalar_one()
    return int(found)


def test_schedules_are_aligned_when_they_are_written(service_of_episodes: TestClient, project: int) -> None:
    given.clear()
    body = {"project_id": project, "name": "nightly", "kind": "cron", "expression": "0 3 * * *"}
    made = service_of_episodes.post("/schedules", json=body).json()
    service_of_episodes.put(f"/schedules/{made['id']}", json={"enabled": False})
    service_of_episodes.delete(f"/schedules/{made['id']}")
    assert given == [("align",)] * 3
    wrong = {**body, "parameters": {"quality": "best"}}
    refused = service_of_episodes.post("/schedules", json=wrong)
    assert refused.json()["error"]["details"]["field"] == "parameters.quality"
    assert made["deployment"] == "render-batch/render-batch"
