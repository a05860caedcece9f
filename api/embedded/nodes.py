"""The node classes of the embedded renderer, as `/object_info` tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LARGEST_SEED: Final = 2**64 - 1


@dataclass(frozen=True, slots=True)
class NodeClass:
    """A node class: its inputs as ComfyUI writes them, `(type, options)`."""

    name: str
    display_name: str
    description: str
    category: str
    required: Mapping[str, tuple[str, Mapping[str, Any]]]
    optional: Mapping[str, tuple[str, Mapping[str, Any]]]
    returns: tuple[str, ...]
    is_output: bool

    @property
    def inputs(self) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """All inputs by name, the required ones first."""
        return {**self.required, **self.optional}

    def to_json(self) -> dict[str, Any]:
        """This class as an entry of `/object_info`."""
        groups = {"required": self.required, "optional": self.optional}
        return {
            "input": groups,
            "input_order": {group: list(inputs) for group, inputs in groups.items()},
            "is_input_list": False,
            "output": self.returns,
            "output_is_list": [False] * len(self.returns),
            "output_name": self.returns,
            "name": self.name,
            "display_name": self.display_name,
            "description": self.description,
            "python_module": "tower",
            "category": self.category,
            "output_node": self.is_output,
            "has_intermediate_output": False,
            "search_aliases": [],
        }


_CLASSES: Final = (
    NodeClass(
        name="TowerAnimatic",
        display_name="Tower animatic",
        description="Draws a timed storyboard from a prompt: an animatic, not a model's work.",
        category="tower",
        required={
            "prompt": ("STRING", {"default": "", "multiline": True}),
            "negative": ("STRING", {"default": "", "multiline": True}),
            "seed": ("INT", {"default": 0, "min": 0, "max": LARGEST_SEED}),
            "width": ("INT", {"default": 832, "min": 64, "max": 4096, "step": 2}),
            "height": ("INT", {"default": 480, "min": 64, "max": 4096, "step": 2}),
            "frames": ("INT", {"default": 120, "min": 1, "max": 36_000}),
            "fps": ("FLOAT", {"default": 24.0, "min": 1.0, "max": 120.0}),
        },
        optional={"storyboard": ("STRING", {"default": "", "multiline": True})},
        returns=("VIDEO",),
        is_output=False,
    ),
    NodeClass(
        name="SaveVideo",
        display_name="Save Video",
        description="Saves the input video to the output folder.",
        category="image/video",
        required={
            "video": ("VIDEO", {"tooltip": "The video to save."}),
            "filename_prefix": ("STRING", {"default": "video/ComfyUI"}),
            "format": ("COMBO", {"default": "auto", "options": ["auto", "mp4"]}),
            "codec": ("COMBO", {"default": "auto", "options": ["auto", "h264"]}),
        },
        optional={},
        returns=(),
        is_output=True,
    ),
)

NODE_CLASSES: Final[Mapping[str, NodeClass]] = {known.name: known for known in _CLASSES}
