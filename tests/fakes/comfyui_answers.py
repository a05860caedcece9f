"""What a real ComfyUI server answers: its refusals of graphs, its account of a job, a clip that it made."""

import copy
import uuid
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from api.embedded.nodes import NODE_CLASSES
from studio.clients.media import encode_video

OUT_OF_MEMORY = ("torch.OutOfMemoryError", "Allocation on device 0 would exceed allowed memory.")
DISK_FULL = ("OSError", "[Errno 28] No space left on device")
MODELS = ["wan2.1_t2v_1.3B_fp16.safetensors", "ltx-video-2b-v0.9.5.safetensors"]
UNET = {
    "input": {"required": {"unet_name": [MODELS], "weight_dtype": [["default", "fp8_e4m3fn"]]}},
    "output": ["MODEL"],
}
LONGEST_LIST_TOLD = 20

Answer = tuple[dict[str, Any], int]


def object_info() -> dict[str, Any]:
    """The animatic's nodes and one that loads a model."""
    return copy.deepcopy({name: node.to_json() for name, node in NODE_CLASSES.items()} | {"UNETLoader": UNET})


def verdict(
    graph: Mapping[str, Any], known: Mapping[str, Any], *, is_today: bool = True
) -> tuple[list[str], dict[str, Any], Answer | None]:
    """The good outputs, the faults of nodes, and the refusal if there is one."""
    for node, spec in graph.items():
        if spec["class_type"] not in known:
            return [], {}, _unknown_node(node, spec, is_today)
    outputs = [node for node, spec in graph.items() if known[spec["class_type"]].get("output_node")]
    faults = {node: _faults(graph, node, known, is_today) for node in outputs}
    node_errors = {node: error for found in faults.values() for node, error in found.items()}
    for node, error in node_errors.items():
        error["dependent_outputs"] = [output for output in outputs if node in faults[output]]
    if good := [node for node in outputs if not faults[node]]:
        return good, node_errors, None
    return [], node_errors, _invalid(outputs, node_errors)


def _unknown_node(node: str, spec: Mapping[str, Any], is_today: bool) -> Answer:
    name, where = spec["class_type"], f"Node ID '#{node}'"
    if not is_today:
        return _refused(
            "invalid_prompt", f"Cannot execute because node {name} does not exist.", where, {}, {}
        )
    info = {"node_id": node, "class_type": name, "node_title": spec.get("_meta", {}).get("title", name)}
    message = f"Node '{name}' not found. The custom node may not be installed."
    return _refused("missing_node_type", message, where, info, {})


def _invalid(outputs: list[str], node_errors: dict[str, Any]) -> Answer:
    if not outputs:
        return _refused("prompt_no_outputs", "Prompt has no outputs", "", {}, node_errors)
    kind = "prompt_outputs_failed_validation"
    return _refused(kind, kind.replace("_", " ").capitalize(), "", {}, node_errors)


def _faults(graph: Mapping[str, Any], node: str, known: Mapping[str, Any], is_today: bool) -> dict[str, Any]:
    spec, found = graph[node], {}
    for name, config in known[spec["class_type"]]["input"]["required"].items():
        value, options = spec["inputs"].get(name), _options(config, is_today)
        if isinstance(value, list):
            found |= _faults(graph, value[0], known, is_today)
        elif options is not None and value not in options:
            error = _not_in_list(name, value, config, options)
            found[node] = {"errors": [error], "dependent_outputs": [], "class_type": spec["class_type"]}
    return found


def _options(config: list[Any], is_today: bool) -> list[Any] | None:
    """Servers of 2025 look at the older of the two forms only."""
    if isinstance(config[0], list):
        return config[0]
    options: list[Any] | None = config[1]["options"] if is_today and config[0] == "COMBO" else None
    return options


def _not_in_list(name: str, value: object, config: list[Any], options: list[Any]) -> dict[str, Any]:
    is_long = len(options) > LONGEST_LIST_TOLD
    among = f"(list of length {len(options)})" if is_long else str(options)
    info = {"input_name": name, "input_config": None if is_long else config, "received_value": value}
    return _error("value_not_in_list", "Value not in list", f"{name}: {value!r} not in {among}", info)


def body_fault(body: Mapping[str, Any], *, is_today: bool) -> Answer | None:
    """What is wrong with a post before its graph is looked at."""
    if "prompt" not in body:
        return _refused("no_prompt", "No prompt provided", "No prompt provided", {}, {})
    if is_today and not _is_uuid(body.get("prompt_id")):
        details = (
            "prompt_id must be a UUID string in canonical lowercase hyphenated form; "
            "omit it to let the server generate one"
        )
        return _refused("invalid_prompt_id", "prompt_id must be a valid UUID", details, {}, {})
    return None


def _is_uuid(prompt_id: object) -> bool:
    try:
        return prompt_id is None or str(uuid.UUID(str(prompt_id))) == prompt_id
    except ValueError:
        return False


def job_json(
    prompt_id: str, running: list[Any] | None, pending: list[list[Any]], history: Mapping[str, Any]
) -> Answer:
    """The answer of `/api/jobs/{id}`."""
    if running and running[1] == prompt_id:
        return _job(running, "in_progress", {}), 200
    if row := next((row for row in pending if row[1] == prompt_id), None):
        return _job(row, "pending", {}), 200
    if prompt_id not in history:
        return {"error": "Job not found"}, 404
    return _job_that_is_over(history[prompt_id]), 200


def _job(row: list[Any], word: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of every job; `row` is the queue's."""
    count = sum(len(told["images"]) for told in outputs.values())
    counts = {"outputs_count": count, "previewable_outputs_count": count}
    return {"id": row[1], "status": word, "priority": row[0], "create_time": row[3]["create_time"], **counts}


def _job_that_is_over(entry: Mapping[str, Any]) -> dict[str, Any]:
    row, messages, outputs = entry["prompt"], entry["status"]["messages"], entry["outputs"]
    said = dict(messages)
    words = {"execution_interrupted": "cancelled", "execution_error": "failed"}
    word = next((word for event, word in words.items() if event in said), "completed")
    error = {"execution_error": said["execution_error"]} if word == "failed" else {}
    previews = [
        {**file, "nodeId": node, "mediaType": "images"}
        for node in outputs
        for file in outputs[node]["images"]
    ]
    return {
        **_job(row, word, outputs),
        **error,
        **({"preview_output": previews[0]} if previews else {}),
        "execution_start_time": messages[0][1]["timestamp"],
        "execution_end_time": messages[-1][1]["timestamp"],
        "outputs": outputs,
        "execution_status": entry["status"],
        "workflow": {"prompt": row[2], "extra_data": row[3]},
    }


def _error(kind: str, message: str, details: str, info: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": info}


def _refused(
    kind: str, message: str, details: str, info: dict[str, Any], node_errors: dict[str, Any]
) -> Answer:
    return {"error": _error(kind, message, details, info), "node_errors": node_errors}, 400


@cache
def tiny_mp4() -> bytes:
    """A real clip: 8 frames of 64x64 at 24 fps."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.mp4"
        frames = (np.full((64, 64, 3), 30 * index, np.uint8) for index in range(8))
        encode_video(frames, path, fps=Fraction(24), size=(64, 64))
        return path.read_bytes()
