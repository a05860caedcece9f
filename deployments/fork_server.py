"""A process that has Prefect and the flows loaded, and forks itself for each run.

One thread, no sockets but the one to its worker, nothing opened that a child could share. The worker
sends orders; a child is told about when it begins and when it has ended. A worker that dies takes
nothing with it: the server stays until its last child has ended.
"""

import ctypes
import gc
import json
import logging
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

from db.session import warm
from deployments import prefect_private
from studio import log
from studio.errors import StackError
from studio.settings import read_settings

LOOK_EVERY_S: Final = 2.0
NICENESS: Final = 10
_PR_SET_NAME: Final = 15
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """A run that a child is to carry out."""

    id: str
    flow_run: str
    entrypoint: str
    environment: dict[str, str]

    @classmethod
    def read(cls, line: bytes) -> "Order":
        return cls(**json.loads(line))


@dataclass(slots=True)
class Child:
    """A run under way, and why it was ended where we did that."""

    id: str
    why: str = ""


class ForkServer:
    """Forks a child an order, and tells the worker at the other end of `channel` what became of it."""

    def __init__(self, channel: socket.socket, *, most_bytes: int) -> None:
        self._channel = channel
        self._takes_orders = True
        self._most_bytes = most_bytes
        self._children: dict[int, Child] = {}
        self._received = b""
        self._woken, self._wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector = selectors.DefaultSelector()
        self._selector.register(channel, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> Order | None:
        """Returns in the server once nobody needs it any more, and in each child with its order."""
        signal.signal(signal.SIGCHLD, _wake)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        self._tell(ready=os.getpid())
        while self._takes_orders or self._children:
            ready = {
                key.fileobj for key, _ in self._selector.select(LOOK_EVERY_S if self._children else None)
            }
            if self._channel in ready:
                for order in self._orders():
                    if self._is_child(order):
                        return order
            self._reap()
            self._weigh()
        return None

    def _orders(self) -> list[Order]:
        """What the worker has asked for since; when it is gone there is nothing more to come."""
        try:
            part = self._channel.recv(1 << 20)
        except ConnectionError:
            part = b""
        if not part:
            self._selector.unregister(self._channel)
            self._takes_orders = False
        *lines, self._received = (self._received + part).split(b"\n")
        return [Order.read(line) for line in lines]

    def _is_child(self, order: Order) -> bool:
        """Fork: True in the child, which has let go of everything that is the server's."""
        pid = os.fork()
        if pid:
            self._children[pid] = Child(order.id)
            self._tell(started=order.id, pid=pid)
            return False
        os.setsid()
        _give_way()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._selector.close()
        for end in (self._woken, self._wakes):
            os.close(end)
        self._channel.close()
        return True

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._woken, 4096)
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self._children.pop(pid)
            self._tell(ended=child.id, code=os.waitstatus_to_exitcode(status), why=child.why)

    def _weigh(self) -> None:
        """End a child that has grown too large, before it takes the machine with it."""
        for pid, child in self._children.items():
            size = resident_bytes(pid)
            if size > self._most_bytes and not child.why:
                child.why = f"it had grown to {size:,} bytes (TOWER_CHILD_MOST_BYTES={self._most_bytes:,})"
                _log.error("run %s is ended: %s", child.id, child.why)
                os.killpg(pid, signal.SIGKILL)

    def _tell(self, **what: Any) -> None:
        with suppress(ConnectionError):  # of a dead worker
            self._channel.sendall(json.dumps(what).encode() + b"\n")


def resident_bytes(pid: int) -> int:
    """The memory that a process has in use, shared pages counted; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (FileNotFoundError, ProcessLookupError):
        return 0


def name_of(flow_run_id: str) -> str:
    """What a run's process is called, so that it is not taken for another with its number."""
    return f"run-{flow_run_id.replace('-', '')[-11:]}"


def main() -> None:
    """Started by a worker, with the descriptor of its end of a socket and the flows to load."""
    descriptor, *entrypoints = sys.argv[1:]
    settings = read_settings()
    log.configure(settings.log_level)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prefect_private.load(entrypoints)
    warm()
    _require_one_thread()
    gc.collect()
    gc.freeze()
    channel = socket.socket(fileno=int(descriptor))
    order = ForkServer(channel, most_bytes=settings.child_most_bytes).serve()
    if order:
        _name(name_of(order.id))
        prefect_private.adopt(order.environment)
        prefect_private.carry_out(order.flow_run, order.entrypoint)


def _require_one_thread() -> None:
    """A lock that another thread holds would stay held in every child.

    Raises:
        StackError: something that was loaded has started a thread.
    """
    threads = sorted(path.name for path in Path("/proc/self/task").iterdir())
    if len(threads) != 1:
        names = [Path(f"/proc/self/task/{thread}/comm").read_text().strip() for thread in threads]
        raise StackError(f"The fork server must have one thread and has {len(threads)}: {names}.")


def _give_way() -> None:
    """Whoever asks the API something comes before the runs, by whichever weights the kernel shares time."""
    os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
    with suppress(OSError):  # there are no groups by session, or another was weighed within the same instant
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def _name(name: str) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """The descriptor that signals write to does the waking."""


if __name__ == "__main__":
    main()
