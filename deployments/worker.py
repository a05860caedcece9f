"""The worker's process: a Prefect worker for each pool, and the timers: reconciling, reading back."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from prefect.client.orchestration import PrefectClient, get_client

from deployments.child import stop_children
from deployments.crew import take_cold, take_warm
from deployments.registry import FILE, Pool, apply, kind_of, pools
from studio import log
from studio.settings import Settings, read_settings
from tasks.reconcile import reconcile_once
from tasks.submission import moved
from tasks.withdrawing import look_at_due

_RUNS_STOP_S: Final = 2.5
_log = logging.getLogger(__name__)


class Reconciler(threading.Thread):
    """Calls `act` every so often; a failure is told, and the next time comes all the same."""

    def __init__(self, act: Callable[[], object], *, every_s: float) -> None:
        super().__init__(name="reconciler", daemon=True)
        self._act = act
        self._every_s = every_s
        self._woken = threading.Event()
        self._is_stopped = False

    def wake(self) -> None:
        """Have it act at once: something has happened that it will want to see."""
        self._woken.set()

    def stop(self) -> None:
        self._is_stopped = True
        self._woken.set()

    def run(self) -> None:
        with ThreadPoolExecutor(1, "reconcile") as one:
            while True:
                self._woken.wait(self._every_s)
                self._woken.clear()
                if self._is_stopped:
                    return
                failure = one.submit(self._act).exception()
                if failure:
                    _log.error("reconciling failed", exc_info=failure)


async def work(
    settings: Settings,
    wanted: Sequence[Pool],
    file: Path = FILE,
    *,
    registers: bool = False,
    ready: Path | None = None,
) -> None:
    """Take runs of every pool until a signal comes; the runs under way end then too."""
    async with get_client() as client:
        await _await_prefect(client)
        if registers:
            await apply(client, wanted, file, kind=settings.worker, moved=moved)
        kind = await kind_of(client, wanted)
    reconciler = Reconciler(reconcile_once, every_s=settings.reconcile_s)
    rereader = Reconciler(look_at_due, every_s=settings.reconcile_s)
    for timer in (reconciler, rereader):
        timer.start()
    names, told = [pool.name for pool in wanted], partial(_announce, ready)
    if kind == "warm":
        take = take_warm(names, told, file=file, crashed=reconciler.wake, watches=settings.watch_sources)
    else:
        take = take_cold(names, told)
    taking = asyncio.ensure_future(take)
    _end_on_signal(taking)
    with contextlib.suppress(asyncio.CancelledError):
        await taking
    for timer in (reconciler, rereader):
        timer.stop()


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m deployments.worker", description=__doc__)
    parser.add_argument("--register", action="store_true", help="bring pools and deployments up to date")
    parser.add_argument("--ready", type=Path, help="write this file once runs are taken")
    arguments = parser.parse_args(argv)
    settings = read_settings()
    log.configure(settings.log_level)
    wanted = pools(max(1, len(settings.comfyui_urls)))
    asyncio.run(work(settings, wanted, registers=arguments.register, ready=arguments.ready))
    os._exit(0)  # threads of Prefect's client would hold us up


def _end_on_signal(polling: "asyncio.Future[None]") -> None:
    def end() -> None:
        stop_children(_RUNS_STOP_S)  # runs hold up no shutdown: the next start takes them up again
        polling.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)


async def _await_prefect(client: PrefectClient) -> None:
    """Prefect migrates its database while we import; whoever started us sets the deadline."""
    while await client.api_healthcheck() is not None:
        await asyncio.sleep(0.2)


def _announce(ready: Path | None) -> None:
    if ready:
        ready.write_text(f"{os.getpid()}\n")


if __name__ == "__main__":
    main()
