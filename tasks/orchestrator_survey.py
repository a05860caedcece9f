"""How Prefect is: read over its REST API, with answers soon or not at all."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from prefect.settings import get_current_settings

from studio.errors import UnavailableError

_TIMEOUT_S: Final = 1.2
_COUNT_TIMEOUT_S: Final = 4.0
_WAITING: Final = ("SCHEDULED", "PENDING", "PAUSED")
_RUNNING: Final = ("RUNNING", "CANCELLING")


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker that has registered; its heartbeat is a time as Prefect writes it."""

    name: str
    status: str
    heartbeat_at: str | None


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """One line in front of a pool; 1 is served first."""

    name: str
    priority: int | None
    limit: int | None
    status: str
    waiting: int


@dataclass(frozen=True, slots=True)
class PoolSeen:
    """Where runs wait for one kind of hardware, and who takes them."""

    name: str
    type: str
    status: str
    limit: int | None
    running: int
    queues: tuple[QueueSeen, ...]
    workers: tuple[WorkerSeen, ...]


def knows(deployment: str) -> bool:
    """Whether there is a deployment of that name, as `flow/deployment`.

    Raises:
        UnavailableError: Prefect does not answer.
    """
    with _api(_TIMEOUT_S) as api:
        reply = api.get(f"/deployments/name/{deployment}")
        if reply.status_code == httpx.codes.NOT_FOUND:
            return False
        reply.raise_for_status()
        return True


def look_at_pools() -> list[PoolSeen]:
    """Every pool with its queues, its workers and what runs and waits there.

    Raises:
        UnavailableError: Prefect does not answer.
    """
    with _api(_COUNT_TIMEOUT_S) as api, ThreadPoolExecutor(8, "prefect") as threads:
        found = _post(api, "/work_pools/filter", limit=50)
        return sorted(threads.map(lambda pool: _pool(api, pool), found), key=lambda pool: pool.name)


def _pool(api: httpx.Client, pool: dict[str, Any]) -> PoolSeen:
    name = str(pool["name"])
    workers = _post(api, f"/work_pools/{name}/workers/filter", limit=100)
    queues = _post(api, f"/work_pools/{name}/queues/filter", limit=50)
    return PoolSeen(
        name=name,
        type=str(pool["type"]),
        status="PAUSED" if pool["is_paused"] else str(pool["status"]),
        limit=pool["concurrency_limit"],
        running=_count(api, name, _RUNNING),
        queues=tuple(
            QueueSeen(
                name=queue["name"],
                priority=queue["priority"],
                limit=queue["concurrency_limit"],
                status=str(queue["status"]),
                waiting=_count(api, name, _WAITING, queue["name"]),
            )
            for queue in queues
        ),
        workers=tuple(
            WorkerSeen(str(worker["name"]), str(worker["status"]), worker["last_heartbeat_time"])
            for worker in workers
        ),
    )


def _count(api: httpx.Client, pool: str, states: Sequence[str], queue: str | None = None) -> int:
    """How many runs are in one of the states; those of schedules that are not due yet don't count."""
    runs: dict[str, Any] = {
        "state": {"type": {"any_": list(states)}},
        "expected_start_time": {"before_": datetime.now(UTC).isoformat()},
    }
    lines: dict[str, Any] = {} if queue is None else {"work_pool_queues": {"name": {"any_": [queue]}}}
    return int(_post(api, "/flow_runs/count", flow_runs=runs, work_pools={"name": {"any_": [pool]}}, **lines))


def _post(api: httpx.Client, path: str, **body: Any) -> Any:
    reply = api.post(path, json=body)
    reply.raise_for_status()
    return reply.json()


@contextmanager
def _api(timeout_s: float) -> Iterator[httpx.Client]:
    settings = get_current_settings().api
    if settings.url is None:
        raise UnavailableError("PREFECT_API_URL is not set: start the stack with `tower up`.")
    headers, auth = {}, None
    if settings.key is not None:
        headers["authorization"] = f"Bearer {settings.key.get_secret_value()}"
    elif settings.auth_string is not None:
        user, _, password = settings.auth_string.get_secret_value().partition(":")
        auth = httpx.BasicAuth(user, password)
    try:
        with httpx.Client(
            base_url=settings.url, headers=headers, auth=auth, timeout=timeout_s, trust_env=False
        ) as client:
            yield client
    except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
        raise UnavailableError("Prefect does not answer.", reason=str(error)[:500]) from error
