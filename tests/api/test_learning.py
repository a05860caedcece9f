"""Preferences learned from ratings, shown with their evidence, and outweighed by what is put."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.production import create_app
from db.queries import branches, director
from db.session import transaction
from studio.settings import Settings
from tasks import control
from tests.api.conftest import A, Told
from tests.fakes.generations import new_generation


@pytest.fixture
def client(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path, rate_per_s=10_000, api_tokens=(request.node.name,))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        headers = {"Authorization": f"Bearer {request.node.name}"}
        app = create_app(settings, Told().commands())
        with TestClient(app, "http://localhost", headers=headers) as client:
            yield client


def _make(client: TestClient, project: int, **more: Any) -> dict[str, Any]:
    body = {"prompt": "Rain on a tin roof", **more}
    answer = client.post(f"{A}/projects/{project}/generate-from-command", json=body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def _rate(client: TestClient, made: dict[str, Any], rating: int) -> None:
    path = f"{A}/generations/{made['generation_id']}/feedback"
    assert client.post(path, json={"rating": rating}).status_code == 201


def test_what_is_rated_well_is_made_again_until_something_else_is_put(client: TestClient) -> None:
    project = int(client.post(f"{A}/projects", json={"name": "Liking"}).json()["id"])
    for _ in range(8):
        _rate(client, _make(client, project, style="sepia wash", duration=3), 5)
    _rate(client, _make(client, project, style="sepia wash", duration=3), 1)
    learned = client.get(f"{A}/preferences/learned").json()
    assert learned["style"] == {"value": "sepia wash", "liked": 8, "disliked": 1}
    assert _make(client, project)["metadata"] == {"duration": 3, "style": "sepia wash", "quality": "standard"}
    client.put(f"{A}/preferences", json={"style": "gouache"})
    assert _make(client, project)["metadata"]["style"] == "gouache"
    client.put(f"{A}/preferences", json={"style": None})
    assert _make(client, project)["metadata"]["style"] == "sepia wash"
    assert _make(client, project, style="noir")["metadata"]["style"] == "noir"


def _command(client: TestClient, project: int, **parameters: Any) -> dict[str, Any]:
    body = {"project_id": project, "command": "generate_video", "parameters": parameters}
    return dict(client.post(f"{A}/director/command", json=body).json())


def test_a_command_shows_what_is_learned_and_what_it_says_outweighs_that(client: TestClient) -> None:
    project = int(client.post(f"{A}/projects", json={"name": "Commanding"}).json()["id"])
    client.put(f"{A}/preferences", json={"quality": "draft"})
    for _ in range(4):
        _rate(client, _make(client, project, style="sumi-e", duration=4), 5)
    told = {"prompt": "Rain on a tin roof", "dry_run": True}
    learned = client.get(f"{A}/preferences/learned").json()
    assert (learned["style"]["value"], learned["duration"]["value"]) == ("sumi-e", 4)
    shown = _command(client, project, **told)["action_plan"][0]["parameters"]
    assert shown == {"prompt": told["prompt"], "style": "sumi-e", "duration": 4, "quality": "draft"}
    corrected = _command(client, project, **told, style="noir", quality="high")["action_plan"][0]
    assert corrected["parameters"] == {**shown, "style": "noir", "quality": "high"}


def test_who_commands_and_who_decides_is_known_by_the_token_alone(client: TestClient) -> None:
    project = int(client.post(f"{A}/projects", json={"name": "Signing"}).json()["id"])
    critic = hashlib.sha256(client.headers["Authorization"].removeprefix("Bearer ").encode()).hexdigest()
    made = _command(client, project, prompt="Rain on a tin roof")
    with transaction() as session:
        assert director.told_by(session, made["generation_id"]) == critic
        waiting = new_generation(session, branches.find(session, project, "main"))
        waiting.status = "needs_review"
    control.approve(waiting.id, critic)
    (decision,) = client.get(f"{A}/decisions?generation_id={waiting.id}").json()
    assert (decision["decision"], decision["by"]) == ("approve", critic[:8])
    (told,) = client.get(f"{A}/director/log?project_id={project}").json()
    assert told["by"] == critic[:8]
