"""The figures that Prometheus collects, read off the tables: one reading serves scrapes close together."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

import yaml

from db.queries import figures
from db.session import transaction
from studio.settings import read_settings
from tasks.orchestrator import SCAN_DEPLOYMENT
from tasks.renderers import shown
from tasks.submission import DEPLOYMENTS

BOUNDS_S: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
"""Upper bounds of the durations of stages, inclusive, s: those of the trigger that counts them."""
FRESH_S: Final = 1.0
_REGISTRY: Final = Path(__file__).resolve().parent.parent / "prefect.yaml"


@dataclass(frozen=True, slots=True)
class Figures:
    """The work of the whole tower.

    `stages`: by stage, how many ever ended within each of `BOUNDS_S` and beyond, and their sum, s.
    """

    generations: Mapping[str, int]
    ended: Mapping[str, int]
    stages: Mapping[str, tuple[tuple[int, ...], float]]
    waiting: Mapping[str, int]
    idle_s: Mapping[str, float]


def read_figures() -> Figures:
    """Count now.

    Raises:
        UnavailableError: The database does not answer, or not in time.
    """
    urls = read_settings().comfyui_urls
    with transaction() as session:
        figures.limit_cost(session)
        idle = figures.idle_seconds(session, urls)
        return Figures(
            generations=figures.generations_by_status(session),
            ended=figures.ended_by_status(session),
            stages=figures.stage_seconds(session, len(BOUNDS_S) + 1),
            waiting=by_pool(figures.waiting_by_kind(session), figures.scans_waiting(session)),
            idle_s={shown(url): seconds for url, seconds in idle.items()},
        )


@dataclass(slots=True)
class Recent:
    """The latest reading, made anew when it is older than `fresh_s`; one at a time."""

    read: Callable[[], Figures] = read_figures
    fresh_s: float = FRESH_S
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _kept: tuple[float, Figures] | None = None

    def get(self) -> Figures:
        with self._lock:
            if self._kept is None or self.clock() - self._kept[0] > self.fresh_s:
                self._kept = self.clock(), self.read()
            return self._kept[1]


def by_pool(jobs: Mapping[str, int], scans: int) -> dict[str, int]:
    """What waits in our tables by the pool whose runs will carry it; 0 where nothing waits."""
    pools = pools_of_deployments()
    depth = dict.fromkeys(pools.values(), 0)
    waiting = {DEPLOYMENTS[kind]: count for kind, count in jobs.items()} | {SCAN_DEPLOYMENT: scans}
    for deployment, count in waiting.items():
        if deployment in pools:
            depth[pools[deployment]] += count
    return depth


@lru_cache(maxsize=1)
def pools_of_deployments() -> Mapping[str, str]:
    """The pool of each deployment, as `flow/deployment`, from the only registry."""
    listed = yaml.safe_load(_REGISTRY.read_text())["deployments"]
    return {f"{_flow(entry)}/{entry['name']}": str(entry["work_pool"]["name"]) for entry in listed}


def _flow(entry: Mapping[str, str]) -> str:
    """Flows are named after their functions."""
    return entry["entrypoint"].rpartition(".")[2].replace("_", "-")
