"""The warm worker: a Prefect worker whose runs are forks of a server that has everything loaded."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import anyio.abc
import httpx
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Cancelled
from prefect.workers.base import BaseJobConfiguration, BaseWorkerResult

from deployments.fork_server import name_of
from deployments.forker import Forker, Run
from deployments.prefect_private import LeanWorker
from studio.errors import UnavailableError

TYPE: Final = "tower"
HOST: Final = socket.gethostname()
TEMPLATE: Final[dict[str, Any]] = {
    "job_configuration": {"env": "{{ env }}"},
    "variables": {
        "type": "object",
        "properties": {
            "env": {
                "title": "Environment Variables",
                "description": "Set in the process of a run.",
                "type": "object",
                "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            }
        },
    },
}
_KNOWN_FOR_S: Final = 60.0
_log = logging.getLogger(__name__)


class TowerWorker(LeanWorker):
    """Takes the runs of one pool; several share a fork server in one process."""

    type = TYPE
    _description = "Carries out flow runs as forks of a process that has Prefect and the flows loaded."
    _display_name = "Tower"

    def __init__(
        self, work_pool_name: str, *, forker: Forker, crashed: Callable[[], object] = bool, **options: Any
    ) -> None:
        super().__init__(work_pool_name, **options)
        self._forker = forker
        self._crashed = crashed
        self._runs: dict[UUID, Run] = {}
        self._cancelled: set[UUID] = set()
        self._deployments: dict[UUID, tuple[float, DeploymentResponse]] = {}
        self._bell = asyncio.Event()

    @classmethod
    def get_default_base_job_template(cls) -> dict[str, Any]:
        return TEMPLATE

    def ring(self) -> None:
        """There may be something to take."""
        self._bell.set()

    async def answer(self) -> None:
        """Poll whenever the bell has rung."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self.get_and_submit_flow_runs()
            except (httpx.HTTPError, PrefectHTTPStatusError) as error:
                _log.warning("%s: not polled: %s", self.name, error)

    async def begin(self, flow_run: FlowRun) -> bool:
        try:
            deployment = await self._deployment(flow_run.deployment_id)
            run = await self._forker.order(
                str(flow_run.id),
                flow_run=flow_run.model_dump_json(),
                entrypoint=deployment.entrypoint,
                environment=self._environment(flow_run, deployment),
            )
        except (UnavailableError, ObjectNotFound) as error:
            await self.report_crash(flow_run, f"It could not be started: {error}")
            return False
        self._runs[flow_run.id] = run
        return True

    async def follow(self, flow_run: FlowRun) -> None:
        run = self._runs[flow_run.id]
        try:
            await self.client.update_flow_run(flow_run.id, infrastructure_pid=f"{HOST}:{run.pid.result()}")
            end = await run.end
        finally:
            del self._runs[flow_run.id]
        self.ring()
        if end.code and flow_run.id not in self._cancelled:
            await self.report_crash(flow_run, f"Its process ended with {end.code}{end.why and ': '}{end.why}")
            self._crashed()
        self._cancelled.discard(flow_run.id)

    async def cancel(self, flow_run_id: UUID) -> None:
        """End the process of a run that is to be cancelled, also one that an earlier worker started."""
        flow_run = await self.client.read_flow_run(flow_run_id)
        if flow_run.state is None or not flow_run.state.is_cancelling():
            return
        host, _, pid = (flow_run.infrastructure_pid or "").rpartition(":")
        if flow_run_id in self._runs:
            host, pid = HOST, str(self._runs[flow_run_id].pid.result())
            self._cancelled.add(flow_run_id)
        if host not in ("", HOST):
            return
        if pid and _is_process_of(flow_run_id, int(pid)):
            with suppress(ProcessLookupError):
                os.killpg(int(pid), signal.SIGKILL)
        await self.client.set_flow_run_state(
            flow_run_id, Cancelled(message="ended by its worker"), force=True
        )

    async def cancel_forgotten(self) -> None:
        """What was to be cancelled while nobody listened."""
        cancelling = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CANCELLING]))
        for flow_run in await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=cancelling),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[self.work_pool.name])),
        ):
            await self.cancel(flow_run.id)

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> BaseWorkerResult:
        """Not the way of our runs, which go through `begin` and `follow`."""
        raise NotImplementedError

    async def _deployment(self, deployment_id: UUID | None) -> DeploymentResponse:
        """Read at most once a minute: every run of ours has one of a few."""
        if deployment_id is None:
            raise UnavailableError("A run of no deployment has no flow that could be loaded.")
        read_s, deployment = self._deployments.get(deployment_id, (0.0, None))
        if deployment is None or time.monotonic() - read_s > _KNOWN_FOR_S:
            deployment = await self.client.read_deployment(deployment_id)
            self._deployments[deployment_id] = time.monotonic(), deployment
        return deployment

    def _environment(self, flow_run: FlowRun, deployment: DeploymentResponse) -> dict[str, str]:
        """What the pool, the deployment and the run ask for, in this order."""
        asked = self.work_pool.base_job_template["variables"]["properties"]["env"].get("default") or {}
        for variables in (deployment.job_variables, flow_run.job_variables):
            asked = {**asked, **((variables or {}).get("env") or {})}
        given = {name: str(value) for name, value in asked.items() if value is not None}
        return {
            **given,
            "PREFECT__FLOW_RUN_ID": str(flow_run.id),
            "PREFECT__WORKER_NAME": self.name,
            "PREFECT__WORKER_ID": str(self.backend_id),
            "PREFECT__DEPLOYMENT_ID": str(deployment.id),
            "PREFECT__DEPLOYMENT_NAME": deployment.name,
        }


def _is_process_of(flow_run_id: UUID, pid: int) -> bool:
    """Numbers of processes are used again; names tell a run's from another."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == name_of(str(flow_run_id))
    except (FileNotFoundError, ProcessLookupError):
        return False
