"""The director's commands."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Name, Object, Prompt, Warned
from api.schemas.generations import ClipTerms, GenerationAccepted, Status
from api.schemas.scenes import Cast

_EXAMPLE: Final[JsonDict] = {
    "project_id": 1,
    "command": "generate_scene",
    "parameters": {"scene_id": 1, "style": "cinematic", "duration": 5, "quality": "high"},
}


class CommandAsked(Asked):
    """What the director is told to do."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    project_id: Id
    command: Name
    parameters: Object = Field(default_factory=dict)


class SceneOrder(ClipTerms):
    """The parameters of `generate_scene`; `prompt` and `characters` stand in for the scene's own."""

    model_config = ConfigDict(extra="ignore")

    scene_id: Id
    prompt: Prompt | None = Field(default=None, min_length=1, pattern=r"\S")


class CommandTerms(BaseModel):
    """What every command but `generate_scene` takes beside its action's own parameters."""

    model_config = ConfigDict(extra="allow")

    branch_name: Name | None = None
    dry_run: bool | None = Field(
        default=None,
        strict=True,
        description="Only show the plan; so it is for what publishes or destroys, unless this is false.",
    )
    characters: Cast = Field(default_factory=list, description="Of `generate_video`: who is in the clip.")


class CommandPlanned(BaseModel):
    """A command as the steps that it means, and the job that carries them out."""

    command: str
    project_id: int
    dry_run: bool
    action_plan: list[dict[str, Any]]
    generation_id: str | None = None
    status: Status | None = None
    warnings: list[Warned] = Field(default_factory=list)


class CommandAccepted(GenerationAccepted):
    """A command under way."""

    command: str
    warnings: list[Warned] = Field(default_factory=list)
