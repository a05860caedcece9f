"""The sockets of `/ws`: who listens, and what each of them is told."""

import asyncio
import json
import struct
import uuid
from contextlib import suppress
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

LONGEST_BACKLOG: Final = 256
_PREVIEW, _JPEG = 1, 1

Message = str | bytes


class Listeners:
    """Open sockets by client id; of two with one id the newer is served. Nobody is waited for."""

    def __init__(self) -> None:
        self._backlogs: dict[str, asyncio.Queue[Message]] = {}

    def tell(self, client_id: str | None, event: str, data: dict[str, Any]) -> None:
        """Send an event to one client, or to all when `client_id` is None."""
        self._put(client_id, json.dumps({"type": event, "data": data}))

    def show(self, client_id: str, jpeg: bytes) -> None:
        """Send a preview picture."""
        self._put(client_id, struct.pack(">II", _PREVIEW, _JPEG) + jpeg)

    async def serve(self, socket: WebSocket, greetings: list[tuple[str, dict[str, Any]]]) -> None:
        """Hold a socket open and send it what its client is told, until either side closes."""
        await socket.accept()
        client_id = socket.query_params.get("clientId") or uuid.uuid4().hex
        backlog = self._backlogs[client_id] = asyncio.Queue(LONGEST_BACKLOG)
        for event, data in greetings:
            greeted = {**data, "sid": client_id} if event == "status" else data
            self.tell(client_id, event, greeted)
        sending = asyncio.create_task(_send(socket, backlog))
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        finally:
            sending.cancel()
            if self._backlogs.get(client_id) is backlog:
                del self._backlogs[client_id]

    def _put(self, client_id: str | None, message: Message) -> None:
        listening = list(self._backlogs) if client_id is None else [client_id]
        for name in listening:
            if backlog := self._backlogs.get(name):
                if backlog.full():  # a client that does not read loses the oldest, never the end
                    backlog.get_nowait()
                backlog.put_nowait(message)


async def _send(socket: WebSocket, backlog: asyncio.Queue[Message]) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            message = await backlog.get()
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_text(message)
