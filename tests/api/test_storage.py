"""What takes how much, what goes, and what is told of what went."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.episodes import create_app
from db.models.production import Stage, Take
from db.models.project import ProjectSettings
from db.queries import takes
from db.session import transaction
from studio.clients import store
from studio.clients.store import Stored
from studio.settings import Settings
from tests.fakes.generations import new_branch, new_generation

A = "/api/anime"


@pytest.fixture(scope="module")
def storage(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), "http://localhost", raise_server_exceptions=False) as client:
            yield client


def put(settings: Settings, content: bytes) -> Stored:
    file = settings.home / "take.mp4"
    file.write_bytes(content)
    return store.put(file, root=settings.assets)


@pytest.fixture
def made(settings: Settings, client: TestClient) -> dict[str, Any]:
    """A generation of two takes; the second, a repair of the first, was kept a month ago."""
    with transaction() as session:
        branch = new_branch(session)
        session.get_one(ProjectSettings, branch.project_id).retention_days = 7
        job = new_generation(session, branch)
        files = [put(settings, f"{job.id} {take}".encode()) for take in (1, 2)]
        reference = put(settings, f"{job.id} reference".encode())
        parts = {"attempt": 1, "inputs_hash": "x", "workflow": "anime_v2", "workflow_hash": "x", "model": "m"}
        parts |= {"seed": 7, "server": None, "parameters": {"reference_1": reference.sha256, "prompt": "p"}}
        for take, file in enumerate(files, 1):
            takes.keep(session, file, kind="take", project_id=job.project_id)
            os.utime(file.path, (1, 1))
            session.add(Take(generation_id=job.id, take=take, video_sha256=file.sha256, **parts))
        session.flush()
        session.get_one(Take, (job.id, 2)).repaired_from = 1
        session.add(Stage(generation_id=job.id, stage="render", take=2, attempt=1, result={}))
        job.status, job.chosen_take = "completed", 2
        job.finished_at = datetime.now(UTC) - timedelta(days=30)
        told = {"project_id": job.project_id, "generation_id": job.id, "files": files}
        return {**told, "reference": reference.sha256}


def test_what_went_is_told_wherever_it_is_asked_for(
    storage: TestClient, client: TestClient, made: dict[str, Any]
) -> None:
    first, second = made["files"]
    mine = {"project_id": made["project_id"]}
    before = storage.get(f"{A}/storage", params=mine).json()
    assert before["store"]["by_state"]["rejected"] == {"files": 1, "size_bytes": first.size_bytes}
    assert before["store"]["by_project"][0]["project_id"] == made["project_id"]
    assert before["clean_up"]["files"] == 1
    dry = storage.post(f"{A}/storage/clean-up", json=mine).json()
    assert (dry["applied"], dry["files"], dry["first"][0]["sha256"]) == (False, 1, first.sha256)
    assert first.path.is_file()
    done = storage.post(f"{A}/storage/clean-up", json={**mine, "apply": True}).json()
    assert (done["applied"], done["files"], done["named_meanwhile"]) == (True, 1, 0)
    assert [file.path.is_file() for file in (first, second)] == [False, True]

    asset = client.get(f"{A}/assets/{first.sha256}").json()
    assert (asset["removed_why"], asset["removed_at"] is None) == ("rejected", False)
    content = client.get(f"{A}/assets/{first.sha256}/content")
    assert content.status_code == 404
    assert "it was rejected" in content.json()["error"]["message"]
    listed = client.get(f"{A}/generations/{made['generation_id']}").json()["takes"]
    assert [take["video_removed"] for take in listed] == ["rejected", None]
    assert [take["clip_removed"] for take in listed] == [None, None]


def test_a_file_tells_what_made_it_and_what_names_it(client: TestClient, made: dict[str, Any]) -> None:
    first, second = made["files"]
    shown = client.get(f"{A}/assets/{second.sha256}").json()
    (take,) = shown["made_by"]
    assert (take["generation_id"], take["take"], take["role"]) == (made["generation_id"], 2, "take")
    assert (take["workflow"], take["model"], take["seed"]) == ("anime_v2", "m", 7)
    assert take["parents"] == [made["reference"], first.sha256]
    used = {(each["table"], each["column"]): each for each in shown["used_by"]}
    assert used["anime_api.takes", "video_sha256"]["names"] == [made["generation_id"]]


def test_the_whole_is_told_with_its_folders(storage: TestClient, made: dict[str, Any]) -> None:
    told = storage.get(f"{A}/storage").json()
    assert {"library", "media", "backups", "caches"} <= told["folders"].keys()
    assert told["database_bytes"] > 0
    assert told["store"]["files"] >= 2


def test_a_project_that_is_not_there_is_told(storage: TestClient) -> None:
    assert storage.get(f"{A}/storage", params={"project_id": 2**31 - 1}).status_code == 404
    assert storage.post(f"{A}/storage/clean-up", json={"project_id": 2**31 - 1}).status_code == 404
    assert storage.post(f"{A}/storage/clean-up", json={"unreferenced_days": 0}).status_code == 422


def test_for_how_long_rejected_takes_stay_is_a_setting_of_the_project(
    client: TestClient, project: int
) -> None:
    path = f"{A}/projects/{project}/settings"
    assert client.get(path).json()["retention_days"] is None
    assert client.put(path, json={"retention_days": 30}).json()["retention_days"] == 30
    assert client.put(path, json={"retention_days": None}).json()["retention_days"] is None
    for days in (0, True, 1.5, -1):
        assert client.put(path, json={"retention_days": days}).status_code == 422
