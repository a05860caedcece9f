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
    that question to the API, and tells its answer; one with `is_tried` has the API refuse what it would
    refuse, and then looks. What `is_once` has no further effect when it is repeated. `is_keyed` calls take an
    idempotency key. `action` is the registered action of the director that the tool carries out, if any.
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
    is_tried: bool = False
    is_once: bool = False
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
    return {"type": "string", "enum": list(words), "description": what}


def flag(what: str) -> Schema:
    return {"type": "boolean", "description": what}


def numbered(what: str, *, spelt: str = r"[1-9][0-9]{0,18}") -> Schema:
    """An id, which answers may spell as text."""
    return {"type": ["integer", "string"], "minimum": 1, "pattern": _all(spelt), "description": what}


def spelt(what: str, spelling: str) -> Schema:
    return {"type": "string", "pattern": _all(spelling), "description": what}


def _all(spelling: str) -> str:
    """The whole of it, in the dialects of Python and of JavaScript; `$` alone lets a line's end pass."""
    return rf"^(?:{spelling})$(?!\n)"


def names(what: str) -> Schema:
    return {
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "maxItems": 100,
        "description": what,
    }


_KEY: Final = spelt(
    "The same key and request have one effect, however often they are sent; ASCII.",
    r"[!-~](?:[ -~]{0,198}[!-~])?",
)
_DRY_RUN: Final = {
    "type": "boolean",
    "default": True,
    "description": "False carries it out; else it is only told what would be done.",
}
_PAGE: Final = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50, "description": "How many."},
    "cursor": text("`next_cursor` of the answer before.", 1000),
}
PROJECT: Final = numbered("`id` of the project.")
BRANCH: Final = {"branch": text("Branch of the project; `main` where none is named.", 200)}
_UUID: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
EPISODE: Final = {
    "episode_id": numbered(
        "`episode_id` of the episode, or its `id`, a uuid.", spelt=rf"[1-9][0-9]{{0,18}}|{_UUID}"
    )
}
SCENES: Final = {
    "type": "array",
    "items": numbered("A scene.", spelt="scene_[1-9][0-9]{0,18}"),
    "maxItems": 1000,
    "description": "Ids of scenes, in the order in which they are shown.",
}
PLAN: Final = {"plan_id": spelt("`plan_id` of an answer of `plan_request`.", "plan_[0-9a-f]{1,90}")}
GENERATION: Final = {
    "generation_id": spelt(
        "`generation_id` of a clip, an episode's render or a trailer.", "gen_[0-9A-Za-z_-]{1,90}"
    )
}
TALK: Final = r"(?!\.{1,2}$)[0-9A-Za-z_.-]{1,200}"
"""How the id of a conversation is spelt; two dots would be another path."""
RESOLUTIONS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "entity": text("`entity` of the conflict.", 200),
            "path": {"type": "string", "maxLength": 10_000, "description": "`path` of the conflict."},
            "choose": one_of("Whose value; `value` for one of your own.", "base", "ours", "theirs", "value"),
            "value": {"description": "With `choose` value: what it is to be."},
        },
        "required": ["entity", "choose"],
        "additionalProperties": False,
    },
    "minItems": 1,
    "maxItems": 1000,
    "description": "A decision on each conflict.",
}
SCENE: Final = whole("`id` of the scene.")
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
