"""Whether a request fits the project's characters, and what they add to its prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """What a finding means for the clip."""

    CONFLICT = "conflict"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a branch knows of a character: its own row and its entry in the bible."""

    name: str
    version: int
    description: str
    image_path: str | None
    bible_version: int | None = None
    visual_description: str = ""
    role: str = ""

    @property
    def looks(self) -> str:
        """All that is said of the character's looks, the bible first."""
        return ". ".join(
            part.strip().rstrip(".") for part in (self.visual_description, self.description) if part
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the check found: where, what and why."""

    weight: Weight
    character: str
    message: str


def check_cast(
    names: Sequence[str], sheets: Mapping[str, Sheet], missing_images: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Findings on the characters that a clip names.

    Args:
        names: The characters asked for, in order.
        sheets: What is known of them, by name.
        missing_images: For characters whose reference picture cannot be opened, why.
    """
    unknown = (
        Finding(Weight.CONFLICT, name, f"{name} is not a character of this branch")
        for name in names
        if name not in sheets
    )
    unseen = (
        Finding(Weight.NOT_JUDGED, name, f"the reference picture of {name} cannot be used: {why}")
        for name, why in missing_images.items()
    )
    return (*unknown, *unseen)


def complete_prompt(prompt: str, sheets: Sequence[Sheet], style: str) -> str:
    """`prompt` with the looks of its characters and the style, each said once."""
    looks = (f"{sheet.name}: {sheet.looks}" for sheet in sheets if sheet.looks)
    parts = (prompt.strip().rstrip("."), *looks, f"{style} style" if style else "")
    return ". ".join(part for part in parts if part)
