"""The director's examples of the API document's fifth chapter, as they are written there, in their order."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from api import echo, production
from db.migrate import upgrade
from db.session import psycopg_url
from studio.settings import read_settings

CHAPTER = (Path(__file__).parent / "chapter_5_orchestration.md").read_text()
BLOCKS = re.findall(r"```(bash|json)\n(.*?)```", CHAPTER, re.DOTALL)
PROMPT = "enhanced_prompt_here"


@pytest.fixture(scope="module")
def client(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Echo on a database of its own, in which the first project is number 1, with Kai Nakamura."""
    base = psycopg_url(postgres_url)
    admin = create_engine(base, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE chapter_5"))
    url = base.rpartition("/")[0] + "/chapter_5"
    upgrade(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("TOWER_HOME", str(tmp_path_factory.mktemp("chapter")))
        with TestClient(production.create_app(read_settings()), "http://localhost") as made:
            project = {"name": "My Anime Project", "description": "Epic fantasy adventure"}
            assert made.post("/api/anime/projects", json=project).json()["id"] == "1"
            kai = {"project_id": 1, "name": "Kai Nakamura", "description": "Main protagonist"}
            assert made.post("/api/anime/characters", json=kai).status_code == 201
        with TestClient(echo.create_app(read_settings()), "http://localhost") as talking:
            yield talking


def _sent(command: str) -> tuple[str, dict[str, Any]]:
    words = shlex.split(command.replace("\\\n", " "))
    body = json.loads(words[words.index("-d") + 1])
    return next(word for word in words if word.startswith("http")).partition(":8309")[2], body


def test_the_documented_query_is_answered_as_documented(client: TestClient) -> None:
    path, body = _sent(BLOCKS[0][1])
    documented = json.loads(BLOCKS[1][1])
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    given = answer.json()
    documented["action_plan"][1]["parameters"]["prompt"] = "Kai Nakamura in a mystical forest"
    for name in ("action_plan", "estimated_duration", "conversation_id"):
        assert given[name] == documented[name]
    assert given["response"].startswith(documented["response"].removesuffix("..."))


def test_the_documented_message_is_answered_with_a_trailer(client: TestClient) -> None:
    path, body = _sent(BLOCKS[2][1])
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["conversation_id"] == "anime_chat"
    assert answer.json()["action_plan"] == [
        {
            "step": 1,
            "action": "make_trailer",
            "service": "episode_management",
            "parameters": {"project_id": 1},
        }
    ]


def test_the_chapter_has_all_its_calls() -> None:
    assert [kind for kind, _ in BLOCKS] == ["bash", "json", "bash"]
    assert PROMPT in BLOCKS[1][1]
