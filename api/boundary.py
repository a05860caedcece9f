"""The outermost ring of a service: a request's id, its line in the log, and no exception that gets past."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import envelope

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Exchange:
    """A request under way, and what was answered so far."""

    request_id: str = field(default_factory=lambda: f"req_{secrets.token_hex(8)}")
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Boundary:
    """Numbers requests, logs them, and answers what nothing else answered with a 500."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange()
        scope.setdefault("state", {})["request_id"] = exchange.request_id

        async def send_numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = exchange.request_id
            await send(message)

        with _logged(scope, exchange):
            try:
                await self.app(scope, receive, send_numbered)
            except Exception as error:
                log.error("%s unforeseen", exchange.request_id, exc_info=error)
                if exchange.status is None:
                    response = envelope.answer(scope, 500, "INTERNAL_ERROR", envelope.INTERNAL)
                    await response(scope, receive, send_numbered)


@contextmanager
def _logged(scope: Scope, exchange: _Exchange) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        took_ms = (time.perf_counter() - started) * 1000
        line = (exchange.request_id, scope["method"], scope["path"], exchange.status, took_ms)
        log.info("%s %s %r %s %.1f ms", *line)
