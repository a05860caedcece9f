"""The line for the renderers, as it is shown and changed."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.fields import Asked, Shown, Time

Priority = Annotated[int, Field(ge=0, le=9, strict=True)]


class StandShown(Shown):
    """A generation under way, and where it stands."""

    generation_id: str
    kind: str
    parent_id: str | None
    project_id: int
    scene_id: int | None
    title: str
    stage: str
    progress: float
    attempt: int
    priority: int = Field(description="0 to 9: the lower, the sooner it is let in.")
    place: Literal["waiting", "placed", "posted", "cancelling"] | None = Field(
        description="Its place at a renderer: `posted` is there, `placed` about to be, `waiting` in line."
    )
    server: str | None
    estimated_completion: Time | None
    flow_run_url: str | None
    created_at: Time
    started_at: Time | None


class QueueShown(Shown):
    """Who is under way, in the order in which renderers serve them."""

    paused: bool
    paused_at: Time | None
    total: int = Field(description="How many are under way; at most 500 of them are shown.")
    entries: list[StandShown]


class QueueChange(Asked):
    """Whether anybody is let in to the renderers; what renders goes on rendering."""

    paused: bool


class PriorityAsked(Asked):
    """Where a generation is to stand in line."""

    priority: Priority
