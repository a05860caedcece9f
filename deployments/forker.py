"""A worker's end of its fork server: orders given, ends heard of, a new server where one is needed."""

import asyncio
import json
import logging
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deployments.fork_server import resident_bytes
from studio.errors import StackError, UnavailableError

MOST_GROWTH: Final = 1.2
SOURCES: Final = ("studio", "db", "tasks", "flows")
_ROOT: Final = Path(__file__).resolve().parent.parent
_READY_WITHIN_S: Final = 60.0
_LOOK_EVERY_S: Final = 2.0
_LINE_BYTES: Final = 1 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class End:
    """How a run's process ended: `code` is None where nobody can say, since its server has died."""

    code: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was ordered: its process, once there is one, and its end."""

    pid: "asyncio.Future[int]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    end: "asyncio.Future[End]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Forker:
    """Gives orders to a fork server, and sees to it that there is one."""

    def __init__(
        self,
        entrypoints: Sequence[str],
        *,
        changed: Callable[[], object] = bool,
    ) -> None:
        self._entrypoints = entrypoints
        self._changed = changed
        self._server: _Server | None = None
        self.is_up = asyncio.Event()

    async def order(self, flow_run_id: str, **order: Any) -> Run:
        """Have a run carried out.

        Raises:
            UnavailableError: the fork server died before it said which process carries the run.
        """
        await self.is_up.wait()
        assert self._server is not None
        run = self._server.order(flow_run_id, **order)
        await run.pid
        return run

    async def keep(self) -> None:
        """Hold a server ready for as long as this runs; one that is replaced ends with its last child."""
        version = self._changed()
        try:
            while True:
                why = self._why_another(version)
                if why:
                    _log.warning("starting a fork server: %s", why)
                    version = self._changed()
                    await self._replace()
                await self._wait()
        finally:
            if self._server:
                self._server.release()

    @property
    def pid(self) -> int | None:
        """The process that forks the next run."""
        return self._server.process.pid if self._server else None

    def _why_another(self, version: object) -> str:
        server = self._server
        if server is None or server.gone.is_set():
            return "there is none"
        growth = resident_bytes(server.process.pid) / server.bytes_at_first
        return why_another(growth, is_changed=self._changed() != version)

    async def _replace(self) -> None:
        last, server = self._server, _Server(self._entrypoints, self._lost)
        try:
            await server.ready()
            self._server = server
        except StackError as error:
            _log.error("%s", error.message)
            return
        finally:
            if self._server is not server:
                server.process.kill()
        self.is_up.set()
        if last:
            last.release()

    def _lost(self, server: "_Server") -> None:
        if server is self._server:
            self.is_up.clear()

    async def _wait(self) -> None:
        """Until it is time to look again, or the server is gone; after one that did not start, a while."""
        server = self._server
        if server is None or server.gone.is_set():
            await asyncio.sleep(_LOOK_EVERY_S)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_EVERY_S):  # wait_for may swallow a cancellation
                await server.gone.wait()


class _Server:
    """One fork server's process and what it says."""

    def __init__(self, entrypoints: Sequence[str], lost: Callable[["_Server"], object]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            argv = ["-P", "-m", "deployments.fork_server", str(theirs.fileno()), *entrypoints]
            self.process = subprocess.Popen(
                [sys.executable, *argv], pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.gone = asyncio.Event()
        self.bytes_at_first = 0
        self._runs: dict[str, Run] = {}
        self._ready = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._lost = lost
        self._hearing = asyncio.create_task(self._hear(ours))

    async def ready(self) -> None:
        """Wait until it takes orders.

        Raises:
            StackError: it has ended instead, or does not get there.
        """
        told = asyncio.create_task(self._ready.wait())
        await asyncio.wait(
            {told, self._hearing}, timeout=_READY_WITHIN_S, return_when=asyncio.FIRST_COMPLETED
        )
        told.cancel()
        if not self._ready.is_set():
            raise StackError("The fork server does not start; the worker's log has its last words.")

    def order(self, flow_run_id: str, **order: Any) -> Run:
        assert self._writer is not None
        run = self._runs[flow_run_id] = Run()
        self._writer.write(json.dumps({"id": flow_run_id, **order}).encode() + b"\n")
        return run

    def release(self) -> None:
        """Ask nothing more of it: it ends with its last child."""
        if self._writer and not self.gone.is_set():
            with suppress(OSError):
                self._writer.write_eof()

    async def _hear(self, channel: socket.socket) -> None:
        reader, self._writer = await asyncio.open_connection(sock=channel, limit=_LINE_BYTES)
        with suppress(ConnectionError):
            async for line in reader:
                self._take(json.loads(line))
        self._writer.close()
        self._let_go()
        while self.process.poll() is None:  # not in a thread, which would hold up the end of ours
            await asyncio.sleep(0.05)

    def _take(self, said: dict[str, Any]) -> None:
        if "ready" in said:
            self.bytes_at_first = resident_bytes(self.process.pid)
            self._ready.set()
        elif "started" in said:
            self._runs[said["started"]].pid.set_result(said["pid"])
        else:
            self._runs.pop(said["ended"]).end.set_result(End(said["code"], said["why"]))

    def _let_go(self) -> None:
        """Its children go on, unheard of here; the reconciler sees what becomes of them."""
        self.gone.set()
        self._lost(self)
        for run in self._runs.values():
            run.end.set_result(End(None))
            if not run.pid.done():
                run.pid.set_exception(UnavailableError("The fork server died while it took the order."))
        self._runs.clear()


def why_another(growth: float, *, is_changed: bool) -> str:
    """The reason to replace a server that has grown to so much of its first size, or none."""
    if growth > MOST_GROWTH:
        return f"the last one has grown by {growth - 1:.0%}"
    return "the sources have changed" if is_changed else ""


def newest_source() -> float:
    """When a module that runs execute was last changed."""
    return max(file.stat().st_mtime for room in SOURCES for file in (_ROOT / room).rglob("*.py"))
