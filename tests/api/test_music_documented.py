"""The calls of the API document's fourth chapter that analyse music."""

from collections.abc import Iterator
from importlib.metadata import version

import pytest
from fastapi.testclient import TestClient

from api.music import create_app
from studio.settings import Settings

BASE = "http://localhost"


@pytest.fixture(scope="module")
def music(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), BASE, raise_server_exceptions=False) as client:
            yield client


def test_health_has_the_documented_fields(music: TestClient) -> None:
    answer = music.get("/api/health")
    assert answer.status_code == 200
    body = answer.json()
    assert body | {"features": ...} == {
        "status": "healthy", "service": "tower-apple-music", "version": "2.0", "features": ...,
    }  # fmt: skip
    assert set(body["features"]) == {"audio_quality_monitoring", "music_library", "streaming", "search"}
    assert all(type(can) is bool for can in body["features"].values())


def test_the_analysers_health_names_what_is_installed(music: TestClient, settings: Settings) -> None:
    body = music.get("/api/bpm/health").json()
    assert (body["status"], body["service"]) == ("healthy", "bpm-analyzer")
    assert body["dependencies"]["librosa"] == version("librosa")
    assert body["dependencies"]["numpy"] == version("numpy")
    assert body["cache_dir"] == str(settings.analyses)
    assert type(body["cached_analyses"]) is int


def test_without_its_database_the_service_is_not_healthy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(create_app(settings), BASE) as client:
        answer = client.get("/api/health")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")


def test_errors_come_in_the_documented_envelope(music: TestClient) -> None:
    answer = music.get("/api/nothing-here")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "details", "timestamp", "request_id"}
    assert answer.headers["x-request-id"] == error["request_id"]


def test_the_doors_are_those_of_every_service(settings: Settings) -> None:
    guarded = settings.model_copy(update={"api_tokens": ("a-long-token",)})
    with TestClient(create_app(Settings.model_validate(guarded.model_dump())), BASE) as client:
        assert client.get("/api/bpm/health").status_code == 401
        passed = client.get("/api/bpm/health", headers={"Authorization": "Bearer a-long-token"})
        assert passed.status_code == 200
    with TestClient(create_app(settings), "http://elsewhere.example") as client:
        assert client.get("/api/health").json()["error"]["code"] == "HOST_NOT_ALLOWED"
