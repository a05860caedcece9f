"""Projects, as they are sent and shown."""

from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, FrameRate, Name, Object, Shown, Side, Text, Time, number

Days = Annotated[int, BeforeValidator(number), Field(ge=1, le=36_500)]
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


class ProjectChange(Asked):
    """What is to change of a project; what is not named stays. Its folder in the library keeps its name."""

    name: Name = ""
    description: Text = ""
    metadata: Object = Field(default_factory=dict)
    status: Literal["active", "archived"] = "active"


class SettingsChange(Asked):
    """What is to change of how a project is produced; what is not named stays."""

    fps: FrameRate = Fraction(24)
    width: Side = 832
    height: Side = 480
    default_style: Name = "anime"
    consistency: Literal["refuse", "warn"] = "refuse"
    retention_days: Days | None = None


class SettingsShown(Shown):
    """How a project is produced, and its folder in the library."""

    project_id: int
    fps: str = Field(examples=["24", "24000/1001"])
    width: int
    height: int
    default_style: str
    consistency: str = Field(
        examples=["refuse"],
        description="refuse: what contradicts the bible fails a generation; warn: it is made, and told of.",
    )
    library_folder: str
    retention_days: int | None = Field(
        description="After so many days rejected takes and intermediates go; null: they stay."
    )
    created_at: Time
    updated_at: Time


class ProjectShown(Shown):
    """A project; its own id is a string, elsewhere `project_id` is a number."""

    id: Annotated[str, BeforeValidator(str), Field(examples=["12"])]
    name: str
    description: str
    status: str = Field(examples=["active"])
    created_at: Time
    updated_at: Time
    metadata: dict[str, Any] = Field(validation_alias="details")
