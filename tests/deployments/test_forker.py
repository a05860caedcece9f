"""Fork servers by themselves: refused, replaced, and outliving those who asked."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deployments.fork_server import name_of, resident_bytes
from deployments.forker import Forker, newest_source, why_another
from studio.errors import UnavailableError
from tests.deployments.forge import ROOT, is_gone

FLOWS = ["tests.fakes.flows.greet"]


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    monkeypatch.setenv("TOWER_HOME", str(tmp_path))
    for name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
        monkeypatch.setenv(f"{name}_NUM_THREADS", "1")


async def kept(forker: Forker, until: Callable[[], bool]) -> None:
    """Keep servers until something holds."""
    keeping = asyncio.create_task(forker.keep())
    async with asyncio.timeout(150):
        while not until():
            await asyncio.sleep(0.05)
    await ended(forker, keeping)


async def ended(forker: Forker, keeping: "asyncio.Task[None]") -> None:
    """Keep none any more; the present server has nothing to do then and leaves."""
    keeping.cancel()
    await asyncio.wait({keeping})
    async with asyncio.timeout(30):
        while not is_gone(forker.pid or 0):
            await asyncio.sleep(0.05)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=10)


def end(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def test_a_server_that_something_has_given_a_thread_does_not_start() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        argv = [sys.executable, "-m", "deployments.fork_server", str(theirs.fileno())]
        done = subprocess.run(
            [*argv, "tests.fakes.threaded.threaded"], pass_fds=[theirs.fileno()], capture_output=True,
            text=True, timeout=150, check=False,
        )  # fmt: skip
    assert done.returncode != 0
    assert "must have one thread and has 2" in done.stderr


def test_a_server_whose_sources_change_gives_way_to_another_and_ends_when_idle() -> None:
    async def change() -> tuple[int, int]:
        version = 1
        forker = Forker(FLOWS, changed=lambda: version)
        first = 0

        def is_replaced() -> bool:
            nonlocal version, first
            if forker.is_up.is_set() and not first:
                first, version = forker.pid or 0, 2
            return bool(first) and forker.pid != first

        await kept(forker, is_replaced)
        return first, forker.pid or 0

    first, second = asyncio.run(change())
    assert first != second
    assert is_gone(first)


@pytest.mark.parametrize(
    ("growth", "is_changed", "why"),
    [
        (1.0, False, ""),
        (1.2, False, ""),
        (1.21, False, "the last one has grown by 21%"),
        (1.0, True, "the sources have changed"),
        (0.9, False, ""),
    ],
)
def test_a_server_that_has_grown_or_is_out_of_date_gives_way_to_another(
    growth: float, is_changed: bool, why: str
) -> None:
    assert why_another(growth, is_changed=is_changed) == why


def test_an_order_that_dies_with_its_server_is_refused_and_not_given_to_the_next() -> None:
    async def order() -> None:
        forker = Forker(FLOWS)
        keeping = asyncio.create_task(forker.keep())
        await asyncio.wait_for(forker.is_up.wait(), 100)
        os.kill(forker.pid or 0, signal.SIGSTOP)
        asked = asyncio.create_task(forker.order("00", flow_run="{}", entrypoint=FLOWS[0], environment={}))
        await asyncio.sleep(0)
        end(forker.pid or 0)
        with pytest.raises(UnavailableError, match="died while it took the order"):
            await asked
        await ended(forker, keeping)

    asyncio.run(order())


def test_the_memory_of_a_process_that_has_ended_is_nothing() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert resident_bytes(ended.pid) == 0
    assert resident_bytes(os.getpid()) > 1_000_000


def test_a_name_is_short_enough_for_the_kernel_and_the_runs_own() -> None:
    name = name_of("0190a5f2-1111-7222-8333-444455556666")
    assert name == "run-44455556666"
    assert len(name) == 15


def test_the_newest_source_is_of_what_runs_execute() -> None:
    assert newest_source() >= (ROOT / "flows" / "produce_scene.py").stat().st_mtime
