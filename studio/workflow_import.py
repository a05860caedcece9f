"""Workflows from outside: a graph in ComfyUI's API format, held against the bindings given with it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from studio.errors import InvalidError
from studio.workflows import KINDS, Binding, Detour, Graph, Limits, Model, Needs, Workflow, node_classes

SET_BY_RENDERS: Final = tuple(KINDS)
REQUIRED: Final = "prompt"
PICTURES: Final = ("first_frame", "reference_1", "reference_2")
NO_LIMITS: Final = Limits()
USUAL_RANK: Final = 50
_MODEL_FILES: Final = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft")


def read_workflow(
    name: str,
    graph: Mapping[str, Any],
    bindings: Mapping[str, Binding],
    optional: Collection[str] | None = None,
    *,
    limits: Limits = NO_LIMITS,
    detours: Mapping[str, tuple[Detour, ...]] | None = None,
    rank: int = USUAL_RANK,
) -> Workflow:
    """The workflow that a graph and its bindings make; what it needs of a server is read off the graph.

    Args:
        name: Its name in the catalogue.
        graph: ComfyUI's API format: node ids, each with `class_type` and `inputs`; bare or, as a prompt is
            posted, under `prompt`.
        bindings: The place in the graph of each value that a render sets.
        optional: Values that may lack on either side. None: all but the prompt, and but for pictures that
            are bound without a detour, as nobody means the one that the graph happens to hold.
        limits: What the model takes.
        detours: The nodes to leave out, by the name of an absent value.
        rank: The higher is picked first.

    Raises:
        InvalidError: The graph is in the UI's format or none at all, a link leads nowhere, or a binding or
            detour names no value that renders set, no node, no input, an input that is fed by a link, or
            one of another type.
    """
    checked, ways = _graph(graph), detours or {}
    for value, binding in bindings.items():
        _check_binding(checked, value, binding)
    for value, nodes in ways.items():
        _check_detours(checked, value, nodes)
    if REQUIRED not in bindings:
        raise _refused(
            "No place is bound for the prompt.", "bindings", sorted(bindings), "a binding `prompt`"
        )
    _check_limits(limits)
    known = _usually_optional(bindings, ways) if optional is None else frozenset(optional)
    _check_names(known, "optional")
    needs = needs_of(checked, places_set(bindings, known, ways))
    return Workflow(name, checked, bindings, needs, known, limits, ways, rank)


def needs_of(graph: Graph, given: Collection[Binding] = ()) -> Needs:
    """The node classes of a graph, and the model files that its inputs name; not those which are `given`."""
    models = {
        (model.class_type, model.input, model.file): model
        for node_id, node in graph.items()
        for model in _models(node)
        if Binding(node_id, model.input) not in given
    }
    return Needs(node_classes(graph), tuple(models[key] for key in sorted(models)))


def _usually_optional(
    bindings: Mapping[str, Binding], detours: Mapping[str, tuple[Detour, ...]]
) -> frozenset[str]:
    needed = {name for name in PICTURES if name in bindings and name not in detours}
    return frozenset(KINDS) - {REQUIRED} - needed


def places_set(
    bindings: Mapping[str, Binding], optional: Collection[str], detours: Mapping[str, tuple[Detour, ...]]
) -> frozenset[Binding]:
    """The places whose own value is never used: one is given, or the node is left out."""
    return frozenset(
        binding
        for name, binding in bindings.items()
        if name not in optional or binding.node in {each.node for each in detours.get(name, ())}
    )


def _graph(given: Mapping[str, Any]) -> Graph:
    graph = _unwrapped(given)
    if _is_of_the_editor(graph):
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


def _unwrapped(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The graph itself, where it comes as it is posted to a server or written into a picture: as `prompt`."""
    match given:
        case {"prompt": dict(graph)} if "class_type" not in graph:
            return graph
    return given


def _is_of_the_editor(graph: Mapping[str, Any]) -> bool:
    """Whether it is the editor's own file, or a body that holds nothing but that."""
    match graph:
        case {"nodes": list()} | {"workflow": {"nodes": list()}}:
            return True
        case {"extra_pnginfo": dict()} | {"extra_data": {"extra_pnginfo": dict()}}:
            return True
    return False


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
    _check_kind(value, inputs[binding.input], f"{field}.input", binding)


def _check_kind(value: str, there: object, field: str, binding: Binding) -> None:
    """What stands at the place tells its type; the editor writes 24.0 as 24."""
    kind = KINDS[value]
    fits = isinstance(there, int | float if kind is float else kind) and not isinstance(there, bool)
    if not fits:
        message = (
            f"Renders set {value} to a value of type {kind.__name__}, and input {binding.input!r} of node "
            f"{binding.node} holds {there!r}."
        )
        raise _refused(message, field, binding.input, f"an input of type {kind.__name__}")


def _check_detours(graph: Graph, value: str, detours: Sequence[Detour]) -> None:
    _check_names({value}, f"detours.{value}")
    for number, detour in enumerate(detours):
        field = f"detours.{value}.{number}"
        node = graph.get(detour.node)
        if node is None:
            message = f"The graph has no node {detour.node}."
            raise _refused(message, f"{field}.node", detour.node, ", ".join(graph))
        if unknown := [name for name in detour.passes if name and name not in node["inputs"]]:
            message = f"Node {detour.node} ({node['class_type']}) has no input {unknown[0]!r}."
            raise _refused(message, f"{field}.passes", unknown[0], ", ".join(node["inputs"]))


def _check_limits(limits: Limits) -> None:
    """A picture of one multiple a side must be within the limits; so must one frame."""
    least = limits.side_multiple**2
    if limits.most_pixels is not None and limits.most_pixels < least:
        message = f"No picture whose sides are multiples of {limits.side_multiple} has so few pixels."
        raise _refused(message, "limits.most_pixels", limits.most_pixels, f"at least {least}")


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
