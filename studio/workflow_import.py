"""Workflows from outside: a graph in ComfyUI's API format, held against the bindings given with it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from studio.errors import InvalidError
from studio.workflows import Binding, Graph, Model, Needs, Workflow, node_classes

SET_BY_RENDERS: Final = (
    "prompt", "negative", "seed", "steps", "cfg", "width", "height", "frames", "fps", "storyboard",
    "filename_prefix",
)  # fmt: skip
REQUIRED: Final = "prompt"
_MODEL_FILES: Final = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft")


def read_workflow(
    name: str, graph: Mapping[str, Any], bindings: Mapping[str, Binding], optional: Collection[str] | None
) -> Workflow:
    """The workflow that a graph and its bindings make; what it needs of a server is read off the graph.

    Args:
        name: Its name in the catalogue.
        graph: ComfyUI's API format: node ids, each with `class_type` and `inputs`.
        bindings: The place in the graph of each value that a render sets.
        optional: Values that may lack on either side; None for all but the prompt.

    Raises:
        InvalidError: The graph is in the UI's format or none at all, a link leads nowhere, or a binding
            names no value that renders set, no node, no input, or an input that is fed by a link.
    """
    checked = _graph(graph)
    for value, binding in bindings.items():
        _check_binding(checked, value, binding)
    if REQUIRED not in bindings:
        raise _refused(
            "No place is bound for the prompt.", "bindings", sorted(bindings), "a binding `prompt`"
        )
    known = set(SET_BY_RENDERS) - {REQUIRED} if optional is None else set(optional)
    _check_names(known, "optional")
    return Workflow(name, checked, bindings, needs_of(checked), frozenset(known))


def needs_of(graph: Graph) -> Needs:
    """The node classes of a graph, and the model files that its inputs name."""
    models = {
        (model.class_type, model.input, model.file): model
        for node in graph.values()
        for model in _models(node)
    }
    return Needs(node_classes(graph), tuple(models[key] for key in sorted(models)))


def _graph(graph: Mapping[str, Any]) -> Graph:
    if isinstance(graph.get("nodes"), list):
        raise _refused(
            "This graph is in the format of ComfyUI's editor, which servers don't run. In ComfyUI, choose "
            "Workflow > Export (API), and send that file.",
            "graph",
            "nodes, links",
            "ComfyUI's API format",
        )
    if not graph:
        raise _refused("The graph has no nodes.", "graph", "object", "ComfyUI's API format")
    for node_id, node in graph.items():
        _check_node(graph, node_id, node)
    return graph


def _check_node(graph: Mapping[str, Any], node_id: str, node: Any) -> None:
    match node:
        case {"class_type": str(), "inputs": dict(inputs)}:
            for name, value in inputs.items():
                _check_link(graph, f"graph.{node_id}.inputs.{name}", value)
        case _:
            message = f"Node {node_id} lacks class_type or inputs."
            raise _refused(message, f"graph.{node_id}", "node", "an object with `class_type` and `inputs`")


def _check_link(graph: Mapping[str, Any], field: str, value: object) -> None:
    source = _source(value)
    if source is not None and source not in graph:
        raise _refused(f"{field} comes from node {source}, which is not there.", field, source, "a node")


def _source(value: object) -> str | None:
    """The node whose output feeds an input that is a link."""
    match value:
        case [str(node_id), int()]:
            return node_id
    return None


def _check_binding(graph: Graph, value: str, binding: Binding) -> None:
    _check_names({value}, f"bindings.{value}")
    field = f"bindings.{value}"
    node = graph.get(binding.node)
    if node is None:
        raise _refused(
            f"The graph has no node {binding.node}.", f"{field}.node", binding.node, ", ".join(graph)
        )
    inputs = node["inputs"]
    if binding.input not in inputs:
        message = f"Node {binding.node} ({node['class_type']}) has no input {binding.input!r}."
        raise _refused(message, f"{field}.input", binding.input, ", ".join(inputs) or "no input at all")
    if (source := _source(inputs[binding.input])) is not None:
        message = (
            f"Input {binding.input!r} of node {binding.node} is fed by node {source}: bind an input there."
        )
        raise _refused(message, f"{field}.input", binding.input, "an input with a value of its own")


def _check_names(names: Collection[str], field: str) -> None:
    if unknown := sorted(set(names) - set(SET_BY_RENDERS)):
        message = f"Renders set no value named {', '.join(unknown)}."
        raise _refused(message, field, unknown[0], ", ".join(SET_BY_RENDERS))


def _models(node: Mapping[str, Any]) -> Iterator[Model]:
    for name, value in node["inputs"].items():
        if isinstance(value, str) and name.endswith("_name") and value.lower().endswith(_MODEL_FILES):
            yield Model(node["class_type"], name, value)


def _refused(message: str, field: str, value: object, expected: str) -> InvalidError:
    return InvalidError(message, field=field, value=value, expected=expected)
