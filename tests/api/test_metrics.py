"""What Prometheus collects from any service."""

import math
import re
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from api import echo, episodes, music, production
from api.routes.metrics import TowerCollector
from db.models.production import GenerationAnalytics, ProductionJob
from db.models.rendering import RenderPlace, RenderServer
from db.session import transaction
from studio.settings import Settings
from tasks.figures import BOUNDS_S, Figures, Recent, by_pool, pools_of_deployments, read_figures
from tasks.submission import DEPLOYMENTS
from tests.fakes.generations import new_branch, new_generation
from tests.fakes.serving import wait_until

ROOT = Path(__file__).parents[2]
NAMES = {
    "tower_db_pool_in_use", "tower_db_up", "tower_generations", "tower_generations_now", "tower_queue_depth",
    "tower_renderer_idle_seconds", "tower_stage_seconds",
}  # fmt: skip

LABELS = {"status", "stage", "pool", "server", "cache", "outcome", "le"}
"""All of few values: the servers are those that are configured."""


def samples(text: str) -> list[Sample]:
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def scraped() -> list[Sample]:
    registry = CollectorRegistry()
    registry.register(TowerCollector(Recent(fresh_s=-1.0)))
    return samples(generate_latest(registry).decode())


def value(found: list[Sample], name: str, **labels: str) -> float:
    (one,) = [sample.value for sample in found if sample.name == name and sample.labels == labels]
    return float(one)


@pytest.fixture(params=[production, episodes, music, echo], ids=lambda service: service.__name__)
def app(request: pytest.FixtureRequest, settings: Settings) -> FastAPI:
    made = request.param.create_app(settings)
    assert isinstance(made, FastAPI)
    return made


@pytest.mark.usefixtures("connected")
def test_every_service_answers_in_prometheus_format(app: FastAPI) -> None:
    answer = TestClient(app, "http://localhost").get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = {family.name for family in text_string_to_metric_families(answer.text)}
    assert families >= NAMES
    assert "process_cpu_seconds" in families


@pytest.mark.usefixtures("connected")
def test_generations_are_counted_in_the_tables_by_status_and_pool() -> None:
    before = scraped()
    with transaction() as session:
        branch = new_branch(session)
        for status, kind in (("processing", "clip"), ("completed", "clip"), ("completed", "clip")):
            job = new_generation(session, branch)
            job.status, job.kind = status, kind
    after = scraped()

    def risen(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert risen("tower_generations_now", status="completed") == 2
    assert risen("tower_generations_now", status="processing") == 1
    assert risen("tower_generations_now", status="failed") == 0
    assert risen("tower_queue_depth", pool="nvidia") == 1
    assert risen("tower_queue_depth", pool="cpu") == 0


@pytest.mark.usefixtures("connected")
def test_what_ended_stays_counted_whatever_becomes_of_it() -> None:
    before = scraped()
    with transaction() as session:
        job = new_generation(session)
        for status in ("needs_review", "processing", "completed", "completed"):
            job.status, job.progress = status, job.progress + 0.1
            session.flush()
    ended = scraped()
    with transaction() as session:
        session.delete(session.get_one(ProductionJob, job.id))
    after = scraped()
    for status, times in (("needs_review", 1), ("completed", 1), ("failed", 0)):
        was = value(before, "tower_generations_total", status=status)
        assert value(ended, "tower_generations_total", status=status) - was == times
        assert value(after, "tower_generations_total", status=status) - was == times


def test_families_are_named_by_the_rules_of_prometheus(app: FastAPI) -> None:
    text = TestClient(app, "http://localhost").get("/metrics").text
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    for family in families:
        assert family.documentation, family.name
        assert family.type in {"counter", "gauge", "histogram"}, family.name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", family.name)
        assert not re.search(r"_(ms|milliseconds|minutes|kib|mib|percent)$", family.name)
        is_counted = any(sample.name.endswith("_total") for sample in family.samples)
        assert is_counted == (family.type == "counter" and bool(family.samples)), family.name
        assert {label for each in family.samples for label in each.labels} <= LABELS


@pytest.mark.usefixtures("connected")
def test_stages_fall_into_buckets_whose_bounds_belong_to_them() -> None:
    durations_s = [each for bound in BOUNDS_S for each in (bound, math.nextafter(bound, math.inf))]
    stage = "plan"
    before = read_figures().stages.get(stage, ((0,) * (len(BOUNDS_S) + 1), 0.0))
    job = with_stages(stage, durations_s)
    counts, sum_s = read_figures().stages[stage]
    risen = [now - then for now, then in zip(counts, before[0], strict=True)]
    assert risen == [1, *[2] * (len(BOUNDS_S) - 1), 1]
    assert sum_s - before[1] == pytest.approx(sum(durations_s))
    found = scraped()
    total = value(found, "tower_stage_seconds_count", stage=stage)
    assert value(found, "tower_stage_seconds_bucket", stage=stage, le="+Inf") == total == sum(counts)
    with transaction() as session:
        session.delete(session.get_one(ProductionJob, job))
    assert read_figures().stages[stage] == (counts, sum_s)  # Prometheus takes a fall for a reset


def with_stages(stage: str, durations_s: list[float]) -> str:
    """A generation that has been through a stage so often."""
    with transaction() as session:
        job = new_generation(session)
        for seconds in durations_s:
            session.add(GenerationAnalytics(generation_id=job.id, stage=stage, take=1, seconds=seconds))
        return job.id


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, connected: Path) -> str:
    url = f"http://renderer-{connected.name}:8188"
    monkeypatch.setenv("TOWER_COMFYUI_URLS", url)
    with transaction() as session:
        session.add(RenderServer(url=url))
    return url


