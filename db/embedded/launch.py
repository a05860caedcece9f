"""Run a command that ends with its parent, as another user where asked.

A script of the standard library alone, so that it starts in milliseconds and has one thread.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
KILL: Final = signal.SIGKILL
_RESET: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)


def command(
    argv: list[str], *, death_signal: signal.Signals, user: tuple[int, int] | None = None
) -> list[str]:
    """The command line that runs `argv` so that it gets `death_signal` when this process ends.

    Start it from a thread that lives as long as the process: the kernel watches the thread.
    """
    uid, gid = user or (-1, -1)
    own = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    return [*own, str(os.getpid()), str(int(death_signal)), str(uid), str(gid), *argv]


def _become(uid: int, gid: int) -> None:
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _die_with(parent: int, death_signal: int) -> None:
    """A change of user clears the death signal: call this after it."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(f"parent {parent} is gone")


def main(argv: list[str]) -> None:
    parent, death_signal, uid, gid = (int(word) for word in argv[:4])
    _become(uid, gid)
    for number in _RESET:  # a background shell hands down an ignored SIGINT
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    _die_with(parent, death_signal)
    os.execvp(argv[4], argv[4:])  # noqa: S606 -- no shell is meant


if __name__ == "__main__":
    main(sys.argv[1:])
