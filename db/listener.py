"""One connection that hears what other processes announce, for all who wait in this one."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from psycopg import AsyncConnection, Error, sql

from db.session import database_url, libpq_url
from studio.errors import StackError

log = logging.getLogger(__name__)
RETRY_S: Final = 1.0


@dataclass(slots=True, eq=False)
class Bell:
    """Rings for one who waits; `preview` is the latest picture that was announced with the key."""

    rung: asyncio.Event = field(default_factory=asyncio.Event)
    preview: str | None = None

    def take_preview(self) -> str | None:
        """The picture that has come since the last time."""
        preview, self.preview = self.preview, None
        return preview


@dataclass(slots=True, eq=False)
class Ear:
    """Hears everything: the keys that were announced, each with the latest picture that came with it."""

    rung: asyncio.Event = field(default_factory=asyncio.Event)
    heard: dict[str, str | None] = field(default_factory=dict)

    def take(self) -> dict[str, str | None]:
        """What was announced since the last time."""
        heard, self.heard = self.heard, {}
        return heard


@dataclass(slots=True)
class Listener:
    """Hears a channel whose announcements are a key, or a key and a picture, and rings for who waits for it.

    A ring is a hint to look; while the connection is down nothing rings, and `is_up` says so. `also` are
    further channels, and what to call when something is announced there, or may have been.
    """

    channel: str
    also: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    is_up: bool = False
    _waiting: defaultdict[str, set[Bell]] = field(default_factory=lambda: defaultdict(set))
    _ears: set[Ear] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen until the block ends, over a connection that is made again when it breaks."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @contextmanager
    def waiting_for(self, key: str) -> Iterator[Bell]:
        """A bell that rings whenever `key` is announced."""
        bell = Bell()
        self._waiting[key].add(bell)
        try:
            yield bell
        finally:
            self._waiting[key].discard(bell)
            if not self._waiting[key]:
                del self._waiting[key]

    @contextmanager
    def hearing_all(self) -> Iterator[Ear]:
        """An ear for whatever is announced, whoever it is about."""
        ear = Ear()
        self._ears.add(ear)
        try:
            yield ear
        finally:
            self._ears.discard(ear)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (Error, OSError, StackError) as error:
                log.warning("not listening to %s: %s", self.channel, error)
            self.is_up = False
            await asyncio.sleep(RETRY_S)

    async def _hear(self) -> None:
        async with await AsyncConnection.connect(libpq_url(database_url()), autocommit=True) as connection:
            for channel in (self.channel, *self.also):
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._catch_up()
            self.is_up = True
            async for announced in connection.notifies():
                if announced.channel in self.also:
                    self.also[announced.channel]()
                else:
                    self._ring(announced.payload)

    def _catch_up(self) -> None:
        """What was announced before is not told again."""
        for changed in self.also.values():
            changed()
        for key in list(self._waiting):
            self._ring(key)

    def _ring(self, announced: str) -> None:
        key, _, preview = announced.partition(" ")
        for bell in self._waiting.get(key, ()):
            bell.preview = preview or bell.preview
            bell.rung.set()
        for ear in self._ears:
            ear.heard[key] = preview or ear.heard.get(key)
            ear.rung.set()
