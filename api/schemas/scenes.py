"""Scenes and their music, as they are sent and shown."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Name, Number, Object, Shown, StoredPath, Text, Time, Warned

_EXAMPLE: Final[JsonDict] = {
    "project_id": 1,
    "branch_name": "main",
    "scene_number": 1,
    "description": "Opening scene in the village",
    "characters": ["Kai Nakamura", "Village Elder"],
}
_CHANGE: Final[JsonDict] = {
    "description": "Updated scene description",
    "video_path": "/path/to/generated/video.mp4",
}
_AUDIO: Final[JsonDict] = {
    "audio_path": "/path/to/audio.mp3",
    "bpm": 120,
    "sync_points": [
        {"time": 0.0, "event": "scene_start"},
        {"time": 2.5, "event": "character_entrance"},
    ],
}
_CONTINUITY: Final = (
    "Any keys. With `continues: true` the scene begins with the last frame of the scene before it."
)


def _once_each(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


Cast = Annotated[list[Name], Field(max_length=200), AfterValidator(_once_each)]


class SceneAsked(Asked):
    """A scene to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    project_id: Id
    branch_name: Name | None = None
    scene_number: Id
    description: Text = ""
    characters: Cast = Field(default_factory=list)
    video_path: StoredPath | None = None
    metadata: Object = Field(default_factory=dict, description=_CONTINUITY)


class SceneChange(Asked):
    """What is to change of a scene; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHANGE]})

    branch_name: Name | None = None
    scene_number: Id = 1
    description: Text = ""
    characters: Cast = Field(default_factory=list)
    video_path: StoredPath | None = None
    metadata: Object = Field(default_factory=dict, description=_CONTINUITY)


class SceneShown(Shown):
    """A scene as its branch has it."""

    id: int
    project_id: int
    branch_name: str
    scene_number: int
    description: str
    characters: list[str]
    video_path: str | None
    metadata: dict[str, Any]
    version: int
    created_at: Time
    updated_at: Time
    warnings: list[Warned] = Field(default_factory=list)


class SyncPoint(Asked):
    """Something that happens at a time of the track, in seconds."""

    time: Number = Field(ge=0)
    event: Name


class AudioAsked(Asked):
    """The track that a scene is to be laid on."""

    model_config = ConfigDict(json_schema_extra={"examples": [_AUDIO]})

    branch_name: Name | None = None
    audio_path: StoredPath
    bpm: Number | None = Field(default=None, gt=0)
    sync_points: list[SyncPoint] = Field(default_factory=list, max_length=10_000)


class AudioShown(Shown):
    """The track that a scene is laid on; its points in the order of their times."""

    id: int
    scene_id: int
    audio_path: str
    bpm: float | None
    sync_points: list[dict[str, Any]]
    created_at: Time
    sync: dict[str, Any] | None = Field(
        default=None, description="What was measured on the newest clip of the scene since then."
    )
    warnings: list[Warned] = Field(default_factory=list)
