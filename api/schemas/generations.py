"""Generations, as they are asked for and shown."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import (
    LARGEST_SEED,
    Asked,
    FrameRate,
    Id,
    Name,
    Number,
    Prompt,
    Side,
    StoredPath,
    Time,
)
from api.schemas.publications import PublicationBrief
from api.schemas.scenes import Cast

LONGEST_S = 600
Status = Literal["processing", "completed", "needs_review", "failed", "cancelled"]
Kind = Literal["clip", "episode", "trailer", "direct"]
Quality = Literal["draft", "standard", "high"]

_EXAMPLE: Final[JsonDict] = {
    "prompt": "Kai Nakamura standing in a mystical forest, cinematic lighting",
    "duration": 5,
    "style": "anime",
    "characters": ["Kai Nakamura"],
    "quality": "high",
}
_ANSWER: Final[JsonDict] = {
    "generation_id": "gen_12345",
    "status": "processing",
    "estimated_completion": "2025-11-05T04:50:00Z",
    "project_id": 1,
    "metadata": {"duration": 5, "style": "anime", "quality": "high"},
}


class ClipTerms(Asked):
    """How a clip is to be made; what is not said is the user's preference, then the project's setting."""

    duration: Number = Field(default=5, gt=0, le=LONGEST_S, description="Seconds.")
    style: Name | None = Field(
        default=None, description="Free text; the name of a style template adds its settings."
    )
    characters: Cast = Field(default_factory=list)
    quality: Quality = "standard"
    seed: int | None = Field(default=None, ge=0, le=LARGEST_SEED)
    audio_path: StoredPath | None = Field(default=None, description="A file within the media roots.")
    branch_name: Name | None = None
    workflow: Name | None = None
    width: Side | None = None
    height: Side | None = None
    fps: FrameRate | None = None
    negative_prompt: Prompt = ""
    title: Name | None = None


class GenerationAsked(ClipTerms):
    """A clip to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    prompt: Prompt = Field(min_length=1, pattern=r"\S")
    scene_id: Id | None = None


class Terms(BaseModel):
    """What was agreed on."""

    duration: int | float
    style: str
    quality: str


class GenerationAccepted(BaseModel):
    """A generation under way."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    generation_id: str
    status: Status
    estimated_completion: Time | None
    project_id: int
    metadata: Terms


class GenerationListed(BaseModel):
    """A generation in a list; `GET /generations/{generation_id}` tells more."""

    model_config = ConfigDict(extra="allow")

    generation_id: str
    kind: Kind
    parent_id: str | None = Field(description="The generation that had this one made.")
    project_id: int
    branch_name: str
    scene_id: int | None
    episode_id: int | None
    title: str
    prompt: str
    status: Status
    stage: str
    progress: float
    attempt: int
    video_path: str | None
    published_path: str | None
    quality: dict[str, Any]
    error: dict[str, Any] | None
    flow_run_id: str | None
    flow_run_url: str | None
    created_at: Time
    updated_at: Time
    started_at: Time | None
    finished_at: Time | None


class GenerationShown(GenerationListed):
    """All that is known of a generation."""

    estimated_completion: Time | None
    findings: list[dict[str, Any]] = Field(
        description="What the check found, as `POST /projects/{project_id}/consistency-check` shows it."
    )
    sync: dict[str, Any] | None
    children: list[dict[str, Any]] = Field(description="What this one has had made, in short.")
    publication: PublicationBrief | None = Field(
        description="Where its video lies in the library; none where another has taken its place."
    )
    takes: list[dict[str, Any]]
