"""The public API as pages ask it: within this process, over ASGI, with the caller's own token or session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import Depends, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.doors import INSIDE

BASE: Final = "http://localhost"
PREFIXES: Final = {"anime": "/api/anime", "episodes": "/api/anime", "music": "/api", "echo": "/api/echo"}
LONGEST_S: Final = 150.0
_HANDED_ON: Final = ("authorization", "cookie")


class Refused(Exception):  # noqa: N818
    """What a service answered in place of what was asked: its status and the error in its envelope."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {error.get('code')}")
        self.status, self.error = status, dict(error)

    @property
    def details(self) -> dict[str, Any]:
        return dict(self.error.get("details") or {})


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, and the cursor of the next."""

    rows: list[Any]
    following: str | None

    @property
    def is_whole(self) -> bool:
        return self.following is None


@dataclass(frozen=True, slots=True)
class Inside:
    """A service of this process, asked by our own pages: they have been through the doors already."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {INSIDE: True}
        await self.app(scope, receive, send)


class House:
    """The services of this process, by name."""

    def __init__(self, services: Mapping[str, ASGIApp]) -> None:
        self._clients = {
            name: httpx.AsyncClient(
                transport=httpx.ASGITransport(Inside(app), raise_app_exceptions=False),
                base_url=f"{BASE}{PREFIXES[name]}",
                timeout=LONGEST_S,
                trust_env=False,
            )
            for name, app in services.items()
        }

    def has(self, service: str) -> bool:
        """Whether a service is one of this process."""
        return service in self._clients

    def client(self, service: str) -> httpx.AsyncClient:
        """How a service is asked.

        Raises:
            Refused: it is not served here.
        """
        if service not in self._clients:
            message = f"The {service} service is not served by this process."
            raise Refused(503, {"code": "UNAVAILABLE", "message": message, "details": {}})
        return self._clients[service]


@dataclass(frozen=True, slots=True)
class Desk:
    """One caller's way to the services."""

    house: House
    headers: Mapping[str, str]

    async def get(self, path: str, *, service: str = "anime", **params: Any) -> Any:
        """What there is at a path."""
        return (await self._ask("GET", path, service, params=_given(params))).json()

    async def listed(self, path: str, *, service: str = "anime", **params: Any) -> Listed:
        """A page of a list."""
        answer = await self._ask("GET", path, service, params=_given(params))
        url = answer.links.get("next", {}).get("url", "")
        return Listed(answer.json(), next(iter(parse_qs(urlsplit(url).query).get("cursor", [])), None))

    async def maybe(self, path: str, *, service: str = "anime", **params: Any) -> Any:
        """What there is at a path, or None where there is nothing."""
        try:
            return await self.get(path, service=service, **params)
        except Refused as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return None
            raise

    async def send(
        self, method: str, path: str, body: Any = None, *, service: str = "anime", **params: Any
    ) -> Any:
        """What a service makes of a write."""
        answer = await self._ask(method, path, service, params=_given(params), json=body)
        return answer.json() if answer.content else None

    async def _ask(self, method: str, path: str, service: str, **sent: Any) -> httpx.Response:
        if sent.get("json", ...) is None:
            del sent["json"]
        answer = await self.house.client(service).request(method, path, headers=dict(self.headers), **sent)
        if answer.is_success:
            return answer
        error = answer.json().get("error", {}) if "json" in answer.headers.get("content-type", "") else {}
        raise Refused(answer.status_code, error)


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value not in (None, "")}


async def _desk(request: Request) -> Desk:
    house = request.app.state.house
    assert isinstance(house, House)
    kept = {name: request.headers[name] for name in _HANDED_ON if name in request.headers}
    return Desk(house, {**kept, "origin": BASE})


DeskGiven = Annotated[Desk, Depends(_desk)]
