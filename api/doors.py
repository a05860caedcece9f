"""Who may come in: hosts, origins, tokens, rates, kinds and sizes of bodies."""

import hashlib
import hmac
import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import urlencode, urlsplit

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import envelope
from api.sessions import sessions_of
from studio.settings import Settings

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LARGEST_JSON_BYTES: Final = 8 * 1024 * 1024
BURST: Final = 2
"""How many times its rate a client may use at once."""

INSIDE: Final = "inside"
"""What our own pages ask within this process has been through the doors already."""

FORM: Final = "application/x-www-form-urlencoded"
LOGIN: Final = "/login"
STATIC: Final = "/static/"

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

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_of_session(self) -> bool:
        """Whether a cookie let it in, which browsers send unasked."""
        return bool(self.scope["state"].get("session"))

    @property
    def is_of_ours(self) -> bool:
        """Whether a page of this very service says that it sends it."""
        origin = self.headers.get("origin")
        return origin is not None and urlsplit(origin).netloc == self.headers.get("host")

    @property
    def wants_page(self) -> bool:
        """Whether a person waits for it in a browser."""
        is_page = not self.scope["path"].startswith("/api/") and "text/html" in self.headers.get("accept", "")
        return self.scope["method"] == "GET" and is_page and "x-partial" not in self.headers


@dataclass(frozen=True, slots=True)
class Bodies:
    """What bodies may be: JSON, files where they are uploaded to, forms where there are pages."""

    largest_bytes: int
    upload_paths: frozenset[str] = frozenset()
    has_pages: bool = False

    def takes_files(self, scope: Scope) -> bool:
        return any(fnmatchcase(scope["path"], path) for path in self.upload_paths)

    def limit_bytes(self, scope: Scope) -> int:
        return self.largest_bytes if self.takes_files(scope) else min(self.largest_bytes, LARGEST_JSON_BYTES)

    def media_type(self, scope: Scope) -> str:
        if self.takes_files(scope):
            return "multipart/form-data"
        return FORM if self.has_pages and not scope["path"].startswith("/api/") else "application/json"


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
    """Pages of other origins may not write; what a session sends must say that it is of ours."""
    allowed = frozenset(settings.cors_origins)

    async def door(caller: Caller) -> Response | None:
        origin = caller.headers.get("origin")
        if not caller.is_write or caller.is_of_ours:
            return None
        if not caller.is_of_session and (origin is None or origin in allowed or "*" in allowed):
            return None
        return _foreign(caller)

    return door


def _foreign(caller: Caller) -> Response:
    message = "Pages of this origin may not write: TOWER_CORS_ORIGINS lists those that may."
    details: dict[str, object] = {"origin": caller.headers.get("origin")}
    return caller.refuse(403, "ORIGIN_NOT_ALLOWED", message, details=details)


def token_door(settings: Settings, *, open_paths: Collection[str]) -> Door:
    """One of the configured tokens, where there are any, or a session that was begun with one."""
    tokens = [token.get_secret_value().encode() for token in settings.api_tokens]
    sessions = sessions_of(settings)

    async def door(caller: Caller) -> Response | None:
        scheme, _, sent = caller.headers.get("authorization", "").partition(" ")
        given = sent.strip().encode("latin-1") if scheme.lower() == "bearer" else b""
        matches = [hmac.compare_digest(given, token) for token in tokens]
        if any(matches):
            caller.scope["state"]["token"] = hashlib.sha256(given).hexdigest()
        elif (session := sessions.found(caller.headers.get("cookie"))) is not None:
            caller.scope["state"] |= {"token": hashlib.sha256(session.token).hexdigest(), "session": True}
        elif tokens and not _is_open(caller.scope["path"], open_paths):
            return _asked_who(caller)
        return None

    return door


def _is_open(path: str, open_paths: Collection[str]) -> bool:
    return path in open_paths or (STATIC in open_paths and path.startswith(STATIC))


def _asked_who(caller: Caller) -> Response:
    """A person is led to where a token is traded for a session, and back."""
    if caller.wants_page:
        query = caller.scope["query_string"].decode("latin-1")
        back = caller.scope["path"] + (f"?{query}" if query else "")
        return Response(status_code=303, headers={"Location": f"{LOGIN}?{urlencode({'next': back})}"})
    headers = {"WWW-Authenticate": "Bearer"}
    return caller.refuse(401, "UNAUTHORIZED", "A valid bearer token is needed.", headers=headers)


def rate_door(settings: Settings) -> Door:
    """So many requests a second from each address, with bursts."""
    amount = max(BURST, round(BURST * settings.rate_per_s))
    limit = RateLimitItemPerSecond(amount, max(1, round(amount / settings.rate_per_s)))
    limiter = MovingWindowRateLimiter(MemoryStorage())

    async def door(caller: Caller) -> Response | None:
        if caller.scope["state"].get(INSIDE):
            return None
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
    """Bodies are JSON, which no page may send unasked; forms and uploads must be of our own pages."""

    async def door(caller: Caller) -> Response | None:
        if not caller.is_write or not caller.has_body:
            return None
        sent, expected = caller.headers.get("content-type", ""), bodies.media_type(caller.scope)
        if caller.media_type == expected:
            return None if expected != FORM or caller.is_of_ours else _foreign(caller)
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
