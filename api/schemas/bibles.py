"""Project bibles, as they are sent and shown."""

from typing import Any, Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Name, Object, Shown, Text, Time, Values

_EXAMPLE: Final[JsonDict] = {
    "title": "Project Bible v1.0",
    "description": "Complete narrative guide",
    "content": {
        "world_building": "Fantasy realm with magic system",
        "character_arcs": {},
        "plot_outline": [],
    },
}
_CHARACTER: Final[JsonDict] = {
    "name": "Kai Nakamura",
    "role": "protagonist",
    "personality": "determined, compassionate",
    "backstory": "...",
    "visual_description": "...",
    "abilities": [],
}


class BibleAsked(Asked):
    """A bible, or a further version of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    branch_name: Name | None = None
    title: Name
    description: Text = ""
    content: Object = Field(default_factory=dict)


class BibleCharacterAsked(Asked):
    """What the bible is to say of a character."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHARACTER]})

    branch_name: Name | None = None
    name: Name
    role: Text | None = None
    personality: Text | None = None
    backstory: Text | None = None
    visual_description: Text | None = None
    abilities: Values = Field(default_factory=list)


class BibleCharacterChange(Asked):
    """What is to change of what the bible says; what is not named stays."""

    branch_name: Name | None = None
    name: Name = ""
    role: Text | None = None
    personality: Text | None = None
    backstory: Text | None = None
    visual_description: Text | None = None
    abilities: Values = Field(default_factory=list)


class BibleVersionShown(Shown):
    """A version of a bible: what it changed of the one before, as a JSON merge patch."""

    version: int
    changes: dict[str, Any]
    created_at: Time


class BibleCharacterShown(Shown):
    """What the bible says of a character."""

    id: int
    project_id: int
    name: str
    role: str | None
    personality: str | None
    backstory: str | None
    visual_description: str | None
    abilities: list[Any]
    version: int
    created_at: Time
    updated_at: Time


class BibleShown(Shown):
    """The version of a bible that is in effect, with those of whom it speaks."""

    id: int
    project_id: int
    version: int
    title: str
    description: str
    content: dict[str, Any]
    characters: list[BibleCharacterShown] = Field(default_factory=list)
    created_at: Time
    updated_at: Time
