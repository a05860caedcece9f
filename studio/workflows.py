"""Workflows: graphs in ComfyUI's API format, with names for the inputs that a render sets."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Final, Self

from studio.canonical import canonical_json, digest
from studio.errors import InvalidError

Graph = Mapping[str, Mapping[str, Any]]


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
class Workflow:
    """A graph and the names of what may be set in it.

    `optional` holds the names that may lack on either side: a binding of that name keeps the graph's own
    value when none is given, and a value of that name is passed over when the graph has no binding for it.
    """

    name: str
    graph: Graph
    bindings: Mapping[str, Binding]
    needs: Needs
    optional: frozenset[str] = frozenset()

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
        )


def bind(workflow: Workflow, values: Mapping[str, object]) -> dict[str, Any]:
    """The graph of `workflow` with `values` in their places, each in the type that the graph has there.

    Raises:
        InvalidError: a value has no binding, a binding has no value, or a type does not fit.
    """
    unknown = set(values) - set(workflow.bindings) - workflow.optional
    missing = set(workflow.bindings) - set(values) - workflow.optional
    _refuse(workflow, unknown, "has no binding for")
    _refuse(workflow, missing, "needs a value for")
    graph = copy.deepcopy({node: dict(spec) for node, spec in workflow.graph.items()})
    for name, binding in workflow.bindings.items():
        if name in values:
            inputs = graph[binding.node]["inputs"]
            inputs[binding.input] = _typed(name, values[name], like=inputs.get(binding.input))
    return graph


def workflow_hash(workflow: Workflow) -> str:
    """SHA-256 over all that decides what the workflow makes of its values; not over its name."""
    value = workflow.to_json()
    return digest({key: value[key] for key in ("graph", "bindings", "optional")})


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
    raise InvalidError(
        f"The value of {name} must be of type {type(like).__name__}.",
        field=name,
        value=str(value),
        expected=type(like).__name__,
    )


ANIMATIC: Final = Workflow(
    name="animatic",
    graph={
        "1": {
            "class_type": "TowerAnimatic",
            "inputs": {
                "prompt": "",
                "negative": "",
                "seed": 0,
                "width": 832,
                "height": 480,
                "frames": 120,
                "fps": 24.0,
                "storyboard": "",
            },
        },
        "2": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["1", 0], "filename_prefix": "tower", "format": "mp4", "codec": "h264"},
        },
    },
    bindings={
        **{
            name: Binding("1", name)
            for name in ("prompt", "negative", "seed", "width", "height", "frames", "fps", "storyboard")
        },
        "filename_prefix": Binding("2", "filename_prefix"),
    },
    needs=Needs(nodes=("TowerAnimatic", "SaveVideo")),
    optional=frozenset({"negative", "storyboard", "steps", "cfg"}),
)

SHIPPED: Final[Mapping[str, Workflow]] = {ANIMATIC.name: ANIMATIC}
