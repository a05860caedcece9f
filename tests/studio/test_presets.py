from typing import Any

import pytest

from studio.presets import PRESETS, preset_size, preset_steps
from studio.shipped import ANIMATIC
from studio.workflow_import import read_workflow
from studio.workflows import Binding, Workflow


def _sampling(steps: Any) -> Workflow:
    graph = {"1": {"class_type": "KSampler", "inputs": {"text": "", "steps": steps}}}
    return read_workflow("w", graph, {"prompt": Binding("1", "text"), "steps": Binding("1", "steps")})


@pytest.mark.parametrize(
    ("steps", "draft", "standard", "high"), [(30, 15, 30, 45), (8, 4, 8, 12), (4, 4, 4, 6), (1, 1, 1, 2)]
)
def test_presets_share_the_graphs_own_steps(steps: int, draft: int, standard: int, high: int) -> None:
    workflow = _sampling(steps)
    names = ("draft", "standard", "high")
    assert [preset_steps(workflow, PRESETS[name]) for name in names] == [draft, standard, high]


def test_a_graph_that_binds_no_steps_gets_none() -> None:
    assert preset_steps(ANIMATIC, PRESETS["high"]) is None


def test_better_presets_try_harder() -> None:
    draft, standard, high = (PRESETS[name] for name in ("draft", "standard", "high"))
    assert draft.steps_share < standard.steps_share < high.steps_share
    assert draft.prompts < standard.prompts < high.prompts
    assert draft.pixels_share < standard.pixels_share == high.pixels_share == 1
    assert all(preset.name == name for name, preset in PRESETS.items())


@pytest.mark.parametrize(
    ("size", "draft"),
    [
        ((832, 480), (526, 302)),
        ((256, 256), (256, 256)),  # smaller, and nothing could be told apart
        ((1920, 64), (1920, 64)),  # its height would be less than can be asked for
    ],
)
def test_a_draft_has_fewer_pixels_in_the_same_shape(size: tuple[int, int], draft: tuple[int, int]) -> None:
    assert preset_size(*size, PRESETS["draft"]) == draft
    assert preset_size(*size, PRESETS["standard"]) == preset_size(*size, PRESETS["high"]) == size
