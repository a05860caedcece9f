"""What would be done, as it is shown before anything is."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas.fields import Asked, Id


class ShotPlanned(BaseModel):
    """A shot of the clip; it begins where the one before it ends."""

    start_s: float
    duration_s: float
    framing: str
    camera: str
    characters: list[str]


class MusicPlanned(BaseModel):
    """What it would be cut to; without a `path` the reason."""

    path: str | None
    bpm: float | None
    reason: str


class RenderPlanned(BaseModel):
    """What would be asked of a renderer, and which ones could do it."""

    workflow: str
    servers: list[str]
    width: int
    height: int
    frames: int
    fps: str
    steps: int | None = Field(description="Null where the workflow has none to set.")
    warning: str | None


class ClipPlanned(BaseModel):
    """The plan of a clip that nobody has asked for yet."""

    action_plan: list[dict[str, Any]]
    shots: list[ShotPlanned]
    cast: list[str]
    music: MusicPlanned
    takes_at_most: int
    estimated_duration: str = Field(description="For one take, the wait for a renderer not counted.")
    is_measured: bool = Field(
        description="Whether this tower has measured it; else it is what is documented."
    )
    render: RenderPlanned | None
    reason: str = Field(description="Why nothing would be rendered as things are now; empty where it would.")


class StandingsAsked(Asked):
    """The scenes of a page."""

    scene_ids: list[Id] = Field(min_length=1, max_length=50)


class StandingShown(BaseModel):
    """Whether a scene's clip is still made of what would go into it now."""

    scene_id: int
    state: Literal["fresh", "under_way", "stale", "missing", "not_judged"]
    generation_id: str | None
    reason: str
