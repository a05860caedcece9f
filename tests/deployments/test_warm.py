"""The warm worker on a real Prefect server: runs carried out, ended, lost sight of, and moved."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from prefect.client.orchestration import PrefectClient

from db.databases import beside, ensure
from db.migrate import upgrade
from deployments import fork_server
from deployments.registry import apply
from tests.deployments.forge import Forge, is_gone, let_go, pid_in
from tests.fakes.serving import wait_until
from tests.fakes.worker_process import FILE, FORGE


@pytest.fixture(scope="module")
def own_database(postgres_url: str) -> str:
    """The worker's reconciler shall see no generations of other tests."""
    ensure(postgres_url, "forge")
    url = beside(postgres_url, "forge")
    upgrade(url)
    return url


@pytest.fixture(scope="module")
def started(
    prefect_server: str, own_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Forge]:
    forge = Forge(prefect_server, own_database, tmp_path_factory.mktemp("forge"))
    forge.start(TOWER_CHILD_MOST_BYTES="500000000")
    yield forge
    forge.close()


@pytest.fixture
def forge(started: Forge) -> Forge:
    """A worker that is up, whatever the last test has done to it."""
    if started.process is None or started.process.poll() is not None:
        started.start(TOWER_CHILD_MOST_BYTES="500000000")
    return started


@pytest.fixture
def file(forge: Forge, request: pytest.FixtureRequest) -> Path:
    return forge.folder / request.node.name


def test_a_run_is_carried_out_and_its_log_and_its_process_are_shown(forge: Forge, file: Path) -> None:
    run = forge.order("greet", file)
    forge.becomes(run, "Completed")
    assert forge.run(run)["infrastructure_pid"] == f"{socket.gethostname()}:{pid_in(file)}"
    wait_until(lambda: "hello from the run" in forge.logged(run))
    assert "hello from the run" in forge.log.read_text()


def test_a_run_is_taken_when_it_is_made_without_a_poll(forge: Forge, file: Path) -> None:
    asked_s = time.monotonic()
    forge.order("greet", file)
    pid_in(file)
    assert time.monotonic() - asked_s < 10, "the next poll is ten minutes away"


def test_each_run_has_a_session_and_a_name_of_its_own(forge: Forge, file: Path) -> None:
    run = forge.order("wait", file)
    pid = pid_in(file)
    assert os.getsid(pid) == pid
    assert psutil.Process(pid).name() == f"run-{run.hex[-11:]}"
    let_go(file)
    forge.becomes(run, "Completed")


def test_a_run_gives_way_to_who_asks_how_it_goes(forge: Forge, file: Path) -> None:
    run = forge.order("wait", file)
    assert os.getpriority(os.PRIO_PROCESS, pid_in(file)) == fork_server.NICENESS + os.getpriority(
        os.PRIO_PROCESS, 0
    )
    let_go(file)
    forge.becomes(run, "Completed")


def test_a_process_that_dies_crashes_its_run_at_once(forge: Forge, file: Path) -> None:
    run = forge.order("die", file)
    forge.becomes(run, "Crashed")
    assert "-11" in forge.message(run)


def test_a_run_that_is_cancelled_is_ended_and_told_so(forge: Forge, file: Path) -> None:
    run = forge.order("wait", file)
    pid = pid_in(file)
    forge.set_state(run, "CANCELLING")
    wait_until(lambda: is_gone(pid), 5)
    forge.becomes(run, "Cancelled", within_s=5)


def test_a_run_that_grows_too_large_is_ended_with_the_reason(forge: Forge, file: Path) -> None:
    run = forge.order("grow", file, size=600_000_000)
    forge.becomes(run, "Crashed")
    assert "TOWER_CHILD_MOST_BYTES=500,000,000" in forge.message(run)
    assert is_gone(pid_in(file))


def test_the_pools_limit_holds_and_a_place_that_falls_free_is_taken_at_once(forge: Forge, file: Path) -> None:
    files = [file.with_name(f"{file.name}{number}") for number in range(3)]
    runs = [forge.order("wait", each) for each in files]
    wait_until(lambda: sum(each.exists() for each in files) == FORGE.limit, 20)
    waiting = next(number for number, each in enumerate(files) if not each.exists())
    assert forge.state(runs[waiting]) == "Scheduled"
    for each in files:
        let_go(each)
    for run in runs:
        forge.becomes(run, "Completed")


def test_a_killed_worker_leaves_its_runs_to_go_on_and_the_next_one_can_cancel_them(
    forge: Forge, file: Path
) -> None:
    other = file.with_name(f"{file.name}-other")
    kept, cancelled = forge.order("wait", file), forge.order("wait", other)
    pids = [pid_in(file), pid_in(other)]
    forge.end(signal.SIGKILL)
    forge.start()
    forge.set_state(cancelled, "CANCELLING")
    forge.becomes(cancelled, "Cancelled")
    wait_until(lambda: is_gone(pids[1]))
    assert not is_gone(pids[0])
    let_go(file)
    forge.becomes(kept, "Completed")
    assert file.read_text() == f"{pids[0]}\n", "it was not run twice"
    wait_until(lambda: is_gone(pids[0]))


def test_a_killed_fork_server_is_replaced_and_its_runs_go_on(forge: Forge, file: Path) -> None:
    run = forge.order("wait", file)
    pid = pid_in(file)
    server = psutil.Process(pid).ppid()
    os.kill(server, signal.SIGKILL)
    after = file.with_name(f"{file.name}-after")
    forge.becomes(forge.order("greet", after), "Completed", within_s=30)
    assert not is_gone(pid)
    let_go(file)
    forge.becomes(run, "Completed")


def test_a_worker_that_is_told_to_end_leaves_no_process(forge: Forge, file: Path) -> None:
    forge.order("wait", file)
    pid_in(file)
    forge.end()
    wait_until(lambda: forge.processes() == [], 5)


def test_pools_are_replaced_both_ways_and_what_waits_in_them_is_run_once(
    forge: Forge, file: Path, prefect_server: str
) -> None:
    forge.end()
    files = [file.with_name(f"{file.name}{number}") for number in range(2)]
    waiting = {forge.order("greet", each): each for each in files}
    moves: dict[UUID, UUID] = {}

    async def replace(kind: str) -> None:
        async with PrefectClient(prefect_server) as client:
            await apply(client, [FORGE], FILE, kind=kind, moved=moves.__setitem__)

    asyncio.run(replace("process"))
    assert forge.http.get("/work_pools/forge").json()["type"] == "process"
    assert set(moves) == set(waiting)
    once = dict(moves)
    forge.start(TOWER_WORKER="process", PREFECT_WORKER_QUERY_SECONDS="1")
    for run in once.values():
        forge.becomes(run, "Completed", within_s=120)
    forge.end()
    later = forge.order("greet", file)
    moves.clear()
    asyncio.run(replace("warm"))
    assert forge.http.get("/work_pools/forge").json()["type"] == "tower"
    assert set(moves) == {later}
    forge.start()
    forge.becomes(moves[later], "Completed")
    assert [len(each.read_text().split()) for each in (*files, file)] == [1, 1, 1]
