"""What a real ComfyUI server answers: its refusals of graphs, its account of a job, a clip that it made."""

import copy
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
    graph: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[list[str], dict[str, Any], Answer | None]:
    """The good outputs, the faults of nodes, and the refusal if there is one."""
    for node, spec in graph.items():
        if spec["class_type"] not in known:
            info = {"node_id": node, "class_type": spec["class_type"], "node_title": None}
            message = f"Node '{spec['class_type']}' not found. The custom node may not be installed."
            return [], {}, _refused("missing_node_type", message, f"Node ID '#{node}'", info, {})
    outputs = [node for node, spec in graph.items() if known[spec["class_type"]].get("output_node")]
    faults = {node: _faults(graph, node, known) for node in outputs}
    node_errors = {node: error for found in faults.values() for node, error in found.items()}
    if good := [node for node in outputs if not faults[node]]:
        return good, node_errors, None
    kind = "prompt_outputs_failed_validation" if outputs else "prompt_no_outputs"
    return [], node_errors, _refused(kind, kind.replace("_", " ").capitalize(), "", {}, node_errors)


def _faults(graph: Mapping[str, Any], node: str, known: Mapping[str, Any]) -> dict[str, Any]:
    spec, found = graph[node], {}
    for name, config in known[spec["class_type"]]["input"]["required"].items():
        value = spec["inputs"].get(name)
        if isinstance(value, list):
            found |= _faults(graph, value[0], known)
        elif isinstance(config[0], list) and value not in config[0]:
            told = config if len(config[0]) <= LONGEST_LIST_TOLD else None
            info = {"input_name": name, "input_config": told, "received_value": value}
            error = _error("value_not_in_list", "Value not in list", f"{name}: '{value}' not in list", info)
            found[node] = {"errors": [error], "dependent_outputs": [], "class_type": spec["class_type"]}
    return found


def job_json(
    prompt_id: str, running: list[Any] | None, pending: list[list[Any]], history: Mapping[str, Any]
) -> Answer:
    """The answer of `/api/jobs/{id}`."""
    if running and running[1] == prompt_id:
        return {"id": prompt_id, "status": "in_progress"}, 200
    if any(row[1] == prompt_id for row in pending):
        return {"id": prompt_id, "status": "pending"}, 200
    if prompt_id not in history:
        return {"error": "Job not found"}, 404
    entry = history[prompt_id]
    said = dict(entry["status"]["messages"])
    words = {"execution_interrupted": "cancelled", "execution_error": "failed"}
    word = next((word for event, word in words.items() if event in said), "completed")
    details = {"outputs": entry["outputs"], "execution_status": entry["status"]}
    return {"id": prompt_id, "status": word, "execution_error": said.get("execution_error"), **details}, 200


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
