"""A worker of the pool `forge` as a process, and Prefect as its tests ask it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil

from deployments.addresses import QUIET_PREFECT, worker_environment
from deployments.guard import MARK, marked, sweep
from studio.settings import Settings
from tests.fakes.serving import wait_until

ROOT = Path(__file__).parents[2]
POLLS_NEVER = {"PREFECT_WORKER_QUERY_SECONDS": "600"}  # what is taken within a test was told of by an event


class Forge:
    """Starts and ends workers; `folder` is where runs write."""

    def __init__(self, api_url: str, database_url: str, folder: Path) -> None:
        self.folder = folder
        self.mark = f"forge-{os.getpid()}-{time.monotonic_ns()}"
        self.http = httpx.Client(base_url=api_url, trust_env=False)
        self.log = folder / "worker.log"
        self._given = {
            **os.environ, **QUIET_PREFECT, **worker_environment(Settings(home=folder)), **POLLS_NEVER,
            MARK: self.mark, "PREFECT_API_URL": api_url, "DATABASE_URL": database_url,
            "TOWER_HOME": str(folder), "TOWER_RECONCILE_S": "3600", "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": str(folder / "prefect"),
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.fakes.worker_process", str(ready)],
                env=self._given | environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        worker = self.process
        wait_until(lambda: ready.exists() or worker.poll() is not None, 150)
        assert worker.poll() is None, self.log.read_text()

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Have the worker end as the stack would, or kill it."""
        assert self.process
        self.process.send_signal(number)
        self.process.wait(10)

    def close(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
        sweep(self.mark)
        self.http.close()

    def processes(self) -> list[int]:
        return marked(self.mark)

    def fork_servers(self) -> list[int]:
        """Fork servers and what they have forked, which are not told apart by their command."""
        return [pid for pid in self.processes() if "deployments.fork_server" in _command(pid)]

    def order(self, flow: str, file: Path, **parameters: Any) -> UUID:
        """Create a run, as the API does."""
        found = self.http.get(f"/deployments/name/{flow}/{flow}").raise_for_status().json()
        body = {"parameters": {"file": str(file), **parameters}, "state": {"type": "SCHEDULED"}}
        made = self.http.post(f"/deployments/{found['id']}/create_flow_run", json=body).raise_for_status()
        return UUID(made.json()["id"])

    def run(self, flow_run_id: UUID) -> Any:
        return self.http.get(f"/flow_runs/{flow_run_id}").raise_for_status().json()

    def state(self, flow_run_id: UUID) -> str:
        return str(self.run(flow_run_id)["state_name"])

    def becomes(self, flow_run_id: UUID, *names: str, within_s: float = 20.0) -> None:
        wait_until(lambda: self.state(flow_run_id) in names, within_s)

    def set_state(self, flow_run_id: UUID, kind: str) -> None:
        body = {"state": {"type": kind, "name": kind.title()}}
        self.http.post(f"/flow_runs/{flow_run_id}/set_state", json=body).raise_for_status()

    def message(self, flow_run_id: UUID) -> str:
        return str(self.run(flow_run_id)["state"]["message"])

    def logged(self, flow_run_id: UUID) -> list[str]:
        wanted = {"logs": {"flow_run_id": {"any_": [str(flow_run_id)]}}}
        return [entry["message"] for entry in self.http.post("/logs/filter", json=wanted).json()]


def pid_in(file: Path) -> int:
    """The number of the process that a run has written into its file, once it has."""
    wait_until(lambda: file.exists() and file.read_text().endswith("\n"), 20)
    return int(file.read_text().split()[0])


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def let_go(file: Path) -> None:
    Path(f"{file}.go").touch()


def _command(pid: int) -> str:
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""
