from collections.abc import Callable
from typing import Any

import pytest

from studio.errors import GraphError, MissingModelError, MissingNodeError
from studio.graph_checks import GraphFinding, check_graph, check_workflow, require_sound
from studio.graph_inputs import InputSpec, fault_of_value, is_taken
from studio.shipped import ANIMATIC, WAN22_5B
from studio.workflows import bind
from tests.fakes.node_classes import VERSIONS, object_info

Graph = dict[str, Any]
SMALL = {"prompt": "rain", "seed": 7, "width": 64, "height": 64, "filename_prefix": "t"}


def _graph() -> Graph:
    return bind(WAN22_5B, {**SMALL, "frames": 9, "fps": 24, "first_frame": "a.png"})


@pytest.fixture(params=VERSIONS)
def info(request: pytest.FixtureRequest) -> dict[str, Any]:
    return object_info(request.param)


def _put(node: str, name: str, value: object) -> Callable[[Graph], object]:
    return lambda graph: graph[node]["inputs"].update({name: value})


def _drop(node: str, name: str) -> Callable[[Graph], object]:
    return lambda graph: graph[node]["inputs"].pop(name)


def _add(node: str, class_type: str, **inputs: object) -> Callable[[Graph], object]:
    return lambda graph: graph.update({node: {"class_type": class_type, "inputs": inputs}})


@pytest.mark.parametrize(
    ("break_it", "node", "name", "kind"),
    [
        (_put("unet", "unet_name", "wan9.safetensors"), "unet", "unet_name", "value_not_in_list"),
        (_put("sampler", "sampler_name", "magic"), "sampler", "sampler_name", "value_not_in_list"),
        (_put("clip", "type", "wan9"), "clip", "type", "value_not_in_list"),
        (_put("save", "format", "gif"), "save", "format", "value_not_in_list"),
        (_drop("sampler", "steps"), "sampler", "steps", "required_input_missing"),
        (_drop("decode", "samples"), "decode", "samples", "required_input_missing"),
        (_put("sampler", "steps", 0), "sampler", "steps", "value_smaller_than_min"),
        (_put("sampler", "cfg", 101), "sampler", "cfg", "value_bigger_than_max"),
        (_put("sampler", "steps", "many"), "sampler", "steps", "invalid_input_type"),
        (_put("sampler", "seed", None), "sampler", "seed", "invalid_input_type"),
        (_put("sampler", "model", "wan"), "sampler", "model", "invalid_input_type"),
        (_put("decode", "vae", ["clip", 0]), "decode", "vae", "return_type_mismatch"),
        (_put("decode", "vae", ["vae", 1]), "decode", "vae", "bad_linked_input"),
        (_put("decode", "vae", ["gone", 0]), "decode", "vae", "bad_linked_input"),
        (_put("decode", "vae", ["vae"]), "decode", "vae", "bad_linked_input"),
        (_put("decode", "vae", ["vae", True]), "decode", "vae", "bad_linked_input"),
        (_put("unet", "unet_name", ["fps", 0]), "unet", "unet_name", "bad_linked_input"),
        (_put("shift", "model", ["shift", 0]), "shift", None, "dependency_cycle"),
        (_add("old", "VHS_VideoCombine"), "old", None, "missing_node_type"),
    ],
)
def test_a_fault_is_told_once_by_place_and_in_comfyuis_word(
    info: dict[str, Any], break_it: Callable[[Graph], object], node: str, name: str | None, kind: str
) -> None:
    graph = _graph()
    assert check_graph(graph, info) == ()
    break_it(graph)
    errors = [each for each in check_graph(graph, info) if each.severity == "error"]
    assert [(each.node, each.input, each.kind) for each in errors] == [(node, name, kind)]
    assert errors[0].message.startswith(("Node", "The nodes"))


@pytest.mark.parametrize(
    "still_sound",
    [
        _put("sampler", "steps", "20"),  # the server converts it
        _put("sampler", "cfg", 6),
        _put("sampler", "unheard_of", 3),
        _put("first_frame", "image", "uploaded since.png"),  # the list of files was read before
        _put("save", "codec", "auto"),
        _put("sampler", "steps", {"__value__": 4}),
    ],
)
def test_what_a_server_puts_up_with_is_no_fault(
    info: dict[str, Any], still_sound: Callable[[Graph], object]
) -> None:
    graph = _graph()
    still_sound(graph)
    assert check_graph(graph, info) == ()


def test_nodes_that_lead_nowhere_are_warned_of_and_not_looked_into(info: dict[str, Any]) -> None:
    graph = _graph()
    _add("spare", "KSampler", model=["unet", 0])(graph)
    warning = GraphFinding(
        "warning", "no_way_to_output", "Node spare (KSampler) leads to no output: it is not run.",
        "spare", "KSampler",
    )  # fmt: skip
    assert check_graph(graph, info) == (warning,)
    require_sound(graph, info)


def test_a_graph_that_saves_nothing_is_refused(info: dict[str, Any]) -> None:
    graph = _graph()
    del graph["save"]
    assert [each.kind for each in check_graph(graph, info)] == ["prompt_no_outputs"]
    with pytest.raises(GraphError):
        require_sound(graph, info)


def test_a_ring_of_several_nodes_is_told_once(info: dict[str, Any]) -> None:
    graph = _graph()
    _put("shift", "model", ["b", 0])(graph)
    _add("b", "ModelSamplingSD3", model=["shift", 0], shift=8.0)(graph)
    told = [(each.kind, each.node, each.message) for each in check_graph(graph, info)]
    ring = "The nodes shift, b feed each other."
    assert told == [
        ("dependency_cycle", "shift", ring),
        ("no_way_to_output", "unet", "Node unet (UNETLoader) leads to no output: it is not run."),
    ]


