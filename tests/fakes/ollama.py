"""A stand-in for an Ollama server, over real HTTP, that fails the way the real one does."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.serving import serving

WRITER = "llama3.2:3b"


@contextmanager
def fake_ollama(**settings: Any) -> Iterator["FakeOllama"]:
    """A running fake; `settings` are fields of `FakeOllama`."""
    fake = FakeOllama(**settings)
    with serving(fake.app()) as fake.url:
        yield fake


def listed(name: str, size: str, *families: str) -> dict[str, Any]:
    """A model as `/api/tags` tells of it."""
    return {
        "name": name,
        "model": name,
        "modified_at": "2026-01-01T00:00:00.0Z",
        "size": 2019393189,
        "digest": "a80c4f17acd5",
        "details": {
            "parent_model": "",
            "format": "gguf",
            "family": families[0] if families else "llama",
            "families": list(families or ("llama",)),
            "parameter_size": size,
            "quantization_level": "Q4_K_M",
        },
    }


@dataclass
class FakeOllama:
    """`words` is what the model writes, whatever it is asked.

    `trouble`: "silent" sends nothing, "stalls" stops after the first word, "drops" ends the connection
    there, "garbage" answers what no Ollama would, "error" tells of an error amid the stream, "drips" sends
    a blank now and then and no end, whatever is asked. `refusal` is the status and body of every answer of
    the model, `pause_s` how long it takes for a word; `packs` sends its list packed,
    unasked; `meanwhile` happens while it is asked.
    """

    words: tuple[str, ...] = ("Hello", " there")
    models: list[dict[str, Any]] = field(default_factory=lambda: [listed(WRITER, "3.2B")])
    done_reason: str = "stop"
    trouble: str = ""
    refusal: tuple[int, str] | None = None
    pause_s: float = 0.0
    packs: bool = False
    meanwhile: Callable[[], None] = lambda: None
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/version", self._version),
                Route("/api/tags", self._tags),
                Route("/api/chat", self._chat, methods=["POST"]),
            ]
        )

    async def _version(self, _: Request) -> Response:
        if self.trouble == "drips":
            return StreamingResponse(_drips())
        if self.trouble == "garbage":
            return PlainTextResponse("<html>It works!</html>")
        return JSONResponse({"version": "0.12.3"})

    async def _tags(self, _: Request) -> Response:
        if self.trouble == "drips":
            return StreamingResponse(_drips())
        if self.packs:
            packed = gzip.compress(json.dumps({"models": self.models}).encode())
            return Response(packed, headers={"content-encoding": "gzip"})
        return PlainTextResponse("[]") if self.trouble == "garbage" else JSONResponse({"models": self.models})

    async def _chat(self, request: Request) -> Response:
        asked = await request.json()
        self.asked.append(asked)
        self.meanwhile()
        if asked["model"] not in [model["name"] for model in self.models]:
            return JSONResponse({"error": f"model '{asked['model']}' not found"}, 404)
        if self.refusal is not None:
            return Response(self.refusal[1], self.refusal[0])
        return StreamingResponse(self._parts(asked["model"]), media_type="application/x-ndjson")

    async def _parts(self, model: str) -> AsyncIterator[str]:
        if self.trouble == "silent":
            await asyncio.sleep(60)
        for number, word in enumerate(self.words):
            yield _line(model=model, message={"role": "assistant", "content": word}, done=False)
            await asyncio.sleep(self.pause_s)
            if number == 0 and self.trouble:
                yield await self._fail()
        last = {"role": "assistant", "content": ""}
        yield _line(model=model, message=last, done=True, done_reason=self.done_reason)

    async def _fail(self) -> str:
        if self.trouble == "stalls":
            await asyncio.sleep(60)
        if self.trouble == "drops":
            raise ConnectionResetError
        return _line(error="llama runner process has terminated") if self.trouble == "error" else "so sorry\n"


async def _drips() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.02)


def _line(**part: Any) -> str:
    return json.dumps({"created_at": "2026-01-01T00:00:00Z", **part}) + "\n"
