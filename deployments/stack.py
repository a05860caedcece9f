"""Starting, finding and stopping the stack of a home, from any process."""

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Final

from deployments import guard, status
from deployments.addresses import Addresses, handed_down
from deployments.child import last_lines
from deployments.status import Status
from deployments.supervise import BUSY
from studio.errors import StackError
from studio.settings import Settings

_PAUSE_S: Final = 0.1
_START_WITHIN_S: Final = 300.0


def running(settings: Settings) -> Addresses | None:
    """The addresses of this home's stack while every part of it is up."""
    found = status.read(settings)
    return found.addresses() if found.state == status.UP else None


def ensure_up(settings: Settings, *, tell: Callable[[Status], object] = bool) -> Addresses:
    """Start what is not running, leave it up, and return once everything is ready.

    Two callers at once make one stack. `tell` hears of the parts as they come up.

    Raises:
        StackError: A part does not start; the message says which, and why.
    """
    starter = 0
    deadline = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < deadline:
        found = status.read(settings)
        tell(found)
        if found.state == status.UP:
            return found.addresses()
        if not found.is_alive:
            code = _exit_code(starter) if starter else BUSY
            if code == BUSY:
                starter = _start(settings)
            elif code is not None:
                raise StackError(_reason(settings, starter))
        time.sleep(_PAUSE_S)
    raise StackError(f"The stack is not up after {_START_WITHIN_S:.0f} s; see {settings.log_dir}.")


def down(settings: Settings) -> bool:
    """Stop this home's stack; False if there was none. Leaves no process behind."""
    found = status.read(settings)
    was_up = found.is_alive
    if was_up and found.supervisor:
        found.supervisor.signal(signal.SIGTERM)
        if not _ends(found, settings.stop_s + 5.0):
            found.supervisor.signal(signal.SIGKILL)
            _ends(found, 5.0)
    if found.mark:
        guard.sweep(found.mark)
    return was_up


def _start(settings: Settings) -> int:
    """A supervisor of its own session, so that it outlives us; returns its pid."""
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    log = str(settings.log_dir / "tower.log")
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-P", "-m", "deployments.supervise"],
        handed_down(settings),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def _exit_code(pid: int) -> int | None:
    ended, code = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(code) if ended else None


def _reason(settings: Settings, pid: int) -> str:
    """Why the supervisor `pid` ended."""
    found = status.read(settings)
    is_its = found.supervisor is not None and found.supervisor.pid == pid
    words = found.error if is_its else last_lines(settings.log_dir / "tower.log")
    return words or "The stack was stopped while it started."


def _ends(found: Status, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while found.is_alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_S)
    return True
