"""Preferences learned from ratings, shown with their evidence, and outweighed by what is put."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.production import create_app
from studio.settings import Settings
from tests.api.conftest import A, Told


@pytest.fixture
def client(database: str, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path, rate_per_s=10_000, api_tokens=("critic",))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        headers = {"Authorization": "Bearer critic"}
        app = create_app(settings, Told().commands())
        with TestClient(app, "http://localhost", headers=headers) as client:
            yield client


def _make(client: TestClient, project: int, **more: Any) -> dict[str, Any]:
    body = {"prompt": "Rain on a tin roof", **more}
    answer = client.post(f"{A}/projects/{project}/generate-from-command", json=body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def _rate(client: TestClient, made: dict[str, Any], rating: int) -> None:
    path = f"{A}/generations/{made['generation_id']}/feedback"
    assert client.post(path, json={"rating": rating}).status_code == 201


def test_what_is_rated_well_is_made_again_until_something_else_is_put(client: TestClient) -> None:
    project = int(client.post(f"{A}/projects", json={"name": "Liking"}).json()["id"])
    for _ in range(4):
        _rate(client, _make(client, project, style="ink", duration=3), 5)
    _rate(client, _make(client, project, style="ink", duration=3), 1)
    learned = client.get(f"{A}/preferences/learned").json()
    assert learned["style"] == {"value": "ink", "liked": 4, "disliked": 1}
    assert _make(client, project)["metadata"] == {"duration": 3, "style": "ink", "quality": "standard"}
    client.put(f"{A}/preferences", json={"style": "gouache"})
    assert _make(client, project)["metadata"]["style"] == "gouache"
    client.put(f"{A}/preferences", json={"style": None})
    assert _make(client, project)["metadata"]["style"] == "ink"
    assert _make(client, project, style="noir")["metadata"]["style"] == "noir"
