"""Workflows: graphs in ComfyUI's API format, with names for the inputs that a render sets."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any, Final, Self

from studio.canonical import canonical_json, digest
from studio.errors import InvalidError

Graph = Mapping[str, Mapping[str, Any]]

KINDS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("prompt", "negative", "storyboard", "filename_prefix"), str),
    **dict.fromkeys(("first_frame", "reference_1", "reference_2", "lora_1", "lora_2"), str),
    **dict.fromkeys(("seed", "steps", "width", "height", "frames"), int),
    **dict.fromkeys(("cfg", "fps", "lora_1_strength", "lora_2_strength"), float),
}
"""The values that renders set, by name, and of what kind each is."""

_HASHED: Final = ("graph", "bindings", "optional", "limits", "detours")


@dataclass(frozen=True, slots=True)
class Binding:
    """The place of a named value: input `input` of node `node`."""

    node: str
    input: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model file that a graph loads, and the input of the node class that names it."""

    class_type: str
    input: str
    file: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a server must have to run a graph."""

    nodes: tuple[str, ...] = ()
    models: tuple[Model, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What sizes, lengths and rates the model of a graph takes."""

    side_multiple: int = 2
    """Width and height are multiples of it, px."""
    frame_step: int = 1
    """Frame counts are `frame_step * n + 1`; 1 takes any."""
    most_frames: int | None = None
    """The longest clip, frames."""
    most_pixels: int | None = None
    """The largest picture, width x height, px."""
    fps: Fraction | None = None
    """The rate it draws at; None: any rate asked for."""

    def to_json(self) -> dict[str, Any]:
        """These limits as JSON values, the rate as text."""
        return {**asdict(self), "fps": None if self.fps is None else str(self.fps)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The limits that `to_json` wrote; what is not named is as where nothing is said."""
        fps = value.get("fps")
        return cls(**{**value, "fps": None if fps is None else Fraction(fps)})


@dataclass(frozen=True, slots=True)
class Detour:
    """A node that is left out when a value is absent.

    Whoever took its output `i` takes what comes in at its input `passes[i]` instead, or loses that input
    where `passes` is shorter or names none there.
    """

    node: str
    passes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """A graph and the names of what may be set in it.

    `optional` holds the names that may lack on either side: a binding of that name keeps the graph's own
    value when none is given, and a value of that name is passed over when the graph has no binding for it.
    `detours` says, by the name of an absent value, which nodes are left out then. Of the workflows that a
    server can run, renders pick the one of the highest `rank`.
    """

    name: str
    graph: Graph
    bindings: Mapping[str, Binding]
    needs: Needs
    optional: frozenset[str] = frozenset()
    limits: Limits = Limits()
    detours: Mapping[str, tuple[Detour, ...]] = field(default_factory=dict)
    rank: int = 50

    def to_json(self) -> dict[str, Any]:
        """This workflow as JSON values."""
        return {
            "name": self.name,
            "graph": copy.deepcopy(dict(self.graph)),
            "bindings": {name: asdict(binding) for name, binding in self.bindings.items()},
            "needs": {
                "nodes": list(self.needs.nodes),
                "models": [asdict(model) for model in self.needs.models],
            },
            "optional": sorted(self.optional),
            "limits": self.limits.to_json(),
            "detours": {
                name: [{"node": each.node, "passes": list(each.passes)} for each in detours]
                for name, detours in self.detours.items()
            },
            "rank": self.rank,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The workflow that `to_json` wrote.

        Raises:
            KeyError, TypeError: `value` is no workflow.
        """
        return cls(
            name=value["name"],
            graph=value["graph"],
            bindings={name: Binding(**binding) for name, binding in value["bindings"].items()},
            needs=Needs(
                nodes=tuple(value["needs"]["nodes"]),
                models=tuple(Model(**model) for model in value["needs"]["models"]),
            ),
            optional=frozenset(value["optional"]),
            limits=Limits.from_json(value["limits"]),
            detours={
                name: tuple(Detour(each["node"], tuple(each["passes"])) for each in detours)
                for name, detours in value["detours"].items()
            },
            rank=value["rank"],
        )


def bind(workflow: Workflow, values: Mapping[str, object]) -> dict[str, Any]:
    """The graph of `workflow` with `values` in their places, each in the type that the graph has there.

    Nodes that only serve a value which is not given are left out, by the workflow's detours.

    Raises:
        InvalidError: a value has no binding, a binding has no value, or a type does not fit.
    """
    unknown = set(values) - set(workflow.bindings) - workflow.optional
    missing = set(workflow.bindings) - set(values) - workflow.optional
    _refuse(workflow, unknown, "has no binding for")
    _refuse(workflow, missing, "needs a value for")
    graph = _without_detours(workflow, values)
    for name, binding in workflow.bindings.items():
        if name in values and binding.node in graph:
            inputs = graph[binding.node]["inputs"]
            inputs[binding.input] = _typed(name, values[name], like=inputs.get(binding.input))
    return graph


def _without_detours(workflow: Workflow, values: Mapping[str, object]) -> dict[str, Any]:
    """A copy of the graph without the nodes that serve values which are not given."""
    graph = copy.deepcopy({node: dict(spec) for node, spec in workflow.graph.items()})
    for name, detours in workflow.detours.items():
        for detour in detours if name not in values else ():
            _leave_out(graph, detour)
    return graph


def _leave_out(graph: dict[str, Any], detour: Detour) -> None:
    """Take a node out of `graph`; whoever took from it takes what it passes on, or loses that input."""
    left_out = graph.pop(detour.node, {"inputs": {}})
    passed = [left_out["inputs"].get(name) for name in detour.passes]
    for node in graph.values():
        inputs = node["inputs"]
        for name, value in list(inputs.items()):
            if (output := _output_of(detour.node, value)) is None:
                continue
            instead = passed[output] if output < len(passed) else None
            inputs[name] = copy.deepcopy(instead)
            if instead is None:
                del inputs[name]


def _output_of(node: str, value: object) -> int | None:
    """Which output of `node` a value links to, if any."""
    match value:
        case [str(source), int(output)] if source == node:
            return output
    return None


def workflow_hash(workflow: Workflow) -> str:
    """SHA-256 over all that decides what the workflow makes of its values; not over its name or rank."""
    value = workflow.to_json()
    return digest({key: value[key] for key in _HASHED})


def node_classes(graph: Graph) -> tuple[str, ...]:
    """The node classes that `graph` uses, sorted."""
    return tuple(sorted({spec["class_type"] for spec in graph.values()}))


def unmet_needs(workflow: Workflow, object_info: Mapping[str, Any]) -> tuple[str, ...]:
    """What a server lacks to run `workflow`, a sentence each; empty when it can run it."""
    nodes = [f"node {name}" for name in workflow.needs.nodes if name not in object_info]
    models = [
        f"model {model.file} (for {model.class_type})"
        for model in workflow.needs.models
        if model.class_type in object_info and model.file not in choices(object_info, model)
    ]
    return (*nodes, *models)


def choices(object_info: Mapping[str, Any], model: Model) -> tuple[str, ...]:
    """The files that a server offers at the input which names `model`; enums come in two forms."""
    inputs = object_info.get(model.class_type, {}).get("input", {})
    spec = {**inputs.get("optional", {}), **inputs.get("required", {})}.get(model.input, [])
    return enum_options(spec)


def enum_options(spec: object) -> tuple[str, ...]:
    """The options of an input written as `[[...], ...]` or as `["COMBO", {"options": [...]}]`; else none."""
    match spec:
        case [list(options) | tuple(options), *_]:
            return tuple(options)
        case ["COMBO", {"options": options}]:
            return tuple(options)
    return ()


def _refuse(workflow: Workflow, names: Iterable[str], why: str) -> None:
    if found := sorted(names):
        raise InvalidError(
            f"The workflow {workflow.name!r} {why} {', '.join(found)}.",
            field=found[0],
            value=None,
            expected=", ".join(sorted(workflow.bindings)),
        )


def _typed(name: str, value: object, *, like: object) -> object:
    """`value` in the JSON type of `like`; a link or an absent input takes any."""
    match like, value:
        case (None | [_, _], _) | (str(), str()) | (bool(), bool()):
            return value
        case str(), Mapping() | list():
            return canonical_json(value).decode()
        case (bool(), _) | (_, bool()):
            pass
        case int(), int():
            return value
        case float(), int() | float() | Fraction():
            return float(value)
        case int(), float() | Fraction() if KINDS.get(name) is float:
            return int(value) if value == int(value) else float(value)  # the editor writes 24.0 as 24
    raise InvalidError(
        f"The value of {name} must be of type {type(like).__name__}.",
        field=name,
        value=str(value),
        expected=type(like).__name__,
    )
