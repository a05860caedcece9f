"""Who may come in: hosts, origins, tokens, rates, kinds and sizes of bodies."""

import hashlib
import hmac
import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import envelope
from studio.settings import Settings

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LARGEST_JSON_BYTES: Final = 8 * 1024 * 1024
BURST: Final = 2
"""How many times its rate a client may use at once."""

_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_TOO_LARGE: Final = "The body is larger than this service takes."


@dataclass(frozen=True, slots=True)
class Caller:
    """One request at the doors."""

    scope: Scope
    headers: Headers

    def refuse(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        return envelope.answer(self.scope, status, code, message, details=details, headers=headers)

    @property
    def is_write(self) -> bool:
        return self.scope["method"] in _WRITES

    @property
    def has_body(self) -> bool:
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0") != "0"


@dataclass(frozen=True, slots=True)
class Bodies:
    """What bodies may be: JSON, and files where they are uploaded to."""

    largest_bytes: int
    upload_paths: frozenset[str] = frozenset()

    def takes_files(self, scope: Scope) -> bool:
        return scope["path"] in self.upload_paths

    def limit_bytes(self, scope: Scope) -> int:
        return self.largest_bytes if self.takes_files(scope) else min(self.largest_bytes, LARGEST_JSON_BYTES)

    def media_type(self, scope: Scope) -> str:
        return "multipart/form-data" if self.takes_files(scope) else "application/json"


Door = Callable[[Caller], Awaitable[Response | None]]


@dataclass(frozen=True, slots=True)
class Doors:
    """Lets a request through each door in turn; the first that refuses it answers."""

    app: ASGIApp
    doors: Sequence[Door]
    bodies: Bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        caller = Caller(scope, Headers(scope=scope))
        for door in self.doors:
            if (refusal := await door(caller)) is not None:
                await refusal(scope, receive, send)
                return
        await self.app(scope, _counted(receive, self.bodies.limit_bytes(scope)), send)


def host_door(settings: Settings) -> Door:
    """Only names that are ours, so that no page can reach us under a name of its own."""
    allowed = LOOPBACK | {settings.bind.lower(), *(name.lower() for name in settings.allowed_hosts)}

    async def door(caller: Caller) -> Response | None:
        host = caller.headers.get("host", "")
        if "*" in allowed or (_hostname(host) or "") in allowed:
            return None
        message = "This tower does not go by that name: TOWER_ALLOWED_HOSTS lists those it does."
        return caller.refuse(403, "HOST_NOT_ALLOWED", message, details={"host": host})

    return door


def origin_door(settings: Settings) -> Door:
    """Pages of other origins may not write."""
    allowed = frozenset(settings.cors_origins)

    async def door(caller: Caller) -> Response | None:
        origin = caller.headers.get("origin")
        if origin is None or not caller.is_write or origin in allowed or "*" in allowed:
            return None
        if urlsplit(origin).netloc == caller.headers.get("host"):
            return None
        message = "Pages of this origin may not write: TOWER_CORS_ORIGINS lists those that may."
        return caller.refuse(403, "ORIGIN_NOT_ALLOWED", message, details={"origin": origin})

    return door


def token_door(settings: Settings, *, open_paths: Collection[str]) -> Door:
    """One of the configured tokens, where there are any."""
    tokens = [token.get_secret_value().encode() for token in settings.api_tokens]

    async def door(caller: Caller) -> Response | None:
        scheme, _, sent = caller.headers.get("authorization", "").partition(" ")
        given = sent.strip().encode("latin-1") if scheme.lower() == "bearer" else b""
        matches = [hmac.compare_digest(given, token) for token in tokens]
        if any(matches):
            caller.scope["state"]["token"] = hashlib.sha256(given).hexdigest()
        elif tokens and caller.scope["path"] not in open_paths:
            headers = {"WWW-Authenticate": "Bearer"}
            return caller.refuse(401, "UNAUTHORIZED", "A valid bearer token is needed.", headers=headers)
        return None

    return door


def rate_door(settings: Settings) -> Door:
    """So many requests a second from each address, with bursts."""
    amount = max(BURST, round(BURST * settings.rate_per_s))
    limit = RateLimitItemPerSecond(amount, max(1, round(amount / settings.rate_per_s)))
    limiter = MovingWindowRateLimiter(MemoryStorage())

    async def door(caller: Caller) -> Response | None:
        address = (caller.scope.get("client") or ("unknown",))[0]
        if await limiter.hit(limit, address):
            return None
        window = await limiter.get_window_stats(limit, address)
        wait_s = max(1, math.ceil(window.reset_time - time.time()))
        headers = {"Retry-After": str(wait_s)}
        details: dict[str, object] = {"rate_per_s": settings.rate_per_s, "retry_after_s": wait_s}
        message = "Too many requests from this address."
        return caller.refuse(429, "RATE_LIMITED", message, details=details, headers=headers)

    return door


def media_type_door(bodies: Bodies) -> Door:
    """Bodies are JSON, which no page may send unasked; uploads are kept from pages by their origin alone."""

    async def door(caller: Caller) -> Response | None:
        if not caller.is_write or not caller.has_body:
            return None
        sent, expected = caller.headers.get("content-type", ""), bodies.media_type(caller.scope)
        if sent.partition(";")[0].strip().lower() == expected:
            return None
        details: dict[str, object] = {"field": "Content-Type", "value": sent, "expected": expected}
        wanted = "a form with a file" if bodies.takes_files(caller.scope) else "JSON"
        return caller.refuse(415, "UNSUPPORTED_MEDIA_TYPE", f"The body must be {wanted}.", details=details)

    return door


def size_door(bodies: Bodies) -> Door:
    """A body that says that it is too large is not read at all."""

    async def door(caller: Caller) -> Response | None:
        largest_bytes = bodies.limit_bytes(caller.scope)
        sent = caller.headers.get("content-length", "0")
        if sent.isdecimal() and int(sent) <= largest_bytes:
            return None
        details: dict[str, object] = {"largest_bytes": largest_bytes}
        return caller.refuse(413, "PAYLOAD_TOO_LARGE", _TOO_LARGE, details=details)

    return door


def _counted(receive: Receive, largest_bytes: int) -> Receive:
    """A body that does not say how large it is, is read up to the limit."""
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > largest_bytes:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return receive_counted


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
