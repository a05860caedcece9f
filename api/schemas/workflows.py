"""Workflows, as they are sent and shown."""

from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Name, Object, Shown, Time
from studio.workflow_import import SET_BY_RENDERS

_EXAMPLE: Final[JsonDict] = {
    "name": "my_animatic",
    "graph": {
        "1": {"class_type": "TowerAnimatic", "inputs": {"prompt": "", "seed": 0, "frames": 120, "fps": 24.0}},
        "2": {"class_type": "SaveVideo", "inputs": {"video": ["1", 0], "filename_prefix": "tower"}},
    },
    "bindings": {"prompt": {"node": "1", "input": "prompt"}, "seed": {"node": "1", "input": "seed"}},
}


class BindingAsked(Asked):
    """The place of a value in a graph."""

    node: Name
    input: Name


class WorkflowAsked(Asked):
    """A graph as ComfyUI's Workflow > Export (API) writes it, and where in it a render puts its values."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    graph: Object
    bindings: dict[str, BindingAsked] = Field(
        max_length=100, description=f"By the names of what renders set: {', '.join(SET_BY_RENDERS)}."
    )
    optional: Annotated[list[Name], Field(max_length=100)] | None = Field(
        default=None, description="What may lack on either side; all but the prompt where it is not said."
    )


class WorkflowChange(Asked):
    """Whether renders may pick a workflow."""

    enabled: Annotated[bool, Field(strict=True)]


class WorkflowListed(Shown):
    """The newest version of a workflow."""

    name: str
    version: int
    enabled: bool
    hash: str
    bindings: dict[str, Any]
    needs: dict[str, Any]
    optional: list[str]
    created_at: Time


class WorkflowShown(WorkflowListed):
    """A version of a workflow, with its graph."""

    graph: dict[str, Any]
