"""The dashboard over the real database, with all services that this process has."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import echo, episodes, music
from api.orders import Orders
from api.production import create_app
from studio.settings import Settings
from tests.api.conftest import BASE, Told


@pytest.fixture(scope="module")
def service(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        yield from served(settings)


def served(settings: Settings, told: Told | None = None) -> Iterator[TestClient]:
    told = told or Told()
    commands = told.commands()
    orders = Orders(submit=commands.submit, align=lambda: None)
    neighbours = {
        "episodes": episodes.create_app(settings, orders),
        "music": music.create_app(settings),
        "echo": echo.create_app(settings, submit=commands.submit),
    }
    app: FastAPI = create_app(settings, commands, neighbours=neighbours)
    headers = {"Accept": "text/html", "Origin": BASE}
    with TestClient(
        app, BASE, headers=headers, raise_server_exceptions=False, follow_redirects=False
    ) as client:
        yield client
