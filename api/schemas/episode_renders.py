"""Renders of episodes, as they are asked for and accepted."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Name
from api.schemas.generations import Quality, Status

_EXAMPLE: Final[JsonDict] = {"branch_name": "main", "quality": "high", "publish": True}


class RenderAsked(Asked):
    """How an episode is to be rendered."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    branch_name: Name | None = None
    ref: Name | None = Field(default=None, description="A commit or a tag, in place of a branch.")
    quality: Quality | None = Field(default=None, description="Of all scenes; else each as it was made last.")
    publish: bool = Field(
        default=True, description="False: the episode is made, and stays out of the library."
    )
    force: bool = Field(default=False, description="True: every scene is made anew, fresh or not.")


class RenderAccepted(BaseModel):
    """A render under way; the production service's `GET /generations/{generation_id}` tells of it."""

    generation_id: str
    kind: Literal["episode"] = "episode"
    status: Status
    project_id: int
    episode_id: int
    branch_name: str


class RenderPlanned(BaseModel):
    """A render that could begin, and has not."""

    dry_run: Literal[True] = True
    project_id: int
    episode_id: int
    branch_name: str
