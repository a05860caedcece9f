"""A run that is stopped for longer than its silence is borne, and goes on; and one that writes too late."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from db.queries import ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import SupersededError
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.serving import wait_until
from tests.faults.drills import STAGES, Met, looked_at, mark_struck, once, waiting
from tests.faults.outcome import check_ended, lives, print_of
from tests.faults.stand import Generation, Stand

STALE_WRITES: dict[str, Callable[[Any, Run], object]] = {
    "start": lambda session, run: ownership.start(session, run, host="here", pid=1, pid_started=0.0),
    "begin_stage": lambda session, run: ownership.begin_stage(session, run, "sync"),
    "finish_stage": lambda session, run: ownership.finish_stage(session, run, "plan", 1, {"stale": True}),
    "set_progress": lambda session, run: ownership.set_progress(session, run, 0.9),
    "settle": lambda session, run: ownership.settle(session, run, "completed", stage="done"),
    "record a take": lambda session, run: takes.record(session, run, 1, inputs_hash="stale"),
    "judge": lambda session, run: takes.judge(
        session, run, 1, verdict="fail", score=0.0, reasons=(), metrics=()
    ),
}


@pytest.fixture(scope="module")
def stopped(
    request: pytest.FixtureRequest, on_fake: Stand, server: FakeComfyUI, second: bytes
) -> Callable[[str, str], Generation]:
    """Runs on another host that were stopped, each amid the write that ends its stage.

    On its own host the judge would end the process, and nobody would wake.
    """

    def stop(fault: str) -> Met:
        test = test_a_run_that_was_stopped_leaves_without_touching_anything_when_it_wakes
        stages = looked_at(request, test.__name__, "stage")
        server.reset(output=second)
        with waiting(on_fake, fault, stages, elsewhere=True) as (met, _):
            mark_struck(on_fake, met.values())
            for generation in met.values():
                generation.processes[0].suspend()
        return met

    return once(stop)


@pytest.mark.parametrize(
    "stage", [pytest.param(stage, marks=pytest.mark.fault(always=stage == "sync")) for stage in STAGES]
)
def test_a_run_that_was_stopped_leaves_without_touching_anything_when_it_wakes(
    stopped: Callable[[str, str], Generation], told: Any, stage: str
) -> None:
    generation = stopped("SIGSTOP", stage)
    generation.until(lambda job: job["status"] != "processing")
    left = print_of(generation)
    process = generation.processes[0]
    assert lives(process)
    process.resume()
    wait_until(lambda: not lives(process), timeout_s=60)
    assert print_of(generation) == left
    check_ended(generation, "completed")
    assert generation.job()["attempt"] == 2
    told("SIGSTOP, later SIGCONT", stage, generation)


@pytest.mark.fault
def test_a_run_that_was_stopped_on_the_judges_own_host_is_ended(
    on_fake: Stand, fake: FakeComfyUI, told: Any
) -> None:
    with waiting(on_fake, "SIGSTOP here", ["assess"]) as (met, _):
        generation = met["assess"]
        mark_struck(on_fake, [generation])
        generation.processes[0].suspend()
    check_ended(generation, "completed")
    told("SIGSTOP for good", "assess", generation)


def refused(write: Callable[[Any, Run], object], run: Run) -> bool:
    """Whether the write of a run is refused as that of one that has lost its generation."""
    try:
        with transaction() as session:
            write(session, run)
    except SupersededError:
        return True
    return False


@pytest.mark.fault
def test_no_write_of_a_superseded_attempt_changes_anything(
    on_fake: Stand, fake: FakeComfyUI, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", on_fake.addresses.database_url)
    with waiting(on_fake, "stale write", ["check"]) as (met, closed):
        generation = met["check"]
        mark_struck(on_fake, [generation])
        os.kill(generation.processes[0].pid, signal.SIGKILL)
        closed.open(generation.title, "check")
        generation.until(lambda job: job["attempt"] == 2)
        written = [refused(write, Run(generation.id, 1)) for write in STALE_WRITES.values()]
    assert all(written)
    generation.until(lambda job: job["status"] != "processing")
    left = print_of(generation)
    assert all(refused(write, Run(generation.id, 1)) for write in STALE_WRITES.values())
    assert print_of(generation) == left
    check_ended(generation, "completed")
    told("write of a superseded attempt", "every stage's", generation)
