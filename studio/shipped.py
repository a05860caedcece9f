"""The workflows that come with Tower: the graphs of `studio/graphs/`, and what renders set in them.

The graphs are made of ComfyUI's own nodes and name the files of its own templates. Sizes, lengths and rates
are those that the models were trained at.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from studio.workflow_import import read_workflow
from studio.workflows import KINDS, Binding, Detour, Graph, Limits, Workflow

_GRAPHS: Final = Path(__file__).parent / "graphs"


def _graph(name: str) -> Graph:
    graph: dict[str, Any] = json.loads((_GRAPHS / f"{name}.json").read_text())
    return graph


def _shipped(name: str, places: Mapping[str, str], *, lacking: set[str], **more: Any) -> Workflow:
    """The graph `name`: `places` are `node.input` by the name of a value; those in `lacking` it can spare."""
    bindings = {value: Binding(*place.split(".")) for value, place in places.items()}
    optional = (set(KINDS) - set(bindings)) | lacking
    return read_workflow(name, _graph(name), bindings, optional, **more)


def _size_at(node: str) -> dict[str, str]:
    return {"width": f"{node}.width", "height": f"{node}.height", "frames": f"{node}.length"}


_LORAS: Final = {
    "lora_1": "lora_1.lora_name",
    "lora_1_strength": "lora_1.strength_model",
    "lora_2": "lora_2.lora_name",
    "lora_2_strength": "lora_2.strength_model",
}
_WITHOUT_LORAS: Final = {name: (Detour(name, ("model",)),) for name in ("lora_1", "lora_2")}
_TEXTS: Final = {
    "prompt": "positive.text",
    "negative": "negative.text",
    "filename_prefix": "save.filename_prefix",
}
_WAN: Final = {
    **_TEXTS,
    **_LORAS,
    "seed": "sampler.seed",
    "steps": "sampler.steps",
    "cfg": "sampler.cfg",
    "fps": "video.fps",
}
_CAN_LACK: Final = {"negative", "steps", "cfg", *_LORAS}
_WAN21: Final = Limits(16, 4, most_frames=81, most_pixels=832 * 480, fps=Fraction(16))

ANIMATIC: Final = _shipped(
    "animatic",
    {
        **{name: f"1.{name}" for name in ("prompt", "negative", "seed", "width", "height", "frames", "fps")},
        "storyboard": "1.storyboard",
        "filename_prefix": "2.filename_prefix",
    },
    lacking={"negative", "storyboard"},
    rank=0,  # drawn where no model is
)

WAN21_TEXT_TO_VIDEO: Final = _shipped(
    "wan21_text_to_video",
    {**_WAN, **_size_at("latent")},
    lacking=_CAN_LACK,
    limits=_WAN21,
    detours=_WITHOUT_LORAS,
    rank=50,
)

WAN21_IMAGE_TO_VIDEO: Final = _shipped(
    "wan21_image_to_video",
    {**_WAN, **_size_at("start"), "first_frame": "first_frame.image"},
    lacking=_CAN_LACK,
    limits=_WAN21,
    detours=_WITHOUT_LORAS,
    rank=80,  # of 14 billion parameters: whoever has it there wants it
)

WAN22_5B: Final = _shipped(
    "wan22_5b",
    {**_WAN, **_size_at("latent"), "first_frame": "first_frame.image"},
    lacking={*_CAN_LACK, "first_frame"},
    limits=Limits(32, 4, most_frames=121, most_pixels=1280 * 704, fps=Fraction(24)),
    detours={**_WITHOUT_LORAS, "first_frame": (Detour("first_frame"),)},
    rank=70,
)

LTX_2B: Final = _shipped(
    "ltx_2b",
    {
        **_TEXTS,
        **_LORAS,
        **_size_at("latent"),
        "seed": "sampler.noise_seed",
        "steps": "sigmas.steps",
        "cfg": "sampler.cfg",
        "fps": "fps.value",  # the model is told the rate, so it takes any
        "first_frame": "first_frame.image",
    },
    lacking={*_CAN_LACK, "first_frame"},
    limits=Limits(32, 8, most_frames=257, most_pixels=1280 * 704),
    detours={
        **_WITHOUT_LORAS,
        "first_frame": (
            Detour("first_frame"),
            Detour("compressed"),
            Detour("guide", ("positive", "negative", "latent")),
            Detour("crop", ("positive", "negative", "latent")),
        ),
    },
    rank=30,
)

ANIME_CHARACTER_V2: Final = _shipped(
    "anime_character_v2",
    {
        **_WAN,
        "width": "width.value",
        "height": "height.value",
        "frames": "start.length",
        "reference_1": "reference.image",
        "first_frame": "first_frame.image",
    },
    lacking={*_CAN_LACK, "reference_1", "first_frame"},
    limits=_WAN21,
    detours={
        **_WITHOUT_LORAS,
        "reference_1": (Detour("reference"), Detour("padded")),
        "first_frame": (Detour("first_frame"), Detour("kept")),
    },
    rank=40,  # for the characters that name it
)
"""A character who stays the same: Wan 2.1 VACE 1.3B is given the character's reference picture to draw from,
up to two LoRAs, and the frame that the clip goes on from; each of them only where there is one."""

SHIPPED: Final[Mapping[str, Workflow]] = {
    workflow.name: workflow
    for workflow in (
        ANIMATIC,
        WAN21_TEXT_TO_VIDEO,
        WAN21_IMAGE_TO_VIDEO,
        WAN22_5B,
        LTX_2B,
        ANIME_CHARACTER_V2,
    )
}
