"""Ends what is left of a stack: run as a module, once its supervisor is gone.

Of the standard library alone, so that the watching process is small. The processes of a stack
carry its mark in their environment, and nothing else does.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

MARK: Final = "TOWER_STACK"
GRACE_S: Final = 4.0


def marked(mark: str, *, session: int | None = None) -> list[int]:
    """The processes of the stack `mark`, of one session where given; never this one."""
    found = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [
        pid for pid in found if pid != os.getpid() and _has(pid, mark) and session in (None, _session(pid))
    ]


def sweep(mark: str, *, session: int | None = None) -> int:
    """Kill them; returns how many there were."""
    pids = marked(mark, session=session)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return len(pids)


def main(mark: str, grace_s: float) -> None:
    """Wait until the supervisor closes our standard input, which its death does as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdin.buffer.read()
    deadline = time.monotonic() + grace_s
    while marked(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    sweep(mark)


def _has(pid: int, mark: str) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return f"{MARK}={mark}".encode() in environment.split(b"\0")


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return -1


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
