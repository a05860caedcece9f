"""Style templates, preferences, story arcs, timelines and cultural elements, as they are sent and shown."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.schemas.fields import Asked, Id, Name, Number, Prompt, Shown, Side, Text, Time
from api.schemas.generations import LONGEST_S, Quality
from api.schemas.scenes import Cast

LONGEST_ORDER: Final = 1_000
ArcStatus = Literal["planned", "active", "resolved"]
State = Literal["unknown", "introduced", "absent", "dead"]
Steps = Annotated[int, Field(ge=1, le=200, strict=True)]
Guidance = Annotated[Number, Field(gt=0, le=50)]


def _once_each(ids: list[int]) -> list[int]:
    if len(set(ids)) != len(ids):
        raise PydanticCustomError("unique", "Each id is named once", {"expected": "each id once"})
    return ids


Ids = Annotated[list[Id], Field(max_length=LONGEST_ORDER), AfterValidator(_once_each)]


class TemplateAsked(Asked):
    """A style, and the settings that its name stands for."""

    name: Name
    description: Text = ""
    prompt_suffix: Prompt = ""
    negative_prompt: Prompt = ""
    workflow: Name | None = None
    width: Side | None = None
    height: Side | None = None
    steps: Steps | None = None
    cfg: Guidance | None = None


class TemplateChange(TemplateAsked):
    """What is to change of a style template; what is not named stays."""

    name: Name = ""


class TemplateShown(Shown):
    """A style template."""

    id: int
    name: str
    description: str
    prompt_suffix: str
    negative_prompt: str
    workflow: str | None
    width: int | None
    height: int | None
    steps: int | None
    cfg: float | None
    created_at: Time
    updated_at: Time


class PreferencesAsked(Asked):
    """What you would like where a request does not say; what is not named stays, null leaves it open."""

    style: Name | None = None
    quality: Quality | None = None
    duration: Number | None = Field(default=None, gt=0, le=LONGEST_S, description="Seconds.")


class PreferencesShown(Shown):
    """A user's preferences; null where the project or the service decides."""

    style: str | None
    quality: str | None
    duration: int | float | None


class Learned(BaseModel):
    """A value that somebody likes, and how many clips that had it were liked and disliked."""

    value: str | float
    liked: int
    disliked: int


class LearnedShown(BaseModel):
    """What ratings and approvals tell of a user's likes; null where they tell too little."""

    style: Learned | None = None
    quality: Learned | None = None
    duration: Learned | None = None


class ArcAsked(Asked):
    """A thread of the narrative; it is told after those that there are."""

    project_id: Id
    name: Name
    description: Text = ""
    status: ArcStatus = "planned"
    scene_ids: Ids = Field(default_factory=list)
    characters: Cast = Field(default_factory=list)


class ArcChange(Asked):
    """What is to change of a story arc; what is not named stays."""

    name: Name = ""
    description: Text = ""
    status: ArcStatus = "planned"
    scene_ids: Ids = Field(default_factory=list)
    characters: Cast = Field(default_factory=list)


class ArcShown(Shown):
    """A story arc."""

    id: int
    project_id: int
    name: str
    description: str
    status: str
    position: int
    scene_ids: list[int]
    characters: list[str]
    created_at: Time
    updated_at: Time


class OrderAsked(Asked):
    """All ids, in the order in which they are to be told."""

    ids: Ids


class TimelineAsked(Asked):
    """A line of story time; it comes after those that there are."""

    project_id: Id
    name: Name
    description: Text = ""


class TimelineChange(Asked):
    """What is to change of a timeline; what is not named stays."""

    name: Name = ""
    description: Text = ""


class TimelineShown(Shown):
    """A timeline."""

    id: int
    project_id: int
    name: str
    description: str
    position: int
    created_at: Time
    updated_at: Time


class ContextAsked(Asked):
    """What holds of somebody or something on a timeline, from a scene number on."""

    from_scene_number: Id
    subject: Name
    state: State | None = None
    note: Text = ""


class ContextChange(Asked):
    """What is to change of what holds; what is not named stays."""

    from_scene_number: Id = 1
    subject: Name = ""
    state: State | None = None
    note: Text = ""


class ContextShown(Shown):
    """What holds of somebody or something on a timeline, from a scene number on."""

    id: int
    timeline_id: int
    from_scene_number: int
    subject: str
    state: str | None
    note: str
    created_at: Time
    updated_at: Time


Terms = Annotated[list[Name], Field(max_length=200)]


class ElementAsked(Asked):
    """Something of a culture, with the terms to prefer and to avoid for it."""

    project_id: Id
    name: Name
    category: Text = ""
    description: Text = ""
    prefer: Terms = Field(default_factory=list)
    avoid: Terms = Field(default_factory=list)


class ElementChange(Asked):
    """What is to change of a cultural element; what is not named stays."""

    name: Name = ""
    category: Text = ""
    description: Text = ""
    prefer: Terms = Field(default_factory=list)
    avoid: Terms = Field(default_factory=list)


class ElementShown(Shown):
    """A cultural element."""

    id: int
    project_id: int
    name: str
    category: str
    description: str
    prefer: list[str]
    avoid: list[str]
    created_at: Time
    updated_at: Time
