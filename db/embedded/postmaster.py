"""What PostgreSQL's pid file says, and whether to believe it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from db.embedded.identity import Identity

_TOLERANCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A living server of one data folder."""

    identity: Identity
    port: int
    status: str

    @property
    def is_stopping(self) -> bool:
        return self.status == "stopping"


def read_postmaster(data: Path) -> Postmaster | None:
    """The server that runs on `data`: its pid lives, started when the file says, and works in that folder."""
    lines = _lines(data)
    if len(lines) < 8 or not lines[0].isdigit():
        return None
    identity = Identity.of(int(lines[0]))
    if identity is None or abs(identity.started - float(lines[2])) > _TOLERANCE_S:
        return None
    if not _works_in(identity.pid, data):
        return None
    return Postmaster(identity, int(lines[3]), lines[7].strip())


def clear_stale(data: Path) -> None:
    """Remove a pid file whose pid now belongs to a zombie or to another program.

    PostgreSQL takes either for a living server and would refuse. It handles a pid that is gone
    itself, and backends that outlive their server hold its shared memory, which it checks too.
    """
    lines = _lines(data)
    if lines and lines[0].isdigit() and psutil.pid_exists(int(lines[0])) and not _is_on(int(lines[0]), data):
        (data / "postmaster.pid").unlink(missing_ok=True)


def _lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _is_on(pid: int, data: Path) -> bool:
    return Identity.of(pid) is not None and _works_in(pid, data)


def _works_in(pid: int, data: Path) -> bool:
    try:
        return Path(psutil.Process(pid).cwd()) == data.resolve()
    except psutil.Error:
        return False
