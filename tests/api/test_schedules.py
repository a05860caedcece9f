"""Schedules through the episode service."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from api.episodes import create_app
from studio.settings import Settings

NIGHTLY = {"name": "nightly", "kind": "cron", "expression": "0 3 * * *", "time_zone": "Asia/Tokyo"}


@pytest.fixture(scope="module")
def service_of_episodes(settings: Settings, database: str) -> Iterator[TestClient]:
    base = "http://localhost/api/anime"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), base, raise_server_exceptions=False) as client:
            yield client


@pytest.fixture
def nightly(service_of_episodes: TestClient, project: int) -> dict[str, Any]:
    made = service_of_episodes.post("/schedules", json={"project_id": project, **NIGHTLY})
    assert made.status_code == 201, made.text
    return dict(made.json())


def test_a_schedule_shows_its_next_five_times(nightly: dict[str, Any]) -> None:
    assert nightly.items() >= NIGHTLY.items()
    assert (nightly["enabled"], nightly["schedule_id"]) == (True, None)
    times = [datetime.fromisoformat(each) for each in nightly["next_times"]]
    assert len(times) == 5
    assert all(each > datetime.now(UTC) for each in times)
    assert {each.astimezone(ZoneInfo("Asia/Tokyo")).hour for each in times} == {3}


def test_a_schedule_is_changed_paused_and_taken_away(
    service_of_episodes: TestClient, nightly: dict[str, Any], project: int
) -> None:
    path = f"/schedules/{nightly['id']}"
    etag = service_of_episodes.get(path).headers["ETag"]
    weekly = {"kind": "rrule", "expression": "FREQ=WEEKLY;BYDAY=MO"}
    changed = service_of_episodes.put(path, json=weekly, headers={"If-Match": etag})
    assert changed.status_code == 200
    assert (changed.json()["kind"], changed.json()["name"]) == ("rrule", "nightly")
    assert (
        service_of_episodes.put(path, json={"enabled": False}, headers={"If-Match": etag}).status_code == 412
    )
    assert service_of_episodes.put(path, json={"enabled": False}).json()["next_times"] == []
    listed = service_of_episodes.get("/schedules", params={"project_id": project}).json()
    assert [each["id"] for each in listed] == [nightly["id"]]
    assert service_of_episodes.delete(path).status_code == 204
    assert service_of_episodes.get(path).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"expression": "x"}, 422, "expression"), ({"time_zone": "Mars"}, 422, "time_zone"),
        ({"kind": "interval"}, 422, "kind"), ({}, 409, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_its_field(
    service_of_episodes: TestClient, nightly: dict[str, Any], project: int, asked: dict[str, Any],
    status: int, field: str,
) -> None:  # fmt: skip
    refused = service_of_episodes.post("/schedules", json={"project_id": project, **NIGHTLY, **asked})
    assert refused.status_code == status
    assert refused.json()["error"]["details"]["field"] == field


def test_a_change_is_held_against_what_stays(
    service_of_episodes: TestClient, nightly: dict[str, Any]
) -> None:
    refused = service_of_episodes.put(f"/schedules/{nightly['id']}", json={"kind": "rrule"})
    assert refused.status_code == 422
    assert refused.json()["error"]["details"]["field"] == "expression"
