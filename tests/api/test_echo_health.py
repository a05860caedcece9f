"""Echo Brain's health: the documented document, each flag a probe."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.echo import create_app
from studio.errors import UnavailableError
from studio.settings import Settings
from tasks import modules
from tasks.modules import MODULES, ask_all
from tests.fakes.ollama import WRITER, fake_ollama

BASE = "http://localhost"
WELL: dict[str, Callable[[], bool]] = dict.fromkeys(MODULES, lambda: True)


@contextmanager
def serving(settings: Settings, probes: Mapping[str, Callable[[], bool]]) -> Iterator[TestClient]:
    with TestClient(create_app(settings, probes), BASE, raise_server_exceptions=False) as client:
        yield client


def health(settings: Settings, probes: Mapping[str, Callable[[], bool]]) -> Any:
    with serving(settings, probes) as client:
        return client.get("/api/echo/health")


@pytest.mark.usefixtures("connected")
def test_health_is_the_documented_document(settings: Settings) -> None:
    answer = health(settings, WELL)
    assert answer.status_code == 200
    body = answer.json()
    assert datetime.fromisoformat(body.pop("timestamp")).utcoffset() is not None
    assert body == {
        "status": "healthy",
        "service": "echo-brain",
        "version": "1.0.0",
        "architecture": "modular",
        "database": "connected",
        "modules": {
            "intelligence_router": True,
            "conversation_manager": True,
            "testing_framework": True,
            "database": True,
            "safe_executor": True,
        },
        "language_model": {"state": "none", "model": None, "version": None, "reason": None},
    }


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_that_does_not_work_is_named(settings: Settings, name: str) -> None:
    body = health(settings, {**WELL, name: lambda: False}).json()
    assert body["status"] == "degraded"
    assert [module for module, works in body["modules"].items() if not works] == [name]


def test_without_its_database_the_service_is_unhealthy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    answer = health(settings, WELL)
    assert answer.status_code == 503
    body = answer.json()
    assert (body["status"], body["database"]) == ("unhealthy", "disconnected")
    assert [name for name, works in body["modules"].items() if not works] == ["database"]


def test_a_database_that_hangs_holds_up_nobody(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DATABASE_URL", f"postgresql://x@127.0.0.1:{silent.getsockname()[1]}/x")
        begun = time.monotonic()
        answer = health(settings, {**WELL, "conversation_manager": modules.conversations_answer})
        assert time.monotonic() - begun < 2 * modules.WITHIN_S
    down = [name for name, works in answer.json()["modules"].items() if not works]
    assert (answer.status_code, sorted(down)) == (503, ["conversation_manager", "database"])


def test_a_probe_that_fails_or_is_late_has_no_answer() -> None:
    released = threading.Event()

    def fails() -> bool:
        raise UnavailableError("nobody there")

    try:
        found = ask_all({"well": lambda: True, "fails": fails, "late": released.wait}, within_s=0.1)
    finally:
        released.set()
    assert found == {"well": True, "fails": None, "late": None}


@pytest.mark.usefixtures("connected")
def test_a_language_model_is_told_of_and_nothing_is_missing_without_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_ollama() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        ready = health(settings, WELL).json()
        monkeypatch.setenv("TOWER_OLLAMA_MODEL", "qwen3")
        missing = health(settings, WELL).json()
    gone = health(settings, WELL).json()
    assert ready["language_model"] | {"reason": None} == {
        "state": "ready", "model": WRITER, "version": "0.12.3", "reason": None,
    }  # fmt: skip
    assert (missing["language_model"]["state"], missing["language_model"]["model"]) == (
        "unreachable",
        "qwen3",
    )
    assert gone["language_model"]["state"] == "unreachable"
    assert {body["status"] for body in (ready, missing, gone)} == {"healthy"}


def test_the_planner_plans_and_the_checks_find_the_fault_made_for_them() -> None:
    assert modules.planner_plans()
    assert modules.checks_find_a_fault()


@pytest.mark.usefixtures("connected")
def test_the_tables_of_conversations_answer() -> None:
    assert modules.conversations_answer()


def test_tables_that_are_not_there_do_not_answer(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = postgres_url.rpartition("/")[0] + "/postgres"
    monkeypatch.setenv("DATABASE_URL", bare)
    assert not modules.conversations_answer()


def test_the_doors_are_those_of_every_service(settings: Settings) -> None:
    guarded = Settings.model_validate({**settings.model_dump(), "api_tokens": ("a-long-token",)})
    with serving(guarded, WELL) as client:
        assert client.get("/api/echo/nothing-here").status_code == 401
    with TestClient(create_app(settings, WELL), "http://elsewhere.example") as client:
        assert client.get("/api/echo/health").json()["error"]["code"] == "HOST_NOT_ALLOWED"
