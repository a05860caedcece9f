"""A tool for agents: one call of the public API, with the parameters that it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

Schema = dict[str, Any]


class Effect(Enum):
    """What a tool does: only looks, adds something, or publishes, changes or ends what is there."""

    READS = "reads"
    ADDS = "adds"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, its parameters by where they go, and the call that carries it out.

    `path` holds names of parameters in braces; `look` is the GET that shows what a tool that changes
    something would change: such a tool is a dry run unless it is told otherwise. One with `has_dry_run` hands
    that question to the API. `is_keyed` calls take an idempotency key. `action` is the
    registered action of the director that the tool carries out, if it is one.
    """

    name: str
    summary: str
    service: str
    method: str
    path: str
    effect: Effect = Effect.READS
    inside: Mapping[str, Schema] | None = None
    query: Mapping[str, Schema] | None = None
    body: Mapping[str, Schema] | None = None
    required: tuple[str, ...] = ()
    look: str | None = None
    is_keyed: bool = False
    has_dry_run: bool = False
    is_list: bool = False
    action: str = ""

    @property
    def asks_first(self) -> bool:
        """Whether it does nothing until `dry_run` is false."""
        return self.effect is Effect.CHANGES or self.has_dry_run

    def parameters(self) -> dict[str, Schema]:
        """Every parameter by name."""
        found = {**(self.inside or {}), **(self.query or {}), **(self.body or {})}
        if self.is_keyed:
            found["idempotency_key"] = _KEY
        if self.asks_first:
            found["dry_run"] = _DRY_RUN
        return found | (_PAGE if self.is_list else {})

    def schema(self) -> Schema:
        """Its parameters as JSON Schema; others are refused."""
        return {
            "type": "object",
            "properties": self.parameters(),
            "required": [*(self.inside or {}), *self.required],
            "additionalProperties": False,
        }


def whole(what: str) -> Schema:
    return {"type": "integer", "minimum": 1, "description": what}


def text(what: str, longest: int = 4000) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": longest, "description": what}


def one_of(what: str, *words: str) -> Schema:
    return {"enum": list(words), "description": what}


def names(what: str) -> Schema:
    return {"type": "array", "items": {"type": "string"}, "maxItems": 100, "description": what}


_KEY: Final = text("The same key and request have one effect, however often they are sent.", 200)
_DRY_RUN: Final = {"type": "boolean", "default": True, "description": "False carries it out."}
_PAGE: Final = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50, "description": "How many."},
    "cursor": text("`next_cursor` of the answer before.", 1000),
}
PROJECT: Final = whole("Id of the project.")
BRANCH: Final = {"branch": text("Branch of the project; `main` where none is named.", 200)}
EPISODE: Final = {"episode_id": whole("Id of the episode.")}
PLAN: Final = {"plan_id": {"type": "string", "pattern": "^plan_[0-9a-f]+$"}}
GENERATION: Final = {"generation_id": {"type": "string", "pattern": "^gen_[0-9A-Za-z_-]+$"}}
SCENE: Final = whole("Id of the scene.")
OF_PROJECT: Final = {"project_id": PROJECT, **BRANCH}
_QUALITY: Final = one_of("How much care a clip is given.", "draft", "standard", "high")
_DURATION: Final = {"type": "number", "exclusiveMinimum": 0, "maximum": 600, "description": "Seconds."}
CLIP: Final = {
    "prompt": text("What is seen."),
    "duration": _DURATION,
    "style": text("Such as anime or cinematic.", 200),
    "quality": _QUALITY,
    "characters": names("Names of the project's characters in it."),
    "scene_id": SCENE,
    "branch_name": text("Branch; `main` where none is named.", 200),
    "audio_path": text("A sound file inside the media roots.", 4096),
    "seed": {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**63 - 1,
        "description": "For the same again.",
    },
    "title": text("What it is called in the library.", 200),
}
ANIME, EPISODES, MUSIC, ECHO = "anime", "episodes", "music", "echo"
GET, POST, PUT, DELETE = "GET", "POST", "PUT", "DELETE"
