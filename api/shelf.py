"""Answers that are asked for again and again, kept until what they tell of changes.

Nothing is served from here unless the process hears of changes: those of other processes are announced by
the database, its own clear the shelf before they are answered. So everybody reads their own writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import counted
from db.listener import Listener

PROJECTS_CHANNEL: Final = "projects_changed"
MOST_KEPT: Final = 256
_COUNTED: Final = counted.Cache("answers")
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was sent."""

    body: bytes
    headers: Mapping[str, str]

    def again(self) -> Response:
        return Response(self.body, media_type="application/json", headers=dict(self.headers))


@dataclass(slots=True)
class Shelf:
    """The answers of one process; `changes` counts how often they had to go."""

    changes: int = 0
    listener: Listener | None = None
    _kept: dict[str, Kept] = field(default_factory=dict)

    def find(self, key: str) -> Kept | None:
        """The answer, while it is known to be true."""
        found = self._kept.get(key) if self.listener is not None and self.listener.is_up else None
        _COUNTED.count(is_hit=found is not None)
        return found

    def keep(self, key: str, answer: Kept, *, since: int) -> None:
        """Keep an answer that was read when `changes` stood at `since`, if nothing has changed meanwhile."""
        if since == self.changes and len(self._kept) < MOST_KEPT:
            self._kept[key] = answer

    def clear(self) -> None:
        """What is kept may be untrue from now on."""
        self.changes += 1
        self._kept = {}


@dataclass(frozen=True, slots=True)
class Clearing:
    """Clears the shelf before a write is answered."""

    app: ASGIApp
    shelf: Shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _READS:
            await self.app(scope, receive, send)
            return

        async def clear_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.shelf.clear()
            await send(message)

        await self.app(scope, receive, clear_and_send)


async def _shelf(request: Request) -> Shelf:
    shelf = request.app.state.shelf
    assert isinstance(shelf, Shelf)
    return shelf


ShelfGiven = Annotated[Shelf, Depends(_shelf)]
