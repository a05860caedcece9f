"""The half of the fake that renders: its state, its faults, one prompt after another, and who hears of it."""

import asyncio
import json
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.comfyui_answers import OUT_OF_MEMORY, object_info, tiny_mp4

Ending = tuple[tuple[str, dict[str, Any]], dict[str, Any]]


@dataclass
class RenderingFake:
    """State and faults; a test sets the fields while the server runs."""

    has_jobs_route: bool = True  # False: a server of 2025
    stops_whatever_runs: bool = False  # an old server: an interrupt is for whatever runs
    render_s: float = 0.0
    load_s: float = 0.0  # so much longer takes the first prompt, which loads the model
    history_lag_s: float = 0.0  # between `execution_success` and the history
    is_held: bool = False  # the running prompt waits, as one that is being rendered does
    is_stuck: bool = False  # the worker thread has died: what runs shows as running for ever
    is_cached: bool = False  # success without outputs, as of a prompt that was run before
    is_mute: bool = False  # sockets stay open and hear nothing
    ghosts: int = 0  # so many prompts name the file of an earlier run, which has been deleted
    error: tuple[str, str] | None = None  # exception type and message of every prompt from now on
    fails: list[tuple[str, str]] = field(default_factory=list)  # those of the next prompts, one each
    is_memory_full: bool = False  # every prompt runs out of memory until the server is told to free it
    largest_px: int | None = None  # larger pictures run out of memory
    loses_answers: bool = False  # posts are accepted, and the connection breaks before the answer
    is_away: bool = False  # every connection breaks without an answer
    is_silent: bool = False  # connections open, and nothing is answered
    broken: dict[str, int] = field(default_factory=dict)  # path -> how many more times it answers 500
    output: bytes = field(default_factory=tiny_mp4)
    outputs: list[bytes] = field(default_factory=list)  # those of the next prompts, one each
    object_info: dict[str, Any] = field(default_factory=object_info)
    url: str = ""
    posts: list[dict[str, Any]] = field(default_factory=list)
    interrupts: list[dict[str, Any]] = field(default_factory=list)
    interrupted: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)  # path -> how often
    uploads: dict[str, bytes] = field(default_factory=dict)
    freed: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)
    pending: list[list[Any]] = field(default_factory=list)
    running: list[Any] | None = None
    spans: list[tuple[float, float]] = field(default_factory=list)  # when prompts began and ended, s
    number: int = 0
    sockets: dict[str, WebSocket] = field(default_factory=dict)
    epoch: int = 0

    async def work(self) -> None:
        """Render for ever."""
        while True:
            await until(lambda: self.pending)
            self.running, epoch, began_s = self.pending.pop(0), self.epoch, time.monotonic()
            _, prompt_id, graph, extra, outputs = self.running
            client, said = extra.get("client_id"), []
            await self._tell_status()
            ending, results = await self._render(prompt_id, graph, outputs, client, said, epoch)
            self.spans.append((began_s, time.monotonic()))
            await self._note(client, said, prompt_id, *ending)
            await asyncio.sleep(self.history_lag_s)
            if epoch != self.epoch:
                continue
            self._record(prompt_id, ending[0] == "execution_success", results, said)
            await self._tell_status()
            await self._tell(client, "executing", {"node": None, "prompt_id": prompt_id})

    def interrupt(self, prompt_id: str | None) -> bool:
        """Stop what runs, if it is the prompt that is named or none is named."""
        if self.running is None or prompt_id not in (None, self.running[1]):
            return False
        self.interrupted.add(self.running[1])
        return True

    def delete_pending(self, prompt_id: str) -> bool:
        """Take a prompt out of the queue."""
        before = len(self.pending)
        self.pending = [row for row in self.pending if row[1] != prompt_id]
        return len(self.pending) < before

    def exec_info(self) -> dict[str, Any]:
        """How long the queue is."""
        return {"exec_info": {"queue_remaining": len(self.pending) + (self.running is not None)}}

    def _record(self, prompt_id: str, is_success: bool, results: dict[str, Any], said: list[Any]) -> None:
        word = "success" if is_success else "error"
        status = {"status_str": word, "completed": is_success, "messages": said}
        meta = {
            node: {"node_id": node, "display_node": node, "parent_node": None, "real_node_id": node}
            for node in results
        }
        entry = {"prompt": self.running, "outputs": results, "status": status, "meta": meta}
        self.history[prompt_id], self.running = entry, None

    async def _render(
        self, prompt_id: str, graph: Any, outputs: list[str], client: str | None, said: list[Any], epoch: int
    ) -> Ending:
        cached = {"nodes": list(graph) if self.is_cached else []}
        await self._note(client, said, prompt_id, "execution_start", {})
        await self._note(client, said, prompt_id, "execution_cached", cached)
        done = [node for node in graph if node not in outputs]
        where = {"node_id": outputs[0], "node_type": graph[outputs[0]]["class_type"], "executed": done}
        for node in (*done, outputs[0]):
            await self._begin(client, prompt_id, node)
        is_gone = lambda: epoch != self.epoch or prompt_id in self.interrupted  # noqa: E731
        for step in range(1, 5):
            if is_gone():
                break
            await self._tell_progress(client, prompt_id, outputs[0], step)
            await asyncio.sleep((self.render_s + (0.0 if self.files else self.load_s)) / 4)
        await until(lambda: not self.is_stuck or epoch != self.epoch)
        await until(lambda: not self.is_held or is_gone())
        if prompt_id in self.interrupted:
            return ("execution_interrupted", where), {}
        if error := self._fault(graph):
            fault = {"exception_type": error[0], "exception_message": error[1], "traceback": []}
            inner = {"current_inputs": {}, "current_outputs": done}
            return ("execution_error", where | fault | inner), {}
        results = {} if self.is_cached else {node: self._save(graph[node]["inputs"]) for node in outputs}
        for node, made in results.items():
            told = {"node": node, "display_node": node, "output": made, "prompt_id": prompt_id}
            await self._tell(client, "executed", told)
        return ("execution_success", {}), results

    def _fault(self, graph: Any) -> tuple[str, str] | None:
        sizes = [spec["inputs"] for spec in graph.values() if "width" in spec["inputs"]]
        pixels = max((size["width"] * size["height"] for size in sizes), default=0)
        if self.is_memory_full or (self.largest_px is not None and pixels > self.largest_px):
            return OUT_OF_MEMORY
        return self.fails.pop(0) if self.fails else self.error

    def _save(self, inputs: dict[str, Any]) -> dict[str, Any]:
        folder, _, stem = inputs.get("filename_prefix", "ComfyUI").rpartition("/")
        name = f"{stem}_{len(self.files) + 1:05}_.mp4"
        if self.ghosts:
            self.ghosts, name = self.ghosts - 1, f"an_earlier_run_{self.ghosts:05}_.mp4"
        else:
            self.files[f"{folder}/{name}"] = self.outputs.pop(0) if self.outputs else self.output
        return {"images": [{"filename": name, "subfolder": folder, "type": "output"}], "animated": [True]}

    async def _begin(self, client: str | None, prompt_id: str, node: str) -> None:
        await self._tell_state(client, prompt_id, node, 0)
        told = {"node": node, "display_node": node, "prompt_id": prompt_id}
        await self._tell(client, "executing", told)

    async def _tell_state(self, client: str | None, prompt_id: str, node: str, step: int) -> None:
        place = {
            "prompt_id": prompt_id,
            "display_node_id": node,
            "parent_node_id": None,
            "real_node_id": node,
        }
        state = {"value": step, "max": 4, "state": "running", "node_id": node, **place}
        await self._tell(client, "progress_state", {"prompt_id": prompt_id, "nodes": {node: state}})

    async def _tell_progress(self, client: str | None, prompt_id: str, node: str, step: int) -> None:
        await self._tell_state(client, prompt_id, node, step)
        told = {"value": step, "max": 4, "node": node, "prompt_id": prompt_id}
        await self._tell(client, "progress", told)
        await self._send(client, struct.pack(">II", 1, 1) + b"\xff\xd8\xff jpeg")

    async def _note(self, client: str | None, said: list[Any], prompt_id: str, event: str, data: Any) -> None:
        told = {"prompt_id": prompt_id, **data, "timestamp": int(time.time() * 1000)}
        said.append([event, told])
        await self._tell(client, event, told)

    async def _tell_status(self) -> None:
        for client in list(self.sockets):
            await self._tell(client, "status", {"status": self.exec_info()})

    async def _tell(self, client: str | None, event: str, data: dict[str, Any]) -> None:
        await self._send(client, json.dumps({"type": event, "data": data}))

    async def _send(self, client: str | None, message: str | bytes) -> None:
        if (socket := self.sockets.get(client or "")) and not self.is_mute:
            with suppress(WebSocketDisconnect, RuntimeError):
                await (
                    socket.send_bytes(message) if isinstance(message, bytes) else socket.send_text(message)
                )


async def until(holds: Callable[[], object]) -> None:
    while not holds():
        await asyncio.sleep(0.005)
