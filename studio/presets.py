"""The qualities that a clip can be asked for in, and what each sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from studio.fitting import LEAST_PIXELS, Shape, fit
from studio.workflows import Limits, Workflow

LEAST_STEPS: Final = 4
"""No preset goes below: distilled models are made for four steps, and with fewer they draw blur."""

LEAST_SIDE: Final = 64
"""The smallest width or height that can be asked for, px."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a quality sets, held against `standard`.

    Attributes:
        name: As it is asked for.
        steps_share: Sampling steps, as a share of the graph's own.
        pixels_share: Pixels of a picture, as a share of what is rendered otherwise; a size that was asked
            for stays.
        prompts: How often a take may be put to a renderer in all, before its render has failed.
        takes: How many takes may be made in all, where one after another fails its assessment.
    """

    name: str
    steps_share: float
    pixels_share: float
    prompts: int
    takes: int


PRESETS: Final[Mapping[str, Preset]] = {
    preset.name: preset
    for preset in (
        # To be looked at and thrown away: half the steps on two fifths of the pixels are a fifth of the
        # sampling. Two prompts outlive one restart of a renderer; what fails is shown as it is.
        Preset("draft", steps_share=0.5, pixels_share=0.4, prompts=2, takes=1),
        # What the graph's author chose; bad luck is given a second chance.
        Preset("standard", steps_share=1.0, pixels_share=1.0, prompts=3, takes=2),
        # Half as many steps again; models are trained at their size, so more pixels would make it worse.
        # It costs most, and is given up last.
        Preset("high", steps_share=1.5, pixels_share=1.0, prompts=5, takes=3),
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


def preset_size(width: int, height: int, preset: Preset) -> tuple[int, int]:
    """The share of a size (px) that `preset` draws; sizes of which no less can be drawn stay as they are."""
    most = max(int(width * height * preset.pixels_share), LEAST_PIXELS)
    drawn = fit(Shape(width, height, 1, Fraction(1)), Limits(most_pixels=most))
    return (drawn.width, drawn.height) if min(drawn.width, drawn.height) >= LEAST_SIDE else (width, height)
