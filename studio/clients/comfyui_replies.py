"""What ComfyUI answers, read into our own types."""

import json
import re
import struct
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, Final

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from studio.errors import GraphError, MissingModelError, OutOfMemoryError, RendererDiskError, RenderError
from studio.workflows import enum_options

_VIDEO_SUFFIXES: Final = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v"})
_MODEL_SUFFIXES: Final = (".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx")
_LAST_EVENTS: Final = frozenset({"execution_success", "execution_error", "execution_interrupted"})
_PREVIEW_EVENT: Final = 1
_MEMORY: Final = ("out of memory", "can't allocate memory", "not enough memory", "unable to allocate")
_DISK: Final = ("no space left on device", "not enough space on the disk", "disk quota exceeded")


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that a prompt made, as `/view` names it."""

    filename: str
    subfolder: str
    type: str

    @property
    def is_video(self) -> bool:
        """Told by the extension: a video stands under `images` as pictures do."""
        return PurePosixPath(self.filename).suffix.lower() in _VIDEO_SUFFIXES


class JobState(StrEnum):
    """Where a prompt is; `UNKNOWN`: the server has never heard of it, or has forgotten it."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Job:
    """A prompt as its server sees it.

    `error` says why when it failed; `seconds` is how long it ran, by the server's own clock.
    """

    prompt_id: str
    state: JobState
    outputs: tuple[OutputFile, ...] = ()
    error: RenderError | None = None
    seconds: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the server has nothing more to do for it."""
        return self.state not in (JobState.PENDING, JobState.RUNNING)

    @property
    def video(self) -> OutputFile | None:
        """The video that it made: one that was saved rather than one that was kept for a preview."""
        videos = [output for output in self.outputs if output.is_video]
        return min(videos, key=lambda output: output.type != "output", default=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign of life; `value` is the share done of the node `node`, 0 to 1."""

    prompt_id: str | None = None
    value: float | None = None
    node: str | None = None
    preview: bytes | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a server found wrong with a node; `available` lists what it would take."""

    node: str
    class_type: str
    type: str
    message: str
    input: str | None = None
    value: object = None
    available: tuple[str, ...] = ()

    @property
    def is_missing_model(self) -> bool:
        """A value that is on no list, where the list is one of model files."""
        names = (str(self.value), *self.available)
        return self.type == "value_not_in_list" and any(n.lower().endswith(_MODEL_SUFFIXES) for n in names)


def read_job(prompt_id: str, job: Mapping[str, Any]) -> Job:
    """An answer of `/api/jobs/{id}`."""
    match job.get("status"):
        case "pending":
            return Job(prompt_id, JobState.PENDING)
        case "in_progress":
            return Job(prompt_id, JobState.RUNNING)
        case "cancelled":
            return Job(prompt_id, JobState.CANCELLED)
        case "failed" if job.get("execution_error"):
            return Job(prompt_id, JobState.FAILED, error=_execution_error(job["execution_error"]))
    return read_finished(prompt_id, job.get("execution_status"), job.get("outputs"))


def read_finished(prompt_id: str, status: Mapping[str, Any] | None, outputs: Mapping[str, Any] | None) -> Job:
    """A prompt that is over, from its status and outputs in the history."""
    told = {message[0]: message[1] for message in (status or {}).get("messages", ())}
    files = tuple(_output_files(outputs or {}))
    if "execution_interrupted" in told:
        return Job(prompt_id, JobState.CANCELLED, files)
    if (status or {}).get("status_str") == "error":
        return Job(prompt_id, JobState.FAILED, files, _execution_error(told.get("execution_error") or {}))
    return Job(prompt_id, JobState.DONE, files, seconds=_seconds(told))


def read_faults(answer: Mapping[str, Any]) -> list[Fault]:
    """Every fault of every node in an answer to a post."""
    return [
        _fault(str(node), found.get("class_type", ""), error)
        for node, found in (answer.get("node_errors") or {}).items()
        for error in found.get("errors", ())
    ]


def refusal(answer: Mapping[str, Any], faults: list[Fault]) -> GraphError:
    """The error that a refused graph is, by its faults."""
    top = answer.get("error") or {}
    if missing := [fault for fault in faults if fault.is_missing_model]:
        told = "; ".join(
            f"{fault.value} for {fault.class_type} (it has: {', '.join(fault.available) or 'none'})"
            for fault in missing
        )
        models = [{"file": fault.value, "available": list(fault.available)} for fault in missing]
        return MissingModelError(f"The renderer has no model {told}.", models=models)
    told = "; ".join(f"{fault.class_type} {fault.node}: {fault.message}" for fault in faults)
    reason = told or top.get("message") or "no reason given"
    kinds = [fault.type for fault in faults] or [top.get("type", "")]
    return GraphError(f"The renderer refused the graph: {reason}", types=kinds)


def refused_node(answer: Mapping[str, Any]) -> str | None:
    """The node class that the server does not have, where that is why it refused a graph."""
    top = answer.get("error") or {}
    if top.get("type") == "missing_node_type":
        return str(top.get("extra_info", {}).get("class_type"))
    said = re.search(r"node (\S+) does not exist", top.get("message", ""))  # servers of 2025
    return said[1] if said else None


def read_events(socket: ClientConnection, timeout_s: float) -> Iterator[Progress | None]:
    """Signs of life until the socket closes, and `None` at least every `timeout_s`."""
    due = time.monotonic() + timeout_s
    while True:
        try:
            progress = read_event(socket.recv(timeout=max(0.0, due - time.monotonic())))
        except TimeoutError:
            progress = None
        except (ConnectionClosed, OSError):
            return
        if progress or time.monotonic() >= due:
            yield progress
            due = time.monotonic() + timeout_s


def read_event(message: str | bytes) -> Progress | None:
    """One message of the socket; None where it says nothing of a prompt."""
    if isinstance(message, bytes):
        is_preview = len(message) > 8 and struct.unpack(">I", message[:4])[0] == _PREVIEW_EVENT
        return Progress(preview=message[8:]) if is_preview else None
    try:
        event = json.loads(message)
        kind, told = event["type"], event["data"]
        prompt_id = told["prompt_id"]
    except (ValueError, KeyError, TypeError):
        return None
    if kind == "progress_state":
        return _of_state(prompt_id, told)
    node = told.get("node")
    finished = kind in _LAST_EVENTS or (kind == "executing" and node is None)
    return Progress(prompt_id, _share(told) if kind == "progress" else None, node, finished=finished)


def _of_state(prompt_id: str, told: Mapping[str, Any]) -> Progress | None:
    """The node that runs, and its share; it may be told of this way only."""
    for node, state in (told.get("nodes") or {}).items():
        if isinstance(state, dict) and state.get("state") == "running":
            return Progress(prompt_id, _share(state), str(node))
    return None


def _seconds(told: Mapping[str, Any]) -> float | None:
    """How long a prompt ran, where its server says when it began and ended, in milliseconds."""
    ends = [told.get(event, {}).get("timestamp") for event in ("execution_start", "execution_success")]
    match ends:
        case [int() | float() as began, int() | float() as ended] if ended >= began:
            return float(ended - began) / 1000.0
    return None


def _share(told: Mapping[str, Any]) -> float | None:
    value, most = told.get("value"), told.get("max")
    if not isinstance(value, int | float) or not isinstance(most, int | float) or most <= 0:
        return None
    return min(1.0, max(0.0, value / most))


def _output_files(outputs: Mapping[str, Any]) -> Iterator[OutputFile]:
    for of_node in outputs.values():
        for items in of_node.values() if isinstance(of_node, dict) else ():
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict) and item.get("filename"):
                    yield OutputFile(item["filename"], item.get("subfolder", ""), item.get("type", "output"))


def _execution_error(told: Mapping[str, Any]) -> RenderError:
    kind, message = str(told.get("exception_type", "")), str(told.get("exception_message", "")).strip()
    where = f"{told.get('node_type', 'node')} {told.get('node_id', '')}".strip()
    return _kind_of_error(kind, message)(
        f"{where} failed: {message or kind or 'no reason given'}", node=told.get("node_id"), type=kind
    )


def _kind_of_error(kind: str, message: str) -> type[RenderError]:
    """What went wrong while a node ran, as far as its exception tells."""
    said = message.lower()
    if "OutOfMemory" in kind or kind.endswith("MemoryError") or any(words in said for words in _MEMORY):
        return OutOfMemoryError
    if any(words in said for words in _DISK):
        return RendererDiskError
    if kind == "FileNotFoundError" and any(suffix in said for suffix in _MODEL_SUFFIXES):
        return MissingModelError
    return RenderError


def _fault(node: str, class_type: str, error: Mapping[str, Any]) -> Fault:
    info = error.get("extra_info") or {}
    return Fault(
        node=node,
        class_type=class_type,
        type=error.get("type", ""),
        message=f"{error.get('message', '')}: {error.get('details', '')}",
        input=info.get("input_name"),
        value=info.get("received_value"),
        available=enum_options(info.get("input_config")),
    )
