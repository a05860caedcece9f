"""Kills with -9, at every stage of a run."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.gates import Gates, gates
from tests.faults.outcome import check_ended
from tests.faults.stand import Generation, Stand

STAGES = ("plan", "check", "render", "assess", "sync", "publish")
STARTS_WITHIN_S = 150.0

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
def struck(request: pytest.FixtureRequest, embedded: Stand) -> Callable[..., Generation]:
    """One strike a victim: a generation waits at each stage that is looked at, and all meet it at once."""
    wanted: dict[str, list[str]] = {}
    for item in request.session.items:
        if item.path == request.path and "victim" in item.callspec.params:
            wanted.setdefault(item.callspec.params["victim"], []).append(item.callspec.params["stage"])
    met: dict[str, dict[str, Generation]] = {}

    def strike(victim: str, stage: str) -> Generation:
        if victim not in met:
            embedded.await_up()
            met[victim] = drill(embedded, victim, wanted[victim])
        return met[victim][stage]

    return strike


def drill(stand: Stand, victim: str, stages: list[str]) -> dict[str, Generation]:
    """Bring a generation into each stage, strike, and let them go."""
    titles = {stage: f"{victim} at {stage}" for stage in stages}
    gated = [stage for stage in stages if stage != "render"]
    with gates(stand.addresses.database_url, [(titles[stage], stage) for stage in gated]) as closed:
        met = {stage: stand.begin(titles[stage]) for stage in gated}
        for stage in gated:
            closed.await_arrival(titles[stage], stage)
        if "render" in stages:
            met["render"] = rendering(stand, titles["render"])
        for generation in met.values():
            generation.process()
            generation.struck_at = stand.clock()
        VICTIMS[victim](stand, list(met.values()))
        open_all(closed)
    return met


def open_all(closed: Gates) -> None:
    for title, stage in list(closed.numbers):
        closed.open(title, stage)


def rendering(stand: Stand, title: str) -> Generation:
    """A clip that takes long enough to draw to be met in the middle of it."""
    generation = stand.begin(title, duration=8.0, width=832, height=480)
    generation.until(lambda _: generation.is_rendering(), STARTS_WITHIN_S)
    return generation


@pytest.mark.parametrize(("victim", "stage"), ROWS)
def test_a_kill_loses_nothing_and_publishes_once(
    struck: Callable[[str, str], Generation], told: Any, victim: str, stage: str
) -> None:
    generation = struck(victim, stage)
    check_ended(generation, "completed")
    told(f"kill -9 of {victim}", stage, generation)