def test_a_renderer_idles_from_its_last_prompt_on_and_not_while_it_has_one(server: str) -> None:
    assert 0 < value(scraped(), "tower_renderer_idle_seconds", server=server) < 60
    with transaction() as session:
        job = new_generation(session)
        place = RenderPlace(generation_id=job.id, take=1, attempt=1, prompt_id=uuid4(), server=server)
        place.state = "posted"
        session.add(place)
    assert value(scraped(), "tower_renderer_idle_seconds", server=server) == 0


def test_without_its_database_a_service_says_so_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    found = scraped()
    assert value(found, "tower_db_up") == 0
    assert {sample.name for sample in found} == {"tower_db_up", "tower_db_pool_in_use"}


def test_one_reading_serves_scrapes_close_together() -> None:
    readings = []

    def read() -> Figures:
        readings.append(now[0])
        return Figures({}, {}, {}, {}, {})

    now = [0.0]
    recent = Recent(read, fresh_s=1.0, clock=lambda: now[0])
    for moment in (0.0, 0.5, 1.0, 1.5, 2.0):
        now[0] = moment
        recent.get()
    assert readings == [0.0, 1.5]


def test_pools_are_those_of_the_registry() -> None:
    entries = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert len(pools_of_deployments()) == len(entries)
    assert pools_of_deployments()[DEPLOYMENTS["clip"]] == "nvidia"
    assert by_pool({"clip": 3}, scans=2) == {"nvidia": 3, "cpu": 2, "amd": 0}


@pytest.mark.usefixtures("connected")
def test_how_often_kept_answers_serve_is_counted(settings: Settings) -> None:
    with TestClient(production.create_app(settings), "http://localhost") as client:
        client.post("/api/anime/projects", json={"name": "Counted"})  # what was kept is kept no more

        def asked(outcome: str) -> float:
            found = samples(client.get("/metrics").text)
            return value(found, "tower_cache_requests_total", cache="answers", outcome=outcome)

        hits, misses = asked("hit"), asked("miss")
        wait_until(lambda: client.get("/api/anime/projects?limit=1") and asked("hit") > hits)
        assert asked("miss") > misses
