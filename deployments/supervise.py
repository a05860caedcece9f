"""The supervisor's process: one for each home, for as long as the stack is up."""

import fcntl
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

import httpx

from db.embedded.server import EmbeddedPostgres
from db.tower_lock import TowerLock
from deployments import guard, ports, status
from deployments.child import rotate
from deployments.parts import Plan
from deployments.supervisor import UP, Part, Supervisor
from studio import log
from studio.errors import StackError, StudioError, UnavailableError
from studio.settings import Settings, read_settings

_STARTING_TICK_S: Final = 0.05
_TICK_S: Final = 0.2
_LOCK_CHECK_S: Final = 5.0
BUSY: Final = 75
"""The exit code that says: another process carries this stack."""
_log = logging.getLogger(__name__)


class BusyError(StackError):
    """Another process carries the stack of this home."""

    code = "STACK_BUSY"


class Tower:
    """One stack from its first part to its last."""

    def __init__(self, settings: Settings, *, parts: Callable[[Plan], Sequence[Part]] = Plan.parts) -> None:
        self._settings = settings
        self._parts = parts
        self._mark = secrets.token_hex(8)
        self._stop = threading.Event()
        self._shown: object = None
        self._lock_due = 0.0

    def run(self) -> None:
        """Carry the stack until a signal ends it.

        Raises:
            BusyError: Another process does already.
            StudioError: A part does not start; everything is stopped again.
        """
        settings = self._settings
        for folder in (settings.home, settings.log_dir, settings.media, settings.assets):
            folder.mkdir(parents=True, exist_ok=True)
        settings.run_dir.mkdir(mode=0o700, exist_ok=True)
        own = _own(settings.home / "lock")
        try:
            self._carry()
        finally:
            os.close(own)

    def _carry(self) -> None:
        left = status.read(self._settings)
        if left.mark and guard.sweep(left.mark):
            _log.warning("ended processes that a killed stack had left")
        status.write(self._settings, state=status.STARTING, mark=self._mark)
        error = ""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._work(self._plan())
        except StudioError as failure:
            error = failure.message
            raise
        finally:
            status.write(self._settings, state=status.DOWN, mark=self._mark, error=error)

    def _plan(self) -> Plan:
        settings = self._settings
        server = None
        if settings.database_url is None:
            server = EmbeddedPostgres(
                settings.home, port=settings.postgres_port, binaries=settings.postgres_bin,
                log=settings.log_dir / "postgres.log",
            )  # fmt: skip
        plan = Plan(
            settings, ports.choose(settings), self._mark, httpx.Client(trust_env=False), server, TowerLock()
        )
        for part in settings.log_dir.glob("*.log"):
            rotate(part)
        shutil.rmtree(settings.home / "cache" / "tmp", ignore_errors=True)
        return plan

    def _work(self, plan: Plan) -> None:
        supervisor = Supervisor(self._parts(plan))
        watcher = _start_guard(self._mark)
        try:
            while not self._stop.is_set():
                supervisor.tick()
                self._hold_database(plan, supervisor)
                self._show(plan, supervisor)
                self._stop.wait(_TICK_S if supervisor.is_up else _STARTING_TICK_S)
        finally:
            supervisor.stop(self._settings.stop_s - 1.0)
            plan.lock.release()
            guard.sweep(self._mark)
            _end_guard(watcher)

    def _hold_database(self, plan: Plan, supervisor: Supervisor) -> None:
        """The lock goes with its connection: take it again as soon as the database is back."""
        if supervisor.slots[0].state != UP or time.monotonic() < self._lock_due:
            return
        self._lock_due = time.monotonic() + _LOCK_CHECK_S
        try:
            plan.hold_database()
        except UnavailableError as error:
            _log.warning("%s", error.message)

    def _show(self, plan: Plan, supervisor: Supervisor) -> None:
        now = [(slot.state, slot.restarts) for slot in supervisor.slots]
        if now == self._shown:
            return
        self._shown = now
        status.write(
            self._settings, state=status.UP if supervisor.is_up else status.STARTING, mark=self._mark,
            slots=supervisor.slots, addresses=plan.addresses(),
        )  # fmt: skip

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._stop.set()


def carry(tower: Tower) -> int:
    """Run it to its end; returns the exit code of the process."""
    try:
        tower.run()
    except BusyError:
        return BUSY
    except StudioError as error:
        _log.error("%s", error.message)
        return 1
    return 0


def main() -> int:
    """The detached supervisor: its words go to `logs/tower.log`."""
    settings = read_settings()
    log.configure(settings.log_level)
    return carry(Tower(settings))


def _own(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise BusyError(f"The stack of {path.parent} is carried by another process.") from error
    return descriptor


def _start_guard(mark: str) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-I", "-S", guard.__file__, mark, str(guard.GRACE_S)]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, start_new_session=True, cwd="/", env={})


def _end_guard(watcher: "subprocess.Popen[bytes]") -> None:
    if watcher.stdin:
        watcher.stdin.close()
    watcher.wait()


if __name__ == "__main__":
    sys.exit(main())
