from typing import Any

import pytest

from studio.errors import InvalidError
from studio.shipped import SHIPPED
from studio.workflow_import import read_workflow
from studio.workflows import Binding, Detour, Limits, Workflow, bind

GRAPH = {"1": {"class_type": "T", "inputs": {"text": "", "seed": 3}}}
BINDINGS = {"prompt": Binding("1", "text")}


@pytest.mark.parametrize("shipped", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_shipped_workflow_is_imported_as_it_is(shipped: Workflow) -> None:
    again = read_workflow(
        shipped.name, shipped.graph, shipped.bindings, shipped.optional,
        limits=shipped.limits, detours=shipped.detours, rank=shipped.rank,
    )  # fmt: skip
    assert again == shipped


def test_values_that_a_graph_has_no_place_for_are_passed_over() -> None:
    graph = {"1": {"class_type": "T", "inputs": {"text": "", "seed": 3}}}
    workflow = read_workflow("w", graph, {"prompt": Binding("1", "text")}, None)
    bound = bind(workflow, {"prompt": "rain", "seed": 9, "width": 64})
    assert bound["1"]["inputs"] == {"text": "rain", "seed": 3}


def test_models_are_read_off_inputs_that_name_files() -> None:
    inputs = {"lora_name": "kai.safetensors", "sampler_name": "euler", "text": "x.safetensors"}
    graph = {"1": {"class_type": "LoraLoader", "inputs": inputs}}
    workflow = read_workflow("w", graph, {"prompt": Binding("1", "text")}, None)
    assert [(model.input, model.file) for model in workflow.needs.models] == [
        ("lora_name", "kai.safetensors")
    ]


@pytest.mark.parametrize(
    "graph",
    [
        {"nodes": [], "links": []},
        {"workflow": {"nodes": [], "links": []}},
        {"extra_data": {"extra_pnginfo": {"workflow": {"nodes": []}}}},
        {"prompt": {"nodes": [], "links": []}},
    ],
)
def test_the_editors_format_is_refused(graph: dict[str, Any]) -> None:
    with pytest.raises(InvalidError, match=r"Workflow > Export \(API\)"):
        read_workflow("w", graph, {})


@pytest.mark.parametrize(
    "around",
    [
        {"client_id": "me", "extra_data": {"extra_pnginfo": {"workflow": {"nodes": []}}}},
        {"workflow": {"nodes": []}},
        {},
    ],
)
def test_a_graph_comes_as_it_is_posted_or_as_a_picture_holds_it(around: dict[str, Any]) -> None:
    bare = read_workflow("w", GRAPH, BINDINGS)
    assert read_workflow("w", {"prompt": GRAPH, **around}, BINDINGS) == bare


def test_a_node_named_prompt_is_a_node() -> None:
    graph = {"prompt": {"class_type": "T", "inputs": {"text": ""}}}
    assert read_workflow("w", graph, {"prompt": Binding("prompt", "text")}).graph == graph


@pytest.mark.parametrize(
    ("name", "place", "there"),
    [
        ("prompt", "text", 3),
        ("prompt", "text", None),
        ("seed", "n", "7"),
        ("seed", "n", True),
        ("steps", "n", 20.5),
        ("cfg", "n", "6"),
        ("first_frame", "n", 1),
        ("lora_1_strength", "n", False),
    ],
)
def test_a_place_of_another_type_is_refused(name: str, place: str, there: object) -> None:
    graph = {"1": {"class_type": "T", "inputs": {"text": "", "n": 0, place: there}}}
    with pytest.raises(InvalidError) as caught:
        read_workflow("w", graph, {"prompt": Binding("1", "text"), name: Binding("1", place)})
    assert caught.value.details["field"] == f"bindings.{name}.input"


@pytest.mark.parametrize("there", [24, 23.976])
def test_a_share_may_stand_there_as_a_whole_number(there: float) -> None:
    graph = {"1": {"class_type": "T", "inputs": {"text": "", "fps": there}}}
    read_workflow("w", graph, {"prompt": Binding("1", "text"), "fps": Binding("1", "fps")})


@pytest.mark.parametrize(
    ("name", "detour", "field"),
    [
        ("first_frame", Detour("9"), "detours.first_frame.0.node"),
        ("first_frame", Detour("1", ("mood",)), "detours.first_frame.0.passes"),
        ("mood", Detour("1"), "detours.mood"),
    ],
)
def test_a_detour_that_leads_nowhere_is_refused(name: str, detour: Detour, field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read_workflow("w", GRAPH, BINDINGS, detours={name: (detour,)})
    assert caught.value.details["field"] == field


def test_a_detour_may_pass_nothing_at_an_output() -> None:
    way = {"lora_1": (Detour("1", ("", "text")),)}
    assert read_workflow("w", GRAPH, BINDINGS, detours=way).detours == way


def test_limits_that_no_picture_keeps_are_refused() -> None:
    with pytest.raises(InvalidError) as caught:
        read_workflow("w", GRAPH, BINDINGS, limits=Limits(side_multiple=64, most_pixels=4095))
    assert caught.value.details["field"] == "limits.most_pixels"


def test_a_picture_without_a_detour_is_needed_unless_it_is_said_otherwise() -> None:
    graph = {**GRAPH, "2": {"class_type": "LoadImage", "inputs": {"image": "old.png"}}}
    bindings = {**BINDINGS, "first_frame": Binding("2", "image")}
    assert "first_frame" not in read_workflow("w", graph, bindings).optional
    assert "first_frame" in read_workflow("w", graph, bindings, {"first_frame"}).optional
    assert (
        "first_frame" in read_workflow("w", graph, bindings, detours={"first_frame": (Detour("2"),)}).optional
    )


@pytest.mark.parametrize(
    ("optional", "detours", "needed"),
    [
        (None, {}, ["old.safetensors"]),  # without a value the graph's own is used
        (None, {"lora_1": (Detour("2", ("model",)),)}, []),
        (set(), {}, []),
    ],
)
def test_a_file_that_renders_always_replace_is_not_needed(
    optional: set[str] | None, detours: dict[str, tuple[Detour, ...]], needed: list[str]
) -> None:
    lora = {
        "class_type": "LoraLoaderModelOnly",
        "inputs": {"lora_name": "old.safetensors", "model": ["1", 0]},
    }
    bindings = {**BINDINGS, "lora_1": Binding("2", "lora_name")}
    workflow = read_workflow("w", {**GRAPH, "2": lora}, bindings, optional, detours=detours)
    assert [model.file for model in workflow.needs.models] == needed
