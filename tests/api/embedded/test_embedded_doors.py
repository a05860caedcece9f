import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from api.embedded.doors import Doors, is_loopback


def status(doors: Doors, peer: str = "10.0.0.7", **headers: str) -> int:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": raw, "client": (peer, 9)}
    asyncio.run(doors(scope, receive, send))
    return int(sent[0]["status"])


OPEN = Doors(PlainTextResponse("in"))
LOCKED = Doors(PlainTextResponse("in"), allowed_hosts=["tower.studio"], tokens=["s3cret"])


def test_a_stranger_needs_a_token_and_our_own_host_none() -> None:
    assert status(LOCKED, host="tower.studio") == 401
    assert status(LOCKED, host="tower.studio", authorization="Bearer guess") == 401
    assert status(LOCKED, host="tower.studio", authorization="Bearer s3cret") == 200
    assert status(LOCKED, "127.0.0.1", host="127.0.0.1:8188") == 200


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("localhost:8188", "http://localhost:8188", 200),
        ("[::1]:8188", "http://[::1]:8188", 200),
        ("localhost:8188", "http://localhost:9000", 403),
        ("localhost:8188", "https://localhost", 403),
        ("localhost:8188", "file://", 403),
        ("evil.example:8188", "http://evil.example:8188", 403),
    ],
)
def test_a_page_of_another_origin_or_name_stays_outside(host: str, origin: str, expected: int) -> None:
    assert status(OPEN, "127.0.0.1", host=host, origin=origin) == expected


@pytest.mark.parametrize(
    ("address", "expected"), [("127.0.0.2", True), ("::1", True), ("0.0.0.0", False), ("x", False)]
)
def test_only_this_machines_addresses_are_loopback(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected
