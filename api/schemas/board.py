"""The board of a branch, as it is shown."""

from pydantic import Field

from api.schemas.fields import Shown, Time
from api.schemas.generations import Status


class NewestShown(Shown):
    """What was last made of a scene, or is being made."""

    generation_id: str
    status: Status
    stage: str
    progress: float
    verdict: str | None
    score: float | None
    created_at: Time


class CardShown(Shown):
    """A scene on the board."""

    scene_id: int
    scene_number: int
    description: str
    characters: list[str]
    version: int
    clip_path: str | None = Field(description="The newest clip of it; else the scene's own `video_path`.")
    newest: NewestShown | None
