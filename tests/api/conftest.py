"""The production service over the real database; what it would set going is written down instead."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.commands import Commands
from api.production import create_app
from studio.settings import Settings
from tasks.media_server import look_at_server, make_library
from tasks.renderer_survey import look_at_renderers, survey_models
from tasks.workflow_checks import judge_workflow

BASE = "http://localhost"
A = "/api/anime"


@dataclass
class Told:
    """Commands that were given, in order."""

    given: list[tuple[Any, ...]] = field(default_factory=list)
    trouble: Exception | None = None

    def commands(self) -> Commands:
        return Commands(
            submit=lambda *what: self._note("submit", *what),
            cancel=lambda *what: self._note("cancel", *what),
            approve=lambda *what: self._note("approve", *what),
            reject=lambda *what: self._note("reject", *what),
            retry=lambda *what: self._note("retry", *what),
            publish=lambda *what: self._note("publish", *what),
            unpublish=lambda *what: self._note("unpublish", *what),
            look_at_jellyfin=look_at_server,
            make_library=make_library,
            judge_workflow=judge_workflow,
            look_at_renderers=look_at_renderers,
            survey_models=survey_models,
        )

    def _note(self, *what: Any) -> None:
        self.given.append(what)
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("production")
    (home / "media").mkdir()
    return Settings(home=home, rate_per_s=10_000, poll_s=0.1)


@pytest.fixture(scope="module")
def service(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), BASE, raise_server_exceptions=False) as client:
            yield client


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def client(service: TestClient, told: Told) -> TestClient:
    app = service.app
    assert isinstance(app, FastAPI)
    app.state.commands = told.commands()
    return service


@pytest.fixture
def project(client: TestClient) -> int:
    made = client.post(f"{A}/projects", json={"name": "Kaze no Tani"})
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


@pytest.fixture
def kai(client: TestClient, project: int) -> dict[str, Any]:
    answer = client.post(f"{A}/characters", json={"project_id": project, "name": "Kai Nakamura"})
    return dict(answer.json())
