"""Bringing generations into the stages in which a fault meets them, many at once."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.gates import Gates, gates
from tests.faults.stand import Generation, Stand

STAGES = ("plan", "check", "render", "assess", "sync", "publish")
STARTS_WITHIN_S = 300.0

Met = dict[str, Generation]


@contextmanager
def waiting(
    stand: Stand, fault: str, stages: Iterable[str], *, elsewhere: bool = False
) -> Iterator[tuple[Met, Gates]]:
    """A generation waits at the gate of each stage, `elsewhere` on another host; all go on at the end."""
    titles = {stage: f"{fault} at {stage}" for stage in stages}
    with gates(stand.addresses.database_url, [(title, stage) for stage, title in titles.items()]) as closed:
        for title in titles.values() if elsewhere else ():
            closed.carry_elsewhere(title)
        met = {stage: stand.begin(title) for stage, title in titles.items()}
        for stage, title in titles.items():
            closed.await_arrival(title, stage)
        yield met, closed


def mark_struck(stand: Stand, met: Iterable[Generation]) -> None:
    """Note which processes carry them, and the time."""
    for generation in met:
        generation.process()
        generation.struck_at = stand.clock()


def rendering(stand: Stand, title: str, **asked: object) -> Generation:
    """A generation whose prompt is being drawn."""
    generation = stand.begin(title, **asked)
    generation.until(lambda _: generation.is_rendering(), STARTS_WITHIN_S)
    return generation


def looked_at(request: pytest.FixtureRequest, test: str, parameter: str, **same: Any) -> list[str]:
    """The values of a parameter over the rows of a test that were selected."""
    rows = [
        item.callspec.params
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test
    ]
    return [row[parameter] for row in rows if all(row[key] == value for key, value in same.items())]


def once(work: Callable[[str], Met]) -> Callable[[str, str], Generation]:
    """`work` done once for each fault, when its first row asks for it."""
    done: dict[str, Met] = {}

    def meet(fault: str, stage: str) -> Generation:
        if fault not in done:
            done[fault] = work(fault)
        return done[fault][stage]

    return meet
