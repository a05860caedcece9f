"""What of a character can be contradicted, and what is found."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Slot(StrEnum):
    """Something of which a character has one value at a time; `story` and `culture` are a scene's."""

    HAIR_COLOUR = "hair_colour"
    HAIR_LENGTH = "hair_length"
    HAIR_STYLE = "hair_style"
    EYE_COLOUR = "eye_colour"
    BEARD = "beard"
    OUTFIT = "outfit"
    ACCESSORY = "accessory"
    WEAPON = "weapon"
    AGE = "age"
    SPECIES = "species"
    STORY = "story"
    CULTURE = "culture"


HAIR_SLOTS: Final = frozenset({Slot.HAIR_COLOUR, Slot.HAIR_LENGTH, Slot.HAIR_STYLE})


class Weight(StrEnum):
    """A contradiction, a fact left unsaid, or a departure that the text itself licenses."""

    CONTRADICTION = "contradiction"
    MISSING = "missing"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Finding:
    """Words about a character, from `start` to `end`, exclusive, and what the bible states there."""

    weight: Weight
    character: str
    slot: Slot
    quote: str
    start: int
    end: int
    stated: str
    source: str
    message: str
