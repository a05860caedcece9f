"""The qualities that a clip can be asked for in, and what each sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from studio.workflows import Workflow

LEAST_STEPS: Final = 4
"""No preset goes below: distilled models are made for four steps, and with fewer they draw blur."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a quality sets, held against `standard`.

    Attributes:
        name: As it is asked for.
        steps_share: Sampling steps, as a share of the graph's own.
        pixels_share: Pixels of a picture, as a share of what is rendered otherwise; a size that was asked
            for stays.
        prompts: How often a take may be put to a renderer in all, before its render has failed.
    """

    name: str
    steps_share: float
    pixels_share: float
    prompts: int


PRESETS: Final[Mapping[str, Preset]] = {
    preset.name: preset
    for preset in (
        # To be looked at and thrown away: half the steps on two fifths of the pixels are a fifth of the
        # sampling. Two prompts outlive one restart of a renderer.
        Preset("draft", steps_share=0.5, pixels_share=0.4, prompts=2),
        # What the graph's author chose.
        Preset("standard", steps_share=1.0, pixels_share=1.0, prompts=3),
        # Half as many steps again; models are trained at their size, so more pixels would make it worse.
        # It costs most, and is given up last.
        Preset("high", steps_share=1.5, pixels_share=1.0, prompts=5),
    )
}


def preset_steps(workflow: Workflow, preset: Preset) -> int | None:
    """The sampling steps that `preset` sets in `workflow`; None where the graph binds none."""
    binding = workflow.bindings.get("steps")
    if binding is None:
        return None
    own = workflow.graph[binding.node]["inputs"].get(binding.input)
    if not isinstance(own, int):
        return None
    return max(round(own * preset.steps_share), min(own, LEAST_STEPS))
