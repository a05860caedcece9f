"""The calls of the API document's fourth chapter that look into the music library, as it has them."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.music import create_app
from studio.settings import Settings
from tests.fakes import library

BASE = "http://localhost"
FIELDS = {
    "id", "title", "artist", "album", "genre", "year", "tags", "duration", "bpm", "bpm_source", "key",
    "key_source", "state", "reason", "stream_url", "cover_url",
}  # fmt: skip


@pytest.fixture(scope="module")
def service(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), BASE, raise_server_exceptions=False) as client:
            library.add(
                library.file_row("/m/1.mp3", title="Epic Orchestral Suite", artist="A", bpm=121.0, key="8A"),
                library.file_row(
                    "/m/2.mp3", title="Quiet", genre="Orchestral", tags=["orchestral"], bpm=60.0
                ),
            )
            yield client
            library.empty()


def get(service: TestClient, path: str) -> Any:
    answer = service.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_search_as_documented(service: TestClient) -> None:
    (found,) = get(service, "/api/search?q=epic%20orchestral&limit=10")
    assert found["title"] == "Epic Orchestral Suite"
    assert set(found) == FIELDS | {"is_corrected"}


def test_playlists_as_documented(service: TestClient) -> None:
    assert get(service, "/api/playlists") == []


def test_a_track_as_documented(service: TestClient) -> None:
    (found,) = get(service, "/api/search?q=epic")
    track = get(service, f"/api/track/{found['id']}")
    assert type(track["id"]) is int
    assert track["bpm_sources"]["tag"] == 121.0
    missing = service.get("/api/track/12345678")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_find_matching_as_documented(service: TestClient) -> None:
    found = get(service, "/api/bpm/find-matching?target_bpm=120&tolerance=5")
    assert [(each["title"], each["tempo"]) for each in found] == [
        ("Quiet", "half"), ("Epic Orchestral Suite", "same"),
    ]  # fmt: skip
    assert found[1]["speed_change_percent"] == pytest.approx(-0.83)


def test_the_service_says_that_it_has_a_library(service: TestClient) -> None:
    features = get(service, "/api/health")["features"]
    assert features["music_library"]
    assert features["streaming"]
    assert features["search"]
