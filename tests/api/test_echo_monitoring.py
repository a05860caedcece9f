"""What Echo Brain tells of the machine, the database and the tower."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.echo import create_app
from api.routes.echo_monitoring import is_well
from db.models.orchestration import DirectorTurn
from db.session import transaction
from studio.clients.gpu import Gpu
from studio.settings import Settings
from tasks import monitoring
from tasks.monitoring import ServiceSeen, TowerSeen, Work, elsewhere
from tasks.orchestrator_survey import PoolSeen, QueueSeen, WorkerSeen
from tasks.renderer_survey import Device, RendererSeen
from tests.fakes.comfyui import fake_comfyui
from tests.fakes.generations import new_branch, new_generation

E = "/api/echo"
GIB = 1024**3


@pytest.fixture(scope="module")
def echo(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        environment.setenv("TOWER_HOME", str(settings.home))
        with TestClient(create_app(settings), "http://localhost", raise_server_exceptions=False) as client:
            yield client


def seen(server: str, *devices: Device, alive: bool = True) -> RendererSeen:
    return RendererSeen(server, alive, None, "0.3.75", devices, 0, 0, None, ())


def test_metrics_have_the_documented_fields(echo: TestClient) -> None:
    answer = echo.get(f"{E}/system/metrics")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"cpu_usage", "memory_usage", "gpu_usage", "active_tasks", "queue_size"}
    assert 0 <= body["cpu_usage"] <= 100
    assert 0 < body["memory_usage"] <= 100
    assert all(
        {"utilization", "memory_used", "memory_total"} <= set(gpu) for gpu in body["gpu_usage"].values()
    )


@pytest.mark.usefixtures("connected")
def test_the_gpus_of_this_machine_are_told_by_name() -> None:
    card = Gpu("NVIDIA GeForce RTX 3060", 45, 8192, 12288)
    assert monitoring.measure(lambda: [card, card]).gpu_usage == {
        "nvidia_rtx_3060": card,
        "nvidia_rtx_3060_2": card,
    }
    assert monitoring.measure(list).gpu_usage == {}


@pytest.mark.usefixtures("connected")
def test_work_under_way_and_waiting_is_counted_in_the_tables() -> None:
    before = monitoring.measure(list)
    with transaction() as session:
        branch = new_branch(session)
        for stage in ("queued", "render", "plan"):
            new_generation(session, branch).stage = stage
        new_generation(session, branch).status = "completed"
    after = monitoring.measure(list)
    assert after.active_tasks - before.active_tasks == 2
    assert after.queue_size - before.queue_size == 1


@pytest.mark.usefixtures("connected")
def test_a_conversation_counts_once_however_long_it_is() -> None:
    before = monitoring.count_work().conversations
    with transaction() as session:
        for number, said in enumerate(("first", "first", "second")):
            session.add(
                DirectorTurn(
                    plan_id=f"plan_counted_{number}", token="counted", conversation_id=said, request="",
                    response="", state="answered",
                )
            )  # fmt: skip
    assert monitoring.count_work().conversations - before == 2


def test_renderers_elsewhere_tell_their_memory_and_nothing_more() -> None:
    device = Device("cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", "cuda", 24 * GIB, 4 * GIB)
    cpu = Device("cpu", "cpu", 64 * GIB, 32 * GIB)
    told = elsewhere([seen("http://gpu-box:8188", device, cpu)], has_local=True)
    assert told == [Gpu("NVIDIA GeForce RTX 4090", None, 20 * 1024, 24 * 1024, "http://gpu-box:8188")]


def test_a_renderer_of_this_machine_is_not_told_of_twice() -> None:
    device = Device("cuda:0 NVIDIA GeForce RTX 4090", "cuda", 24 * GIB, None)
    here = [seen("http://127.0.0.1:8188", device)]
    assert elsewhere(here, has_local=True) == []
    assert [gpu.memory_used for gpu in elsewhere(here, has_local=False)] == [None]


def test_the_databases_stats_are_those_of_its_views(echo: TestClient, database: str) -> None:
    body = echo.get(f"{E}/db/stats").json()
    with psycopg.connect(database) as connection:
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        most = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert [body["database"]["revision"]] == list(revision or ())
    assert body["database"]["size_bytes"] > 1_000_000
    assert 0 < body["database"]["cache_hit_rate"] <= 1
    assert body["connections"]["used"] >= 1
    assert [body["connections"]["most"]] == list(most or ())
    assert body["replicas"] == []
    jobs = next(table for table in body["tables"] if table["table"] == "production_jobs")
    assert jobs["schema"] == "anime_api"
    assert {"rows", "dead_rows", "size_bytes", "index_bytes", "index_scans"} <= set(jobs)
    assert "ix_production_jobs_processing" in {index["index"] for index in body["indexes"]}


def test_an_old_transaction_and_who_waits_for_it_are_seen(echo: TestClient, database: str) -> None:
    lock = "SELECT pg_advisory_xact_lock(8309)"
    with psycopg.connect(database) as waiter, psycopg.connect(database) as holder:
        holder.execute(lock)
        waiting = threading.Thread(target=lambda: waiter.execute(lock))
        waiting.start()
        try:
            stats = _until_one_waits(echo)
        finally:
            holder.rollback()
            waiting.join()
    assert stats["waiting_for_locks"] == 1
    assert stats["longest_transaction_s"] > 0


def _until_one_waits(echo: TestClient) -> dict[str, Any]:
    for _ in range(500):
        stats: dict[str, Any] = echo.get(f"{E}/db/stats").json()["connections"]
        if stats["waiting_for_locks"]:
            return stats
    raise AssertionError("nobody waits")


def test_status_tells_what_does_not_answer(echo: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("ANIME", "EPISODES", "MUSIC", "ECHO"):
        monkeypatch.setenv(f"TOWER_{part}_PORT", "1")
    with fake_comfyui() as renderer:
        monkeypatch.setenv("TOWER_COMFYUI_URLS", f"{renderer.url},http://127.0.0.1:1")
        body = echo.get(f"{E}/status").json()
    assert body["status"] == "degraded"
    assert {service["state"] for service in body["services"]} == {"down"}
    assert [each["alive"] for each in body["renderers"]] == [True, False]
    assert body["pools"] is None  # no Prefect is configured here
    assert body["language_model"]["state"] == "none"
    assert set(body["work"]["generations"]) == {
        "processing", "completed", "needs_review", "failed", "cancelled",
    }  # fmt: skip


UP = ServiceSeen("a", "http://a", "up", 1.0, None)
WORKER = WorkerSeen("w", "ONLINE", None)
POOL = PoolSeen("cpu", "tower", "READY", None, 0, (QueueSeen("batch", 5, None, "READY", 0),), (WORKER,))
WELL = TowerSeen([UP], Work({}, 0, 0, 0, 0), [POOL], [seen("http://gpu")], None)


@pytest.mark.parametrize(
    ("change", "is_so"),
    [
        ({}, True),
        ({"services": [UP, ServiceSeen("b", "", "down", None, "")]}, False),
        ({"work": None}, False),
        ({"pools": None}, False),
        ({"pools": [POOL, PoolSeen("amd", "tower", "NOT_READY", None, 0, (), ())]}, False),
        ({"renderers": [seen("http://gpu", alive=False)]}, False),
    ],
)
def test_a_tower_is_well_where_all_that_work_needs_is_there(change: dict[str, Any], is_so: bool) -> None:
    assert is_well(replace(WELL, **change)) is is_so


def test_without_its_database_there_are_no_figures(echo: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    for path in ("system/metrics", "db/stats"):
        answer = echo.get(f"{E}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert echo.get(f"{E}/status").json()["work"] is None
