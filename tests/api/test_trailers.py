"""Trailers, asked for over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from db.models.project import Branch
from db.queries import generations
from db.session import transaction
from studio.settings import Settings
from tests.api.conftest import Told
from tests.fakes.generations import new_branch, new_generation

A = "/api/anime"


@pytest.fixture
def branch(client: TestClient) -> Branch:
    """A project with an accepted take."""
    with transaction() as session:
        branch = new_branch(session)
        row = new_generation(session, branch)
        row.status, row.chosen_take = "completed", 1
    return branch


def post(client: TestClient, branch: Branch, **body: Any) -> Any:
    return client.post(f"{A}/projects/{branch.project_id}/trailer", json=body)


def test_a_trailer_is_accepted_and_shown_as_one(client: TestClient, told: Told, branch: Branch) -> None:
    answer = post(client, branch, title="Neon Rain", length=12)
    assert answer.status_code == 202, answer.text
    told_of = answer.json()
    assert (told_of["kind"], told_of["status"], told_of["title"]) == ("trailer", "processing", "Neon Rain")
    assert told.given == [("submit", told_of["generation_id"], 1)]
    shown = client.get(answer.headers["Location"]).json()
    assert (shown["kind"], shown["title"]) == ("trailer", "Neon Rain")
    with transaction() as session:
        asked = generations.get(session, told_of["generation_id"]).request
    assert asked == {"length": 12.0, "audio_path": None, "publish": False}


def test_a_repeat_under_a_key_gets_the_first_answer(client: TestClient, told: Told, branch: Branch) -> None:
    headers = {"Idempotency-Key": "trailer-1"}
    path = f"{A}/projects/{branch.project_id}/trailer"
    first, again = (client.post(path, json={}, headers=headers) for _ in range(2))
    assert first.json() == again.json()
    assert len(told.given) == 1


def test_music_must_be_a_file_of_sound(
    client: TestClient, told: Told, branch: Branch, settings: Settings
) -> None:
    path = settings.home / "media" / "noise.wav"
    path.write_bytes(b"RIFF")
    assert post(client, branch, audio_path=str(path)).status_code == 422
    assert post(client, branch, audio_path=str(path.with_name("gone.wav"))).status_code == 404
    assert post(client, branch, audio_path=str(Path("/etc/hostname"))).status_code == 422
    assert told.given == []


@pytest.mark.parametrize("body", [{"length": 3}, {"length": 181}, {"publish": "maybe"}, {"len": 30}])
def test_what_cannot_be_meant_is_refused(client: TestClient, branch: Branch, body: dict[str, Any]) -> None:
    assert post(client, branch, **body).status_code == 422


def test_a_project_without_accepted_takes_has_no_trailer(client: TestClient, project: int) -> None:
    answer = client.post(f"{A}/projects/{project}/trailer", json={})
    assert answer.status_code == 409
    assert client.post(f"{A}/projects/999999/trailer", json={}).status_code == 404
