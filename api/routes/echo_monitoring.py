"""How the tower is: machine, database, everything."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from api.schemas.monitoring import MetricsShown, StatsShown, StatusShown
from tasks import monitoring
from tasks.monitoring import TowerSeen

router = APIRouter(tags=["monitoring"])


@router.get("/system/metrics")
def system_metrics() -> MetricsShown:
    """The machine that this service runs on, in percent, the tower's GPUs, and its work."""
    return MetricsShown.model_validate(monitoring.measure())


@router.get("/db/stats")
def database_stats() -> StatsShown:
    """What PostgreSQL tells of the database, its tables, indexes, connections and replicas."""
    return StatsShown.model_validate(monitoring.database_stats())


@router.get("/status")
def status() -> StatusShown:
    """Every service, pool, worker, queue and renderer, and the work; asked just now."""
    seen = monitoring.look_at_tower()
    told: dict[str, Any] = {
        "status": "healthy" if is_well(seen) else "degraded",
        "timestamp": datetime.now(UTC),
        **asdict(seen),
    }
    return StatusShown.model_validate(told)


def is_well(seen: TowerSeen) -> bool:
    """Every service is up, each pool has a worker, a renderer answers, and the work could be counted."""
    has_workers = bool(seen.pools) and all(
        any(worker.status == "ONLINE" for worker in pool.workers) for pool in seen.pools or ()
    )
    has_renderer = any(renderer.alive for renderer in seen.renderers or ())
    are_up = all(service.state == "up" for service in seen.services)
    return are_up and has_workers and has_renderer and seen.work is not None
