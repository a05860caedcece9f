"""Projects, as they are sent and shown."""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Name, Object, Shown, Text, Time

_EXAMPLE: Final[JsonDict] = {
    "name": "My Anime Project",
    "description": "Epic fantasy adventure",
    "metadata": {"genre": "fantasy", "target_length": "12_episodes"},
}


class ProjectAsked(Asked):
    """A project to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    description: Text = ""
    metadata: Object = Field(default_factory=dict)


class ProjectShown(Shown):
    """A project; its own id is a string, elsewhere `project_id` is a number."""

    id: Annotated[str, BeforeValidator(str), Field(examples=["12"])]
    name: str
    description: str
    status: str = Field(examples=["active"])
    created_at: Time
    updated_at: Time
    metadata: dict[str, Any] = Field(validation_alias="details")
