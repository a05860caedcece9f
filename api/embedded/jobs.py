"""Prompts of the embedded renderer: those that wait, the one that runs, and what became of the others."""

import asyncio
import bisect
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LARGEST_HISTORY: Final = 2_000


@dataclass(slots=True)
class Prompt:
    """One accepted graph, and what has been told of it."""

    number: float
    prompt_id: str
    graph: dict[str, Any]
    extra: dict[str, Any]
    outputs: tuple[str, ...]
    interrupted: bool = False
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)

    @property
    def client_id(self) -> str | None:
        """Whose socket hears of it."""
        name = self.extra.get("client_id")
        return name if isinstance(name, str) else None

    @property
    def row(self) -> list[Any]:
        """This prompt as `/queue` and `/history` write it."""
        return [self.number, self.prompt_id, self.graph, self.extra, list(self.outputs)]

    def note(self, event: str, **told: object) -> dict[str, Any]:
        """Keep an event for the history; returns its data."""
        data = {"prompt_id": self.prompt_id, **told, "timestamp": _now_ms()}
        self.messages.append((event, data))
        return data


class Jobs:
    """The queue and the history, in memory only; used on the event loop's thread alone."""

    def __init__(self) -> None:
        self.pending: list[Prompt] = []
        self.running: Prompt | None = None
        self.history: dict[str, dict[str, Any]] = {}
        self._number = 0
        self._arrived = asyncio.Event()

    @property
    def remaining(self) -> int:
        """How many prompts run or wait."""
        return len(self.pending) + (self.running is not None)

    def put(self, body: Mapping[str, Any], prompt_id: str, outputs: tuple[str, ...]) -> Prompt:
        """Queue a checked prompt; a lower number runs first."""
        number = float(body["number"]) if "number" in body else self._next_number(bool(body.get("front")))
        extra = {**(body.get("extra_data") or {}), "create_time": _now_ms()}
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        prompt = Prompt(number, prompt_id, body["prompt"], extra, outputs)
        bisect.insort(self.pending, prompt, key=lambda waiting: waiting.number)
        self._arrived.set()
        return prompt

    def _next_number(self, is_front: bool) -> int:
        number, self._number = self._number, self._number + 1
        return -number if is_front else number

    async def take(self) -> Prompt:
        """The next prompt, from now on the running one."""
        while not self.pending:
            self._arrived.clear()
            await self._arrived.wait()
        self.running = self.pending.pop(0)
        return self.running

    def finish(self, status: str) -> None:
        """Move the running prompt into the history."""
        prompt = self.running
        if prompt is None:
            return
        self.running = None
        self.history[prompt.prompt_id] = {
            "prompt": prompt.row,
            "outputs": prompt.results,
            "status": {"status_str": status, "completed": status == "success", "messages": prompt.messages},
            "meta": {node: _meta(node) for node in prompt.results},
        }
        while len(self.history) > LARGEST_HISTORY:
            self.history.pop(next(iter(self.history)))

    def delete_pending(self, prompt_id: str) -> bool:
        """Take a waiting prompt out of the queue, leaving no trace."""
        before = len(self.pending)
        self.pending = [waiting for waiting in self.pending if waiting.prompt_id != prompt_id]
        return len(self.pending) < before

    def queue_json(self) -> dict[str, Any]:
        """The answer of `/queue`."""
        running = [self.running.row] if self.running else []
        return {"queue_running": running, "queue_pending": [waiting.row for waiting in self.pending]}

    def job_json(self, prompt_id: str) -> dict[str, Any] | None:
        """The answer of `/api/jobs/{id}`; None when there is no such prompt."""
        for job in self.queued_json():
            if job["id"] == prompt_id:
                return job
        entry = self.history.get(prompt_id)
        if entry is None:
            return None
        workflow = {"prompt": entry["prompt"][2], "extra_data": entry["prompt"][3]}
        details = {"outputs": entry["outputs"], "execution_status": entry["status"], "workflow": workflow}
        return finished_json(prompt_id, entry) | details

    def queued_json(self) -> list[dict[str, Any]]:
        """The prompts that run or wait, as jobs."""
        running = [_queued_job(self.running, "in_progress")] if self.running else []
        return [*running, *(_queued_job(waiting, "pending") for waiting in self.pending)]

    def jobs_json(self) -> list[dict[str, Any]]:
        """All prompts as jobs, unsorted."""
        return [*self.queued_json(), *(finished_json(id_, entry) for id_, entry in self.history.items())]


def finished_json(prompt_id: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the history as a job."""
    told = dict(entry["status"]["messages"])
    files = [
        {**item, "nodeId": node, "mediaType": "images"}
        for node, output in entry["outputs"].items()
        for item in output["images"]
    ]
    job = {
        "id": prompt_id,
        "status": _job_status(told),
        "priority": entry["prompt"][0],
        "create_time": entry["prompt"][3]["create_time"],
        "execution_start_time": told["execution_start"]["timestamp"],
        "execution_end_time": entry["status"]["messages"][-1][1]["timestamp"],
        "execution_error": told.get("execution_error"),
        "outputs_count": len(files),
        "preview_output": files[0] if files else None,
    }
    return {key: value for key, value in job.items() if value is not None}


def _job_status(told: Mapping[str, Any]) -> str:
    if "execution_interrupted" in told:
        return "cancelled"
    return "failed" if "execution_error" in told else "completed"


def _queued_job(prompt: Prompt, status: str) -> dict[str, Any]:
    return {
        "id": prompt.prompt_id,
        "status": status,
        "priority": prompt.number,
        "create_time": prompt.extra["create_time"],
        "outputs_count": 0,
    }


def _meta(node: str) -> dict[str, Any]:
    return {"node_id": node, "display_node": node, "parent_node": None, "real_node_id": node}


def _now_ms() -> int:
    return int(time.time() * 1000)
