"""What would be done for a clip, and which clips of a board are stale, asked without anything being done."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from studio.settings import Settings
from tests.api.conftest import Told

A = "/api/anime"


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is computed in a process of its own finds the same home."""
    monkeypatch.setenv("TOWER_HOME", str(settings.home))


def _plan(client: TestClient, project: int, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"{A}/projects/{project}/clip-plan", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_clip_is_planned_and_nothing_of_it_is_kept(
    client: TestClient, project: int, kai: dict[str, Any], told: Told
) -> None:
    plan = _plan(
        client,
        project,
        prompt="Kai waits, then runs",
        characters=["Kai Nakamura"],
        duration=6,
        quality="high",
    )
    actions = [each["action"] for each in plan["action_plan"]]
    assert actions == ["character_consistency_check", "generate_video", "quality_assessment"]
    ends = [round(each["start_s"] + each["duration_s"], 6) for each in plan["shots"]]
    assert [round(each["start_s"], 6) for each in plan["shots"]] == [0.0, *ends[:-1]]
    assert ends[-1] == 6.0
    assert (plan["takes_at_most"], plan["cast"], plan["is_measured"]) == (3, ["Kai Nakamura"], False)
    assert plan["music"] == {"path": None, "bpm": None, "reason": "no music was asked for"}
    assert plan["render"] is None
    assert "enderer" in plan["reason"]
    assert told.given == []
    assert client.get(f"{A}/generations", params={"project_id": project}).json() == []
    assert client.get(f"{A}/director/log", params={"project_id": project}).json() == []


def test_a_plan_says_what_would_stand_in_its_way(
    client: TestClient, project: int, kai: dict[str, Any]
) -> None:
    client.put(f"{A}/characters/{kai['id']}", json={"description": "short black hair"})
    plan = _plan(client, project, prompt="Kai with silver hair", characters=["Kai Nakamura"])
    assert "silver hair" in plan["reason"]
    assert _plan(client, project, 422, prompt="x", duration=0)["error"]["code"] == "VALIDATION_ERROR"
    _plan(client, project, 422, prompt="x", characters=["Nobody"])
    assert _plan(client, 999_999, 404, prompt="x")["error"]["code"] == "NOT_FOUND"


def test_scenes_are_missing_until_a_clip_is_made(client: TestClient, project: int) -> None:
    scene = client.post(
        f"{A}/scenes", json={"project_id": project, "scene_number": 1, "description": "Rain"}
    ).json()["id"]
    asked = {"scene_ids": [scene, 999_999]}
    answer = client.post(f"{A}/projects/{project}/board/standings", json=asked)
    assert [each["state"] for each in answer.json()] == ["missing", "missing"]
    made = client.post(
        f"{A}/projects/{project}/generate-from-command", json={"prompt": "Rain", "scene_id": scene}
    ).json()["generation_id"]
    first = client.post(f"{A}/projects/{project}/board/standings", json=asked).json()[0]
    assert (first["state"], first["generation_id"]) == ("under_way", made)
    client.put(f"{A}/scenes/{scene}", json={"description": "Snow"})
    first = client.post(f"{A}/projects/{project}/board/standings", json=asked).json()[0]
    assert (first["state"], first["generation_id"]) == ("stale", made)


@pytest.mark.parametrize("ids", [[], list(range(1, 52)), ["seven"]])
def test_standings_are_asked_for_a_page_at_a_time(client: TestClient, project: int, ids: list[Any]) -> None:
    answer = client.post(f"{A}/projects/{project}/board/standings", json={"scene_ids": ids})
    assert answer.status_code == 422
    assert client.post(f"{A}/projects/999999/board/standings", json={"scene_ids": [1]}).status_code == 404
