"""Whether a server can run a graph, told before anything is queued: ComfyUI's own checks, in its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from studio.errors import GraphError, MissingModelError, MissingNodeError
from studio.graph_inputs import Fault, InputSpec, fault_of_value, input_specs, is_taken, listed
from studio.workflow_import import places_set
from studio.workflows import Binding, Graph, Workflow

MODEL_FILES: Final = (".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx")

NodeClasses = Mapping[str, Any]
_OF_VALUES: Final = (
    "value_not_in_list",
    "value_smaller_than_min",
    "value_bigger_than_max",
    "invalid_input_type",
)


@dataclass(frozen=True, slots=True)
class GraphFinding:
    """Something of a graph that a server refuses (an error) or passes over (a warning)."""

    severity: Literal["error", "warning"]
    kind: str
    message: str
    node: str | None = None
    class_type: str | None = None
    input: str | None = None
    value: object = None
    available: tuple[str, ...] = ()

    @property
    def is_missing_model(self) -> bool:
        """Whether it is a model file that the server lacks."""
        names = (str(self.value), *self.available)
        return self.kind == "value_not_in_list" and any(name.lower().endswith(MODEL_FILES) for name in names)


def check_graph(graph: Graph, object_info: NodeClasses) -> tuple[GraphFinding, ...]:
    """All that a server would say against `graph`, whose values are in their places.

    Args:
        graph: What is to be posted.
        object_info: The server's answer to `/object_info`.

    Returns:
        Findings in the order of the graph's nodes; none when the server will run all of it. As ComfyUI does,
        only nodes that lead to an output are looked at closely.
    """
    missing = [_missing_node(node, spec) for node, spec in graph.items() if _class(spec, object_info) is None]
    outputs = [node for node, spec in graph.items() if (_class(spec, object_info) or {}).get("output_node")]
    if not outputs and not missing:
        message = "No node of the graph saves anything."
        missing.append(GraphFinding("error", "prompt_no_outputs", message))
    needed = _upstream(graph, outputs) if outputs else set(graph)
    return (
        *missing,
        *_cycles(graph, needed),
        *(each for node in graph if node in needed for each in _node_findings(graph, node, object_info)),
        *(_idle_node(node, graph[node]) for node in graph if node not in needed),
    )


def check_workflow(workflow: Workflow, object_info: NodeClasses) -> tuple[GraphFinding, ...]:
    """All that a server would say against `workflow`, whatever values come into it.

    Nodes that are left out at times are looked at too; places whose own value is never used are not.
    """
    unused = places_set(workflow.bindings, workflow.optional, workflow.detours)
    return tuple(
        each
        for each in check_graph(workflow.graph, object_info)
        if each.kind not in _OF_VALUES or Binding(each.node or "", each.input or "") not in unused
    )


def require_sound(graph: Graph, object_info: NodeClasses) -> None:
    """Refuse a graph that the server would refuse, or run only in part.

    Raises:
        MissingNodeError: the server lacks node classes; `details["nodes"]` names them.
        MissingModelError: it lacks model files; `details["models"]` has each with what is there instead.
        GraphError: anything else is wrong.
    """
    errors = [each for each in check_graph(graph, object_info) if each.severity == "error"]
    if not errors:
        return
    if nodes := sorted({str(each.class_type) for each in errors if each.kind == "missing_node_type"}):
        raise MissingNodeError(f"The renderer has no node {', '.join(nodes)}.", nodes=nodes)
    if lacking := [each for each in errors if each.is_missing_model]:
        told = "; ".join(
            f"{each.value} for {each.class_type} (it has: {listed(each.available)})" for each in lacking
        )
        models = [{"file": each.value, "available": list(each.available)} for each in lacking]
        raise MissingModelError(f"The renderer has no model {told}.", models=models)
    told = "; ".join(each.message for each in errors)
    raise GraphError(f"The renderer would refuse the graph: {told}", types=[each.kind for each in errors])


def _class(spec: Mapping[str, Any], object_info: NodeClasses) -> Mapping[str, Any] | None:
    found = object_info.get(spec["class_type"])
    return found if isinstance(found, Mapping) else None


def _missing_node(node: str, spec: Mapping[str, Any]) -> GraphFinding:
    class_type = spec["class_type"]
    message = f"Node {node}: the renderer has no node {class_type}."
    return GraphFinding("error", "missing_node_type", message, node, class_type)


def _idle_node(node: str, spec: Mapping[str, Any]) -> GraphFinding:
    message = f"Node {node} ({spec['class_type']}) leads to no output: it is not run."
    return GraphFinding("warning", "no_way_to_output", message, node, spec["class_type"])


def _sources(graph: Graph, node: str) -> list[str]:
    """The nodes that feed `node`, as far as they are there."""
    links = (value for value in graph[node]["inputs"].values() if isinstance(value, list) and value)
    return [link[0] for link in links if isinstance(link[0], str) and link[0] in graph]


def _upstream(graph: Graph, outputs: list[str]) -> set[str]:
    """The outputs and all that feeds them."""
    found, pending = set(outputs), list(outputs)
    while pending:
        for source in _sources(graph, pending.pop()):
            if source not in found:
                found.add(source)
                pending.append(source)
    return found


def _cycles(graph: Graph, needed: set[str]) -> Iterator[GraphFinding]:
    """The rings in what feeds the outputs: what is left when nodes that nothing left feeds are taken away."""
    left = {node: set(_sources(graph, node)) for node in graph if node in needed}
    while free := [node for node, sources in left.items() if not sources & left.keys()]:
        for node in free:
            del left[node]
    while onwards := [node for node in left if not any(node in left[other] for other in left)]:
        for node in onwards:
            del left[node]
    if left:
        nodes = ", ".join(left)
        yield GraphFinding(
            "error", "dependency_cycle", f"The nodes {nodes} feed each other.", next(iter(left))
        )


def _node_findings(graph: Graph, node: str, object_info: NodeClasses) -> Iterator[GraphFinding]:
    known = _class(graph[node], object_info)
    if known is None:
        return
    values, class_type = graph[node]["inputs"], graph[node]["class_type"]
    for spec in input_specs(known, values):
        fault = _fault(graph, spec, values, object_info)
        if fault is not None:
            message = f"Node {node} ({class_type}), {spec.name}: {fault.message}."
            value = values.get(spec.name)
            yield GraphFinding(
                "error", fault.kind, message, node, class_type, spec.name, value, fault.available
            )


def _fault(
    graph: Graph, spec: InputSpec, values: Mapping[str, Any], object_info: NodeClasses
) -> Fault | None:
    if spec.name not in values:
        is_missed = spec.is_required and not spec.is_dynamic
        return Fault("required_input_missing", "is missing") if is_missed else None
    value = values[spec.name]
    if isinstance(value, list):
        return _fault_of_link(graph, spec, value, object_info)
    return fault_of_value(spec, value)


def _fault_of_link(graph: Graph, spec: InputSpec, link: list[Any], object_info: NodeClasses) -> Fault | None:
    match link:
        case [str(source), int(output)] if not isinstance(output, bool):
            pass
        case _:
            return Fault("bad_linked_input", f"must be a link of node and output, and is {link!r}")
    if source not in graph:
        return Fault("bad_linked_input", f"comes from node {source}, which is not there")
    given = (_class(graph[source], object_info) or {}).get("output")
    if not isinstance(given, list | tuple):
        return None
    if not 0 <= output < len(given):
        return Fault(
            "bad_linked_input", f"comes from output {output} of node {source}, which has {len(given)}"
        )
    if not is_taken(spec.type, given[output]):
        told = f"takes {_told(spec.type)}, and node {source} gives {_told(given[output])}"
        return Fault("return_type_mismatch", told)
    return None


def _told(kind: object) -> str:
    return kind if isinstance(kind, str) else "one of a list"
