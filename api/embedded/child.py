"""The server's side of the render process: one child, kept warm, killed to cancel."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

_LONGEST_LINE: Final = 16 * 1024 * 1024


class RenderProcess:
    """Starts the child when it is needed and keeps it for the next task."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._child: asyncio.subprocess.Process | None = None

    async def answers(self, task: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Hand over a task and yield what the child says of it; the last is `done`, `error` or `died`."""
        child = await self.warm()
        assert child.stdin is not None
        assert child.stdout is not None
        with suppress(ConnectionError):
            child.stdin.write(json.dumps(task).encode() + b"\n")
            await child.stdin.drain()
        while (line := await child.stdout.readline()).endswith(b"\n"):
            answer = json.loads(line)
            yield answer
            if answer["type"] in ("done", "error"):
                return
        yield {"type": "died", "exit_code": await child.wait()}

    async def warm(self) -> asyncio.subprocess.Process:
        """The living child, started if there is none."""
        if self._child is None or self._child.returncode is not None:
            pipe = asyncio.subprocess.PIPE
            self._child = await asyncio.create_subprocess_exec(
                *self._command, stdin=pipe, stdout=pipe, limit=_LONGEST_LINE
            )
        return self._child

    def kill(self) -> None:
        """End the child now, and what it is drawing with it; the next task gets another."""
        if self._child and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.kill()
        self._child = None

    async def close(self) -> None:
        """End the child and wait until it is gone."""
        child = self._child
        self.kill()
        if child:
            await child.wait()
