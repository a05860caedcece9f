"""A stateful stand-in for a real ComfyUI server, over real HTTP, that fails the way the real one does."""

import asyncio
import json
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, fields
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.comfyui_answers import job_json, object_info, tiny_mp4, verdict
from tests.fakes.serving import serving, wait_until


@contextmanager
def fake_comfyui(**settings: Any) -> Iterator["FakeComfyUI"]:
    """A running fake; `settings` are fields of `FakeComfyUI`."""
    fake = FakeComfyUI(**settings)
    with serving(fake.app()) as fake.url:
        yield fake


@dataclass
class FakeComfyUI:
    """State and faults; a test sets the fields while the server runs."""

    has_jobs_route: bool = True  # False: a server of 2025
    render_s: float = 0.0
    history_lag_s: float = 0.0  # between `execution_success` and the history
    is_held: bool = False  # the running prompt waits, as one that is being rendered does
    is_cached: bool = False  # success without outputs, as of a prompt that was run before
    error: tuple[str, str] | None = None  # exception type and message of every prompt from now on
    loses_answers: bool = False  # posts are accepted, and the connection breaks before the answer
    broken: dict[str, int] = field(default_factory=dict)  # path -> how many more times it answers 500
    output: bytes = field(default_factory=tiny_mp4)
    object_info: dict[str, Any] = field(default_factory=object_info)
    url: str = ""
    posts: list[dict[str, Any]] = field(default_factory=list)
    interrupts: list[dict[str, Any]] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    freed: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)
    pending: list[list[Any]] = field(default_factory=list)
    running: list[Any] | None = None
    number: int = 0
    sockets: dict[str, WebSocket] = field(default_factory=dict)
    epoch: int = 0

    def restart(self) -> None:
        """What a kill and a new start leave: files, and nothing else."""
        self.epoch += 1
        self.history, self.pending, self.running, self.number = {}, [], None, 0
        self.drop_sockets()

    def reset(self, **settings: Any) -> None:
        """As new, at the same address; starting a server for every test would take most of its time."""
        self.restart()
        fresh = FakeComfyUI(url=self.url, epoch=self.epoch, **settings)
        for name in (known.name for known in fields(self)):
            setattr(self, name, getattr(fresh, name))

    def drop_sockets(self) -> None:
        """Close every socket; prompts go on."""
        for socket in list(self.sockets.values()):
            with suppress(RuntimeError):  # closed already
                asyncio.run_coroutine_threadsafe(socket.close(1012), self.loop).result()
        wait_until(lambda: not self.sockets)

    def app(self) -> ASGIApp:
        """The server; it renders from its start to its end."""
        both = [
            Route("/prompt", self._get_prompt, methods=["GET"]),
            Route("/prompt", self._post_prompt, methods=["POST"]),
            Route("/queue", self._get_queue, methods=["GET"]),
            Route("/queue", self._post_queue, methods=["POST"]),
            Route("/history/{id}", self._get_history, methods=["GET"]),
            Route("/interrupt", self._post_interrupt, methods=["POST"]),
            Route("/free", self._post_free, methods=["POST"]),
            Route("/upload/image", self._post_upload, methods=["POST"]),
            Route("/view", self._view, methods=["GET"]),
            Route("/object_info", self._object_info, methods=["GET"]),
            Route("/object_info/{name}", self._object_info, methods=["GET"]),
            Route("/system_stats", self._system_stats, methods=["GET"]),
            WebSocketRoute("/ws", self._ws),
        ]
        jobs = Route("/jobs/{id}", self._get_job, methods=["GET"])
        return self._faulty(
            Starlette(routes=[*both, Mount("/api", routes=[*both, jobs])], lifespan=self._lifespan)
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.loop = asyncio.get_running_loop()
        worker = asyncio.create_task(self._work())
        yield
        worker.cancel()

    def _faulty(self, app: ASGIApp) -> ASGIApp:
        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "").removeprefix("/api")
            if self.broken.get(path, 0) > 0:
                self.broken[path] -= 1
                await PlainTextResponse("500 Internal Server Error", 500)(scope, receive, send)
            elif self.loses_answers and path == "/prompt" and scope["method"] == "POST":
                await app(scope, receive, _swallow)
                await send(
                    {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]}
                )
                raise ConnectionResetError  # uvicorn closes the connection amid the answer
            else:
                await app(scope, receive, send)

        return faulty

    async def _work(self) -> None:
        while True:
            await _until(lambda: self.pending)
            self.running, epoch = self.pending.pop(0), self.epoch
            _, prompt_id, graph, extra, outputs = self.running
            client, said = extra.get("client_id"), []
            await self._tell_status()
            ending, results = await self._render(prompt_id, graph, outputs, client, said, epoch)
            await self._note(client, said, prompt_id, *ending)
            await asyncio.sleep(self.history_lag_s)
            if epoch != self.epoch:
                continue
            is_success = ending[0] == "execution_success"
            status = {
                "status_str": "success" if is_success else "error",
                "completed": is_success,
                "messages": said,
            }
            self.history[prompt_id] = {
                "prompt": self.running,
                "outputs": results,
                "status": status,
                "meta": {},
            }
            self.running = None
            await self._tell_status()
            await self._tell(client, "executing", {"node": None, "prompt_id": prompt_id})

    async def _render(
        self, prompt_id: str, graph: Any, outputs: list[str], client: str | None, said: list[Any], epoch: int
    ) -> tuple[tuple[str, dict[str, Any]], dict[str, Any]]:
        await self._note(client, said, prompt_id, "execution_start", {})
        await self._note(
            client, said, prompt_id, "execution_cached", {"nodes": list(graph) if self.is_cached else []}
        )
        where = {"node_id": outputs[0], "node_type": graph[outputs[0]]["class_type"], "executed": []}
        for step in range(1, 5):
            told = {"value": step, "max": 4, "node": outputs[0], "prompt_id": prompt_id}
            await self._tell(client, "progress", told)
            await self._send(client, struct.pack(">II", 1, 1) + b"\xff\xd8\xff jpeg")
            await asyncio.sleep(self.render_s / 4)
        is_over = lambda: not self.is_held or epoch != self.epoch or self._is_interrupted(prompt_id)  # noqa: E731
        await _until(is_over)
        if self._is_interrupted(prompt_id):
            return ("execution_interrupted", where), {}
        if self.error:
            kind, message = self.error
            fault = {"exception_type": kind, "exception_message": message, "traceback": []}
            return ("execution_error", where | fault), {}
        results = {} if self.is_cached else {node: self._save(graph[node]["inputs"]) for node in outputs}
        return ("execution_success", {}), results

    def _save(self, inputs: dict[str, Any]) -> dict[str, Any]:
        folder, _, stem = inputs.get("filename_prefix", "ComfyUI").rpartition("/")
        name = f"{stem}_{len(self.files) + 1:05}_.mp4"
        self.files[f"{folder}/{name}"] = self.output
        return {"images": [{"filename": name, "subfolder": folder, "type": "output"}], "animated": [True]}

    def _is_interrupted(self, prompt_id: str) -> bool:
        return any(body.get("prompt_id", prompt_id) == prompt_id for body in self.interrupts)

    async def _note(self, client: str | None, said: list[Any], prompt_id: str, event: str, data: Any) -> None:
        told = {"prompt_id": prompt_id, **data, "timestamp": int(time.time() * 1000)}
        said.append([event, told])
        await self._tell(client, event, told)

    async def _tell_status(self) -> None:
        for client in list(self.sockets):
            await self._tell(client, "status", {"status": self._exec_info()})

    async def _tell(self, client: str | None, event: str, data: dict[str, Any]) -> None:
        await self._send(client, json.dumps({"type": event, "data": data}))

    async def _send(self, client: str | None, message: str | bytes) -> None:
        if socket := self.sockets.get(client or ""):
            with suppress(WebSocketDisconnect, RuntimeError):
                await (
                    socket.send_bytes(message) if isinstance(message, bytes) else socket.send_text(message)
                )

    async def _ws(self, socket: WebSocket) -> None:
        await socket.accept()
        client = socket.query_params.get("clientId", "")
        self.sockets[client] = socket
        await self._tell(client, "status", {"status": self._exec_info(), "sid": client})
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass
        self.sockets.pop(client, None)  # as the real one: a newer socket of that client goes silent

    def _exec_info(self) -> dict[str, Any]:
        return {"exec_info": {"queue_remaining": len(self.pending) + (self.running is not None)}}

    async def _get_prompt(self, _: Request) -> Response:
        return JSONResponse(self._exec_info())

    async def _post_prompt(self, request: Request) -> Response:
        body = await request.json()
        self.posts.append(body)
        good, node_errors, refusal = verdict(body["prompt"], self.object_info)
        if refusal:
            return JSONResponse(*refusal)
        extra = {"client_id": body.get("client_id"), "create_time": int(time.time() * 1000)}
        self.pending.append([self.number, body["prompt_id"], body["prompt"], extra, good])
        self.number += 1
        return JSONResponse(
            {"prompt_id": body["prompt_id"], "number": self.number, "node_errors": node_errors}
        )

    async def _get_queue(self, _: Request) -> Response:
        running = [self.running] if self.running else []
        return JSONResponse({"queue_running": running, "queue_pending": self.pending})

    async def _post_queue(self, request: Request) -> Response:
        doomed = (await request.json()).get("delete", [])
        self.pending = [row for row in self.pending if row[1] not in doomed]
        return Response()

    async def _get_history(self, request: Request) -> Response:
        prompt_id = request.path_params["id"]
        return JSONResponse({prompt_id: self.history[prompt_id]} if prompt_id in self.history else {})

    async def _get_job(self, request: Request) -> Response:
        if not self.has_jobs_route:
            return PlainTextResponse("404: Not Found", 404)
        return JSONResponse(*job_json(request.path_params["id"], self.running, self.pending, self.history))

    async def _post_interrupt(self, request: Request) -> Response:
        raw = await request.body()
        self.interrupts.append(json.loads(raw) if raw else {})
        return Response()

    async def _post_free(self, _: Request) -> Response:
        self.freed += 1
        return Response()

    async def _post_upload(self, request: Request) -> Response:
        async with request.form() as form:
            name, content = form["image"].filename, await form["image"].read()
        stem, _, suffix = name.rpartition(".")
        number = 0
        while self.uploads.get(name, content) != content:
            number += 1
            name = f"{stem} ({number}).{suffix}"
        self.uploads[name] = content
        return JSONResponse({"name": name, "subfolder": "", "type": "input"})

    async def _view(self, request: Request) -> Response:
        query = request.query_params
        content = self.files.get(f"{query.get('subfolder', '')}/{query['filename']}")
        return Response(status_code=404) if content is None else Response(content, media_type="video/mp4")

    async def _object_info(self, request: Request) -> Response:
        name = request.path_params.get("name")
        return JSONResponse({k: v for k, v in self.object_info.items() if name in (None, k)})

    async def _system_stats(self, _: Request) -> Response:
        system = {"os": "linux", "comfyui_version": "0.27.0", "ram_total": 2**35, "ram_free": 2**34}
        device = {"name": "cuda:0 NVIDIA GeForce RTX 3060", "type": "cuda", "index": 0}
        return JSONResponse(
            {"system": system, "devices": [device | {"vram_total": 12 * 2**30, "vram_free": 2**33}]}
        )


async def _until(holds: Callable[[], object]) -> None:
    while not holds():
        await asyncio.sleep(0.005)


async def _swallow(_: Any) -> None:
    pass
