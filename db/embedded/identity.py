"""Processes by pid and start time, so that a pid used again is never taken for its former owner."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Identity:
    """One process of this machine."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The process that has this pid now, unless it is gone or a zombie."""
        try:
            found = psutil.Process(pid)
            return None if found.status() == psutil.STATUS_ZOMBIE else cls(pid, found.create_time())
        except psutil.Error:
            return None

    def is_alive(self) -> bool:
        """Whether that same process still runs; a zombie does not."""
        now = Identity.of(self.pid)
        return now is not None and abs(now.started - self.started) < 1.0

    def signal(self, number: int) -> None:
        """Send a signal, unless the process is gone."""
        if self.is_alive():
            try:
                psutil.Process(self.pid).send_signal(number)
            except psutil.NoSuchProcess:
                return
