"""The worker's process: a process worker for each pool, and the reconciler's timer."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from prefect.client.orchestration import PrefectClient, get_client
from prefect.workers.process import ProcessWorker

from deployments.child import stop_children
from deployments.registry import apply, pools
from studio import log
from studio.settings import Settings, read_settings
from tasks.reconcile import reconcile_once

_RUNS_STOP_S: Final = 2.5
_log = logging.getLogger(__name__)


class Reconciler(threading.Thread):
    """Calls `act` every so often; a failure is told, and the next time comes all the same."""

    def __init__(self, act: Callable[[], object], *, every_s: float) -> None:
        super().__init__(name="reconciler", daemon=True)
        self._act = act
        self._every_s = every_s
        self.stopped = threading.Event()

    def run(self) -> None:
        with ThreadPoolExecutor(1, "reconcile") as one:
            while not self.stopped.wait(self._every_s):
                failure = one.submit(self._act).exception()
                if failure:
                    _log.error("reconciling failed", exc_info=failure)


async def work(settings: Settings, *, registers: bool, ready: Path | None) -> None:
    """Take runs of every pool until a signal comes; the runs under way end then too."""
    wanted = pools(max(1, len(settings.comfyui_urls)))
    async with get_client() as client:
        await _await_prefect(client)
        if registers:
            await apply(client, wanted)
    name = f"{socket.gethostname()}-{os.getpid()}"
    workers = [
        ProcessWorker(work_pool_name=pool.name, name=f"{name}-{pool.name}", create_pool_if_not_found=False)
        for pool in wanted
    ]
    reconciler = Reconciler(reconcile_once, every_s=settings.reconcile_s)
    reconciler.start()
    polling = asyncio.gather(
        *(worker.start(printer=_log.info) for worker in workers), _announce(workers, ready)
    )
    _end_on_signal(polling)
    with contextlib.suppress(asyncio.CancelledError):
        await polling
    reconciler.stopped.set()


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m deployments.worker", description=__doc__)
    parser.add_argument("--register", action="store_true", help="bring pools and deployments up to date")
    parser.add_argument("--ready", type=Path, help="write this file once runs are taken")
    arguments = parser.parse_args(argv)
    settings = read_settings()
    log.configure(settings.log_level)
    asyncio.run(work(settings, registers=arguments.register, ready=arguments.ready))
    os._exit(0)  # threads of Prefect's client would hold us up


def _end_on_signal(polling: "asyncio.Future[list[None]]") -> None:
    def end() -> None:
        stop_children(_RUNS_STOP_S)  # runs hold up no shutdown: the next start takes them up again
        polling.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)


async def _await_prefect(client: PrefectClient) -> None:
    """Prefect migrates its database while we import; whoever started us sets the deadline."""
    while await client.api_healthcheck() is not None:
        await asyncio.sleep(0.2)


async def _announce(workers: list[ProcessWorker], ready: Path | None) -> None:
    while not all(worker.get_status()["work_pool"] for worker in workers):
        await asyncio.sleep(0.05)
    if ready:
        ready.write_text(f"{os.getpid()}\n")


if __name__ == "__main__":
    main()
