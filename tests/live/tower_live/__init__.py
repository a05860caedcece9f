"""A node pack for a ComfyUI under test: it shrinks the models whose sizes ComfyUI doesn't read off a file.

ComfyUI loads it from `custom_nodes`; `tiny_models.py` loads it to write files of just those sizes. The
server's queue, validation, samplers and nodes stay its own. Its own nodes take their time, or fail in ways
hard to provoke.
"""

import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import comfy.clip_vision
import comfy.ldm.wan.vae
import comfy.ldm.wan.vae2_2
import comfy.sd1_clip
import torch
from comfy.model_management import throw_exception_if_processing_interrupted
from comfy.utils import ProgressBar

UMT5 = {"d_ff": 16, "d_kv": 8, "num_heads": 2, "num_layers": 2, "vocab_size": 300}
T5 = {"d_model": 64, "d_ff": 16, "d_kv": 8, "num_heads": 2, "num_layers": 2}
VISION = {"intermediate_size": 16, "num_hidden_layers": 2}
SIZES = {
    "umt5_config_xxl.json": UMT5,
    "t5_config_xxl.json": T5,
    "clip_vision_config_h.json": VISION,
}
WAN_VAE = {"dim": 8}
WAN_22_VAE = {"dim": 8, "dec_dim": 8}


def shrunk(config: object) -> object:
    """The path of a model's configuration at its tiny size; anything else as it is."""
    if not isinstance(config, str) or (name := Path(config).name) not in SIZES:
        return config
    tiny = json.loads(Path(config).read_text()) | SIZES[name]
    to = Path(__file__).with_name(name)
    to.write_text(json.dumps(tiny))
    return str(to)


def _shrink() -> None:
    encoder, vision = comfy.sd1_clip.SDClipModel.__init__, comfy.clip_vision.ClipVisionModel.__init__

    @functools.wraps(encoder)
    def tiny_encoder(self: Any, *args: Any, textmodel_json_config: object = None, **options: Any) -> None:
        encoder(self, *args, textmodel_json_config=shrunk(textmodel_json_config), **options)

    comfy.sd1_clip.SDClipModel.__init__ = tiny_encoder
    comfy.clip_vision.ClipVisionModel.__init__ = lambda self, config: vision(self, shrunk(config))
    comfy.ldm.wan.vae.WanVAE = _sized(comfy.ldm.wan.vae.WanVAE, WAN_VAE)
    comfy.ldm.wan.vae2_2.WanVAE = _sized(comfy.ldm.wan.vae2_2.WanVAE, WAN_22_VAE)


def _sized(model: Callable[..., Any], sizes: dict[str, int]) -> Callable[..., Any]:
    return lambda **asked: model(**(asked | sizes))


_shrink()


class _Node:
    """Takes a picture and gives it on."""

    CATEGORY, FUNCTION, RETURN_TYPES = "tower", "run", ("IMAGE",)
    MORE: ClassVar[dict[str, tuple[str, dict[str, Any]]]] = {}

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        return {"required": {"image": ("IMAGE",), **cls.MORE}}


class Wait(_Node):
    """Takes its time, step by step, and stops when it is interrupted."""

    MORE: ClassVar = {
        "steps": ("INT", {"min": 1, "max": 10000}),
        "step_s": ("FLOAT", {"min": 0.0, "max": 600.0}),
    }

    def run(self, image: Any, steps: int, step_s: float) -> tuple[Any]:
        bar = ProgressBar(steps)
        for _ in range(steps):
            throw_exception_if_processing_interrupted()
            time.sleep(step_s)
            bar.update(1)
        return (image,)


class OutOfMemory(_Node):
    """Fails half-way, as a GPU without room does."""

    def run(self, image: Any) -> None:
        ProgressBar(2).update(1)
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")


class Fail(_Node):
    """Fails for a reason of its own."""

    def run(self, image: Any) -> None:
        raise ValueError("the picture is upside down")


class Leave(_Node):
    """Ends the worker thread of the server, which goes on answering."""

    def run(self, image: Any) -> None:
        raise SystemExit


NODE_CLASS_MAPPINGS = {
    "TowerWait": Wait,
    "TowerOutOfMemory": OutOfMemory,
    "TowerFail": Fail,
    "TowerLeave": Leave,
}
