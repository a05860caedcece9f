"""Feedback, decisions, appearances and the director's log, as they are sent and shown."""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.fields import Asked, By, Shown, Text, Time

Rating = Annotated[int, Field(ge=1, le=5, strict=True)]


class FeedbackAsked(Asked):
    """What you think of a generation."""

    rating: Rating
    text: Text = ""


class FeedbackShown(Shown):
    """What somebody thought of a generation's take."""

    id: int
    generation_id: str
    take: int
    rating: int
    text: str
    created_at: Time


class DecisionShown(Shown):
    """A choice about a generation, by whom, and why."""

    id: int
    project_id: int
    generation_id: str | None
    take: int | None
    made_by: str = Field(description="person | loop | director")
    decision: str = Field(examples=["approve"])
    reason: str
    details: dict[str, Any]
    by: By
    created_at: Time


class ExampleShown(Shown):
    """An approved take, to teach a model by: its file, what it shows, and what people thought of it."""

    generation_id: str
    take: int
    asset_id: str = Field(validation_alias="sha256")
    path: str
    caption: str
    characters: list[str]
    rating: float | None = Field(description="Mean of the ratings of the take, 1 to 5.")
    created_at: Time


class AppearanceShown(Shown):
    """A published take that a character is in, and the version of the character that it was made by."""

    id: int
    generation_id: str
    take: int
    scene_id: int | None
    character_id: int | None
    name: str
    character_version: int | None
    created_at: Time


class CommandShown(Shown):
    """What the director was told, the steps it meant, and what came of it."""

    id: int
    project_id: int | None
    generation_id: str | None
    conversation_id: str | None
    command: str
    made_by: str = Field(description="rules | model")
    asked: dict[str, Any]
    plan: list[dict[str, Any]]
    dropped: list[dict[str, Any]]
    outcome: str
    by: By
    created_at: Time
    updated_at: Time
