"""What real servers answer to `/object_info`, for the node classes of the graphs that come with Tower."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from api.embedded.nodes import NODE_CLASSES

VERSIONS = ("0.3.64", "0.33.0")


@cache
def _recorded(version: str) -> str:
    """As recorded, with all models there; texts for people are left out."""
    return (Path(__file__).parent / "object_info" / f"{version}.json").read_text()


def object_info(version: str) -> dict[str, Any]:
    """The classes of a ComfyUI of that version, and the embedded renderer's own: a copy to change at will."""
    described = {name: node.to_json() for name, node in NODE_CLASSES.items()}
    return {**described, **json.loads(_recorded(version))}
