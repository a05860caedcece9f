"""What stands between Ollama's protocol and a model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

Say = Callable[[str], bool]
"""Takes a word; false has the writer stop."""


@dataclass(frozen=True, slots=True)
class About:
    """A model, as Ollama tells of one."""

    name: str
    family: str
    parameter_size: str
    quantization_level: str
    size_bytes: int
    loaded_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def listed(self) -> dict[str, Any]:
        details = {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameter_size,
            "quantization_level": self.quantization_level,
        }
        named = {"name": self.name, "model": self.name, "size": self.size_bytes, "digest": ""}
        return {**named, "modified_at": self.loaded_at.isoformat(), "details": details}


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a model stopped, as Ollama says it, and how much was read and written, tokens."""

    reason: str
    read: int
    written: int


class Writer(Protocol):
    """A model that writes; one answer at a time."""

    @property
    def about(self) -> About: ...

    def write(
        self, messages: Sequence[Mapping[str, str]], form: Any, options: Mapping[str, Any], say: Say
    ) -> Ended:
        """Answer; `form` is a JSON Schema, "json", or nothing.

        Raises:
            AnswerUnusableError: The model cannot take what it was sent.
        """
        ...
