"""Workflows, as they are sent and shown."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from api.schemas.fields import Asked, FrameRate, Name, Object, Shown, Time
from studio.workflow_import import SET_BY_RENDERS, USUAL_RANK
from studio.workflows import Binding, Detour, Limits

_EXAMPLE: Final[JsonDict] = {
    "name": "my_animatic",
    "graph": {
        "1": {"class_type": "TowerAnimatic", "inputs": {"prompt": "", "seed": 0, "frames": 120, "fps": 24.0}},
        "2": {"class_type": "SaveVideo", "inputs": {"video": ["1", 0], "filename_prefix": "tower"}},
    },
    "bindings": {"prompt": {"node": "1", "input": "prompt"}, "seed": {"node": "1", "input": "seed"}},
}


_LARGEST_SIDE: Final = 16_384
_LONGEST_CLIP: Final = 36_000
Rank = Annotated[int, Field(strict=True, ge=0, le=1000)]


class BindingAsked(Asked):
    """The place of a value in a graph."""

    node: Name
    input: Name

    def meant(self) -> Binding:
        """The same as a value of the trade."""
        return Binding(self.node, self.input)


class LimitsAsked(Asked):
    """What sizes, lengths and rates the model of a graph takes; what is not said is not limited."""

    side_multiple: Annotated[int, Field(strict=True, ge=2, le=256)] = 2
    frame_step: Annotated[int, Field(strict=True, ge=1, le=64)] = 1
    most_frames: Annotated[int, Field(strict=True, ge=1, le=_LONGEST_CLIP)] | None = None
    most_pixels: Annotated[int, Field(strict=True, ge=1, le=_LARGEST_SIDE**2)] | None = None
    fps: FrameRate | None = None

    def meant(self) -> Limits:
        """The same as a value of the trade."""
        return Limits(self.side_multiple, self.frame_step, self.most_frames, self.most_pixels, self.fps)


class DetourAsked(Asked):
    """A node that is left out, and the inputs that stand in for its outputs, in their order."""

    node: Name
    passes: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=100)

    def meant(self) -> Detour:
        """The same as a value of the trade."""
        return Detour(self.node, tuple(self.passes))


class WorkflowAsked(Asked):
    """A graph as ComfyUI's Workflow > Export (API) writes it, and where in it a render puts its values."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    graph: Object
    bindings: dict[str, BindingAsked] = Field(
        max_length=100, description=f"By the names of what renders set: {', '.join(SET_BY_RENDERS)}."
    )
    optional: Annotated[list[Name], Field(max_length=100)] | None = Field(
        default=None,
        description="What may lack on either side; where it is not said: all but the prompt, and but for "
        "pictures that have no detour.",
    )
    limits: LimitsAsked = LimitsAsked()
    detours: dict[str, Annotated[list[DetourAsked], Field(max_length=100)]] = Field(
        default={}, max_length=100, description="Nodes to leave out, by the name of the value that lacks."
    )
    rank: Rank = USUAL_RANK


class WorkflowChange(Asked):
    """Whether renders may pick a workflow, and before which others; one of the two at least."""

    enabled: Annotated[bool, Field(strict=True)] = True
    rank: Rank = USUAL_RANK

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("missing", "Nothing is to be changed", {"expected": "enabled or rank"})
        return self


class WorkflowListed(Shown):
    """The newest version of a workflow."""

    name: str
    version: int
    enabled: bool
    hash: str
    bindings: dict[str, Any]
    needs: dict[str, Any]
    optional: list[str]
    limits: dict[str, Any]
    detours: dict[str, Any]
    rank: int
    created_at: Time


class WorkflowShown(WorkflowListed):
    """A version of a workflow, with its graph."""

    graph: dict[str, Any]


class FindingShown(Shown):
    """Something of a graph that a server refuses (`error`) or passes over (`warning`)."""

    severity: str
    kind: str
    message: str
    node: str | None
    class_type: str | None
    input: str | None
    available: list[str]


class JudgedShown(Shown):
    """What a server would say of a workflow: `runs`, `refused`, or `not judged` for the reason given."""

    server: str
    verdict: str
    reason: str | None
    findings: list[FindingShown]
