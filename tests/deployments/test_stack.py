"""The whole tower: every part real, started once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import PrefectClient

from db.embedded.identity import Identity
from deployments import registry, stack, status
from deployments.addresses import Addresses, handed_down
from studio.settings import Settings

pytestmark = pytest.mark.journey


def tower_command(settings: Settings, *words: str) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "deployments.cli", *words]
    return subprocess.run(
        argv, env=handed_down(settings), capture_output=True, text=True, timeout=60, check=False
    )


def prefect(tower: Addresses, path: str, **body: Any) -> Any:
    method = "POST" if body or path.endswith("filter") else "GET"
    answer = httpx.request(method, f"{tower.prefect_api_url}/{path}", json=body or None, trust_env=False)
    answer.raise_for_status()
    return answer.json()


def test_status_shows_every_part_at_its_real_address(tower: Addresses, tower_settings: Settings) -> None:
    said = tower_command(tower_settings, "status", "--json")
    document = json.loads(said.stdout)
    assert document["state"] == "up"
    states = {part["name"]: part["state"] for part in document["parts"]}
    assert states.pop("migrations") == "done"
    assert states == dict.fromkeys(("postgres", "prefect", "renderer", "api", "worker"), "up")
    addresses = {part["name"]: part["address"] for part in document["parts"]}
    assert addresses["api"] == f"{tower.anime_url},{tower.episodes_url},{tower.music_url},{tower.echo_url}"
    assert addresses["prefect"] == tower.prefect_api_url
    assert httpx.get(f"{tower.anime_url}/api/anime/health", trust_env=False).status_code == 200
    assert httpx.get(f"{tower.episodes_url}/api/anime/health", trust_env=False).status_code == 200
    assert httpx.get(f"{tower.music_url}/api/health", trust_env=False).status_code == 200
    health = httpx.get(f"{tower.echo_url}/api/echo/health", trust_env=False).json()
    assert health["status"] == "healthy", health


def test_echo_sees_every_service_pool_worker_and_renderer_of_a_real_tower(tower: Addresses) -> None:
    base = f"{tower.echo_url}/api/echo"
    seen = httpx.get(f"{base}/status", trust_env=False, timeout=10).json()
    assert seen["status"] == "healthy", seen
    assert {service["state"] for service in seen["services"]} == {"up"}
    assert {pool["name"] for pool in seen["pools"]} == {"amd", "cpu", "nvidia"}
    for pool in seen["pools"]:
        assert [worker["status"] for worker in pool["workers"]] == ["ONLINE"]
        assert {"interactive", "batch"} <= {queue["name"] for queue in pool["queues"]}
    assert [renderer["alive"] for renderer in seen["renderers"]] == [True]
    metrics = httpx.get(f"{base}/system/metrics", trust_env=False).json()
    assert 0 < metrics["memory_usage"] <= 100
    figures = httpx.get(f"{tower.music_url}/metrics", trust_env=False).text
    assert 'tower_queue_depth{pool="nvidia"}' in figures
    assert "tower_db_up 1.0" in figures


def test_up_again_finds_it_and_starts_nothing(tower: Addresses, tower_settings: Settings) -> None:
    before = status.read(tower_settings).supervisor
    assert tower_command(tower_settings, "up", "--detach").returncode == 0
    assert status.read(tower_settings).supervisor == before
    assert stack.ensure_up(tower_settings) == tower


def test_pools_admit_what_the_renderers_can_carry_and_interactive_work_goes_first(tower: Addresses) -> None:
    pools = {pool["name"]: pool for pool in prefect(tower, "work_pools/filter")}
    assert {name: pools[name]["type"] for name in ("nvidia", "amd", "cpu")} == dict.fromkeys(
        ("nvidia", "amd", "cpu"), "tower"
    )
    assert pools["nvidia"]["concurrency_limit"] == 6
    queues = {queue["name"]: queue for queue in prefect(tower, "work_pools/nvidia/queues/filter")}
    assert (queues["interactive"]["priority"], queues["batch"]["priority"]) == (1, 5)
    assert (queues["interactive"]["concurrency_limit"], queues["batch"]["concurrency_limit"]) == (None, 4)


def test_what_prefect_stores_holds_no_secret(tower: Addresses) -> None:
    password = tower.database_url.split(":")[2].split("@")[0]
    stored = [prefect(tower, "work_pools/filter"), prefect(tower, "deployments/filter")]
    assert password not in json.dumps(stored)


def test_applying_the_registry_again_changes_nothing(tower: Addresses) -> None:
    async def again() -> None:
        async with PrefectClient(tower.prefect_api_url) as client:
            await registry.apply(client, registry.pools(1))

    def stamps() -> list[str]:
        return [entry["updated"] for entry in prefect(tower, "deployments/filter")]

    before = stamps()
    asyncio.run(again())
    assert stamps() == before
    assert len(before) >= 1


def test_a_worker_that_is_killed_is_replaced_and_takes_runs(
    tower: Addresses, tower_settings: Settings
) -> None:
    def worker() -> dict[str, Any]:
        parts = status.read(tower_settings).document["parts"]
        return dict(next(part for part in parts if part["name"] == "worker"))

    first = Identity.of(worker()["pid"])
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (worker()["restarts"], worker()["state"]) != (1, "up"):
        time.sleep(0.1)
    assert not first.is_alive()
    deployment = prefect(tower, "deployments/name/produce-scene/produce-scene")
    body = {"parameters": {"generation_id": "gen_nobody", "attempt": 1}}
    run = prefect(tower, f"deployments/{deployment['id']}/create_flow_run", **body)
    while time.monotonic() < deadline and run["state_type"] in ("SCHEDULED", "PENDING", "RUNNING"):
        time.sleep(0.2)
        run = prefect(tower, f"flow_runs/{run['id']}")
    assert run["state_type"] in ("FAILED", "CANCELLED", "CRASHED")
    assert run["start_time"] is not None, "the run's process ran"
