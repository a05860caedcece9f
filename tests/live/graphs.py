"""Graphs that need no model, for what a server does whatever it renders."""

import uuid
from typing import Any

from studio.clients.comfyui import ComfyUI, Job, JobState
from tests.fakes.serving import wait_until

CLIENT = "tower-test"
ENDS_WITHIN_S = 120.0

Nodes = dict[str, dict[str, Any]]


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def clip(prefix: str | None = None, *, frames: int = 8, through: Nodes | None = None) -> Nodes:
    """A clip of one colour; `through`: nodes that lead from `blank` to `last`."""
    colour = uuid.uuid4().int % 2**24  # else the server has it in its cache
    return {
        "blank": node("EmptyImage", width=64, height=32, batch_size=frames, color=colour),
        **(through or {"last": node("ImageInvert", image=["blank", 0])}),
        "video": node("CreateVideo", images=["last", 0], fps=24.0),
        "save": node(
            "SaveVideo",
            video=["video", 0],
            filename_prefix=prefix or f"tower/{uuid.uuid4()}",
            format="mp4",
            codec="h264",
        ),
    }


def slow(steps: int = 600, step_s: float = 0.1) -> Nodes:
    """A clip that takes a minute, unless it is stopped."""
    return clip(through={"last": node("TowerWait", image=["blank", 0], steps=steps, step_s=step_s)})


def failing(class_type: str) -> Nodes:
    return clip(through={"last": node(class_type, image=["blank", 0])})


def loading(class_type: str, **inputs: object) -> Nodes:
    """A loader whose output is shown."""
    return {
        "loader": node(class_type, **inputs),
        "shown": node("PreviewAny", source=["loader", 0]),
    }


INVALID: dict[str, tuple[Nodes, str]] = {
    "too small": ({"blank": node("EmptyImage", width=-1, height=32, batch_size=1, color=0)}, "width"),
    "too large": ({"blank": node("EmptyImage", width=64, height=32, batch_size=9999, color=0)}, "batch_size"),
    "wrong type": ({"blank": node("EmptyImage", width="wide", height=32, batch_size=1, color=0)}, "width"),
    "absent": ({"blank": node("EmptyImage", width=64, height=32, batch_size=1)}, "color"),
    "wrong link": (
        {
            "models": node("VAELoader", vae_name="pixel_space"),
            "last": node("ImageInvert", image=["models", 0]),
        },
        "mismatch",
    ),
    "cycle": ({"last": node("ImageInvert", image=["last", 0])}, "cycle|failed validation"),
    "dangling link": ({"last": node("ImageInvert", image=["nowhere", 0])}, "nowhere"),
    "no picture": ({"blank": node("LoadImage", image="gone.png")}, "gone.png"),
}
"""What to put into `clip()` to make it one that servers refuse, and what they say of it."""


def post(client: ComfyUI, graph: Nodes) -> str:
    prompt_id = str(uuid.uuid4())
    client.submit(graph, prompt_id=prompt_id, client_id=CLIENT)
    return prompt_id


def is_over(client: ComfyUI, prompt_id: str) -> bool:
    return client.job(prompt_id).state not in (JobState.PENDING, JobState.RUNNING)


def ended(client: ComfyUI, prompt_id: str) -> Job:
    wait_until(lambda: is_over(client, prompt_id), ENDS_WITHIN_S)
    return client.job(prompt_id)


def running(client: ComfyUI, graph: Nodes) -> str:
    """Posted, and begun."""
    prompt_id = post(client, graph)
    wait_until(lambda: client.job(prompt_id).state is JobState.RUNNING, ENDS_WITHIN_S)
    return prompt_id
