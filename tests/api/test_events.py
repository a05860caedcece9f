import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import pytest
from fastapi.testclient import TestClient

from api.main import serve
from api.streams import Event, Seen, Streams
from db.listener import Listener
from db.queries import generations, ownership
from db.queries.ownership import EVENTS_CHANNEL
from db.session import transaction
from studio.errors import PortTakenError

A = "/api/anime"


def _ask(client: Any, project: int) -> str:
    answer = client.post(f"{A}/projects/{project}/generate-from-command", json={"prompt": "A duel"})
    return str(answer.json()["generation_id"])


def _tell(generation_id: str, status: str, progress: float = 0.0) -> None:
    with transaction() as session:
        job = generations.locked(session, generation_id)
        job.status, job.progress = status, progress
        ownership.add_event(session, job, "status")


def _events(text: str) -> list[tuple[int, str, dict[str, Any]]]:
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


@pytest.fixture
def ended(client: TestClient, project: int) -> str:
    generation_id = _ask(client, project)
    _tell(generation_id, "processing", 0.5)
    _tell(generation_id, "completed", 1.0)
    return generation_id


def test_a_stream_tells_all_and_ends_with_the_generation(client: TestClient, ended: str) -> None:
    answer = client.get(f"{A}/generations/{ended}/events")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    told = _events(answer.text)
    assert [seq for seq, _, _ in told] == [1, 2, 3]
    assert [payload["status"] for _, _, payload in told] == ["processing", "processing", "completed"]
    assert told[1][2]["progress"] == 0.5


@pytest.mark.parametrize("last", [0, 1, 2])
def test_a_stream_goes_on_where_the_client_left(client: TestClient, ended: str, last: int) -> None:
    answer = client.get(f"{A}/generations/{ended}/events", headers={"Last-Event-ID": str(last)})
    assert [seq for seq, _, _ in _events(answer.text)] == list(range(last + 1, 4))


def test_a_client_that_has_seen_all_is_told_to_stop(client: TestClient, ended: str) -> None:
    answer = client.get(f"{A}/generations/{ended}/events", headers={"Last-Event-ID": "3"})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("last", ["x", "-1", str(10**30)])
def test_a_number_that_is_none_of_ours_is_refused(client: TestClient, ended: str, last: str) -> None:
    answer = client.get(f"{A}/generations/{ended}/events", headers={"Last-Event-ID": last})
    assert answer.status_code == 422


def test_a_generation_that_was_decided_on_goes_on(client: TestClient, project: int) -> None:
    generation_id = _ask(client, project)
    for status in ("needs_review", "processing", "completed"):
        _tell(generation_id, status)
    told = _events(client.get(f"{A}/generations/{generation_id}/events").text)
    assert [payload["status"] for _, _, payload in told] == [
        "processing",
        "needs_review",
        "processing",
        "completed",
    ]


def test_streams_beyond_the_limit_are_refused(client: TestClient, ended: str) -> None:
    streams: Streams = client.app.state.streams  # type: ignore[attr-defined]
    streams.most, most = 0, streams.most
    answer = client.get(f"{A}/generations/{ended}/events")
    streams.most = most
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert client.get(f"{A}/generations/{ended}/events").status_code == 200
    assert streams.open == 0


def test_a_stream_wakes_when_something_happens(client: TestClient, project: int) -> None:
    generation_id = _ask(client, project)

    def read(seq: int) -> Seen:
        with transaction() as session:
            rows = generations.events_after(session, generation_id, seq, limit=10)
            events = tuple(Event(row.seq, row.kind, row.payload) for row in rows)
        return Seen(events, is_over=bool(events) and events[-1].payload["status"] != "processing")

    async def follow() -> list[str | None]:
        listener = Listener(EVENTS_CHANNEL)
        streams = Streams(listener, poll_s=60)
        ids = []
        async with listener.listening():
            while not listener.is_up:
                await asyncio.sleep(0.01)
            async for event in streams.follow(generation_id, 0, read, anyio.Event()):
                ids.append(event.id)
                if event.id == "1":
                    threading.Timer(0.1, _tell, (generation_id, "completed")).start()
        return ids

    assert asyncio.run(asyncio.wait_for(follow(), 10)) == ["1", "2"]


def test_without_its_connection_a_stream_looks_by_itself(client: TestClient, project: int) -> None:
    looks = iter([Seen((), False), Seen((), False), Seen((Event(1, "status", {}),), True)])

    async def follow() -> list[str | None]:
        streams = Streams(Listener(EVENTS_CHANNEL), poll_s=0.01)
        return [event.id async for event in streams.follow("gen_1", 0, lambda _: next(looks), anyio.Event())]

    assert asyncio.run(asyncio.wait_for(follow(), 5)) == ["1"]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def served(client: TestClient, port: int) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    environment = {**os.environ, "TOWER_ANIME_PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-m", "api.main"], env=environment, stderr=subprocess.PIPE
    ) as running:
        base = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while not _is_up(base):
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield running, base
        running.kill()


def _is_up(base: str) -> bool:
    try:
        return httpx.get(f"{base}{A}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_the_process_stops_at_once_though_streams_are_open(
    client: TestClient, project: int, served: tuple[subprocess.Popen[bytes], str]
) -> None:
    running, base = served
    generation_id = _ask(client, project)
    with httpx.stream("GET", f"{base}{A}/generations/{generation_id}/events", trust_env=False) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "id: 1"
        _tell(generation_id, "processing", 0.25)
        assert "id: 2" in (next(lines) for _ in range(8))
        running.send_signal(signal.SIGTERM)
        list(lines)
        assert running.wait(20) == 0
    assert running.stderr is not None
    log = running.stderr.read().decode()
    assert "Traceback" not in log
    assert "timeout graceful shutdown exceeded" not in log  # the stream ended well, nobody cut it off
    assert f"listening on {base}" in log


def test_a_taken_port_is_named(client: TestClient, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTakenError, match=f"127.0.0.1:{port}"):
        asyncio.run(serve("127.0.0.1", [(client.app, port)]))
