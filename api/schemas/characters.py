"""Characters, as they are sent and shown."""

from typing import Any, Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Name, Object, Shown, StoredPath, Text, Time, Warned

_EXAMPLE: Final[JsonDict] = {
    "project_id": 1,
    "name": "Kai Nakamura",
    "description": "Main protagonist, skilled fighter",
    "image_path": "/path/to/reference.jpg",
    "comfyui_workflow": "anime_character_v2",
}
_CHANGE: Final[JsonDict] = {
    "description": "Updated character description",
    "image_path": "/new/path/to/reference.jpg",
}
_LIKENESS: Final = (
    "Any keys. `lora` (a file name on the renderer, or `{file, strength}`), `lora_strength`, `trigger_words` "
    "(a list, or a string with commas) and `seed` make the character look the same from take to take."
)


class CharacterAsked(Asked):
    """A character to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    project_id: Id
    branch_name: Name | None = None
    name: Name
    description: Text = ""
    image_path: StoredPath | None = None
    comfyui_workflow: Name | None = None
    metadata: Object = Field(default_factory=dict, description=_LIKENESS)


class CharacterChange(Asked):
    """What is to change of a character; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHANGE]})

    branch_name: Name | None = None
    name: Name = ""
    description: Text = ""
    image_path: StoredPath | None = None
    comfyui_workflow: Name | None = None
    metadata: Object = Field(default_factory=dict, description=_LIKENESS)


class CharacterShown(Shown):
    """A character as its branch has it."""

    id: int
    project_id: int
    name: str
    description: str
    version: int
    image_path: str | None
    comfyui_workflow: str | None
    metadata: dict[str, Any] = Field(validation_alias="details")
    created_at: Time
    updated_at: Time
    warnings: list[Warned] = Field(default_factory=list)
