"""A stateful stand-in for a real ComfyUI server, over real HTTP, that fails the way the real one does."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, fields
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from tests.fakes.comfyui_answers import body_fault, job_json, verdict
from tests.fakes.comfyui_worker import RenderingFake, until
from tests.fakes.serving import serving, wait_until


@contextmanager
def fake_comfyui(**settings: Any) -> Iterator["FakeComfyUI"]:
    """A running fake; `settings` are fields of `FakeComfyUI`."""
    fake = FakeComfyUI(**settings)
    with serving(fake.app()) as fake.url:
        yield fake


@dataclass
class FakeComfyUI(RenderingFake):
    """A server: its routes over what renders."""

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
        jobs = [
            Route("/jobs/{id}", self._get_job, methods=["GET"]),
            Route("/jobs/{id}/cancel", self._cancel_job, methods=["POST"]),
        ]
        return self._faulty(
            Starlette(routes=[*both, Mount("/api", routes=[*both, *jobs])], lifespan=self._lifespan)
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.loop = asyncio.get_running_loop()
        worker = asyncio.create_task(self.work())
        yield
        worker.cancel()

    def _faulty(self, app: ASGIApp) -> ASGIApp:
        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "").removeprefix("/api")
            self.asked[path] = self.asked.get(path, 0) + 1
            if scope["type"] == "http" and self.is_silent:
                await until(lambda: not self.is_silent)
            if scope["type"] == "http" and self.is_away:
                await _break_off(send)
            if self.broken.get(path, 0) > 0:
                self.broken[path] -= 1
                await PlainTextResponse("500 Internal Server Error", 500)(scope, receive, send)
            elif self.loses_answers and path == "/prompt" and scope["method"] == "POST":
                await app(scope, receive, _swallow)
                await _break_off(send)
            else:
                await app(scope, receive, send)

        return faulty

    async def _ws(self, socket: WebSocket) -> None:
        await socket.accept()
        client = socket.query_params.get("clientId", "")
        self.sockets[client] = socket
        await self._tell(client, "status", {"status": self.exec_info(), "sid": client})
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass
        self.sockets.pop(client, None)  # as the real one: a newer socket of that client goes silent

    async def _get_prompt(self, _: Request) -> Response:
        return JSONResponse(self.exec_info())

    async def _post_prompt(self, request: Request) -> Response:
        try:
            body = await request.json()
        except ValueError:
            return PlainTextResponse("500 Internal Server Error", 500)
        if fault := body_fault(body, is_today=self.has_jobs_route):
            return JSONResponse(*fault)
        self.posts.append(body)
        good, node_errors, refusal = verdict(body["prompt"], self.object_info, is_today=self.has_jobs_route)
        return JSONResponse(*(refusal or (self._queue_up(body, good) | {"node_errors": node_errors}, 200)))

    def _queue_up(self, body: dict[str, Any], outputs: list[str]) -> dict[str, Any]:
        made = {"create_time": int(time.time() * 1000)} if self.has_jobs_route else {}
        extra = {"client_id": body.get("client_id"), **made}
        row = [self.number, body.get("prompt_id") or str(uuid.uuid4()), body["prompt"], extra, outputs]
        self.pending.append(row)
        self.number += 1
        return {"prompt_id": row[1], "number": row[0]}

    async def _get_queue(self, _: Request) -> Response:
        running = [self.running] if self.running else []
        return JSONResponse({"queue_running": running, "queue_pending": self.pending})

    async def _post_queue(self, request: Request) -> Response:
        for prompt_id in (await request.json()).get("delete", []):
            self.delete_pending(prompt_id)
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
        self.interrupt(None if self.stops_whatever_runs else self.interrupts[-1].get("prompt_id"))
        return Response()

    async def _cancel_job(self, request: Request) -> Response:
        if not self.has_jobs_route:  # only a file of the web page could be meant, and those are not posted to
            return PlainTextResponse("405: Method Not Allowed", 405)
        prompt_id = request.path_params["id"]
        is_running = self.interrupt(prompt_id)
        if is_running:
            self.interrupts.append({"prompt_id": prompt_id})
        return JSONResponse({"cancelled": self.delete_pending(prompt_id) or is_running})

    async def _post_free(self, _: Request) -> Response:
        self.freed += 1
        self.is_memory_full = False
        return Response()

    async def _post_upload(self, request: Request) -> Response:
        async with request.form() as form:
            if "image" not in form:
                return Response(status_code=400)
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
        memory = {
            "vram_total": 12 * 2**30,
            "vram_free": 2**33,
            "torch_vram_total": 2**32,
            "torch_vram_free": 0,
        }
        return JSONResponse({"system": system, "devices": [device | memory]})


async def _break_off(send: Send) -> None:
    """Have the connection closed amid the answer."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]})
    raise ConnectionResetError


async def _swallow(_: Any) -> None:
    pass
