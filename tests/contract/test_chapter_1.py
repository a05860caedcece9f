"""Every example of the API document's first chapter, as it is written there, in its order.

`{...}` and `[...]` in a body stand for any object and any list, `{project_id}` in a path for a project.
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from api.commands import Commands
from api.production import create_app
from db.migrate import upgrade
from db.session import psycopg_url
from studio.settings import read_settings

CHAPTER = (Path(__file__).parent / "chapter_1.md").read_text()
BLOCK = re.compile(r"```(bash|json)\n(.*?)```", re.DOTALL)
STATUS = {"GET": 200, "PUT": 200, "POST": 201}
STARTS_A_RUN = ("/generate-from-command", "/director/command")


@dataclass(frozen=True, slots=True)
class Example:
    """One documented call, and the answer documented with it, if any."""

    method: str
    target: str
    headers: dict[str, str]
    body: str | None
    answer: dict[str, Any] | None


def examples() -> Iterator[Example]:
    """The calls of the chapter; a JSON block answers the call before it."""
    blocks = [(kind, content) for kind, content in BLOCK.findall(CHAPTER)]
    for index, (kind, content) in enumerate(blocks):
        if kind == "bash":
            following = blocks[index + 1] if index + 1 < len(blocks) else ("", "")
            yield read(content, json.loads(following[1]) if following[0] == "json" else None)


def read(command: str, answer: dict[str, Any] | None) -> Example:
    words = shlex.split(command.replace("\\\n", " "), comments=True)
    assert words[0] == "curl"
    method, headers, body, url = "GET", {}, None, ""
    rest = iter(words[1:])
    for word in rest:
        match word:
            case "-X":
                method = next(rest)
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest).replace("{...}", "{}").replace("[...]", "[]")
            case _:
                url = word
    parts = urlsplit(url)
    assert parts.port == 8328
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Example(method, target.replace("{project_id}", "1"), headers, body, answer)


@pytest.fixture(scope="module")
def started() -> list[tuple[str, int]]:
    return []


@pytest.fixture(scope="module")
def client(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory, started: list[tuple[str, int]]
) -> Iterator[TestClient]:
    """The service on a database of its own, in which the first project is number 1."""
    base = psycopg_url(postgres_url)
    admin = create_engine(base, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE chapter_1"))
    url = base.rpartition("/")[0] + "/chapter_1"
    upgrade(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("TOWER_HOME", str(tmp_path_factory.mktemp("chapter")))

        def submit(generation_id: str, attempt: int) -> None:
            started.append((generation_id, attempt))

        def never(*_what: object) -> Never:
            raise AssertionError("no example decides about a generation, or asks a renderer")

        commands = Commands(
            submit=submit,
            cancel=never,
            approve=never,
            reject=never,
            retry=never,
            judge_workflow=never,
            look_at_renderers=never,
            survey_models=never,
            publish=never,
            unpublish=never,
            look_at_jellyfin=never,
            make_library=never,
        )
        with TestClient(create_app(read_settings(), commands), base_url="http://localhost") as http:
            yield http


@pytest.mark.parametrize("example", list(examples()), ids=lambda each: f"{each.method} {each.target}")
def test_the_documented_call_is_answered_as_documented(client: TestClient, example: Example) -> None:
    answer = client.request(
        example.method,
        example.target,
        headers=example.headers,
        content=example.body and example.body.encode(),
    )
    expected = 202 if example.target.endswith(STARTS_A_RUN) else STATUS[example.method]
    assert answer.status_code == expected, answer.text
    if example.answer is not None:
        assert_alike(answer.json(), example.answer)
    if example.body is not None and example.answer is not None:
        sent = json.loads(example.body)
        assert {key: answer.json()[key] for key in sent if key in answer.json()}.items() <= sent.items()


def assert_alike(given: Any, documented: Any) -> None:
    """The documented fields, each of the documented kind."""
    if isinstance(documented, dict):
        assert isinstance(given, dict)
        for key, value in documented.items():
            assert key in given
            assert_alike(given[key], value)
    else:
        assert type(given) is type(documented)


def test_both_generations_of_the_chapter_were_started(
    client: TestClient, started: list[tuple[str, int]]
) -> None:
    listed = {row["generation_id"] for row in client.get("/api/anime/generations").json()}
    assert {generation_id for generation_id, _ in started} == listed
    assert len(listed) == 2


def test_the_chapter_has_all_its_calls() -> None:
    assert len(list(examples())) == 20
