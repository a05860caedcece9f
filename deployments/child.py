"""One part of the stack as a process of its own, with its log."""

import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from db.embedded import launch
from deployments.guard import MARK, sweep

_LOG_BYTES: Final = 5_000_000
_KEPT_LOGS: Final = 3
_PAUSE_S: Final = 0.02


class Child:
    """A started part. Start it from the main thread: it ends with the thread that started it."""

    def __init__(
        self, argv: list[str], *, environment: Mapping[str, str], log: Path, keeps_children: bool = False
    ) -> None:
        self._mark = environment.get(MARK, "")
        self._keeps_children = keeps_children
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                launch.command(argv, death_signal=signal.SIGTERM),
                env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs. What a part that died leaves in its session dies then too."""
        code = self._process.poll()
        if code is not None and self._mark and not self._keeps_children:
            sweep(self._mark, session=self.pid)
        return code

    def stop(self, within_s: float) -> None:
        """Ask it to end; kill it once the time is over."""
        for number, wait_s in ((signal.SIGTERM, within_s), (signal.SIGKILL, 2.0)):
            self._process.send_signal(number)
            deadline = time.monotonic() + wait_s
            while time.monotonic() < deadline:
                if self.exit_code() is not None:
                    return
                time.sleep(_PAUSE_S)


def stop_children(within_s: float) -> None:
    """End every process below this one; kill those that have not ended in time."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.terminate()
    for child in psutil.wait_procs(children, timeout=within_s)[1]:
        with suppress(psutil.NoSuchProcess):
            child.kill()


def rotate(log: Path) -> None:
    """Put a log that has grown large aside, and forget the oldest such."""
    if not log.exists() or log.stat().st_size < _LOG_BYTES:
        return
    older = [log.with_name(f"{log.name}.{number}") for number in range(1, _KEPT_LOGS + 1)]
    for newer, target in reversed(list(zip([log, *older], older, strict=False))):
        if newer.exists():
            newer.replace(target)


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a part's log, for the message that says why it did not start."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 20_000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""
