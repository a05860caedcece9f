import pytest

from studio.errors import InvalidError
from studio.shipped import SHIPPED
from studio.workflow_import import read_workflow
from studio.workflows import Binding, Workflow, bind, workflow_hash


@pytest.mark.parametrize("shipped", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_shipped_workflow_is_imported_as_it_is(shipped: Workflow) -> None:
    again = read_workflow(shipped.name, shipped.graph, shipped.bindings, shipped.optional)
    assert workflow_hash(again) == workflow_hash(shipped)
    assert set(again.needs.nodes) == set(shipped.needs.nodes)


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


def test_the_editors_format_is_refused() -> None:
    with pytest.raises(InvalidError, match=r"Workflow > Export \(API\)"):
        read_workflow("w", {"nodes": [], "links": []}, {}, None)
