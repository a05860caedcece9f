"""Every part of Prefect that is private and that the warm worker stands on.

Prefect is pinned, and tests/deployments/test_prefect_private.py says which name has gone.
"""

import asyncio
import os
import ssl
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import prefect.context
from prefect import flow_engine, results, task_engine  # noqa: F401 -- loaded before the fork
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.engine import _drive_run_flow_result, handle_engine_signals
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.logging.loggers import flow_run_logger
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

USED_LATER: Final = ("anyio._backends._asyncio", "encodings.idna", "prefect.utilities.visualization")
"""Modules that Prefect imports only when a run begins."""


def load(entrypoints: Iterable[str]) -> None:
    """Have ready what every run needs, and leave out what ours do without; opens nothing."""
    for module in USED_LATER:
        import_module(module)
    for entrypoint in entrypoints:
        load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    vars(flow_engine)["observe_flow_run_suspension"] = _no_suspension
    vars(results)["_read_server_default_result_storage_block_id"] = _no_block
    vars(ssl)["create_default_context"] = _shared(ssl.create_default_context)
    SyncPrefectClient("http://127.0.0.1")
    httpx.create_ssl_context()
    FlowRun.model_validate_json(FlowRun(flow_id=uuid4()).model_dump_json())


def carry_out(flow_run: str, entrypoint: str) -> None:
    """What `python -m prefect.engine` does, in a process that has been forked for it."""
    run = FlowRun.model_validate_json(flow_run)
    with handle_engine_signals(run.id):
        logger = flow_run_logger(run).logger
        flow: Flow[..., Any] = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
        _drive_run_flow_result(flow, flow_engine.run_flow(flow, flow_run=run, error_logger=logger))


def adopt(environment: Mapping[str, str]) -> None:
    """Take on what a run's environment adds; settings are read again only where one is among it."""
    os.environ.update(environment)
    if any(name.startswith("PREFECT_") and not name.startswith("PREFECT__") for name in environment):
        prefect.context.refresh_global_settings_context()


@contextmanager
def _no_suspension(*_arguments: Any, **_options: Any) -> Iterator[None]:
    """Runs of ours are cancelled, never suspended: a websocket a run to hear of it would cost 0.4 s."""
    yield


def _no_block() -> None:
    """No result of ours is persisted: the server need not be asked where to, for each run."""


def _shared(create: Callable[..., ssl.SSLContext]) -> Callable[..., ssl.SSLContext]:
    """One context for all clients that trust the same file: Prefect reads it anew for each task, 20 ms."""
    known = cache(lambda file: create(cafile=file))

    def create_or_share(*arguments: Any, **options: Any) -> ssl.SSLContext:
        if not arguments and [*options] == ["cafile"]:
            return known(options["cafile"])
        return create(*arguments, **options)

    return create_or_share


class LeanWorker(BaseWorker[BaseJobConfiguration, BaseVariables, BaseWorkerResult]):
    """A worker that makes one call between finding a run and starting it: that it is Pending."""

    type = "lean"  # of no pool: every subclass has its own, and Prefect wants one of each class

    def __init__(self, work_pool_name: str, **options: Any) -> None:
        super().__init__(work_pool_name, **options)
        self._one_poll = asyncio.Lock()
        self._is_proposed = asyncio.Event()

    @abstractmethod
    async def begin(self, flow_run: FlowRun) -> bool:
        """Start the process of a run; False where that failed."""

    @abstractmethod
    async def follow(self, flow_run: FlowRun) -> None:
        """Wait for the end of a run that has begun, and say what became of it."""

    @property
    def pool_id(self) -> UUID | None:
        """Known once Prefect has been asked."""
        return None if self._work_pool is None else self._work_pool.id

    async def report_crash(self, flow_run: FlowRun, why: str) -> None:
        await self._propose_crashed_state(flow_run, why)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Take what waits, and do not ask again before all of it is Pending.

        Prefect counts a run against the pool's limit when it is Pending; one that is just becoming so is
        locked and passed over, and the next one would be handed out in its place, beyond the limit.
        """
        async with self._one_poll:
            taken = await super().get_and_submit_flow_runs()
            while self._submitting_flow_run_ids:
                self._is_proposed.clear()
                await self._is_proposed.wait()
            return taken

    async def _submit_run(self, flow_run: FlowRun) -> None:
        try:
            is_pending = await self._propose_pending_state(flow_run)
        finally:
            self._submitting_flow_run_ids.discard(flow_run.id)
            self._is_proposed.set()
        if is_pending and await self.begin(flow_run):
            await self.follow(flow_run)
