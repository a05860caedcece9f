"""ComfyUI, today's and that of 2025: submit graphs, follow them, fetch what they made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeVar

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from studio.clients.comfyui_replies import (
    Fault,
    Job,
    JobState,
    OutputFile,
    Progress,
    read_events,
    read_faults,
    read_finished,
    read_job,
    refusal,
    refused_node,
)
from studio.errors import (
    GraphError,
    MissingNodeError,
    RenderEmptyError,
    RenderError,
    RendererUnavailableError,
    RenderLostError,
    StorageError,
)
from studio.workflows import Graph, Model, choices, node_classes

__all__ = ["ComfyUI", "Job", "JobState", "OutputFile", "Progress"]

Kind = TypeVar("Kind")

_TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
_NOT_ROUTED: Final = (404, 405)
"""What a server of 2025 answers where today's has a route: 405 where only its files could be meant."""

_CANCEL_S: Final = 5.0
_LARGEST_MESSAGE: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ComfyUI:
    """One renderer, reached over a client whose base URL is the server's."""

    http: httpx.Client

    def submit(self, graph: Graph, *, prompt_id: str, client_id: str) -> None:
        """Queue `graph` under an id that is already recorded; the server does not tell repeats apart.

        Raises:
            MissingNodeError, MissingModelError, GraphError: the server refused the graph, or a part of it.
            RendererUnavailableError: no usable answer; the prompt may stand in the queue all the same.
        """
        body = {"prompt": graph, "prompt_id": prompt_id, "client_id": client_id}
        reply = self._call("POST", "/prompt", ok=(200, 400), json=body)
        answer = _object(reply)
        faulty, taken_as = reply.status_code == 400 or answer.get("node_errors"), answer.get("prompt_id")
        if taken_as and (faulty or taken_as != prompt_id):  # the valid part of a faulty graph is queued
            self._withdraw(str(taken_as))
        if faulty:
            raise self._refusal(graph, answer)
        if taken_as != prompt_id:
            raise RenderError("The renderer gives prompts ids of its own: it is older than Tower supports.")

    def job(self, prompt_id: str) -> Job:
        """What the server knows of a prompt, over HTTP: the truth, where events are a hint."""
        reply = self._call("GET", f"/api/jobs/{prompt_id}", ok=(200, 404))
        if reply.status_code == 200:
            return read_job(prompt_id, _object(reply))
        return Job(prompt_id, JobState.UNKNOWN) if _is_json(reply) else self._job_of_2025(prompt_id)

    def queue_length(self, *, timeout_s: float | None = None) -> int:
        """Prompts that run or wait on this server, anybody's: the cheapest sign of life."""
        reply = self._call("GET", "/prompt", timeout=_TIMEOUT if timeout_s is None else timeout_s)
        return _field(_field(_object(reply), "exec_info", dict), "queue_remaining", int)

    def running(self) -> tuple[str, ...]:
        """The ids of the prompts that run on this server, anybody's."""
        queue = _object(self._call("GET", "/queue"))
        return tuple(str(item[1]) for item in _field(queue, "queue_running", list))

    def download(self, output: OutputFile, to: Path) -> None:
        """Bring a file here, whole or not at all.

        Raises:
            RenderLostError: the server has no such file (any more).
            RenderEmptyError: the file is empty.
            RendererUnavailableError: it came incomplete.
            StorageError: it could not be written here.
        """
        part = to.with_name(f".{to.name}.part")
        try:
            with self._trouble():
                self._stream(output, part)
            part.replace(to)
        except OSError as error:
            raise StorageError(f"{to.name} could not be written: {error.strerror}.", path=str(to)) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def upload_image(self, name: str, content: bytes) -> str:
        """Put a picture into the server's input folder; returns the name that graphs must use for it."""
        answer = _object(
            self._call("POST", "/upload/image", files={"image": (name, content)}, form={"type": "input"})
        )
        return str(PurePosixPath(answer.get("subfolder") or "") / _field(answer, "name", str))

    def cancel(self, prompt_id: str) -> None:
        """Take a prompt out of the queue or stop it if it runs; never anybody else's. Repeats do no harm.

        A server of 2025 may take an interrupt for whatever runs, so it is asked right before what that is.
        """
        reply = self._call("POST", f"/api/jobs/{prompt_id}/cancel", ok=(200, *_NOT_ROUTED), timeout=_CANCEL_S)
        if _is_json(reply):
            return
        self._call("POST", "/queue", json={"delete": [prompt_id]}, timeout=_CANCEL_S)
        if prompt_id in self.running():
            self._call("POST", "/interrupt", json={"prompt_id": prompt_id}, timeout=_CANCEL_S)

    def free(self) -> None:
        """Unload models and give their memory back."""
        self._call("POST", "/free", json={"unload_models": True, "free_memory": True})

    def object_info(self) -> Mapping[str, Any]:
        """The node classes that the server has, with their inputs."""
        return _object(self._call("GET", "/object_info"))

    def system_stats(self) -> Mapping[str, Any]:
        """The server's version, memory and devices."""
        return _object(self._call("GET", "/system_stats"))

    @contextmanager
    def watch(self, client_id: str, *, timeout_s: float) -> Iterator[Iterator[Progress | None]]:
        """Events of the prompts of `client_id`; `None` at least every `timeout_s`, a time to poll.

        A socket that drops or never opens ends the events quietly: they are a hint.
        """
        socket = self._socket(client_id)
        if socket is None:
            yield iter(())
            return
        with socket:
            yield read_events(socket, timeout_s)

    def _call(
        self,
        method: str,
        path: str,
        *,
        ok: tuple[int, ...] = (200,),
        json: object = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        form: Mapping[str, str] | None = None,
        timeout: httpx.Timeout | float = _TIMEOUT,
    ) -> httpx.Response:
        with self._trouble():
            reply = self.http.request(method, path, json=json, files=files, data=form, timeout=timeout)
        return self._expect(reply, ok)

    def _expect(self, reply: httpx.Response, ok: tuple[int, ...]) -> httpx.Response:
        if reply.status_code in ok:
            return reply
        raise RendererUnavailableError(
            f"The renderer answered {reply.status_code} to {reply.request.method} {reply.request.url.path}.",
            server=_shown(self.http.base_url),
            status=reply.status_code,
        )

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            server, reason = _shown(self.http.base_url), str(error) or type(error).__name__
            raise RendererUnavailableError(
                f"The renderer at {server} does not answer: {reason}", server=server
            ) from error

    def _stream(self, output: OutputFile, part: Path) -> None:
        params = {"filename": output.filename, "subfolder": output.subfolder, "type": output.type}
        plain = {"accept-encoding": "identity"}
        with self.http.stream("GET", "/view", params=params, headers=plain, timeout=_TIMEOUT) as reply:
            if reply.status_code == 404:
                raise RenderLostError(f"The renderer no longer has {output.filename}.", file=output.filename)
            self._expect(reply, (200,))
            with part.open("wb") as file:
                for chunk in reply.iter_raw():
                    file.write(chunk)
                size = file.tell()
        if size != int(reply.headers.get("content-length", size)):
            raise RendererUnavailableError(
                f"{output.filename} came incomplete: {size} bytes.", file=output.filename
            )

        if size == 0:
            raise RenderEmptyError(f"The renderer saved {output.filename} empty.", file=output.filename)

    def _withdraw(self, prompt_id: str) -> None:
        with suppress(RendererUnavailableError):
            self.cancel(prompt_id)

    def _queued(self, prompt_id: str) -> JobState | None:
        queue = _object(self._call("GET", "/queue"))
        for key, state in (("queue_running", JobState.RUNNING), ("queue_pending", JobState.PENDING)):
            if any(item[1] == prompt_id for item in _field(queue, key, list)):
                return state
        return None

    def _job_of_2025(self, prompt_id: str) -> Job:
        """Queue, then history, twice: the second pair sees a prompt that moved between two reads."""
        for _ in range(2):
            if state := self._queued(prompt_id):
                return Job(prompt_id, state)
            if entry := _object(self._call("GET", f"/history/{prompt_id}")).get(prompt_id):
                return read_finished(prompt_id, entry.get("status"), entry.get("outputs"))
        return Job(prompt_id, JobState.UNKNOWN)

    def _refusal(self, graph: Graph, answer: Mapping[str, Any]) -> GraphError:
        if named := refused_node(answer):
            missing = self._missing_nodes(graph) or [named]
            return MissingNodeError(f"The renderer has no node {', '.join(missing)}.", nodes=missing)
        return refusal(answer, [self._with_choices(fault) for fault in read_faults(answer)])

    def _missing_nodes(self, graph: Graph) -> list[str]:
        """A refusal names the first node only; the server's list tells them all."""
        with suppress(RendererUnavailableError):
            there = self.object_info()
            return [name for name in node_classes(graph) if name not in there]
        return []

    def _with_choices(self, fault: Fault) -> Fault:
        """A list of over 20 is left out of a refusal, so it is read off the node's own description."""
        if fault.type != "value_not_in_list" or fault.available:
            return fault
        model = Model(fault.class_type, str(fault.input), str(fault.value))
        with suppress(RendererUnavailableError):
            info = _object(self._call("GET", f"/object_info/{model.class_type}"))
            return replace(fault, available=choices(info, model))
        return fault

    def _socket(self, client_id: str) -> ClientConnection | None:
        base = self.http.base_url
        url = base.join("ws").copy_with(scheme="wss" if base.scheme == "https" else "ws")
        with suppress(OSError, WebSocketException):
            return connect(
                str(url.copy_set_param("clientId", client_id)),
                open_timeout=5,
                close_timeout=1,
                ping_interval=None,
                compression=None,
                proxy=None,
                additional_headers={k: v for k, v in self.http.headers.items() if k == "authorization"},
                max_size=_LARGEST_MESSAGE,
            )
        return None


def _shown(url: httpx.URL) -> str:
    return str(url.copy_with(userinfo=b""))


def _is_json(reply: httpx.Response) -> bool:
    """Told apart so: a route that does not know the prompt, and a server that has no such route."""
    return str(reply.headers.get("content-type", "")).startswith("application/json")


def _object(reply: httpx.Response) -> dict[str, Any]:
    try:
        answer = reply.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    raise RendererUnavailableError("What answers there is not ComfyUI.", server=_shown(reply.request.url))


def _field(answer: Mapping[str, object], key: str, kind: type[Kind]) -> Kind:
    value = answer.get(key)
    if isinstance(value, kind):
        return value
    raise RendererUnavailableError(f"What answers there is not ComfyUI: it gives no {key}.")
