"""Runs that have lost their pool are made anew in the one that took its place."""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Final
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Scheduled

_PAGE: Final = 200
_log = logging.getLogger(__name__)

Moved = Callable[[UUID, UUID], object]


async def move_stranded(client: PrefectClient, moved: Moved) -> None:
    """Put every run that waits in no queue into the queue of its deployment; `moved` hears old and new id.

    A run keeps its idempotency key, so that there is never a second one of it: a process that dies here
    leaves either the old run, which the next start moves, or none under a key that its owner submits again.
    """
    for run in [run async for run in _waiting(client) if run.work_queue_id is None]:
        moved(run.id, await _move(client, run))
        _log.info("run %s waits in its new pool", run.name)


async def _move(client: PrefectClient, run: FlowRun) -> UUID:
    if run.idempotency_key:
        await client.delete_flow_run(run.id)
    made = await client.create_flow_run_from_deployment(
        run.deployment_id or run.id,
        parameters=run.parameters,
        name=run.name,
        tags=run.tags,
        state=Scheduled(scheduled_time=run.expected_start_time),
        idempotency_key=run.idempotency_key or f"moved/{run.id}",
        work_queue_name=run.work_queue_name,
        job_variables=run.job_variables,
    )
    if not run.idempotency_key:
        await client.delete_flow_run(run.id)
    return made.id


async def _waiting(client: PrefectClient) -> AsyncIterator[FlowRun]:
    """Runs of deployments that have not begun."""
    scheduled = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    offset = 0
    while page := await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=scheduled), sort=FlowRunSort.ID_DESC, limit=_PAGE, offset=offset
    ):
        for run in page:
            if run.deployment_id is not None:
                yield run
        offset += len(page)
