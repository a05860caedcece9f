"""A tower that faults are tried on, and the generations that meet them."""

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
from psycopg.rows import dict_row

from deployments import stack, status
from deployments.addresses import Addresses
from studio.settings import Settings
from tests.fakes.serving import wait_until
from tests.faults import gates

ENDS_WITHIN_S = 600.0
_numbers = itertools.count(1)

JOBS = "anime_api.production_jobs"
JOB = f"SELECT * FROM {JOBS} WHERE id = %s"
ROW_AWAITED = f"""
SELECT FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND query LIKE '%SELECT%{JOBS}%'
"""  # a SELECT that waits is one FOR UPDATE; the end of a long query is not shown
EVENTS = "SELECT * FROM anime_api.generation_events WHERE generation_id = %s ORDER BY seq"
PLACES = "SELECT * FROM render_queue WHERE generation_id = %s ORDER BY id"
STAGES = "SELECT * FROM anime_api.generation_stages WHERE generation_id = %s ORDER BY stage, take"
TAKES = "SELECT * FROM anime_api.takes WHERE generation_id = %s ORDER BY take"


@dataclass
class Stand:
    """A running tower with its doors open: API, Prefect, database and processes."""

    settings: Settings
    addresses: Addresses
    api: httpx.Client
    prefect: httpx.Client

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with gates.connect(self.addresses.database_url) as connection:
            return connection.cursor(row_factory=dict_row).execute(query, values or None).fetchall()

    def clock(self) -> Any:
        """The database's time: the only clock."""
        return self.rows("SELECT clock_timestamp() AS now")[0]["now"]

    def part(self, name: str) -> dict[str, Any]:
        parts = status.read(self.settings).document["parts"]
        return dict(next(part for part in parts if part["name"] == name))

    def kill_part(self, name: str, *, with_children: bool = False) -> None:
        """Kill a part of this tower with -9."""
        victim = psutil.Process(self.part(name)["pid"])
        below = victim.children(recursive=True) if with_children else []
        for process in (victim, *below):
            os.kill(process.pid, signal.SIGKILL)

    def await_up(self) -> None:
        wait_until(lambda: status.read(self.settings).state == status.UP, timeout_s=120)

    def begin(self, title: str, **asked: object) -> "Generation":
        """Ask for a small clip in a project of its own."""
        name = f"Fault {next(_numbers)}"
        project = self.post("/projects", name=name)
        body = {"prompt": "a village by day", "duration": 1.0, "width": 128, "height": 72, "seed": 5}
        made = self.post(f"/projects/{project['id']}/generate-from-command", title=title, **{**body, **asked})
        return Generation(self, made["generation_id"], title, name)

    def post(self, path: str, **body: object) -> dict[str, Any]:
        answer = self.api.post(path, json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())


@dataclass
class Generation:
    """One generation, looked at from outside."""

    stand: Stand
    id: str
    title: str
    project: str
    processes: list[psutil.Process] = field(default_factory=list)
    struck_at: Any = None

    def job(self) -> dict[str, Any]:
        return self.stand.rows(JOB, self.id)[0]

    def events(self) -> list[dict[str, Any]]:
        return self.stand.rows(EVENTS, self.id)

    def places(self) -> list[dict[str, Any]]:
        return self.stand.rows(PLACES, self.id)

    def process(self) -> psutil.Process:
        """The process that carries it now."""
        process = psutil.Process(self.job()["run_pid"])
        self.processes.append(process)
        return process

    def flow_runs(self) -> list[dict[str, Any]]:
        wanted = {"flow_runs": {"tags": {"all_": [self.id]}}}
        answer = self.stand.prefect.post("/flow_runs/filter", json=wanted)
        return list(answer.raise_for_status().json())

    def until(self, is_so: Callable[[dict[str, Any]], object], within_s: float = ENDS_WITHIN_S) -> None:
        wait_until(lambda: is_so(self.job()), timeout_s=within_s)

    def is_rendering(self) -> bool:
        """Its prompt is being drawn."""
        return any(
            event["kind"] == "progress" and event["payload"]["stage"] == "render" for event in self.events()
        )

    def goes_on_after_s(self) -> float | None:
        """From the strike to the start of the next attempt; to what came next where none was needed."""
        later = [event for event in self.events() if event["created_at"] > self.struck_at]
        begun = [event for event in later if event["kind"] == "attempt"] or later
        return (begun[0]["created_at"] - self.struck_at).total_seconds() if begun else None

    def ended_after_s(self) -> float:
        return float((self.job()["finished_at"] - self.struck_at).total_seconds())


def is_row_awaited(stand: Stand) -> bool:
    """Whether somebody waits to own the row of a generation; signs of life do not count."""
    return bool(stand.rows(ROW_AWAITED))


@contextmanager
def standing(settings: Settings) -> Iterator[Stand]:
    """A tower of these settings, with gates in its database; nothing of it is left at the end."""
    try:
        addresses = stack.ensure_up(settings)
        gates.build(addresses.database_url)
        with (
            httpx.Client(base_url=f"{addresses.anime_url}/api/anime", trust_env=False, timeout=60) as api,
            httpx.Client(base_url=addresses.prefect_api_url, trust_env=False, timeout=60) as prefect,
        ):
            yield Stand(settings, addresses, api, prefect)
    finally:
        stack.down(settings)
