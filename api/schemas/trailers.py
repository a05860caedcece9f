"""Trailers, as they are asked for and accepted."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Name, Number, StoredPath
from api.schemas.generations import Status

SHORTEST_S, LONGEST_S = 4, 180
_EXAMPLE: Final[JsonDict] = {"length": 30, "title": "Neon Rain: Trailer", "publish": False}


class TrailerAsked(Asked):
    """How a trailer is to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    length: Number = Field(default=30, ge=SHORTEST_S, le=LONGEST_S, description="About so many seconds.")
    audio_path: StoredPath | None = Field(
        default=None, description="The music, a file within the media roots; else the takes' own sound."
    )
    title: Name | None = Field(
        default=None, description="Of the trailer and its end card; else the project's."
    )
    branch_name: Name | None = None
    publish: bool = Field(default=False, description="True: it goes into the library as a special.")


class TrailerAccepted(BaseModel):
    """A trailer under way; `GET /generations/{generation_id}` tells of it."""

    generation_id: str
    kind: Literal["trailer"] = "trailer"
    status: Status
    project_id: int
    branch_name: str
    title: str
