"""The actions that there are: nothing else is ever carried out, whoever asks, a person or a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from studio.errors import InvalidError

LONGEST_S: Final = 600
SHORTEST_TRAILER_S: Final = 4
LONGEST_TRAILER_S: Final = 180
MOST: Final = 24
"""The most clips that one order makes."""


class Made(BaseModel):
    """What an earlier step of the plan makes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: int = Field(ge=1, le=999)


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number is meant")
    return value


Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
Short = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Path = Annotated[str, Field(min_length=1, max_length=4096)]
Id = Annotated[int, BeforeValidator(_no_bool), Field(ge=1, le=2**31 - 1)]
Seconds = Annotated[float, BeforeValidator(_no_bool), Field(gt=0, le=LONGEST_S)]
GenerationId = Annotated[str, Field(max_length=100, pattern=r"^gen_[0-9A-Za-z_-]+$")]
Quality = Literal["draft", "standard", "high"]


class Parameters(BaseModel):
    """The parameters of an action; others are refused by name."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Check(Parameters):
    """Who is held against the project before a clip is made."""

    character: Short


class Clip(Parameters):
    """A clip; its cast are those who are checked before it."""

    prompt: Text
    duration: Seconds = 5
    style: Short | None = None
    quality: Quality | None = None
    audio_path: Path | None = None
    scene_id: Id | None = None
    seed: int | None = Field(default=None, ge=0, le=2**63 - 1)


class Assessment(Parameters):
    """The verdict on the clip before it."""


class Redone(Parameters):
    """A clip made anew: of a generation, or of a scene; with what is to be otherwise."""

    generation_id: GenerationId | Made | None = None
    scene_id: Id | None = None
    change: Text | None = None
    duration: Seconds | None = None
    style: Short | None = None
    quality: Quality | None = None
    seed: int | None = Field(default=None, ge=0, le=2**63 - 1)


class EpisodeMade(Parameters):
    """A new episode of scenes that there are."""

    scene_ids: list[Id] = Field(min_length=1, max_length=1000)
    title: Short | None = None


class EpisodeRendered(Parameters):
    episode_id: Id | Made
    audio_path: Path | None = None


class Trailer(Parameters):
    """A trailer of the project, of an episode, of scenes, or of what was made."""

    project_id: Id | None = None
    episode_id: Id | Made | None = None
    scene_ids: list[Id] | None = Field(default=None, min_length=1, max_length=1000)
    generation_ids: list[GenerationId | Made] | None = Field(default=None, min_length=1, max_length=200)
    duration: Annotated[
        float, BeforeValidator(_no_bool), Field(ge=SHORTEST_TRAILER_S, le=LONGEST_TRAILER_S)
    ] = 30
    audio_path: Path | None = None


class CharacterChange(Parameters):
    character: Short
    change: Text


class Track(Parameters):
    audio_path: Path


class Aim(Parameters):
    """What is meant: a generation, a scene's newest clip, or an episode."""

    generation_id: GenerationId | Made | None = None
    scene_id: Id | None = None
    episode_id: Id | Made | None = None


class Cancelled(Parameters):
    generation_id: GenerationId | Made


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the director may do.

    `publishes` and `destroys` need a person's word: such an action is a dry run until it is confirmed.
    `makes` says of what kind its result is, where later steps can build on one.
    """

    name: str
    service: str
    parameters: type[Parameters]
    summary: str
    publishes: bool = False
    destroys: bool = False
    makes: Literal["generation", "episode", ""] = ""
    reads_only: bool = False

    @property
    def needs_confirmation(self) -> bool:
        return self.publishes or self.destroys


def _registered(*actions: Action) -> Mapping[str, Action]:
    return {action.name: action for action in actions}


ACTIONS: Final = _registered(
    Action(
        "character_consistency_check",
        "anime_production",
        Check,
        "Holds a character against sheets and bible.",
        reads_only=True,
    ),
    Action("generate_video", "comfyui", Clip, "Makes a clip.", makes="generation"),
    Action(
        "quality_assessment", "quality_control", Assessment, "Judges the clip before it.", reads_only=True
    ),
    Action("regenerate_video", "comfyui", Redone, "Makes a clip anew.", makes="generation"),
    Action(
        "create_episode", "episode_management", EpisodeMade, "Makes an episode of scenes.", makes="episode"
    ),
    Action(
        "render_episode", "episode_management", EpisodeRendered, "Renders an episode.", makes="generation"
    ),
    Action("make_trailer", "episode_management", Trailer, "Cuts a trailer.", makes="generation"),
    Action(
        "update_character",
        "anime_production",
        CharacterChange,
        "Changes what a character's sheet says.",
        destroys=True,
    ),
    Action("analyze_track", "apple_music", Track, "Finds tempo and beats of a track.", reads_only=True),
    Action("publish", "jellyfin", Aim, "Publishes to the library.", publishes=True),
    Action("unpublish", "jellyfin", Aim, "Takes out of the library what was published.", destroys=True),
    Action("report_status", "anime_production", Aim, "Tells how far things are.", reads_only=True),
    Action(
        "cancel_generation",
        "anime_production",
        Cancelled,
        "Ends a generation that is under way.",
        destroys=True,
    ),
)


def registered(name: str) -> Action:
    """The action of that name.

    Raises:
        InvalidError: there is none.
    """
    if name not in ACTIONS:
        raise InvalidError(
            f"The director has no action {name!r}.",
            field="action",
            value=name,
            expected=", ".join(ACTIONS),
            known=list(ACTIONS),
        )
    return ACTIONS[name]


def validated(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an action as JSON values, only those that were given.

    Raises:
        InvalidError: there is no such action, or it has no such parameters.
    """
    action = registered(name)
    try:
        read = action.parameters.model_validate(dict(parameters))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise InvalidError(
            f"{name} does not take these parameters: {where}: {fault['msg']}.",
            field=f"parameters.{where}",
            value=None,
            expected=fault["msg"],
        ) from error
    return read.model_dump(mode="json", exclude_unset=True)
