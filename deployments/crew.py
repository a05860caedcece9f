"""A Prefect worker for each pool, of one kind or the other, for as long as the process lives."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from prefect.workers.base import BaseWorker
from prefect.workers.process import ProcessWorker

from deployments.ear import listen
from deployments.forker import Forker, newest_source
from deployments.registry import entrypoints
from deployments.warm import TowerWorker

_log = logging.getLogger(__name__)


async def take_warm(
    names: Sequence[str],
    ready: Callable[[], object],
    *,
    file: Path,
    crashed: Callable[[], object],
    watches: bool,
) -> None:
    """Runs are forks of one server, and are taken as soon as an event tells of them."""
    forker = Forker(entrypoints(file), changed=newest_source if watches else bool)
    workers = [
        TowerWorker(name, name=_name(name), forker=forker, crashed=crashed, create_pool_if_not_found=False)
        for name in names
    ]

    async def hear() -> None:
        await _know_pools(workers)
        await forker.is_up.wait()
        ready()
        await listen(workers)

    loops = [loop for worker in workers for loop in (worker.start(printer=_log.info), worker.answer())]
    await asyncio.gather(forker.keep(), hear(), *loops)


async def take_cold(names: Sequence[str], ready: Callable[[], object]) -> None:
    """Prefect's own process workers: no private part of Prefect, and seconds instead of tenths."""
    workers = [ProcessWorker(name, name=_name(name), create_pool_if_not_found=False) for name in names]

    async def announce() -> None:
        await _know_pools(workers)
        ready()

    await asyncio.gather(announce(), *(worker.start(printer=_log.info) for worker in workers))


async def _know_pools(workers: Sequence[BaseWorker[Any, Any, Any]]) -> None:
    while not all(worker.get_status()["work_pool"] for worker in workers):
        await asyncio.sleep(0.05)


def _name(pool: str) -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{pool}"
