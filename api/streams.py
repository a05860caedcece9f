"""Event streams: so many at once, each over the process's one listening connection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import anyio
from anyio import to_thread
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from db.listener import Listener
from studio.canonical import canonical_json
from studio.errors import UnavailableError

MOST_STREAMS: Final = 200
HEARTBEAT_S: Final = 15
FAREWELL_S: Final = 1.0
"""How long a stream may take to end well when the process stops."""

PATIENCE_S: Final = 30.0
"""How long a stream waits for a ring before it looks by itself, while the listener is up."""


BREATH_S: Final = 0.25
"""What happens within so short a time is told together."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, numbered within its stream."""

    seq: int
    kind: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What has happened since; `is_over`: nothing will follow it."""

    events: tuple[Event, ...]
    is_over: bool


Read = Callable[[int], Seen]
Look = Callable[[Collection[str] | None], Sequence[Mapping[str, Any]]]
"""How the named generations are, or all of those under way."""


@dataclass(slots=True)
class Streams:
    """The streams that are open in this process."""

    listener: Listener
    poll_s: float
    most: int = MOST_STREAMS
    open: int = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Room for one stream.

        Raises:
            UnavailableError: there is none.
        """
        if self.open >= self.most:
            raise UnavailableError(
                f"All {self.most} event streams are taken; try again later.", most=self.most
            )
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    async def follow(
        self, key: str, seq: int, read: Read, stop: anyio.Event
    ) -> AsyncIterator[ServerSentEvent]:
        """What happens after `seq`, until it is over; no session is held while nothing does."""
        with self.listener.waiting_for(key) as bell:
            while not stop.is_set():
                bell.rung.clear()
                if (preview := bell.take_preview()) is not None:
                    yield ServerSentEvent(preview, event="preview")
                seen = await _look(read, seq)
                for event in seen.events:
                    yield _sent(event)
                    seq = event.seq
                if seen.is_over:
                    return
                if not seen.events:
                    await self._wait(bell.rung, stop)

    async def follow_all(self, look: Look, stop: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        """How everything under way goes: first all of it, then whatever changes, until the client leaves."""
        with self.listener.hearing_all() as ear:
            changed: Mapping[str, str | None] | None = None
            while not stop.is_set():
                for sent in await _states(look, changed):
                    yield sent
                with anyio.move_on_after(BREATH_S):
                    await stop.wait()
                await self._wait(ear.rung, stop)
                was_rung = ear.rung.is_set()
                ear.rung.clear()
                changed = ear.take() if was_rung else None

    async def _wait(self, rung: asyncio.Event, stop: anyio.Event) -> None:
        patience_s = PATIENCE_S if self.listener.is_up else self.poll_s
        with anyio.move_on_after(patience_s):
            async with anyio.create_task_group() as either:
                either.start_soon(_first, either.cancel_scope, stop)
                await rung.wait()
                either.cancel_scope.cancel()


class EventStream(EventSourceResponse):
    """A stream that holds a place for as long as it is sent."""

    def __init__(
        self, streams: Streams, told: Callable[[anyio.Event], AsyncIterator[ServerSentEvent]]
    ) -> None:
        stop = anyio.Event()
        super().__init__(
            told(stop),
            ping=HEARTBEAT_S,
            shutdown_event=stop,
            shutdown_grace_period=FAREWELL_S,
        )
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._streams.place():
            await super().__call__(scope, receive, send)


async def _first(scope: anyio.CancelScope, stop: anyio.Event) -> None:
    await stop.wait()
    scope.cancel()


async def _states(look: Look, changed: Mapping[str, str | None] | None) -> list[ServerSentEvent]:
    previews = [
        ServerSentEvent(canonical_json({"generation_id": key, "jpeg": jpeg}).decode(), event="preview")
        for key, jpeg in (changed or {}).items()
        if jpeg
    ]
    try:
        states = await to_thread.run_sync(look, None if changed is None else list(changed))
    except UnavailableError:
        states = ()
    return [
        *(ServerSentEvent(canonical_json(state).decode(), event="generation") for state in states),
        *previews,
    ]


async def _look(read: Read, seq: int) -> Seen:
    """A database that is away for a while interrupts no stream."""
    try:
        return await to_thread.run_sync(partial(read, seq))
    except UnavailableError:
        return Seen((), is_over=False)


def _sent(event: Event) -> ServerSentEvent:
    return ServerSentEvent(canonical_json(event.payload).decode(), event=event.kind, id=str(event.seq))
