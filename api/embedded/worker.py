"""Carries out one prompt after another and tells its client, in the order that ComfyUI tells it."""

import asyncio
import base64
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from api.embedded.boards import storyboard_of
from api.embedded.child import RenderProcess
from api.embedded.events import Listeners
from api.embedded.folders import Folders
from api.embedded.jobs import Jobs, Prompt


class _InterruptedError(Exception):
    """The prompt was cancelled."""


class _NodeError(Exception):
    """A node failed; `kind` and `trace` are those of the exception that it died of."""

    def __init__(self, kind: str, message: str, trace: list[str]) -> None:
        super().__init__(message)
        self.kind, self.trace = kind, trace


class Worker:
    """The one place where prompts run, one at a time."""

    def __init__(self, jobs: Jobs, listeners: Listeners, folders: Folders, process: RenderProcess) -> None:
        self.jobs, self.listeners, self.folders, self.process = jobs, listeners, folders, process
        self.node: str | None = None

    async def run(self) -> None:
        """Take prompts for ever."""
        with suppress(OSError):  # it is tried again for the first prompt, which then tells why
            await self.process.warm()
        while True:
            prompt = await self.jobs.take()
            self.tell_status()
            status = await self._carry_out(prompt)
            self.jobs.finish(status)
            self.tell_status()
            self._tell(prompt, "executing", {"node": None, "prompt_id": prompt.prompt_id})

    def interrupt(self, prompt_id: str | None) -> bool:
        """Stop the running prompt if it is that one, or whichever runs when no id is given."""
        running = self.jobs.running
        if running is None or prompt_id not in (None, running.prompt_id):
            return False
        running.interrupted = True
        self.process.kill()
        return True

    def tell_status(self) -> None:
        """Tell everybody how long the queue is."""
        self.listeners.tell(None, "status", self.status())

    def status(self) -> dict[str, Any]:
        """The queue's length, in the form in which events carry it."""
        return {"status": {"exec_info": {"queue_remaining": self.jobs.remaining}}}

    def _tell(self, prompt: Prompt, event: str, data: dict[str, Any]) -> None:
        if prompt.client_id:
            self.listeners.tell(prompt.client_id, event, data)

    def _note(self, prompt: Prompt, event: str, **told: object) -> None:
        self._tell(prompt, event, prompt.note(event, **told))

    async def _carry_out(self, prompt: Prompt) -> str:
        self._note(prompt, "execution_start")
        self._note(prompt, "execution_cached", nodes=[])
        executed: list[str] = []
        try:
            await self._run_nodes(prompt, executed)
        except _InterruptedError:
            self._note(prompt, "execution_interrupted", **self._where(prompt), executed=executed)
            return "error"
        except _NodeError as error:
            self._note_error(prompt, executed, error)
            return "error"
        except Exception as error:  # noqa: BLE001 - a worker that dies leaves its prompts running for ever
            trace = traceback.format_tb(error.__traceback__)
            self._note_error(prompt, executed, _NodeError(type(error).__name__, str(error), trace))
            return "error"
        finally:
            self.node = None
        self._note(prompt, "execution_success")
        return "success"

    def _note_error(self, prompt: Prompt, executed: list[str], error: _NodeError) -> None:
        told = {"exception_type": error.kind, "exception_message": str(error), "traceback": error.trace}
        rest = {"executed": executed, "current_inputs": {}, "current_outputs": executed}
        self._note(prompt, "execution_error", **self._where(prompt), **told, **rest)

    def _where(self, prompt: Prompt) -> dict[str, Any]:
        node = self.node or prompt.outputs[0]
        return {"node_id": node, "node_type": prompt.graph[node]["class_type"]}

    async def _run_nodes(self, prompt: Prompt, executed: list[str]) -> None:
        clips: dict[str, Path] = {}
        try:
            for output in prompt.outputs:
                source = prompt.graph[output]["inputs"]["video"][0]
                if source not in clips:
                    clips[source] = self.folders.root / "temp" / f"{prompt.prompt_id}_{len(clips)}.mp4"
                    await self._draw(prompt, source, clips[source])
                    executed.append(source)
                await self._save(prompt, output, clips[source])
                executed.append(output)
        finally:
            for clip in clips.values():
                clip.unlink(missing_ok=True)

    def _enter(self, prompt: Prompt, node: str, most: int) -> None:
        if prompt.interrupted:
            raise _InterruptedError
        self.node = node
        self._tell_progress_state(prompt, node, 0, most)
        told = {"node": node, "display_node": node, "prompt_id": prompt.prompt_id}
        self._tell(prompt, "executing", told)

    def _tell_progress_state(self, prompt: Prompt, node: str, value: int, most: int) -> None:
        state = {
            "value": value,
            "max": most,
            "state": "running",
            "node_id": node,
            "prompt_id": prompt.prompt_id,
        }
        told = {"prompt_id": prompt.prompt_id, "nodes": {node: state}}
        self._tell(prompt, "progress_state", told)

    async def _draw(self, prompt: Prompt, node: str, clip: Path) -> None:
        inputs = prompt.graph[node]["inputs"]
        self._enter(prompt, node, inputs["frames"])
        async for answer in self.process.answers(self._task(inputs, clip)):
            self._pass_on(prompt, node, answer)

    def _task(self, inputs: Mapping[str, Any], clip: Path) -> dict[str, Any]:
        board = storyboard_of(inputs)
        names = {member.image for member in board.cast if member.image}
        images = {name: str(self.folders.input_image(name)) for name in names}
        values = {name: inputs[name] for name in ("prompt", "negative", "seed", "width", "height")}
        return {**values, "storyboard": board.to_json(), "images": images, "path": str(clip)}

    def _pass_on(self, prompt: Prompt, node: str, answer: dict[str, Any]) -> None:
        match answer:
            case {"type": "progress", "value": value, "max": most}:
                self._tell_progress_state(prompt, node, value, most)
                told = {"value": value, "max": most, "prompt_id": prompt.prompt_id, "node": node}
                self._tell(prompt, "progress", told)
            case {"type": "preview", "jpeg": jpeg} if prompt.client_id:
                self.listeners.show(prompt.client_id, base64.b64decode(jpeg))
            case {"type": "died"} if prompt.interrupted:
                raise _InterruptedError
            case {"type": "died", "exit_code": code}:
                raise _NodeError("ChildProcessError", f"the render process died (exit code {code})", [])
            case {"type": "error", "error": kind, "message": message, "traceback": trace}:
                raise _NodeError(kind, message, trace)

    async def _save(self, prompt: Prompt, node: str, clip: Path) -> None:
        self._enter(prompt, node, 1)
        prefix = prompt.graph[node]["inputs"]["filename_prefix"]
        file = await asyncio.to_thread(self.folders.save_output, clip, prefix)
        prompt.results[node] = output = {"images": [file], "animated": [True]}
        told = {"node": node, "display_node": node, "output": output, "prompt_id": prompt.prompt_id}
        self._tell(prompt, "executed", told)
