"""The routes that take prompts and tell what became of them."""

import json
import math
import uuid
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from api.embedded.boards import complaints, graph_of_loose, is_loose
from api.embedded.validation import error_body, validate
from api.embedded.worker import Worker

_JOB_STATES = frozenset({"pending", "in_progress", "completed", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class QueueRoutes:
    """Prompts in, queue, history, jobs and events out."""

    worker: Worker

    def routes(self) -> list[BaseRoute]:
        """The routes that exist both bare and under `/api`."""
        return [
            Route("/prompt", self.get_prompt, methods=["GET"]),
            Route("/prompt", self.post_prompt, methods=["POST"]),
            Route("/queue", self.get_queue, methods=["GET"]),
            Route("/queue", self.post_queue, methods=["POST"]),
            Route("/history", self.get_history, methods=["GET"]),
            Route("/history", self.post_history, methods=["POST"]),
            Route("/history/{prompt_id}", self.get_history_of, methods=["GET"]),
            Route("/interrupt", self.post_interrupt, methods=["POST"]),
            Route("/free", self.post_free, methods=["POST"]),
            WebSocketRoute("/ws", self.events),
        ]

    def api_routes(self) -> list[BaseRoute]:
        """The routes that exist only under `/api`."""
        return [
            Route("/jobs", self.get_jobs, methods=["GET"]),
            Route("/jobs/{prompt_id}", self.get_job, methods=["GET"]),
            Route("/jobs/{prompt_id}/cancel", self.cancel_job, methods=["POST"]),
        ]

    async def get_prompt(self, _: Request) -> Response:
        """How long the queue is."""
        return JSONResponse(self.worker.status()["status"])

    async def post_prompt(self, request: Request) -> Response:
        """Check a graph and queue it."""
        body = await _json_object(request)
        prompt_id = body.get("prompt_id") or str(uuid.uuid4())
        if "prompt" not in body:
            return _refused(error_body("no_prompt", "No prompt provided", "No prompt provided"))
        if not _is_canonical(prompt_id):
            expected = "prompt_id must be a UUID string in canonical lowercase hyphenated form"
            return _refused(error_body("invalid_prompt_id", "prompt_id must be a valid UUID", expected))
        graph = body["prompt"] = _graph(body["prompt"])
        verdict = validate(graph, lambda inputs: complaints(inputs, self._has_image))
        if verdict.error:
            return _refused(verdict.error, verdict.node_errors)
        prompt = self.worker.jobs.put(body, prompt_id, verdict.outputs)
        self.worker.tell_status()
        return JSONResponse(
            {"prompt_id": prompt_id, "number": prompt.number, "node_errors": verdict.node_errors}
        )

    async def get_queue(self, _: Request) -> Response:
        """Who runs and who waits."""
        return JSONResponse(self.worker.jobs.queue_json())

    async def post_queue(self, request: Request) -> Response:
        """Delete waiting prompts, by id or all."""
        body = await _json_object(request)
        jobs = self.worker.jobs
        doomed = (
            [waiting.prompt_id for waiting in jobs.pending] if body.get("clear") else body.get("delete", ())
        )
        for prompt_id in doomed:
            jobs.delete_pending(prompt_id)
        self.worker.tell_status()
        return Response()

    async def get_history(self, request: Request) -> Response:
        """What is over, oldest first; the newest `max_items` unless an offset says otherwise."""
        entries = list(self.worker.jobs.history.items())
        most = int(request.query_params.get("max_items", len(entries)))
        offset = int(request.query_params.get("offset", -1))
        start = max(0, len(entries) - most) if offset < 0 else offset
        return JSONResponse(dict(entries[start : start + most]))

    async def post_history(self, request: Request) -> Response:
        """Forget what is over, by id or all."""
        body = await _json_object(request)
        history = self.worker.jobs.history
        for prompt_id in list(history) if body.get("clear") else body.get("delete", ()):
            history.pop(prompt_id, None)
        return Response()

    async def get_history_of(self, request: Request) -> Response:
        """One entry of the history; nothing while the prompt is not over."""
        prompt_id = request.path_params["prompt_id"]
        entry = self.worker.jobs.history.get(prompt_id)
        return JSONResponse({prompt_id: entry} if entry else {})

    async def post_interrupt(self, request: Request) -> Response:
        """Stop the running prompt if it is the one named, or whichever runs if none is."""
        try:
            body = await _json_object(request)
        except ValueError:
            body = {}
        self.worker.interrupt(body.get("prompt_id"))
        return Response()

    async def post_free(self, request: Request) -> Response:
        """Give memory back, which an idle render process holds."""
        body = await _json_object(request)
        if self.worker.jobs.running is None and (body.get("unload_models") or body.get("free_memory")):
            self.worker.process.kill()
        return Response()

    async def get_jobs(self, request: Request) -> Response:
        """All prompts, newest first unless asked otherwise."""
        query = request.query_params
        wanted = {word.strip() for word in query.get("status", "").lower().split(",") if word.strip()}
        if unknown := wanted - _JOB_STATES:
            return JSONResponse({"error": f"Invalid status value(s): {', '.join(sorted(unknown))}"}, 400)
        jobs = [job for job in self.worker.jobs.jobs_json() if not wanted or job["status"] in wanted]
        is_descending = query.get("sort_order", "desc").lower() != "asc"
        jobs.sort(key=lambda job: int(job["create_time"]), reverse=is_descending)
        offset, limit = max(0, int(query.get("offset", 0))), int(query.get("limit", 0)) or None
        shown = jobs[offset:][:limit]
        has_more = offset + len(shown) < len(jobs)
        pages = {"offset": offset, "limit": limit, "total": len(jobs), "has_more": has_more}
        return JSONResponse({"jobs": shown, "pagination": pages})

    async def get_job(self, request: Request) -> Response:
        """One prompt, wherever it is."""
        job = self.worker.jobs.job_json(request.path_params["prompt_id"])
        return JSONResponse(job) if job else JSONResponse({"error": "Job not found"}, 404)

    async def cancel_job(self, request: Request) -> Response:
        """Take one prompt out of the queue or stop it; a repeat does nothing."""
        prompt_id = request.path_params["prompt_id"]
        is_cancelled = self.worker.jobs.delete_pending(prompt_id) or self.worker.interrupt(prompt_id)
        self.worker.tell_status()
        return JSONResponse({"cancelled": is_cancelled})

    async def events(self, socket: WebSocket) -> None:
        """Tell a client what happens to its prompts."""
        greetings = [("status", self.worker.status())]
        running = self.worker.jobs.running
        if running and self.worker.node and running.client_id == socket.query_params.get("clientId"):
            greetings.append(("executing", {"node": self.worker.node, "prompt_id": running.prompt_id}))
        await self.worker.listeners.serve(socket, greetings)

    def _has_image(self, name: str) -> bool:
        return self.worker.folders.input_image(name) is not None


def _graph(prompt: object) -> dict[str, Any]:
    if not isinstance(prompt, dict):
        raise ValueError("the prompt is no object")
    if is_loose(prompt):
        return graph_of_loose(prompt)
    return {node_id: node if isinstance(node, dict) else {} for node_id, node in prompt.items()}


def _refused(error: dict[str, Any], node_errors: dict[str, Any] | None = None) -> Response:
    return JSONResponse({"error": error, "node_errors": node_errors or {}}, 400)


def _is_canonical(prompt_id: object) -> bool:
    try:
        return isinstance(prompt_id, str) and str(uuid.UUID(prompt_id)) == prompt_id
    except ValueError:
        return False


def _finite(number: str) -> float:
    """JSON has no NaN and no infinity: one of them in a prompt would spoil every answer that tells of it."""
    if math.isfinite(float(number)):
        return float(number)
    raise ValueError(f"{number} is no number of JSON")


async def _json_object(request: Request) -> dict[str, Any]:
    """The body as an object; a body that is none is the 500 that ComfyUI answers."""
    body = json.loads(await request.body(), parse_constant=_finite, parse_float=_finite)
    if isinstance(body, dict):
        return body
    raise ValueError("the body is no object")
