"""What wakes the warm workers: Prefect's events, so that a run is taken when it is made."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import httpx
from prefect.events import Event
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventAnyResourceFilter, EventFilter, EventNameFilter
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from websockets.exceptions import WebSocketException

from deployments.warm import TowerWorker

SCHEDULED: Final = "prefect.flow-run.Scheduled"
CANCELLING: Final = "prefect.flow-run.Cancelling"
_PAUSE_S: Final = 1.0
_POOL: Final = "prefect.work-pool."
_RUN: Final = "prefect.flow-run."
_TROUBLE: Final = (OSError, WebSocketException, httpx.HTTPError, PrefectHTTPStatusError, ObjectNotFound)
_log = logging.getLogger(__name__)


async def listen(workers: Sequence[TowerWorker]) -> None:
    """Ring where a run is made and cancel where one is to be cancelled, for as long as this runs."""
    by_pool = {f"{_POOL}{worker.pool_id}": worker for worker in workers}
    is_deaf = asyncio.Event()
    while True:
        try:
            await _hear(by_pool, is_deaf)
        except _TROUBLE as error:
            if not is_deaf.is_set():
                _log.warning("events are not heard, runs are taken by polling: %s", error)
            is_deaf.set()
        await asyncio.sleep(_PAUSE_S)


async def _hear(by_pool: Mapping[str, TowerWorker], is_deaf: asyncio.Event) -> None:
    """One connection's life; what happened before it is caught up with first."""
    wanted = EventFilter(
        event=EventNameFilter(name=[SCHEDULED, CANCELLING]),
        any_resource=EventAnyResourceFilter(id=[*by_pool]),
    )
    async with get_events_subscriber(filter=wanted, reconnection_attempts=0) as events:
        for worker in by_pool.values():
            worker.ring()
            await worker.cancel_forgotten()
        if is_deaf.is_set():
            _log.info("events are heard again")
        is_deaf.clear()
        async for event in events:
            await _act(event, by_pool)


async def _act(event: Event, by_pool: Mapping[str, TowerWorker]) -> None:
    for worker in [by_pool[related.id] for related in event.related if related.id in by_pool]:
        if event.event == SCHEDULED:
            worker.ring()
        else:
            await worker.cancel(UUID(event.resource.id.removeprefix(_RUN)))
