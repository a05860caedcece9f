"""What is said of a graph before it is posted, against what the server says of the same graph."""

import pytest

from studio.clients.comfyui import ComfyUI
from studio.errors import GraphError
from studio.graph_checks import require_sound
from tests.live.graphs import INVALID, Nodes, clip, loading, node, post

REFUSED = {name: clip() | change for name, (change, _) in INVALID.items() if name != "no picture"} | {
    "no output": {"blank": clip()["blank"]},
    "missing node": clip() | {"8": node("VHS_VideoCombine")},
    "missing model": loading("UNETLoader", unet_name="nowhere.safetensors", weight_dtype="default"),
    "missing LoRA": loading("LoraLoaderModelOnly", lora_name="no.pt", strength_model=1.0, model=["unet", 0])
    | {
        "unet": node("UNETLoader", unet_name="wan2.1_t2v_1.3B_fp16.safetensors", weight_dtype="default"),
    },
    "no such dtype": loading("UNETLoader", unet_name="wan2.1_t2v_1.3B_fp16.safetensors", weight_dtype="int3"),
}
"""All but what only the server can tell."""


@pytest.mark.parametrize("fault", REFUSED)
def test_a_graph_is_refused_beforehand_as_the_server_refuses_it(client: ComfyUI, fault: str) -> None:
    graph: Nodes = REFUSED[fault]
    with pytest.raises(GraphError) as here:
        require_sound(graph, client.object_info())
    with pytest.raises(GraphError) as there:
        post(client, graph)
    assert type(here.value) is type(there.value)
    assert here.value.details.get("models") == there.value.details.get("models")
    assert here.value.details.get("nodes") == there.value.details.get("nodes")


def test_a_graph_that_the_server_takes_is_sound(client: ComfyUI) -> None:
    graph = clip()
    require_sound(graph, client.object_info())
    post(client, graph)
