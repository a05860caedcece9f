"""What Prometheus collects: the work of the whole tower, and how this process is."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Final

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from api.counted import PROCESS
from db.queries.figures import pool_in_use
from studio.errors import StudioError
from tasks.figures import BOUNDS_S, Figures, Recent

router = APIRouter(tags=["monitoring"])
_recent: Final = Recent()


class TowerCollector(Collector):
    """The tables' figures as Prometheus names them; without a database, that it is away and no more."""

    def __init__(self, recent: Recent) -> None:
        self._recent = recent

    def collect(self) -> Iterator[Metric]:
        pool = GaugeMetricFamily("tower_db_pool_in_use", "Connections that this process uses now.")
        try:
            pool.add_metric([], pool_in_use())
            yield pool
            found = self._recent.get()
        except StudioError:
            yield GaugeMetricFamily("tower_db_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("tower_db_up", "Whether the database answers.", value=1)
        yield from _families(found)


@router.get("/metrics", response_class=PlainTextResponse, include_in_schema=False)
def metrics() -> PlainTextResponse:
    """In Prometheus's text format."""
    tower = CollectorRegistry()
    tower.register(TowerCollector(_recent))
    text = generate_latest(tower) + generate_latest(PROCESS)
    return PlainTextResponse(text, headers={"content-type": CONTENT_TYPE_LATEST})


def _gauge(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=[label])
    for value in sorted(values):
        family.add_metric([value], values[value])
    return family


def _families(found: Figures) -> Iterator[Metric]:
    ended = CounterMetricFamily("tower_generations", "How often generations ended.", labels=["status"])
    for status in sorted(found.ended):
        ended.add_metric([status], found.ended[status])
    yield ended
    by_status = found.generations
    yield _gauge("tower_generations_now", "Generations by their present status.", "status", by_status)
    yield _gauge("tower_queue_depth", "What waits for a run of its pool.", "pool", found.waiting)
    idle = "For how long a renderer has had nothing of ours."
    yield _gauge("tower_renderer_idle_seconds", idle, "server", found.idle_s)
    stages = HistogramMetricFamily("tower_stage_seconds", "How long stages took.", labels=["stage"])
    bounds = [*(str(bound) for bound in BOUNDS_S), "+Inf"]
    for stage, (counts, sum_s) in sorted(found.stages.items()):
        stages.add_metric([stage], list(zip(bounds, accumulate(counts), strict=True)), sum_s)
    yield stages
