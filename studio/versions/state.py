"""A project's state as entities under keys: `project`, `bible`, `style`, `scene_order`, `scenes/7`.

Seen from outside it is one tree, `{project, bible, style, scene_order, characters: {id: ...}, ...}`; what
the bible says of a character is at `bible/characters/2`.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StrictFloat,
    StrictInt,
    ValidationError,
    field_validator,
)

from studio.errors import InvalidError

Entity = Any
"""A JSON value: an object, or the list that `scene_order` is."""
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Text = Annotated[str, Field(max_length=100_000)]
Path = Annotated[str, Field(min_length=1, max_length=4096)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Side = Annotated[int, Field(ge=64, le=1920, multiple_of=2)]
MOST_ORDERED: Final = 5_000
SLOWEST_FPS, FASTEST_FPS = 1, 60


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Project(_Part):
    """The project's own fields."""

    name: Name
    description: Text = ""
    metadata: dict[str, Any] = Field(default_factory=dict)


class Style(_Part):
    """How the project is produced."""

    default_style: Name = "anime"
    fps: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}(/[1-9][0-9]{0,5})?$")] = "24"
    width: Side = 832
    height: Side = 480

    @field_validator("fps")
    @classmethod
    def _is_a_rate(cls, fps: str) -> str:
        if not SLOWEST_FPS <= Fraction(fps) <= FASTEST_FPS:
            raise ValueError(f"a rate lies between {SLOWEST_FPS} and {FASTEST_FPS} frames a second")
        return fps


class Bible(_Part):
    """The narrative guide."""

    title: Name
    description: Text = ""
    content: dict[str, Any] = Field(default_factory=dict)


class SceneOrder(RootModel[list[Number]]):
    """Scenes in the order in which they are arranged; what is not in it follows, by number."""

    model_config = ConfigDict(strict=True)
    root: Annotated[list[Number], Field(max_length=MOST_ORDERED)]


class Character(_Part):
    """A character."""

    name: Name
    description: Text = ""
    image_path: Path | None = None
    comfyui_workflow: Name | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class SyncPoint(_Part):
    """Something that happens at a time of the track, in seconds."""

    time: Annotated[StrictInt | StrictFloat, Field(ge=0)]
    event: Name


class Audio(_Part):
    """The track that a scene is laid on."""

    audio_path: Path
    bpm: Annotated[StrictInt | StrictFloat, Field(gt=0)] | None = None
    sync_points: Annotated[list[SyncPoint], Field(max_length=10_000)] = Field(default_factory=list)


class Scene(_Part):
    """A scene, with the names of those in it."""

    scene_number: Number
    description: Text = ""
    characters: Annotated[list[Name], Field(max_length=200)] = Field(default_factory=list)
    audio: Audio | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class Episode(_Part):
    """An episode, with the ids of its scenes; `uuid` is another name for its id.

    One that is laid on no track has no field `audio`.
    """

    uuid: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None = None
    episode_number: Number
    title: Name
    synopsis: Text = ""
    scene_ids: Annotated[list[Number], Field(max_length=10_000)] = Field(default_factory=list)
    audio: Audio | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class BibleCharacter(_Part):
    """What the bible says of a character."""

    name: Name
    role: Text | None = None
    personality: Text | None = None
    backstory: Text | None = None
    visual_description: Text | None = None
    abilities: Annotated[list[Any], Field(max_length=1000)] = Field(default_factory=list)


SINGLES: Final[Mapping[str, type[BaseModel]]] = {
    "project": Project,
    "bible": Bible,
    "style": Style,
    "scene_order": SceneOrder,
}
KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "characters": Character,
    "scenes": Scene,
    "episodes": Episode,
    "bible/characters": BibleCharacter,
}
LABELS: Final[Mapping[str, str]] = {
    "characters": "name",
    "scenes": "scene_number",
    "episodes": "episode_number",
    "bible/characters": "name",
}
"""The field of each kind that no two entities of a project share."""
FREE: Final[Mapping[str, str]] = {
    "project": "metadata",
    "bible": "content",
    "characters": "metadata",
    "scenes": "metadata",
    "episodes": "metadata",
}
"""Where a field goes that an entity does not have."""


def kind_of(key: str) -> str:
    """`scenes` of `scenes/7`; of a part that there is once, its own name."""
    return key if key in SINGLES else key.rpartition("/")[0]


def id_of(key: str) -> str:
    """`7` of `scenes/7`."""
    return key.rpartition("/")[2]


def plain(value: Any) -> Any:
    """`value` with every whole number as an integer, so that 120.0 and 120 are one value."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def checked(key: str, value: Entity) -> Entity:
    """`value` as an entity of its kind, with every field.

    Raises:
        InvalidError: a field is missing, or cannot be what it is.
    """
    kind = kind_of(key)
    model = SINGLES.get(kind) or KINDS[kind]
    try:
        whole = plain(model.model_validate(plain(value)).model_dump())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InvalidError(
            f"{key}: {first['msg']}",
            field="/".join((key, *map(str, first["loc"]))),
            value=first["input"],
            expected=first["msg"],
        ) from error
    return _tidied(kind, whole)


def _tidied(kind: str, whole: Entity) -> Entity:
    """Names once each, points in the order of their times."""
    if kind == "scenes":
        whole["characters"] = list(dict.fromkeys(whole["characters"]))
    if kind == "episodes" and whole["audio"] is None:
        del whole["audio"]
    if kind in ("scenes", "episodes") and whole.get("audio"):
        whole["audio"]["sync_points"].sort(key=lambda point: point["time"])
    if kind == "scene_order":
        whole = list(dict.fromkeys(whole))
    return whole


def shown(entities: Mapping[str, Entity]) -> dict[str, Any]:
    """The state as one tree."""
    tree: dict[str, Any] = {"project": None, "bible": None, "style": None, "scene_order": []}
    tree |= {"characters": {}, "scenes": {}, "episodes": {}}
    for key, value in sorted(entities.items()):
        if key in SINGLES:
            tree[key] = {**value} if isinstance(value, Mapping) else value
    for key, value in sorted(entities.items()):
        kind = kind_of(key)
        if kind == "bible/characters":
            tree["bible"] = tree["bible"] or {}
            tree["bible"].setdefault("characters", {})[id_of(key)] = value
        elif key not in SINGLES:
            tree[kind][id_of(key)] = value
    return tree