def test_what_the_server_lacks_is_an_error_of_its_own(info: dict[str, Any]) -> None:
    graph = _graph()
    _put("vae", "vae_name", "none.safetensors")(graph)
    with pytest.raises(MissingModelError, match=r"none\.safetensors for VAELoader") as caught:
        require_sound(graph, info)
    (missing,) = caught.value.details["models"]
    assert missing["file"] == "none.safetensors"
    assert "wan2.2_vae.safetensors" in missing["available"]
    _add("old", "VHS_VideoCombine")(graph)
    with pytest.raises(MissingNodeError) as other:
        require_sound(graph, info)
    assert other.value.details["nodes"] == ["VHS_VideoCombine"]
    broken = _graph()
    _drop("sampler", "seed")(broken)
    with pytest.raises(GraphError, match="sampler"):
        require_sound(broken, info)


def test_a_server_without_any_model_has_none(info: dict[str, Any]) -> None:
    info["VAELoader"]["input"]["required"]["vae_name"][0] = []
    with pytest.raises(MissingModelError, match=r"\(it has: none\)"):
        require_sound(_graph(), info)


def test_of_many_models_a_message_tells_the_first(info: dict[str, Any]) -> None:
    files = [f"vae_{number}.safetensors" for number in range(300)]
    info["VAELoader"]["input"]["required"]["vae_name"][0] = files
    (found,) = check_graph(_graph(), info)
    assert "vae_19.safetensors and 280 more" in found.message
    assert found.available == tuple(files)


@pytest.mark.parametrize(
    "description",
    [{}, {"input": None, "output": "LATENT"}, {"input": {"required": {"x": None}, "optional": None}}],
)
def test_a_description_that_is_not_understood_finds_nothing(info: dict[str, Any], description: Any) -> None:
    graph = _graph()
    graph["decode"]["inputs"]["samples"] = ["odd", 5]
    _add("odd", "Odd", latent=["sampler", 0])(graph)
    info["Odd"] = description
    assert check_graph(graph, info) == ()


def test_a_workflow_is_not_blamed_for_values_that_renders_replace(info: dict[str, Any]) -> None:
    assert WAN22_5B.graph["lora_1"]["inputs"]["lora_name"] == ""
    assert check_workflow(WAN22_5B, info) == ()
    del info["LoraLoaderModelOnly"], info["KSampler"]["input"]["required"]["seed"]
    info["UNETLoader"]["input"]["required"]["unet_name"][0] = ["other.safetensors"]
    told = [(each.kind, each.node) for each in check_workflow(WAN22_5B, info)]
    assert told == [
        ("missing_node_type", "lora_1"),
        ("missing_node_type", "lora_2"),
        ("value_not_in_list", "unet"),
    ]


def test_the_embedded_renderer_takes_its_own_graph(info: dict[str, Any]) -> None:
    assert check_graph(bind(ANIMATIC, {**SMALL, "frames": 9, "fps": 24}), info) == ()


def test_inputs_of_the_chosen_option_are_checked() -> None:
    info, graph = object_info("0.33.0"), _graph()
    graph["save"]["inputs"] |= {"format": "webm", "format.codec": "h264"}
    (found,) = check_graph(graph, info)
    assert (found.input, found.available) == ("format.codec", ("auto", "av1"))
    graph["save"]["inputs"] |= {"format.codec": "av1", "format.codec.encoding": "re-encode"}
    missing = {each.input for each in check_graph(graph, info)}
    assert missing == {"format.codec.encoding.crf", "format.codec.encoding.color_space"}


@pytest.mark.parametrize(
    ("takes", "gives", "fits"),
    [
        ("MODEL", "MODEL", True),
        ("MODEL", "CLIP", False),
        ("INT,FLOAT", "FLOAT", True),
        ("INT", "INT, FLOAT", True),
        ("INT,FLOAT", "STRING", False),
        ("*", "IMAGE", True),
        ("IMAGE", "*", True),
        ("COMFY_MATCHTYPE_V3", "IMAGE", True),
        ("IMAGE", "COMFY_MATCHTYPE_V3", True),
        (["a", "b"], ["a"], True),
        ("COMBO", ["a"], True),
        (["a"], "COMBO", True),
        (["a"], "STRING", False),
        ("IMAGE", 7, True),
    ],
)
def test_an_input_takes_what_has_a_type_in_common(takes: Any, gives: Any, fits: bool) -> None:
    assert is_taken(takes, gives) is fits


@pytest.mark.parametrize(
    ("type_", "config", "value", "kind"),
    [
        ("COMBO", {"options": ["a"]}, "b", "value_not_in_list"),
        ("COMBO", {"options": ["a", "b"], "multiselect": True}, {"__value__": ["a", "b"]}, None),
        ("COMBO", {"options": ["a"], "multiselect": True}, {"__value__": ["a", "c"]}, "value_not_in_list"),
        ("COMBO", {"remote": {"route": "/files"}}, "b", None),
        ("COMBO", {}, "b", None),
        ("FLOAT", {"min": 0.5}, "0.25", "value_smaller_than_min"),
        ("STRING", {}, 7, None),
        ("BOOLEAN", {}, "yes", None),
        ("COLOUR", {}, "#fff", None),
    ],
)
def test_values_are_held_against_what_is_said_of_them(
    type_: Any, config: dict[str, Any], value: Any, kind: str | None
) -> None:
    fault = fault_of_value(InputSpec("x", type_, config, is_required=True), value)
    assert (fault.kind if fault else None) == kind
