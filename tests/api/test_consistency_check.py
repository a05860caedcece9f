"""A prompt held against its project by the service, with nothing rendered."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import A, Told

LOOKS = "Long silver hair and blue eyes."


@pytest.fixture
def mira(client: TestClient, project: int) -> dict[str, Any]:
    client.post(f"{A}/projects/{project}/bible", json={"title": "B"})
    entry = {"name": "Mira Tanaka", "visual_description": LOOKS}
    made = client.post(f"{A}/projects/{project}/bible/characters", json=entry)
    assert made.status_code == 201, made.text
    client.post(f"{A}/characters", json={"project_id": project, "name": "Mira Tanaka"})
    return dict(made.json())


def _check(client: TestClient, project: int, prompt: str, **asked: Any) -> dict[str, Any]:
    answer = client.post(f"{A}/projects/{project}/consistency-check", json={"prompt": prompt, **asked})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_contradiction_is_told_with_its_words_and_its_source(
    client: TestClient, told: Told, project: int, mira: dict[str, Any]
) -> None:
    prompt = "Mira waits, her hair black"
    answer = _check(client, project, prompt)
    found = answer["findings"][0]
    assert (answer["verdict"], found["weight"]) == ("conflict", "contradiction")
    assert (found["character"], found["slot"], found["text"]) == ("Mira Tanaka", "hair_colour", "prompt")
    assert prompt[found["start"] : found["end"]] == found["quote"]
    assert found["source"] == f"bible_characters/{mira['id']} v1"
    assert found["quote"] in found["message"]
    assert told.given == []
    assert client.get(f"{A}/generations?project_id={project}").json() == []


@pytest.mark.usefixtures("mira")
def test_the_prompt_comes_back_with_what_it_leaves_unsaid(client: TestClient, project: int) -> None:
    answer = _check(client, project, "Mira at the pier")
    assert answer["verdict"] == "pass"
    assert {found["weight"] for found in answer["findings"]} == {"missing"}
    assert answer["prompt"] == f"Mira at the pier. Mira Tanaka: {LOOKS.rstrip('.')}"


@pytest.mark.usefixtures("mira")
def test_a_project_can_take_contradictions_for_warnings(client: TestClient, project: int) -> None:
    path = f"{A}/projects/{project}/settings"
    assert client.get(path).json()["consistency"] == "refuse"
    assert client.put(path, json={"consistency": "warn"}).json()["consistency"] == "warn"
    assert client.put(path, json={"consistency": "ignore"}).status_code == 422
    answer = _check(client, project, "Mira waits, her hair black")
    assert answer["verdict"] == "pass"
    assert ("warning", "hair_colour") in [(found["weight"], found["slot"]) for found in answer["findings"]]


def test_whom_the_project_does_not_know_is_a_conflict(client: TestClient, project: int) -> None:
    answer = _check(client, project, "rain", characters=["Nobody"])
    assert answer["verdict"] == "conflict"
    assert [(found["weight"], found["character"]) for found in answer["findings"]] == [("conflict", "Nobody")]


@pytest.mark.usefixtures("mira")
def test_a_scene_may_depart_from_the_bible_in_so_many_words(client: TestClient, project: int) -> None:
    body = {
        "project_id": project,
        "scene_number": 1,
        "description": "A flashback",
        "characters": ["Mira Tanaka"],
    }
    scene = client.post(f"{A}/scenes", json=body).json()["id"]
    answer = _check(client, project, "Mira with black hair", scene_id=scene, branch_name="main")
    assert answer["verdict"] == "pass"
    assert [(found["weight"], found["slot"]) for found in answer["findings"]] == [
        ("overridden", "hair_colour")
    ]


def test_what_is_not_there_is_not_checked(client: TestClient, project: int) -> None:
    path = f"{A}/projects/{project}/consistency-check"
    assert client.post(path, json={"prompt": "rain", "scene_id": 2**31 - 1}).status_code == 404
    assert client.post(path, json={"prompt": "rain", "branch_name": "none"}).status_code == 404
    assert client.post(f"{A}/projects/{2**31 - 1}/consistency-check", json={"prompt": "x"}).status_code == 404
    assert client.post(path, json={"prompt": " "}).status_code == 422
    assert client.post(path, json={"prompt": "rain", "mood": "sad"}).status_code == 422
