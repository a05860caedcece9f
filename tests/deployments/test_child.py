"""Parts as real processes: small scripts that behave badly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deployments import guard
from deployments.child import Child, last_lines, rotate
from deployments.guard import MARK, marked, sweep

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("here", flush=True)
time.sleep(60)
"""
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
SUPERVISOR = """
import sys, time
from pathlib import Path
from deployments.child import Child
child = Child([sys.executable, "-c", "import time; time.sleep(60)"], environment={}, log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(60)
"""

RUNS = """
import subprocess, sys, time
from deployments.child import stop_children
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
runs = [
    subprocess.Popen(["sleep", "60"]),
    subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE),
]
runs[1].stdout.readline()
stop_children(0.3)
print(*(run.poll() is not None or run.wait(1) is not None for run in runs))
"""


@pytest.fixture
def mark() -> Iterator[str]:
    name = f"test-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    sweep(name)


def comes_true(fact: Callable[[], bool], within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.02)
    return fact()


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_part_that_ignores_the_request_is_killed_when_its_time_is_over(tmp_path: Path, mark: str) -> None:
    log = tmp_path / "log"
    child = Child([sys.executable, "-c", STUBBORN], environment={MARK: mark}, log=log)
    assert comes_true(lambda: "here" in log.read_text())
    child.stop(0.2)
    assert child.exit_code() == -signal.SIGKILL


def test_what_a_dead_part_leaves_behind_dies_with_it(tmp_path: Path, mark: str) -> None:
    child = Child([sys.executable, "-c", PARENT], environment={MARK: mark}, log=tmp_path / "log")
    assert comes_true(lambda: child.exit_code() == 0)
    assert comes_true(lambda: marked(mark) == [])


def test_a_worker_that_dies_leaves_its_runs_alone(tmp_path: Path, mark: str) -> None:
    child = Child(
        [sys.executable, "-c", PARENT], environment={MARK: mark}, log=tmp_path / "log", keeps_children=True
    )
    assert comes_true(lambda: child.exit_code() == 0)
    assert len(marked(mark)) == 1
    assert sweep(mark) == 1


def test_a_part_dies_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "log")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        assert not is_gone(pid)
        supervisor.kill()
    assert comes_true(lambda: is_gone(pid))


def test_the_guard_ends_what_is_marked_once_its_input_closes(mark: str) -> None:
    deaf = [sys.executable, "-c", STUBBORN]
    argv = [sys.executable, "-I", "-S", guard.__file__, mark, "0.2"]
    with (
        subprocess.Popen(deaf, env={MARK: mark}, stdout=subprocess.PIPE, start_new_session=True) as part,
        subprocess.Popen(argv, stdin=subprocess.PIPE) as watcher,
    ):
        assert part.stdout is not None
        assert part.stdout.readline() == b"here\n"
        assert watcher.stdin is not None
        watcher.stdin.close()
        assert part.wait(10) == -signal.SIGKILL
        assert watcher.wait(10) == 0


def test_a_mark_finds_only_its_own_processes(mark: str) -> None:
    with subprocess.Popen(["sleep", "30"], env={MARK: f"{mark}-other"}) as other:
        assert marked(mark) == []
        assert marked(f"{mark}-other") == [other.pid]
        other.kill()


def test_a_log_that_has_grown_large_is_put_aside_and_small_ones_stay(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("small")
    rotate(log)
    assert log.read_text() == "small"
    for number in range(5):
        log.write_bytes(str(number).encode() * 6_000_000)
        rotate(log)
    assert not log.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["api.log.1", "api.log.2", "api.log.3"]
    assert (tmp_path / "api.log.1").read_bytes()[:1] == b"4"


def test_the_last_lines_of_a_log_that_is_not_there_are_none(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.log") == ""


def test_what_runs_below_a_worker_ends_with_it_even_what_will_not() -> None:
    done = subprocess.run([sys.executable, "-c", RUNS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
