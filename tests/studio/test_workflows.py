import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from studio.errors import InvalidError
from studio.workflows import (
    ANIMATIC,
    Binding,
    Model,
    Needs,
    Workflow,
    bind,
    choices,
    enum_options,
    node_classes,
    unmet_needs,
    workflow_hash,
)

VALUES: Mapping[str, Any] = {
    "prompt": "a harbour at night",
    "seed": 2**63,
    "width": 640,
    "height": 360,
    "frames": 48,
    "fps": Fraction(24000, 1001),
    "filename_prefix": "tower/gen_1-1",
}
UNET = Model("UNETLoader", "unet_name", "wan.safetensors")
WAN = Workflow(
    name="wan",
    graph={"1": {"class_type": "UNETLoader", "inputs": {"unet_name": "wan.safetensors"}}},
    bindings={},
    needs=Needs(nodes=("UNETLoader",), models=(UNET,)),
)


def test_values_go_to_their_places_in_the_graphs_types() -> None:
    inputs = bind(ANIMATIC, VALUES)["1"]["inputs"]
    assert inputs["seed"] == 2**63
    assert inputs["fps"] == pytest.approx(23.976, abs=1e-3)
    assert isinstance(inputs["fps"], float)


def test_binding_leaves_the_workflow_as_it_was() -> None:
    before = workflow_hash(ANIMATIC)
    bind(ANIMATIC, VALUES)["1"]["inputs"]["prompt"] = "other"
    assert workflow_hash(ANIMATIC) == before


def test_links_between_nodes_survive() -> None:
    assert bind(ANIMATIC, VALUES)["2"]["inputs"]["video"] == ["1", 0]


def test_an_optional_value_that_is_missing_keeps_the_graphs_own() -> None:
    assert bind(ANIMATIC, VALUES)["1"]["inputs"]["negative"] == ""


def test_an_optional_value_without_a_binding_is_passed_over() -> None:
    assert bind(ANIMATIC, {**VALUES, "steps": 20}) == bind(ANIMATIC, VALUES)


def test_an_object_in_the_place_of_a_string_travels_as_json() -> None:
    graph = bind(ANIMATIC, {**VALUES, "storyboard": {"frames": 48}})
    assert json.loads(graph["1"]["inputs"]["storyboard"]) == {"frames": 48}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({k: v for k, v in VALUES.items() if k != "seed"}, "seed"),
        ({**VALUES, "lora": "x"}, "lora"),
        ({**VALUES, "seed": "7"}, "seed"),
        ({**VALUES, "seed": 7.5}, "seed"),
        ({**VALUES, "frames": True}, "frames"),
        ({**VALUES, "prompt": 3}, "prompt"),
        ({**VALUES, "fps": "24"}, "fps"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(values: Mapping[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        bind(ANIMATIC, values)
    assert caught.value.details["field"] == field


def test_the_hash_follows_graph_and_bindings_and_not_the_name() -> None:
    moved = replace(ANIMATIC, bindings={**ANIMATIC.bindings, "seed": Binding("2", "seed")})
    assert workflow_hash(replace(ANIMATIC, name="other")) == workflow_hash(ANIMATIC)
    assert workflow_hash(moved) != workflow_hash(ANIMATIC)


@pytest.mark.parametrize("workflow", [ANIMATIC, WAN])
def test_a_workflow_comes_back_from_json(workflow: Workflow) -> None:
    assert Workflow.from_json(json.loads(json.dumps(workflow.to_json()))) == workflow


def test_the_shipped_graph_needs_the_nodes_it_uses() -> None:
    assert set(ANIMATIC.needs.nodes) == set(node_classes(ANIMATIC.graph))


@pytest.mark.parametrize("spec", [[["wan.safetensors"]], ["COMBO", {"options": ["wan.safetensors"]}]])
def test_a_server_with_node_and_model_meets_the_needs(spec: list[Any]) -> None:
    info = {"UNETLoader": {"input": {"required": {"unet_name": spec}}}}
    assert unmet_needs(WAN, info) == ()
    assert choices(info, UNET) == ("wan.safetensors",)


def test_what_a_server_lacks_is_named() -> None:
    info = {"UNETLoader": {"input": {"required": {"unet_name": [["ltx.safetensors"]]}}}}
    assert unmet_needs(WAN, info) == ("model wan.safetensors (for UNETLoader)",)
    assert unmet_needs(WAN, {}) == ("node UNETLoader",)


def test_an_input_without_a_list_has_no_options() -> None:
    assert enum_options(["INT", {"min": 0}]) == ()
