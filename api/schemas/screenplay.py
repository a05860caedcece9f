"""Screenplays, as they are sent and shown."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from api.schemas.fields import Asked, Id, Name, storable

LONGEST: Final = 2_000_000
"""Characters of a screenplay."""


class ScreenplayAsked(Asked):
    """A screenplay in Fountain, to be made into scenes."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST), AfterValidator(storable)]
    branch_name: Name | None = None
    first_number: Id | None = Field(
        default=None, description="The number of its first scene; else the one after the branch's last."
    )
    dry_run: bool = Field(default=False, description="Only show what would be made.")


class SceneOfScreenplay(BaseModel):
    """A scene that was made, or would be."""

    id: int | None
    scene_number: int
    description: str
    characters: list[str]
    metadata: dict[str, Any]


class ScreenplayShown(BaseModel):
    """What a screenplay gave."""

    title: str | None
    dry_run: bool
    scenes: list[SceneOfScreenplay]
    unknown_characters: list[str] = Field(description="Who speaks and is no character of the branch yet.")
