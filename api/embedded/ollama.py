"""The embedded language model, `python -m api.embedded.ollama`: Ollama's protocol before a small model."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from queue import SimpleQueue
from typing import Any, Final

import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from api.embedded.doors import Doors
from api.embedded.ollama_protocol import Ended, Writer
from api.embedded.ollama_writer import load
from studio import log
from studio.errors import AnswerUnusableError
from studio.hosts import LOOPBACK
from studio.settings import read_settings

VERSION: Final = "0.0.0-tower"
LARGEST_BODY: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answering:
    """A request as it is answered: in which field words come, and from which model."""

    writer: Writer
    is_chat: bool
    model: str

    def part(self, word: str, **more: Any) -> dict[str, Any]:
        said = {"message": {"role": "assistant", "content": word}} if self.is_chat else {"response": word}
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        return {"model": self.model, "created_at": now, **said, "done": False, **more}

    def end(self, ended: Ended, began_ns: int, word: str = "") -> dict[str, Any]:
        return self.part(
            word,
            done=True,
            done_reason=ended.reason,
            total_duration=time.perf_counter_ns() - began_ns,
            prompt_eval_count=ended.read,
            eval_count=ended.written,
        )


@dataclass(frozen=True, slots=True)
class Routes:
    """What Ollama's clients ask."""

    writer: Writer
    turn: threading.Lock = field(default_factory=threading.Lock)

    def routes(self) -> list[Route]:
        return [
            Route("/", self.root, methods=["GET", "HEAD"]),
            Route("/api/version", self.version, methods=["GET"]),
            Route("/api/tags", self.tags, methods=["GET"]),
            Route("/api/ps", self.ps, methods=["GET"]),
            Route("/api/show", self.show, methods=["POST"]),
            Route("/api/chat", partial(self.answer, is_chat=True), methods=["POST"]),
            Route("/api/generate", partial(self.answer, is_chat=False), methods=["POST"]),
        ]

    async def root(self, _: Request) -> Response:
        return PlainTextResponse("Tower's embedded language model is running")

    async def version(self, _: Request) -> Response:
        return JSONResponse({"version": VERSION})

    async def tags(self, _: Request) -> Response:
        return JSONResponse({"models": [self.writer.about.listed()]})

    async def ps(self, _: Request) -> Response:
        return JSONResponse({"models": [{**self.writer.about.listed(), "size_vram": 0}]})

    async def show(self, request: Request) -> Response:
        asked = await _body(request)
        if (refusal := self._refusal(asked)) is not None:
            return refusal
        details = self.writer.about.listed()["details"]
        info = {"general.architecture": self.writer.about.family}
        return JSONResponse({"details": details, "model_info": info, "capabilities": ["completion"]})

    async def answer(self, request: Request, *, is_chat: bool) -> Response:
        asked = await _body(request)
        if (refusal := self._refusal(asked)) is not None:
            return refusal
        answering = Answering(self.writer, is_chat, str(asked["model"]))
        messages = _messages(asked, is_chat=is_chat)
        if not messages:
            return JSONResponse(answering.end(Ended("load", 0, 0), time.perf_counter_ns()))
        parts = self._parts(answering, messages, asked)
        if asked.get("stream", True):
            lines = (json.dumps(part) + "\n" for part in parts)
            return StreamingResponse(lines, media_type="application/x-ndjson")
        return await anyio.to_thread.run_sync(_whole, answering, parts)

    def _refusal(self, asked: Mapping[str, Any]) -> Response | None:
        name = str(asked.get("model") or asked.get("name") or "")
        if (name if ":" in name else f"{name}:latest") == self.writer.about.name:
            return None
        return JSONResponse({"error": f"model '{name}' not found"}, 404)

    def _parts(
        self, answering: Answering, messages: list[dict[str, str]], asked: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """The parts of an answer; whoever goes away has the model stop at its next word."""
        gone = threading.Event()
        parts: SimpleQueue[dict[str, Any]] = SimpleQueue()

        def say(word: str) -> bool:
            parts.put(answering.part(word))
            return not gone.is_set()

        def write() -> None:
            began_ns, last = time.perf_counter_ns(), {"error": "The model failed.", "done": True}
            try:
                with self.turn:
                    given = (messages, asked.get("format"), asked.get("options") or {}, say)
                    last = answering.end(self.writer.write(*given), began_ns)
            except AnswerUnusableError as error:
                last = {"error": error.message, "done": True}
            finally:
                parts.put(last)

        threading.Thread(target=write, name="writer", daemon=True).start()
        try:
            part: dict[str, Any] = {"done": False}
            while not part["done"]:
                part = parts.get()
                yield part
        finally:
            gone.set()


def create_app(writer: Writer) -> Starlette:
    """The server, before a model that was loaded."""
    return Starlette(
        routes=Routes(writer).routes(),
        middleware=[Middleware(Doors)],
        exception_handlers={ValueError: _unreadable},
        max_body_size=LARGEST_BODY,
    )


def _whole(answering: Answering, parts: Iterator[dict[str, Any]]) -> Response:
    """All words in one answer."""
    *said, last = parts
    if "error" in last:
        return JSONResponse({"error": last["error"]}, 400)
    words = (part["message"]["content"] if answering.is_chat else part["response"] for part in said)
    return JSONResponse({**last, **answering.part("".join(words), done=True)})


async def _body(request: Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("no object")
    return body


async def _unreadable(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"invalid request: {error}"}, 400)


def _messages(asked: Mapping[str, Any], *, is_chat: bool) -> list[dict[str, str]]:
    """The conversation; a prompt with its system text is one, too."""
    if not is_chat:
        said = (("system", asked.get("system")), ("user", asked.get("prompt")))
        return [{"role": role, "content": str(text)} for role, text in said if text]
    found = asked.get("messages") or []
    if not all(isinstance(each, dict) for each in found):
        raise ValueError("messages are objects")
    return [
        {"role": str(each.get("role", "user")), "content": str(each.get("content") or "")} for each in found
    ]


def main() -> None:
    """Serve as the environment says, to this machine alone."""
    settings = read_settings()
    log.configure(settings.log_level)
    app = create_app(load(settings.language_model_file))
    uvicorn.run(
        app, host=LOOPBACK, port=settings.ollama_port, log_config=None, access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip


if __name__ == "__main__":
    main()
