from collections.abc import Collection
from itertools import chain, combinations
from typing import Any

import pytest

from studio.fitting import Shape, fit
from studio.graph_checks import check_graph
from studio.shipped import ANIMATIC, SHIPPED, WAN21_IMAGE_TO_VIDEO
from studio.workflows import KINDS, Workflow, bind, unmet_needs
from tests.fakes.node_classes import VERSIONS, object_info

MODELS = [workflow for workflow in SHIPPED.values() if workflow is not ANIMATIC]
GIVEN: dict[type, Any] = {str: "kai.safetensors", int: 64, float: 1.0}
SWITCHED = ("first_frame", "reference_1", "lora_1", "lora_2")


def _values(workflow: Workflow, without: Collection[str] = ()) -> dict[str, Any]:
    values = {name: GIVEN[kind] for name, kind in KINDS.items() if name in workflow.bindings}
    return {name: value for name, value in values.items() if name not in without}


def _subsets(names: Collection[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(names, count) for count in range(len(names) + 1)))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("workflow", MODELS, ids=lambda workflow: workflow.name)
def test_servers_run_a_shipped_graph_with_whatever_is_given(workflow: Workflow, version: str) -> None:
    info = object_info(version)
    assert unmet_needs(workflow, info) == ()
    for without in _subsets([name for name in SWITCHED if name in workflow.optional]):
        assert check_graph(bind(workflow, _values(workflow, without)), info) == ()


@pytest.mark.parametrize("workflow", MODELS, ids=lambda workflow: workflow.name)
def test_what_is_not_given_leaves_no_trace(workflow: Workflow) -> None:
    for without in _subsets([name for name in SWITCHED if name in workflow.detours]):
        graph = bind(workflow, _values(workflow, without))
        gone = {detour.node for name in without for detour in workflow.detours[name]}
        assert graph.keys() == workflow.graph.keys() - gone
        links = [value for node in graph.values() for value in node["inputs"].values()]
        assert not [link for link in links if isinstance(link, list) and link[0] in gone]


@pytest.mark.parametrize("workflow", MODELS, ids=lambda workflow: workflow.name)
def test_each_model_takes_two_loras_and_its_settings(workflow: Workflow) -> None:
    assert {"lora_1", "lora_2"} <= workflow.detours.keys()
    assert {"negative", "seed", "steps", "cfg", "filename_prefix"} <= workflow.bindings.keys()


@pytest.mark.parametrize("workflow", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_graph_is_of_a_shape_that_its_own_limits_allow(workflow: Workflow) -> None:
    own = {
        name: workflow.graph[place.node]["inputs"][place.input] for name, place in workflow.bindings.items()
    }
    fps = workflow.limits.fps or own["fps"]
    shape = Shape(own["width"], own["height"], own["frames"], fps)
    assert own["fps"] == fps
    assert fit(shape, workflow.limits) == shape


def test_only_the_graph_that_starts_from_a_picture_needs_one() -> None:
    needing = [each for each in SHIPPED.values() if {"first_frame", "reference_1"} - each.optional]
    assert needing == [WAN21_IMAGE_TO_VIDEO]


def test_an_animatic_is_the_last_resort() -> None:
    ranks = {workflow.name: workflow.rank for workflow in SHIPPED.values()}
    assert min(ranks, key=lambda name: ranks[name]) == "animatic"
    assert len(set(ranks.values())) == len(ranks)
