"""Work pools, their queues and the deployments of `prefect.yaml`, brought to what they should be."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import yaml
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import DeploymentSchedule, WorkPool, WorkQueue
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from deployments.moving import Moved, move_stranded
from deployments.warm import TowerWorker
from tasks.schedules import is_ours

FILE: Final = Path(__file__).resolve().parent.parent / "prefect.yaml"
COMMAND: Final = "python -m prefect.engine"
TYPES: Final = {"warm": TowerWorker.type, "process": ProcessWorker.type}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Queue:
    """One line in front of a pool; 1 is served first."""

    name: str
    priority: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Where runs wait for one kind of hardware."""

    name: str
    limit: int | None
    queues: tuple[Queue, ...]


def pools(server_count: int) -> tuple[Pool, ...]:
    """The pools of a tower with so many renderers; interactive work always gets in."""
    limit = 2 * server_count + 4
    plain = (Queue("interactive", 1), Queue("batch", 5))
    episodes = Queue("episodes", 3, server_count + 3)  # more would keep no further renderer busy
    return (
        Pool("nvidia", limit, (Queue("interactive", 1), Queue("batch", 5, limit - 2))),
        Pool("amd", None, plain),
        Pool("cpu", None, (*plain, episodes)),
    )


def _untold(_old: UUID, _new: UUID) -> None:
    """Where nobody keeps ids of runs."""


async def apply(
    client: PrefectClient,
    wanted: Iterable[Pool],
    file: Path = FILE,
    *,
    kind: str = "warm",
    moved: Moved = _untold,
) -> None:
    """Create what is missing and change what differs; what is as it should be is left alone.

    A pool of the other kind is replaced, and the runs that waited in it wait in the new one; `moved` is
    told the old and the new id of each.
    """
    for pool in wanted:
        await _apply_pool(client, pool, kind)
    for entry in yaml.safe_load(file.read_text())["deployments"]:
        await _apply_deployment(client, entry)
    await move_stranded(client, moved)


async def kind_of(client: PrefectClient, wanted: Sequence[Pool]) -> str:
    """Which kind of worker the pools are for: a host that joins a tower works as that does."""
    found = await client.read_work_pool(wanted[0].name)
    return "process" if found.type == ProcessWorker.type else "warm"


def entrypoints(file: Path = FILE) -> list[str]:
    """The flows of all deployments."""
    return sorted({entry["entrypoint"] for entry in yaml.safe_load(file.read_text())["deployments"]})


def job_template(kind: str) -> dict[str, Any]:
    """The process worker's own names the engine outright, which starts faster."""
    if kind == "warm":
        return TowerWorker.get_default_base_job_template()
    template = ProcessWorker.get_default_base_job_template()
    template["variables"]["properties"]["command"]["default"] = COMMAND
    return template


async def _apply_pool(client: PrefectClient, pool: Pool, kind: str) -> None:
    template = job_template(kind)
    found = await _found_pool(client, pool.name, TYPES[kind])
    if found is None:
        create = WorkPoolCreate(
            name=pool.name, type=TYPES[kind], base_job_template=template, concurrency_limit=pool.limit
        )
        found = await client.create_work_pool(create)
    if _differs(found, pool, template):
        update = WorkPoolUpdate(base_job_template=template, concurrency_limit=pool.limit)
        await client.update_work_pool(pool.name, update)
    there = {queue.name: queue for queue in await client.read_work_queues(work_pool_name=pool.name)}
    for queue in pool.queues:
        await _apply_queue(client, pool.name, queue, there.get(queue.name))


async def _found_pool(client: PrefectClient, name: str, kind: str) -> WorkPool | None:
    """The pool as it is; one of another type is taken away, since a pool's type is for life."""
    try:
        found = await client.read_work_pool(name)
    except ObjectNotFound:
        return None
    if found.type == kind:
        return found
    _log.warning("pool %s of type %s gives way to one of type %s", name, found.type, kind)
    await client.delete_work_pool(name)
    return None


async def _apply_queue(client: PrefectClient, pool: str, queue: Queue, known: WorkQueue | None) -> None:
    if known is None:
        await client.create_work_queue(
            queue.name, priority=queue.priority, concurrency_limit=queue.limit, work_pool_name=pool
        )
    elif (known.priority, known.concurrency_limit) != (queue.priority, queue.limit):
        await client.update_work_queue(known.id, priority=queue.priority, concurrency_limit=queue.limit)


def _differs(found: WorkPool, pool: Pool, template: dict[str, Any]) -> bool:
    return found.concurrency_limit != pool.limit or found.base_job_template != template


async def _apply_deployment(client: PrefectClient, entry: dict[str, Any]) -> None:
    """POST replaces a deployment of the same name; its runs and its id stay."""
    flow: Flow[..., Any] = load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)
    wanted = {
        "entrypoint": entry["entrypoint"],
        "description": entry.get("description"),
        "tags": entry.get("tags", []),
        "parameters": entry.get("parameters") or {},
        "work_pool_name": entry["work_pool"]["name"],
        "work_queue_name": entry["work_pool"]["work_queue_name"],
        "parameter_openapi_schema": parameter_schema(flow).model_dump_for_openapi(),
        "enforce_parameter_schema": True,
    }
    known: list[DeploymentSchedule] = []
    try:
        found = await client.read_deployment_by_name(f"{flow.name}/{entry['name']}")
        known = [each for each in found.schedules if not is_ours(each)]
        if all(getattr(found, key) == value for key, value in wanted.items()) and _on_time(entry, known):
            return
    except ObjectNotFound:
        _log.info("new deployment %s/%s", flow.name, entry["name"])
    flow_id = await client.create_flow_from_name(flow.name)
    await client.create_deployment(flow_id, entry["name"], schedules=_schedules(entry, known), **wanted)


def _schedules(
    entry: dict[str, Any], known: Sequence[DeploymentSchedule] = ()
) -> list[DeploymentScheduleCreate]:
    """When a deployment runs by itself; a schedule that somebody has paused, or switched on, stays so."""
    decided = [(each.schedule, each.active) for each in known]
    return [
        DeploymentScheduleCreate(schedule=cron, active=is_on != ((cron, not is_on) in decided))
        for cron, is_on in (_as_said(said) for said in entry.get("schedules", ()))
    ]


def _as_said(said: dict[str, Any]) -> tuple[CronSchedule, bool]:
    """A schedule of the file, and whether it is on where nobody has decided otherwise."""
    return CronSchedule(cron=said["cron"], timezone=said["timezone"]), said.get("active", True)


def _on_time(entry: dict[str, Any], known: Sequence[DeploymentSchedule]) -> bool:
    return [each.schedule for each in known] == [each.schedule for each in _schedules(entry)]
