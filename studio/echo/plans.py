"""A plan: steps to carry out, what must be asked back first, and what will not be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Understood:
    """Words of a request, from `start` to `end` in it, and what they were taken for."""

    words: str
    start: int
    end: int
    meaning: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """One registered action; a parameter `{"step": n}` is what step n makes."""

    number: int
    action: str
    service: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def as_document(self) -> dict[str, Any]:
        """The step as users are shown it; one without parameters has no such key."""
        shown: dict[str, Any] = {"step": self.number, "action": self.action, "service": self.service}
        return {**shown, "parameters": dict(self.parameters)} if self.parameters else shown


class Missing(StrEnum):
    """What a request leaves open."""

    CHARACTER = "character"
    SCENE = "scene"
    SCENES = "scenes"
    EPISODE = "episode"
    TRACK = "track"
    TARGET = "target"
    CHANGE = "change"
    CONTENT = "content"
    DURATION = "duration"
    COUNT = "count"
    PROJECT = "project"
    INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known first; `words` are those of the request that could not be resolved, if any."""

    missing: Missing
    text: str
    words: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """What will not be done, and why."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Terms:
    """A clip as it was last asked for: what "again, but at night" builds on."""

    prompt: str
    cast: tuple[str, ...] = ()
    duration: float | None = None
    style: str | None = None
    quality: str | None = None
    audio_path: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a request comes to; with a question or a refusal there are no steps, and notes may stand alone."""

    request: str
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    understood: tuple[Understood, ...] = ()
    clip: Terms | None = None
    notes: tuple[str, ...] = ()
    """What is said beside the steps: what is left undone as asked, what cannot be waited for."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What the scenes and episodes of the project are called, by what they are done to: `scene_103`."""

    @property
    def action_plan(self) -> list[dict[str, Any]]:
        """The steps as documented."""
        return [step.as_document() for step in self.steps]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier request of the conversation, its plan, and what was made by its steps so far."""

    plan: Plan
    made: Mapping[int, str] = field(default_factory=dict)
    is_under_way: bool = False
