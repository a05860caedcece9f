"""The examples of the API document's first chapter, verbatim but for the ids."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

A = "/api/anime"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PROJECT = {
    "name": "My Anime Project",
    "description": "Epic fantasy adventure",
    "metadata": {"genre": "fantasy", "target_length": "12_episodes"},
}
CHARACTER = {
    "name": "Kai Nakamura",
    "description": "Main protagonist, skilled fighter",
    "image_path": "/path/to/reference.jpg",
    "comfyui_workflow": "anime_character_v2",
}
SCENE = {
    "branch_name": "main",
    "scene_number": 1,
    "description": "Opening scene in the village",
    "characters": ["Kai Nakamura", "Village Elder"],
}
BIBLE = {
    "title": "Project Bible v1.0",
    "description": "Complete narrative guide",
    "content": {
        "world_building": "Fantasy realm with magic system",
        "character_arcs": {"Kai": ["falls", "rises"]},
        "plot_outline": ["one", 2, None],
    },
}
BIBLE_CHARACTER = {
    "name": "Kai Nakamura",
    "role": "protagonist",
    "personality": "determined, compassionate",
    "backstory": "...",
    "visual_description": "...",
    "abilities": ["sword", {"name": "wind", "level": 3}],
}
AUDIO = {
    "audio_path": "/path/to/audio.mp3",
    "bpm": 120,
    "sync_points": [
        {"time": 0.0, "event": "scene_start"},
        {"time": 2.5, "event": "character_entrance"},
    ],
}
COMMAND = {
    "prompt": "Kai Nakamura standing in a mystical forest, cinematic lighting",
    "duration": 5,
    "style": "anime",
    "characters": ["Kai Nakamura"],
    "quality": "high",
}


@pytest.fixture
def scene(client: TestClient, project: int) -> dict[str, Any]:
    return dict(client.post(f"{A}/scenes", json={"project_id": project, **SCENE}).json())


def test_health(client: TestClient) -> None:
    answer = client.get(f"{A}/health")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "healthy", "service": "tower-anime-production"},
    )


def test_a_project_is_made_listed_and_read(client: TestClient) -> None:
    answer = client.post(f"{A}/projects", json=PROJECT)
    made = answer.json()
    assert answer.status_code == 201
    assert made == {
        **PROJECT,
        "id": made["id"],
        "status": "active",
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert isinstance(made["id"], str)
    assert TIME.fullmatch(made["created_at"])
    assert made in client.get(f"{A}/projects").json()
    assert client.get(f"{A}/projects/{made['id']}").json() == made


def test_a_character_is_made_listed_and_changed(client: TestClient, project: int) -> None:
    answer = client.post(f"{A}/characters", json={"project_id": project, **CHARACTER})
    made = answer.json()
    assert answer.status_code == 201
    assert made == {
        **CHARACTER,
        "id": made["id"],
        "project_id": project,
        "metadata": {},
        "version": 1,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "warnings": made["warnings"],
    }
    assert [warning["field"] for warning in made["warnings"]] == ["image_path"]
    assert client.get(f"{A}/characters?project_id={project}").json() == [made]
    change = {"description": "Updated character description", "image_path": "/new/path/to/reference.jpg"}
    changed = client.put(f"{A}/characters/{made['id']}", json=change)
    assert changed.status_code == 200
    assert changed.json() | {"warnings": None, "updated_at": None} == {
        **made,
        **change,
        "version": 2,
        "warnings": None,
        "updated_at": None,
    }


def test_a_scene_is_made_listed_and_changed(
    client: TestClient, project: int, kai: dict[str, Any], scene: dict[str, Any]
) -> None:
    assert scene == {
        **SCENE,
        "id": scene["id"],
        "project_id": project,
        "video_path": None,
        "metadata": {},
        "version": 1,
        "created_at": scene["created_at"],
        "updated_at": scene["created_at"],
        "warnings": scene["warnings"],
    }
    assert [(warning["field"], warning["value"]) for warning in scene["warnings"]] == [
        ("characters", "Village Elder")
    ]
    assert client.get(f"{A}/scenes?project_id={project}").json() == [scene]
    change = {"description": "Updated scene description", "video_path": "/path/to/generated/video.mp4"}
    changed = client.put(f"{A}/scenes/{scene['id']}", json=change)
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    assert changed.json().items() >= change.items()
    assert changed.json()["characters"] == SCENE["characters"]


def test_a_bible_is_written_read_and_speaks_of_characters(client: TestClient, project: int) -> None:
    written = client.post(f"{A}/projects/{project}/bible", json=BIBLE)
    assert written.status_code == 201
    assert written.json().items() >= {**BIBLE, "version": 1, "characters": []}.items()
    added = client.post(f"{A}/projects/{project}/bible/characters", json=BIBLE_CHARACTER)
    assert added.status_code == 201
    assert added.json().items() >= BIBLE_CHARACTER.items()
    read = client.get(f"{A}/projects/{project}/bible").json()
    assert read == {**written.json(), "characters": [added.json()]}


def test_audio_is_added_to_a_scene(client: TestClient, scene: dict[str, Any]) -> None:
    added = client.post(f"{A}/scenes/{scene['id']}/audio", json=AUDIO)
    assert added.status_code == 201
    assert added.json().items() >= {**AUDIO, "scene_id": scene["id"]}.items()
    assert [warning["field"] for warning in added.json()["warnings"]] == ["audio_path"]
    assert client.get(f"{A}/scenes/{scene['id']}/audio").json() == added.json()


def test_a_clip_is_asked_for(client: TestClient, project: int, kai: dict[str, Any]) -> None:
    answer = client.post(f"{A}/projects/{project}/generate-from-command", json=COMMAND)
    accepted = answer.json()
    assert answer.status_code == 202
    assert accepted == {
        "generation_id": accepted["generation_id"],
        "status": "processing",
        "estimated_completion": accepted["estimated_completion"],
        "project_id": project,
        "metadata": {"duration": 5, "style": "anime", "quality": "high"},
    }
    assert accepted["generation_id"].startswith("gen_")
    assert '"duration":5,' in answer.text
    assert TIME.fullmatch(accepted["estimated_completion"])
    shown = client.get(answer.headers["Location"]).json()
    assert shown["prompt"] == COMMAND["prompt"]
    assert shown["status"] == "processing"


def test_the_documented_error(client: TestClient) -> None:
    answer = client.get(f"{A}/characters/invalid_id")
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert error["code"] == "VALIDATION_ERROR"
    assert error["details"] == {"field": "character_id", "value": "invalid_id", "expected": "integer"}
    assert TIME.fullmatch(error["timestamp"])
    assert re.fullmatch(r"req_\w+", error["request_id"])
    assert answer.headers["X-Request-ID"] == error["request_id"]
