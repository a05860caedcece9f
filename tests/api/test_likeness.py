"""Where users say how takes are to resemble each other, and in what quality they are drawn."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from db.queries import generations
from db.session import transaction
from tests.api.conftest import A

LIKENESS = {
    "lora": {"file": "kai.safetensors", "strength": 0.8},
    "trigger_words": ["sks kai"],
    "mood": "calm",
}


def test_metadata_of_characters_is_kept_changed_and_versioned(client: TestClient, project: int) -> None:
    body = {"project_id": project, "name": "Kai", "metadata": LIKENESS}
    made = client.post(f"{A}/characters", json=body).json()
    assert (made["metadata"], made["version"], made["warnings"]) == (LIKENESS, 1, [])
    assert client.get(f"{A}/characters?project_id={project}").json() == [made]
    first = client.post(
        f"{A}/commit", json={"project_id": project, "branch": "main", "message": "Kai"}
    ).json()
    change = {"metadata": {**LIKENESS, "seed": 7}}
    changed = client.put(f"{A}/characters/{made['id']}", json=change).json()
    assert (changed["metadata"], changed["version"]) == (change["metadata"], 2)
    untouched = client.put(f"{A}/characters/{made['id']}", json={"description": "older"}).json()
    assert untouched["metadata"] == change["metadata"]
    path = f"{A}/characters/{made['id']}"
    assert client.get(path, params={"ref": first["id"]}).json()["metadata"] == LIKENESS


def test_metadata_of_scenes_is_kept_and_changed(client: TestClient, project: int) -> None:
    body = {"project_id": project, "scene_number": 1, "metadata": {"continues": True}}
    made = client.post(f"{A}/scenes", json=body).json()
    assert (made["metadata"], made["warnings"]) == ({"continues": True}, [])
    changed = client.put(f"{A}/scenes/{made['id']}", json={"metadata": {"continues": "yes"}}).json()
    assert (changed["metadata"], changed["version"]) == ({"continues": "yes"}, 2)
    assert [(each["field"], each["value"]) for each in changed["warnings"]] == [("metadata.continues", "yes")]


def test_a_likeness_that_renders_cannot_use_is_a_warning(client: TestClient, project: int) -> None:
    body = {"project_id": project, "name": "Kai", "metadata": {"lora": 7, "seed": "x", "trigger_words": "a"}}
    answer = client.post(f"{A}/characters", json=body)
    assert (answer.status_code, answer.json()["metadata"]) == (201, body["metadata"])
    fields = [each["field"] for each in answer.json()["warnings"]]
    assert fields == ["metadata.lora", "metadata.seed"]


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (832, 480)),
        ({"quality": "high"}, (832, 480)),
        ({"quality": "draft"}, (526, 302)),
        ({"quality": "draft", "width": 640}, (640, 480)),
        ({"quality": "draft", "style": "square"}, (512, 512)),
        ({"quality": "draft", "style": "ink"}, (526, 302)),
    ],
)
def test_a_draft_is_smaller_where_nobody_named_a_size(
    asked: dict[str, Any], size: tuple[int, int], client: TestClient, project: int
) -> None:
    client.post(f"{A}/style-templates", json={"name": "square", "width": 512, "height": 512})
    path = f"{A}/projects/{project}/generate-from-command"
    accepted = client.post(path, json={"prompt": "rain", **asked}).json()
    with transaction() as session:
        request = generations.request(session, accepted["generation_id"])
    assert (request.width, request.height) == size
    assert request.body == {"prompt": "rain", **asked}
