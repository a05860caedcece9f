"""A prompt held against its project, as it is sent and as it is judged."""

from typing import Final, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.fields import Asked, Id, Name, Prompt, Shown
from api.schemas.scenes import Cast

_EXAMPLE: Final[JsonDict] = {
    "prompt": "Kai Nakamura, his hair silver, waits at the shrine",
    "characters": ["Kai Nakamura"],
}


class CheckAsked(Asked):
    """A prompt to be held against what its project says of those in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    prompt: Prompt = Field(min_length=1, pattern=r"\S")
    characters: Cast = Field(default_factory=list)
    scene_id: Id | None = None
    branch_name: Name | None = None


class FindingShown(Shown):
    """Something found: in which words, and what is said there instead, and where."""

    weight: str = Field(
        examples=["contradiction"],
        description="contradiction | conflict | warning | not judged | overridden | missing",
    )
    character: str | None
    slot: str | None = Field(examples=["hair_colour"])
    text: str | None = Field(description="prompt | scene: where `quote` stands, from `start` to `end`.")
    quote: str
    start: int
    end: int = Field(description="Exclusive, in characters.")
    stated: str
    source: str = Field(examples=["bible_characters/12 v3"])
    message: str


class CheckShown(Shown):
    """What was found, and the prompt with what it leaves unsaid."""

    verdict: Literal["pass", "conflict"]
    findings: list[FindingShown]
    prompt: str
