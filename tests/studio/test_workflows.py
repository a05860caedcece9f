import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from studio.errors import InvalidError
from studio.shipped import ANIMATIC
from studio.workflows import (
    Binding,
    Detour,
    Limits,
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
DETOURED = Workflow(
    name="detoured",
    graph={
        "load": {"class_type": "UNETLoader", "inputs": {"unet_name": "wan.safetensors"}},
        "a": {"class_type": "Lora", "inputs": {"model": ["load", 0], "lora_name": "", "strength": 1.0}},
        "b": {"class_type": "Lora", "inputs": {"model": ["a", 0], "lora_name": "", "strength": 1}},
        "picture": {"class_type": "LoadImage", "inputs": {"image": ""}},
        "scale": {"class_type": "ImageScale", "inputs": {"image": ["picture", 0], "width": 64}},
        "end": {"class_type": "End", "inputs": {"model": ["b", 0], "start": ["scale", 0], "text": ""}},
    },
    bindings={
        "prompt": Binding("end", "text"),
        "first_frame": Binding("picture", "image"),
        "lora_1": Binding("a", "lora_name"),
        "lora_1_strength": Binding("a", "strength"),
        "lora_2": Binding("b", "lora_name"),
        "lora_2_strength": Binding("b", "strength"),
    },
    needs=Needs(),
    optional=frozenset(
        {"first_frame", "reference_1", "lora_1", "lora_1_strength", "lora_2", "lora_2_strength"}
    ),
    limits=Limits(16, 4, 81, 832 * 480, Fraction(24000, 1001)),
    detours={
        "lora_1": (Detour("a", ("model",)),),
        "lora_2": (Detour("b", ("model",)),),
        "first_frame": (Detour("picture"), Detour("scale")),
        "reference_1": (Detour("picture"),),
    },
    rank=70,
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


@pytest.mark.parametrize("workflow", [ANIMATIC, WAN, DETOURED])
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


@pytest.mark.parametrize(
    ("loras", "source_of_end", "source_of_b"),
    [
        ({"lora_1", "lora_2"}, ["b", 0], ["a", 0]),
        ({"lora_1"}, ["a", 0], None),
        ({"lora_2"}, ["b", 0], ["load", 0]),
        (set(), ["load", 0], None),
    ],
)
def test_an_absent_values_node_is_left_out_and_its_source_takes_its_place(
    loras: set[str], source_of_end: list[Any], source_of_b: list[Any] | None
) -> None:
    graph = bind(DETOURED, {"prompt": "rain", **dict.fromkeys(loras, "kai.safetensors")})
    assert graph["end"]["inputs"]["model"] == source_of_end
    assert (graph["b"]["inputs"]["model"] if "b" in graph else None) == source_of_b
    assert ("a" in graph, "b" in graph) == ("lora_1" in loras, "lora_2" in loras)


def test_who_took_from_a_node_that_passes_nothing_loses_that_input() -> None:
    graph = bind(DETOURED, {"prompt": "rain"})
    assert graph["end"]["inputs"] == {"model": ["load", 0], "text": "rain"}
    assert graph.keys() == {"load", "end"}


def test_with_its_value_given_a_node_stays() -> None:
    graph = bind(DETOURED, {"prompt": "rain", "first_frame": "last.png", "reference_1": "kai.png"})
    assert graph["end"]["inputs"]["start"] == ["scale", 0]
    assert graph["picture"]["inputs"]["image"] == "last.png"


def test_a_value_of_a_node_that_is_left_out_is_passed_over() -> None:
    assert bind(DETOURED, {"prompt": "rain", "lora_1_strength": 0.5}) == bind(DETOURED, {"prompt": "rain"})


@pytest.mark.parametrize("strength", [0.5, Fraction(1, 2)])
def test_a_share_goes_where_the_editor_wrote_a_whole_number(strength: Any) -> None:
    graph = bind(DETOURED, {"prompt": "", "lora_2": "kai.safetensors", "lora_2_strength": strength})
    assert graph["b"]["inputs"]["strength"] == 0.5


def test_the_hash_follows_limits_and_detours_and_not_the_rank() -> None:
    hashed = workflow_hash(DETOURED)
    assert workflow_hash(replace(DETOURED, rank=1)) == hashed
    assert workflow_hash(replace(DETOURED, limits=Limits())) != hashed
    assert workflow_hash(replace(DETOURED, detours={})) != hashed


def test_limits_that_say_nothing_are_no_limits() -> None:
    assert Limits.from_json({}) == Limits()
