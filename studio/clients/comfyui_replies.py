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

from studio.errors import GraphError, MissingModelError, OutOfMemoryError, RenderError
from studio.workflows import enum_options

_VIDEO_SUFFIXES: Final = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v"})
_MODEL_SUFFIXES: Final = (".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx")
_LAST_EVENTS: Final = frozenset({"execution_success", "execution_error", "execution_interrupted"})
_PREVIEW_EVENT: Final = 1


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
    """A prompt as its server sees it; `error` says why when it failed."""

    prompt_id: str
    state: JobState
    outputs: tuple[OutputFile, ...] = ()
    error: RenderError | None = None


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
    return read_finished(prompt_id, job.get("execution_status"), job.get("outputs"))


def read_finished(prompt_id: str, status: Mapping[str, Any] | None, outputs: Mapping[str, Any] | None) -> Job:
    """A prompt that is over, from its status and outputs in the history."""
    told = {message[0]: message[1] for message in (status or {}).get("messages", ())}
    files = tuple(_output_files(outputs or {}))
    if "execution_interrupted" in told:
        return Job(prompt_id, JobState.CANCELLED, files)
    if (status or {}).get("status_str") == "error":
        return Job(prompt_id, JobState.FAILED, files, _execution_error(told.get("execution_error") or {}))
    return Job(prompt_id, JobState.DONE, files)


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
    node = told.get("node")
    finished = kind in _LAST_EVENTS or (kind == "executing" and node is None)
    return Progress(prompt_id, _share(told) if kind == "progress" else None, node, finished=finished)


def _share(told: Mapping[str, Any]) -> float | None:
    value, most = told.get("value"), told.get("max")
    if not isinstance(value, int | float) or not isinstance(most, int | float) or most <= 0:
        return None
    return min(1.0, max(0.0, value / most))


def _output_files(outputs: Mapping[str, Any]) -> Iterator[OutputFile]:
    for of_node in outputs.values():
        for items in of_node.values():
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict) and item.get("filename"):
                    yield OutputFile(item["filename"], item.get("subfolder", ""), item.get("type", "output"))


def _execution_error(told: Mapping[str, Any]) -> RenderError:
    kind, message = str(told.get("exception_type", "")), str(told.get("exception_message", "")).strip()
    where = f"{told.get('node_type', 'node')} {told.get('node_id', '')}".strip()
    is_memory = "OutOfMemory" in kind or "out of memory" in message.lower()
    family = OutOfMemoryError if is_memory else RenderError
    return family(
        f"{where} failed: {message or kind or 'no reason given'}", node=told.get("node_id"), type=kind
    )


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
