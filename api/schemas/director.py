"""The director's commands."""

from typing import Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Name, Object, Prompt, Warned
from api.schemas.generations import ClipTerms, GenerationAccepted

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


class CommandAccepted(GenerationAccepted):
    """A command under way."""

    command: str
    warnings: list[Warned] = Field(default_factory=list)
