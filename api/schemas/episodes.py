"""Episodes, as they are sent and shown."""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from api.schemas.fields import (
    LARGEST_ID,
    Asked,
    Id,
    Name,
    Number,
    Object,
    Shown,
    StoredPath,
    Text,
    Time,
    Warned,
)
from api.schemas.resources import LONGEST_ORDER
from api.schemas.scenes import SyncPoint
from studio.episodes import scene_id
from studio.errors import InvalidError

_EXAMPLE: Final[JsonDict] = {
    "project_id": 1,
    "title": "The Beginning",
    "synopsis": "Our hero's journey starts...",
    "scenes": ["scene_1", "scene_2", "scene_3"],
    "metadata": {"genre": "fantasy", "mood": "adventurous"},
}


def _scene(value: Any) -> Any:
    """A scene by its name or its id."""
    if not isinstance(value, str):
        return value
    try:
        return scene_id(value)
    except InvalidError as error:
        raise _not(error.message, str(error.details["expected"])) from error


def _once_each(ids: list[int]) -> list[int]:
    if len(set(ids)) != len(ids):
        raise _not("Each scene is named once", "each scene once")
    return ids


def _key(value: Any) -> int | UUID:
    """An episode by its id or its uuid."""
    text = str(value)
    if text.isascii() and text.isdigit() and 0 < len(text) <= len(str(LARGEST_ID)):
        number = int(text)
        if 1 <= number <= LARGEST_ID:
            return number
    try:
        return UUID(text)
    except ValueError as error:
        raise _not("Input should be an id or a uuid", "an id or a uuid") from error


def _not(message: str, expected: str) -> PydanticCustomError:
    return PydanticCustomError("episode", "{message}", {"message": message, "expected": expected})


EpisodeKey = Annotated[
    int | UUID,
    PlainValidator(_key),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                   {"type": "string", "format": "uuid"}]}
    ),
]  # fmt: skip
SceneNamed = Annotated[
    Id,
    BeforeValidator(_scene),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                   {"type": "string", "pattern": "^scene_[1-9][0-9]{0,8}$"}]}
    ),
]  # fmt: skip
Scenes = Annotated[list[SceneNamed], Field(max_length=LONGEST_ORDER), AfterValidator(_once_each)]


class TrackAsked(Asked):
    """The track that an episode is to be laid on."""

    audio_path: StoredPath
    bpm: Number | None = Field(default=None, gt=0)
    sync_points: list[SyncPoint] = Field(default_factory=list, max_length=10_000)


class EpisodeAsked(Asked):
    """An episode to be made; without a number, the last of its branch."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    project_id: Id
    branch_name: Name | None = None
    episode_number: Id | None = None
    title: Name
    synopsis: Text = ""
    scenes: Scenes = Field(default_factory=list)
    audio: TrackAsked | None = None
    metadata: Object = Field(default_factory=dict)


class EpisodeChange(Asked):
    """What is to change of an episode; what is not named stays."""

    branch_name: Name | None = None
    episode_number: Id = 1
    title: Name = ""
    synopsis: Text = ""
    scenes: Scenes = Field(default_factory=list)
    audio: TrackAsked | None = None
    metadata: Object = Field(default_factory=dict)


class OrderAsked(Asked):
    """All scenes that the episode is to have, in their order."""

    branch_name: Name | None = None
    scenes: Scenes


class EpisodeListed(Shown):
    """An episode in a list; `id` is its uuid, the same on every branch."""

    id: str
    episode_number: int
    title: str
    synopsis: str
    duration: str | None = Field(description="MM:SS, from an hour on H:MM:SS; null before assembly.")
    status: str
    scenes: list[str]
    characters: list[str]
    metadata: dict[str, Any]
    video_path: str | None
    quality_score: float | None
    created_at: Time
    updated_at: Time


class EpisodeShown(EpisodeListed):
    """An episode as its branch has it."""

    episode_id: int
    project_id: int
    branch_name: str
    audio: dict[str, Any] | None
    version: int
    warnings: list[Warned] = Field(default_factory=list)


class TrackShown(Shown):
    """The track that an episode is laid on; its points in the order of their times."""

    episode_id: int
    audio_path: str
    bpm: float | None
    sync_points: list[dict[str, Any]]
    warnings: list[Warned] = Field(default_factory=list)
