"""Whether a graph can be run, told in ComfyUI's words: its checks, their order, their error bodies."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.embedded.nodes import NODE_CLASSES, NodeClass

Error = dict[str, Any]
Graph = Mapping[str, dict[str, Any]]
Config = tuple[str, Mapping[str, Any]]
CustomCheck = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]

_CONVERSIONS: Final[Mapping[str, Callable[[Any], object]]] = {"INT": int, "FLOAT": float, "STRING": str}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outputs that can be run, or why none can; faults of single nodes may stand beside good outputs."""

    outputs: tuple[str, ...] = ()
    error: Error | None = None
    node_errors: dict[str, Any] = field(default_factory=dict)


def validate(graph: Graph, custom_check: CustomCheck) -> Verdict:
    """Check `graph` and turn its values into the types of their inputs, in place.

    Args:
        graph: A prompt in API format.
        custom_check: Yields `(input, complaint)` for the inputs of an animatic that types cannot judge.
    """
    outputs = []
    for node_id, node in graph.items():
        known = NODE_CLASSES.get(str(node.get("class_type")))
        if known is None:
            return Verdict(error=_missing_node(node_id, node))
        if known.is_output:
            outputs.append(node_id)
    if not outputs:
        return Verdict(error=error_body("prompt_no_outputs", "Prompt has no outputs"))
    return _validate_outputs(graph, outputs, custom_check)


def error_body(type_: str, message: str, details: str = "", **extra_info: object) -> Error:
    """One error in the form that all of ComfyUI's have."""
    return {"type": type_, "message": message, "details": details, "extra_info": extra_info}


def _validate_outputs(graph: Graph, outputs: list[str], custom_check: CustomCheck) -> Verdict:
    good: list[str] = []
    told: list[str] = []
    node_errors: dict[str, Any] = {}
    for output in outputs:
        faults = dict(_faults_upstream(graph, output, custom_check))
        if not faults:
            good.append(output)
        for node_id, errors in faults.items():
            told += [f"{error['message']}: {error['details']}" for error in errors]
            entry = {"errors": errors, "dependent_outputs": [], "class_type": graph[node_id]["class_type"]}
            node_errors.setdefault(node_id, entry)["dependent_outputs"].append(output)
    if good:
        return Verdict(outputs=tuple(good), node_errors=node_errors)
    message = "Prompt outputs failed validation"
    top = error_body("prompt_outputs_failed_validation", message, "\n".join(told))
    return Verdict(error=top, node_errors=node_errors)


def _faults_upstream(
    graph: Graph, node_id: str, custom_check: CustomCheck
) -> Iterator[tuple[str, list[Error]]]:
    """The faults of a node and of those it links to; no ring is possible, as `SaveVideo` gives nothing."""
    known, inputs = NODE_CLASSES[graph[node_id]["class_type"]], _inputs(graph[node_id])
    errors, sources = [], []
    for name in known.inputs:
        if error := _input_error(graph, known, inputs, name):
            errors.append(error)
        elif isinstance(inputs.get(name), list):
            sources.append(inputs[name][0])
    if known.name == "TowerAnimatic" and not errors:
        errors = [_complaint(name, why) for name, why in custom_check(inputs)]
    if errors:
        yield node_id, errors
    for source in sources:
        yield from _faults_upstream(graph, source, custom_check)


def _inputs(node: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(node.get("inputs"), dict):
        node["inputs"] = {}
    inputs: dict[str, Any] = node["inputs"]
    return inputs


def _input_error(graph: Graph, known: NodeClass, inputs: dict[str, Any], name: str) -> Error | None:
    if name not in inputs:
        if name in known.optional:
            return None
        return error_body("required_input_missing", "Required input is missing", name, input_name=name)
    if isinstance(inputs[name], list):
        return _link_error(graph, known.inputs[name], name, inputs[name])
    type_, options = config = known.inputs[name]
    try:
        value = inputs[name] = _converted(type_, inputs[name])
    except (TypeError, ValueError, OverflowError) as error:
        told = {"input_name": name, "input_config": config, "received_value": inputs[name]}
        return error_body(
            "invalid_input_type",
            f"Failed to convert an input value to a {type_} value",
            f"{name}, {inputs[name]}, {error}",
            **told,
            exception_message=str(error),
        )
    told = {"input_name": name, "input_config": config, "received_value": value}
    return _range_error(name, options, told)


def _converted(type_: str, value: object) -> object:
    if isinstance(value, dict) and "__value__" in value:
        value = value["__value__"]
    if type_ == "VIDEO":
        raise TypeError("a video can only come from a node")
    return _CONVERSIONS[type_](value) if type_ in _CONVERSIONS else value


def _range_error(name: str, options: Mapping[str, Any], told: dict[str, Any]) -> Error | None:
    value = told["received_value"]
    if "min" in options and value < options["min"]:
        message = f"Value {value} smaller than min of {options['min']}"
        return error_body("value_smaller_than_min", message, name, **told)
    if "max" in options and value > options["max"]:
        message = f"Value {value} bigger than max of {options['max']}"
        return error_body("value_bigger_than_max", message, name, **told)
    if "options" in options and value not in options["options"]:
        details = f"{name}: {value!r} not in {options['options']}"
        return error_body("value_not_in_list", "Value not in list", details, **told)
    return None


def _link_error(graph: Graph, config: Config, name: str, link: list[Any]) -> Error | None:
    told = {"input_name": name, "input_config": config}
    if len(link) != 2:
        message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
        return error_body("bad_linked_input", message, name, **told, received_value=link)
    try:
        received = NODE_CLASSES[graph[link[0]]["class_type"]].returns[link[1]]
    except (KeyError, IndexError, TypeError) as error:
        kind = type(error).__name__
        message = "Exception when validating node"
        return error_body(
            "exception_during_validation", message, str(error), exception_type=kind, traceback=[]
        )
    if received != config[0]:
        details = f"{name}, received_type({received}) mismatch input_type({config[0]})"
        message = "Return type mismatch between linked nodes"
        return error_body(
            "return_type_mismatch", message, details, **told, received_type=received, linked_node=link
        )
    return None


def _complaint(name: str, why: str) -> Error:
    message = "Custom validation failed for node"
    return error_body("custom_validation_failed", message, f"{name} - {why}", input_name=name)


def _missing_node(node_id: str, node: Mapping[str, Any]) -> Error:
    class_type = node.get("class_type")
    message = f"Node '{class_type}' not found. The custom node may not be installed."
    if class_type is None:
        message = f"Node 'ID #{node_id}' has no class_type. The workflow may be corrupted."
    return error_body(
        "missing_node_type", message, f"Node ID '#{node_id}'", node_id=node_id, class_type=class_type
    )
