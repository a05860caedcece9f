"""The workflows that come with Tower: the graphs of `studio/graphs/`, and what renders set in them."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from studio.workflow_import import read_workflow
from studio.workflows import KINDS, Binding, Graph, Workflow


def _graph(name: str) -> Graph:
    graph: dict[str, Any] = json.loads((files("studio") / "graphs" / f"{name}.json").read_text())
    return graph


def _shipped(name: str, places: Mapping[str, str], *, lacking: set[str], **more: Any) -> Workflow:
    """The graph `name`: `places` are `node.input` by the name of a value; those in `lacking` it can spare."""
    bindings = {value: Binding(*place.split(".")) for value, place in places.items()}
    optional = (set(KINDS) - set(bindings)) | lacking
    return read_workflow(name, _graph(name), bindings, optional, **more)


ANIMATIC: Final = _shipped(
    "animatic",
    {
        **{name: f"1.{name}" for name in ("prompt", "negative", "seed", "width", "height", "frames", "fps")},
        "storyboard": "1.storyboard",
        "filename_prefix": "2.filename_prefix",
    },
    lacking={"negative", "storyboard"},
    rank=0,
)

SHIPPED: Final[Mapping[str, Workflow]] = {each.name: each for each in (ANIMATIC,)}
