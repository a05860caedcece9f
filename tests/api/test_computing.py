"""Work in processes of its own."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread
import pytest

from api import computing
from studio.errors import BusyError, ComputeError, MediaError

T = TypeVar("T")


def from_a_route(work: Callable[[], T]) -> T:
    """Call it as a route is called: in a thread of an event loop."""
    return anyio.run(anyio.to_thread.run_sync, work)


def refuse(name: str) -> None:
    raise MediaError(f"{name} holds no sound.", path=name)


def wait_for(gate: str) -> int:
    while not Path(gate).exists():
        time.sleep(0.01)
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_work_is_done_in_another_process_which_is_kept_for_the_next() -> None:
    pids = from_a_route(lambda: [computing.compute(os.getpid) for _ in range(2)])
    assert pids[0] == pids[1] != os.getpid()


def test_an_error_of_the_work_arrives_with_its_details() -> None:
    with pytest.raises(MediaError, match="holds no sound") as caught:
        from_a_route(lambda: computing.compute(refuse, "a.wav"))
    assert caught.value.details == {"path": "a.wav"}


def test_a_process_that_dies_is_an_error_and_the_next_work_is_done() -> None:
    def die_and_go_on() -> int:
        with pytest.raises(ComputeError):
            computing.compute(die)
        return computing.compute(os.getpid)

    assert from_a_route(die_and_go_on) != os.getpid()


def test_work_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ComputeError, match="given up"):
        from_a_route(lambda: computing.compute(wait_for, str(tmp_path / "never"), longest_s=1.0))


def test_more_than_may_wait_are_told_to_come_back(tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    async def rush() -> list[int | BusyError]:
        answers: list[int | BusyError] = []

        def call() -> None:
            try:
                answers.append(computing.compute(wait_for, str(gate)))
            except BusyError as error:
                answers.append(error)
                gate.touch()

        async with anyio.create_task_group() as group:
            for _ in range(computing.PROCESSES + computing.WAITING + 1):
                group.start_soon(anyio.to_thread.run_sync, call)
        return answers

    answers = anyio.run(rush)
    refused = [answer for answer in answers if isinstance(answer, BusyError)]
    assert [error.details["retry_after_s"] for error in refused] == [computing.RETRY_AFTER_S]
    assert len(answers) == computing.PROCESSES + computing.WAITING + 1
