"""A schedule on a real tower: Prefect's own clock starts a batch, and a worker carries it out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from deployments.addresses import Addresses
from tests.fakes.serving import wait_until

pytestmark = pytest.mark.journey

NIGHTLY = {"name": "nightly", "kind": "cron", "expression": "0 3 * * *", "enabled": False}
SOON = "UPDATE production_schedule SET kind = 'rrule', expression = %s, enabled = true WHERE id = %s"
"""Users' schedules recur by days; this one has a time every five seconds, for two minutes from now."""


@pytest.fixture(scope="module")
def episodes(tower: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{tower.episodes_url}/api/anime", trust_env=False, timeout=30) as http:
        yield http


def test_a_schedule_that_is_due_has_a_worker_render_what_is_stale_once(
    tower: Addresses, api: httpx.Client, episodes: httpx.Client
) -> None:
    project = int(api.post("/projects", json={"name": "By Night"}).json()["id"])
    api.put(f"/projects/{project}/settings", json={"width": 128, "height": 72})
    scene = {"project_id": project, "scene_number": 1, "description": "a village by night"}
    scene_id = api.post("/scenes", json={**scene, "metadata": {"duration": 1}}).json()["id"]
    body = {"project_id": project, "title": "The Night", "scenes": [scene_id]}
    episode = episodes.post("/episodes", json=body).json()["id"]
    told = {"quality": "draft", "publish": False, "note": "passed over"}
    schedule = episodes.post("/schedules", json={"project_id": project, **NIGHTLY, "parameters": told}).json()
    begins = f"{datetime.now(UTC) + timedelta(seconds=1):%Y%m%dT%H%M%S}"
    with psycopg.connect(tower.database_url) as connection:
        rule = f"DTSTART:{begins}\nRRULE:FREQ=SECONDLY;INTERVAL=5;COUNT=24"
        connection.execute(SOON, [rule, schedule["id"]])
    wait_until(lambda: len(carried(tower, schedule["id"])) > 1, timeout_s=90)
    assert episodes.delete(f"/schedules/{schedule['id']}").status_code == 204
    (render,) = episodes.get(f"/episodes/{episode}/renders").json()
    came_of = carried(tower, schedule["id"])
    assert came_of.count(f"1 episodes: {render['generation_id']}") == 1
    assert came_of.count("nothing to render") == len(came_of) - 1
    made = api.get(f"/generations/{render['generation_id']}").json()
    assert made["metadata"] == {
        "quality": "draft", "publish": False, "force": False, "batch": {"schedule_id": schedule["id"]},
    }  # fmt: skip
    api.post(f"/generations/{render['generation_id']}/cancel")


def carried(tower: Addresses, schedule_id: int) -> list[str]:
    """What came of the batches that Prefect planned by a schedule and a worker has ended."""
    wanted = {
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
        "flows": {"name": {"any_": ["render-batch"]}},
    }
    with httpx.Client(trust_env=False, timeout=30) as http:
        found = http.post(f"{tower.prefect_api_url}/flow_runs/filter", json=wanted).raise_for_status().json()
    mine = [each for each in found if each["parameters"].get("schedule_id") == schedule_id]
    assert all(each["auto_scheduled"] for each in mine)
    return [each["state"]["message"] for each in mine]
