"""The calls of the API document's second chapter, as they are written there."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from api.episodes import create_app
from db.session import psycopg_url
from studio.settings import Settings

BASE = "http://localhost:8323/api/anime"
HEALTH: dict[str, Any] = json.loads(
    """
{
  "status": "healthy",
  "service": "episodes-api"
}
"""
)
LIST: list[dict[str, Any]] = json.loads(
    """
[
  {
    "id": "uuid-1234",
    "episode_number": 1,
    "title": "The Beginning",
    "synopsis": "Our hero's journey starts...",
    "duration": "24:30",
    "status": "completed",
    "scenes": ["scene_1", "scene_2", "scene_3"],
    "characters": ["Kai Nakamura", "Village Elder"],
    "metadata": {
      "genre": "fantasy",
      "mood": "adventurous"
    },
    "video_path": "/path/to/episode1.mp4",
    "quality_score": 8.5,
    "created_at": "2025-11-05T04:46:12Z",
    "updated_at": "2025-11-05T04:46:12Z"
  }
]
"""
)
OF_THE_ROW = ("id", "created_at", "updated_at")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture(scope="module")
def episodes(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), BASE, raise_server_exceptions=False) as client:
            yield client


def test_health_is_answered_as_documented(episodes: TestClient) -> None:
    answer = episodes.get("/health")
    assert (answer.status_code, answer.json()) == (200, HEALTH)


def test_a_list_has_the_documented_fields_and_no_others(
    episodes: TestClient, client: TestClient, project: int, database: str
) -> None:
    (documented,) = LIST
    casts = (["Kai Nakamura"], ["Kai Nakamura", "Village Elder"], [])
    scenes = [made(client, project, number, cast) for number, cast in enumerate(casts, 1)]
    body = {name: documented[name] for name in ("episode_number", "title", "synopsis", "metadata")}
    asked = {"project_id": project, "scenes": scenes, **body}
    assert episodes.post("/episodes", json=asked).status_code == 201
    assembled(database, project, documented)
    answer = episodes.get("/episodes", params={"project_id": project})
    assert answer.status_code == 200
    (listed,) = answer.json()
    expected = {**documented, "scenes": [f"scene_{scene}" for scene in scenes]}
    assert list(listed) == list(documented)
    assert {name: listed[name] for name in expected if name not in OF_THE_ROW} == {
        name: value for name, value in expected.items() if name not in OF_THE_ROW
    }
    assert UUID.fullmatch(listed["id"])
    assert all(TIME.fullmatch(listed[name]) for name in ("created_at", "updated_at"))


def test_the_documented_call_without_a_project_lists_those_of_all(episodes: TestClient, project: int) -> None:
    made = episodes.post("/episodes", json={"project_id": project, "title": "Found"}).json()["id"]
    listed = episodes.get("/episodes")
    assert listed.status_code == 200
    assert made in [each["id"] for each in listed.json()]


def made(client: TestClient, project: int, number: int, cast: list[str]) -> int:
    body = {"project_id": project, "scene_number": number, "characters": cast}
    return int(client.post("/api/anime/scenes", json=body).json()["id"])


def assembled(database: str, project: int, documented: dict[str, Any]) -> None:
    """What assembly writes of an episode: half past twenty-four minutes, and what it is worth."""
    engine = create_engine(psycopg_url(database), poolclass=NullPool)
    query = """UPDATE public.episodes SET duration_s = 1470.2, status = :status, video_path = :video_path,
               quality_score = :quality_score WHERE project_id = :project"""
    with engine.begin() as connection:
        named = {name: documented[name] for name in ("status", "video_path", "quality_score")}
        connection.execute(text(query), {**named, "project": project})
