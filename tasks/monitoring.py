"""How this tower is now: its machine, its database, its services, its work."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import psutil

from db.queries import figures, monitoring
from db.session import reading, transaction
from studio.clients.gpu import Gpu, keyed, local_gpus
from studio.hosts import is_loopback, reachable
from studio.settings import Settings, read_settings
from tasks.language_model import SoughtModel, seek_model
from tasks.modules import ask_all
from tasks.orchestrator_survey import PoolSeen, look_at_pools
from tasks.renderer_survey import Device, RendererSeen, look_at_renderers

SAMPLE_S: Final = 0.1
"""Over how long the CPU is watched."""
SERVICE_WITHIN_S: Final = 2.0
STATUS_WITHIN_S: Final = 6.0
_MIB: Final = 1024 * 1024
_HEALTHS: Final = {
    "tower-anime-production": ("anime_port", "/api/anime/health"),
    "episodes-api": ("episodes_port", "/api/anime/health"),
    "tower-apple-music": ("music_port", "/api/health"),
    "tower-echo-brain": ("echo_port", "/api/echo/health"),
}


@dataclass(frozen=True, slots=True)
class Metrics:
    """The machine, in percent, its GPUs by name, and how much is under way and waits."""

    cpu_usage: float
    memory_usage: float
    gpu_usage: Mapping[str, Gpu]
    active_tasks: int
    queue_size: int


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """One service: up, degraded or down, and why."""

    name: str
    url: str
    state: str
    answered_in_ms: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Work:
    """Generations by status, and what was said to the director."""

    generations: Mapping[str, int]
    active_tasks: int
    queue_size: int
    conversations: int
    decisions: int


@dataclass(frozen=True, slots=True)
class TowerSeen:
    """The whole tower; None for what did not answer in time."""

    services: Sequence[ServiceSeen]
    work: Work | None
    pools: Sequence[PoolSeen] | None
    renderers: Sequence[RendererSeen] | None
    language_model: SoughtModel | None


def measure(gpus: Callable[[], Iterable[Gpu]] = local_gpus) -> Metrics:
    """The machine that the API runs on, the GPUs of renderers elsewhere, and the work of the whole tower.

    Raises:
        UnavailableError: The database does not answer.
    """
    with reading() as session:
        active, waiting = figures.work(session, silent_s=_silent_s())
    here = list(gpus())
    renderers = ask_all({"seen": look_at_renderers}, SERVICE_WITHIN_S)["seen"] or []
    return Metrics(
        cpu_usage=psutil.cpu_percent(interval=SAMPLE_S),
        memory_usage=psutil.virtual_memory().percent,
        gpu_usage=keyed([*here, *elsewhere(renderers, has_local=bool(here))]),
        active_tasks=active,
        queue_size=waiting,
    )


def elsewhere(renderers: Iterable[RendererSeen], *, has_local: bool) -> list[Gpu]:
    """The GPUs of renderers that this machine cannot read itself; memory is all that they tell.

    Two servers on one GPU of another machine are told of twice: nothing says that it is one.
    """
    return [
        _as_gpu(device, seen.server)
        for seen in renderers
        if not (has_local and is_loopback(urlsplit(seen.server).hostname or ""))
        for device in seen.devices
        if device.type not in ("", "cpu")
    ]


def database_stats() -> dict[str, Any]:
    """What PostgreSQL's own views tell.

    Raises:
        UnavailableError: The database does not answer.
    """
    with transaction() as session:
        figures.limit_cost(session)
        return {
            "database": monitoring.database(session),
            "connections": monitoring.connections(session),
            "tables": monitoring.tables(session),
            "indexes": monitoring.indexes(session),
            "replicas": monitoring.replicas(session),
        }


def look_at_tower() -> TowerSeen:
    """Every service, pool, worker, queue and server, and the work; all are asked at once."""
    settings = read_settings()
    services = {name: (lambda each=name: look_at_service(each, settings)) for name in _HEALTHS}
    others: dict[str, Callable[[], Any]] = {
        "work": count_work,
        "pools": look_at_pools,
        "renderers": look_at_renderers,
        "language_model": seek_model,
    }
    found = ask_all({**services, **others}, STATUS_WITHIN_S)
    seen = [found[name] or _silent(name, settings) for name in services]
    return TowerSeen(seen, **{name: found[name] for name in others})


def look_at_service(name: str, settings: Settings) -> ServiceSeen:
    """What a service says of its health."""
    url, path = _address(name, settings), _HEALTHS[name][1]
    begun = perf_counter()
    try:
        reply = httpx.get(f"{url}{path}", timeout=SERVICE_WITHIN_S, trust_env=False)
        told = reply.json()
        state, problem = str(told.get("status", "")), told.get("error", {}).get("message")
    except (httpx.HTTPError, ValueError, AttributeError) as error:
        return ServiceSeen(name, url, "down", None, str(error) or type(error).__name__)
    took_ms = round((perf_counter() - begun) * 1000, 1)
    if reply.is_success:
        return ServiceSeen(name, url, "up" if state == "healthy" else state, took_ms, None)
    return ServiceSeen(name, url, "down", took_ms, problem or state or f"It answers {reply.status_code}.")


def count_work() -> Work:
    """What the tables hold of generations and conversations.

    Raises:
        UnavailableError: The database does not answer, or not in time.
    """
    with transaction() as session:
        figures.limit_cost(session)
        active, waiting = figures.work(session, silent_s=_silent_s())
        said, decided = figures.conversations(session)
        return Work(figures.generations_by_status(session), active, waiting, said, decided)


def _silent(name: str, settings: Settings) -> ServiceSeen:
    return ServiceSeen(name, _address(name, settings), "down", None, "It does not answer in time.")


def _address(name: str, settings: Settings) -> str:
    return f"http://{reachable(settings.bind)}:{getattr(settings, _HEALTHS[name][0])}"


def _silent_s() -> float:
    settings = read_settings()
    return max(settings.heartbeat_lost_s, settings.start_lost_s)


def _as_gpu(device: Device, server: str) -> Gpu:
    """ComfyUI writes `cuda:0 NVIDIA GeForce RTX 3060 : cudaMallocAsync`, and bytes."""
    name = device.name.partition(" : ")[0].strip()
    prefix, _, rest = name.partition(" ")
    total, free = device.vram_total, device.vram_free
    return Gpu(
        name=rest if ":" in prefix and rest else name,
        utilization=None,
        memory_used=None if total is None or free is None else (total - free) // _MIB,
        memory_total=None if total is None else total // _MIB,
        server=server,
    )
