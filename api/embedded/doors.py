"""Who may speak to the embedded renderer: its own host, and elsewhere those who bear a token."""

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Doors:
    """Refuses foreign origins, unknown host names, and strangers without a token."""

    app: ASGIApp
    allowed_hosts: Sequence[str] = ()
    tokens: Sequence[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 401 or 403; a socket that is not accepted is closed as 403."""
        status = None if scope["type"] == "lifespan" else self._refusal(scope)
        if status is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(status.phrase, status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> HTTPStatus | None:
        headers = Headers(scope=scope)
        host = urlsplit("//" + headers.get("host", "localhost"))
        if not self._is_known(host.hostname or ""):
            return HTTPStatus.FORBIDDEN
        if "origin" in headers and _authority(urlsplit(headers["origin"])) != _authority(host):
            return HTTPStatus.FORBIDDEN
        peer = scope["client"][0] if scope.get("client") else ""
        if self.tokens and not is_loopback(peer) and not self._bears_token(headers):
            return HTTPStatus.UNAUTHORIZED
        return None

    def _is_known(self, name: str) -> bool:
        """An address or a name that is ours: a name of somebody else's that points here is refused."""
        if name == "localhost" or name in self.allowed_hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _bears_token(self, headers: Headers) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        known = [secrets.compare_digest(token.encode(), ours.encode()) for ours in self.tokens]
        return scheme.lower() == "bearer" and any(known)


def is_loopback(address: str) -> bool:
    """Whether an address, or `localhost`, is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _authority(url: SplitResult) -> tuple[str | None, int]:
    return url.hostname, url.port or (443 if url.scheme == "https" else 80)
