"""Kills with -9, at every stage of a run."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.fakes.serving import wait_until
from tests.faults.drills import STAGES, Met, looked_at, mark_struck, once, rendering, waiting
from tests.faults.gates import connect, gates
from tests.faults.outcome import check_ended
from tests.faults.stand import JOBS, Generation, Stand, is_row_awaited

LONG = {"duration": 8.0, "width": 832, "height": 480}

Strike = Callable[[Stand, list[Generation]], None]


def kill_runs(_: Stand, generations: list[Generation]) -> None:
    for generation in generations:
        os.kill(generation.processes[0].pid, signal.SIGKILL)


VICTIMS: dict[str, Strike] = {
    "run": kill_runs,
    "worker": lambda stand, _: stand.kill_part("worker"),
    "worker and run": lambda stand, _: stand.kill_part("worker", with_children=True),
    "Prefect": lambda stand, _: stand.kill_part("prefect"),
    "PostgreSQL": lambda stand, _: stand.kill_part("postgres"),
    "API": lambda stand, _: stand.kill_part("api"),
    "renderer": lambda stand, _: stand.kill_part("renderer"),
}
ROWS = [
    pytest.param(victim, stage, marks=pytest.mark.fault(always=stage == "render"), id=f"{victim}-{stage}")
    for victim in VICTIMS
    for stage in STAGES
]


@pytest.fixture(scope="module")
def struck(request: pytest.FixtureRequest, embedded: Stand) -> Callable[[str, str], Generation]:
    """One strike a victim: a generation is at each stage that is looked at, and all meet it at once."""
    test = test_a_kill_loses_nothing_and_publishes_once.__name__
    return once(lambda victim: drill(embedded, victim, looked_at(request, test, "stage", victim=victim)))


def drill(stand: Stand, victim: str, stages: list[str]) -> Met:
    """Bring a generation into each stage, strike, and let them go."""
    stand.await_up()
    with waiting(stand, f"kill of {victim}", [stage for stage in stages if stage != "render"]) as (met, _):
        if "render" in stages:  # it is drawn while the others wait, and takes long enough to be met there
            met["render"] = rendering(stand, f"kill of {victim}", **LONG)
        mark_struck(stand, met.values())
        VICTIMS[victim](stand, list(met.values()))
    return met


@pytest.mark.parametrize(("victim", "stage"), ROWS)
def test_a_kill_loses_nothing_and_publishes_once(
    struck: Callable[[str, str], Generation], told: Any, victim: str, stage: str
) -> None:
    generation = struck(victim, stage)
    check_ended(generation, "completed")
    told(f"kill -9 of {victim}", stage, generation)


@pytest.mark.fault
def test_a_kill_amid_publishing_leaves_nothing_half_published(embedded: Stand, told: Any) -> None:
    """The clip lies in the library under a name that nobody looks at, and is about to be renamed."""
    title, url = "kill while it stages", embedded.addresses.database_url
    with gates(url, [(title, "number")]) as closed, connect(url) as holder, ThreadPoolExecutor(1) as other:
        generation = embedded.begin(title)
        closed.await_arrival(title, "number")
        locked = other.submit(
            holder.execute, f"BEGIN; SELECT FROM {JOBS} WHERE id = '{generation.id}' FOR UPDATE"
        )
        wait_until(lambda: is_row_awaited(embedded), timeout_s=60)
        closed.open(title, "number")
        locked.result()
        wait_until(lambda: is_row_awaited(embedded), timeout_s=60)
        assert [path for path in embedded.settings.library.glob("**/.*.part") if path.suffix == ".part"]
        mark_struck(embedded, [generation])
        kill_runs(embedded, [generation])
    check_ended(generation, "completed")
    told("kill -9 of run", "publish, before the rename", generation)
