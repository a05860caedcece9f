"""What is said to Echo, and what it answers."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Name, Number, StoredPath, Time
from api.schemas.generations import LONGEST_S, Quality
from api.schemas.scenes import Cast
from studio.echo.planning import LONGEST_REQUEST

ConversationId = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    ),
]
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_REQUEST, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
]
_EXAMPLE: Final[JsonDict] = {
    "query": "Create a 5-second anime scene with Kai Nakamura in a mystical forest",
    "context": {
        "project_id": 1,
        "character_references": ["Kai Nakamura"],
        "style": "cinematic",
        "duration": 5,
    },
    "conversation_id": "anime_production_session",
}
_MESSAGE: Final[JsonDict] = {
    "message": "Generate an anime trailer for project 1",
    "conversation_id": "anime_chat",
    "context": {"service": "anime_production", "project_id": 1},
}


class TalkContext(BaseModel):
    """What the client means beside its words, which weigh more; other keys are kept, and decide nothing."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    project_id: Id | None = None
    branch_name: Name | None = None
    character_references: Cast = Field(default_factory=list)
    style: Name | None = None
    duration: Number | None = Field(default=None, gt=0, le=LONGEST_S)
    quality: Quality | None = None
    audio_path: StoredPath | None = None
    scene_id: Id | None = None


class QueryAsked(Asked):
    """A request to the director."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    query: Words
    context: TalkContext = Field(default_factory=TalkContext)
    conversation_id: ConversationId | None = None
    confirm: bool = Field(
        default=False,
        strict=True,
        description="Carry it out at once; what publishes or destroys waits to be confirmed by itself.",
    )


class ChatAsked(Asked):
    """A message to the director; "yes" confirms its last plan, "no" drops it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MESSAGE]})

    message: Words
    context: TalkContext = Field(default_factory=TalkContext)
    conversation_id: ConversationId | None = None
    confirm: bool = Field(default=False, strict=True)


class PlannedStep(BaseModel):
    """A step of a plan; `parameters` is absent where it has none."""

    model_config = ConfigDict(extra="allow")

    step: int
    action: str
    service: str


class QuestionShown(BaseModel):
    """What must be known first."""

    missing: str
    text: str
    words: str
    choices: list[str]


class UnderstoodShown(BaseModel):
    """Words of the request, with their place in it, and what they were taken for."""

    words: str
    start: int
    end: int
    meaning: str
    value: Any = None


class RefusalShown(BaseModel):
    """What will not be done, and why."""

    code: str
    text: str


class Talked(BaseModel):
    """What the director answers."""

    response: str
    action_plan: list[dict[str, Any]]
    estimated_duration: str | None = Field(
        description="From measured stage times; null where nothing is rendered."
    )
    conversation_id: str
    plan_id: str
    project_id: int | None
    state: Literal["asked", "refused", "planned", "accepted", "dropped", "answered"]
    needs_confirmation: bool = Field(description="It publishes or destroys: a dry run until it is confirmed.")
    generation_id: str | None = Field(description="The job that carries the plan out, once it is confirmed.")
    questions: list[QuestionShown]
    refusals: list[RefusalShown]
    understood: list[UnderstoodShown]
    made_by: Literal["rules", "model"]
    dropped: list[dict[str, Any]] = Field(
        default_factory=list, description="What a model said and was not kept."
    )


class StepShown(BaseModel):
    """A step that is carried out."""

    step: int
    action: str
    state: Literal["waiting", "processing", "completed", "failed", "skipped", "cancelled"]
    generation_id: str | None = None
    result: dict[str, Any] = Field(default_factory=dict)


class PlanShown(BaseModel):
    """A plan, and how its steps stand."""

    plan_id: str
    conversation_id: str
    project_id: int | None
    request: str
    response: str
    state: str
    action_plan: list[dict[str, Any]]
    needs_confirmation: bool
    generation_id: str | None
    status: str | None = Field(description="Of the job that carries it out.")
    steps: list[StepShown]
    questions: list[QuestionShown]
    refusals: list[RefusalShown]
    made_by: str
    created_at: Time
    updated_at: Time


class ConversationShown(BaseModel):
    """A conversation, oldest turn first."""

    conversation_id: str
    turns: list[PlanShown]
