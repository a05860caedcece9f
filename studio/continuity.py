"""What the `metadata` of characters and scenes says of how their takes are to resemble each other.

The keys are documented in `docs/api.md`. Whoever writes metadata by hand also errs: a value that cannot be
meant is passed over and told of, never refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LARGEST_SEED: Final = 2**63 - 1
FULL_STRENGTH: Final = 1.0
STRONGEST: Final = 100.0
"""The range of a LoRA's strength in ComfyUI's loaders, on both sides of 0."""


@dataclass(frozen=True, slots=True)
class Lora:
    """A LoRA as the renderer knows it: the name of its file there, and how strongly it is laid on."""

    file: str
    strength: float = FULL_STRENGTH


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes a character look the same from take to take, beside its picture and its description."""

    lora: Lora | None = None
    trigger_words: tuple[str, ...] = ()
    seed: int | None = None


NO_LIKENESS: Final = Likeness()


@dataclass(frozen=True, slots=True)
class Misread:
    """A value under a documented key that cannot be meant."""

    key: str
    value: Any
    expected: str


def read_likeness(metadata: Mapping[str, Any]) -> tuple[Likeness, tuple[Misread, ...]]:
    """What a character's `metadata` says of its likeness, and what of it could not be read.

    Keys: `lora` (a file name, or `{file, strength}`), `lora_strength`, `trigger_words` (a list, or a string
    with commas), `seed`.
    """
    misread: list[Misread] = []
    likeness = Likeness(
        lora=_lora(metadata, misread),
        trigger_words=_trigger_words(metadata.get("trigger_words"), misread),
        seed=_seed(metadata.get("seed"), misread),
    )
    return likeness, tuple(misread)


def read_aliases(value: object) -> tuple[str, ...]:
    """What else a character is called, by its metadata's `aliases`: a list, or a string with commas."""
    listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(name.strip() for name in listed if isinstance(name, str) and name.strip())


def continues(metadata: Mapping[str, Any]) -> tuple[bool, tuple[Misread, ...]]:
    """Whether a scene's `metadata` asks to begin with the last frame of the scene before it (`continues`)."""
    match metadata.get("continues"):
        case bool(asked):
            return asked, ()
        case None:
            return False, ()
        case other:
            return False, (Misread("continues", other, "true or false"),)


def _lora(metadata: Mapping[str, Any], misread: list[Misread]) -> Lora | None:
    strength = "lora_strength", metadata.get("lora_strength")
    match metadata.get("lora"):
        case None:
            return None
        case str(file):
            pass
        case {"file": str(file), **rest} if rest.keys() <= {"strength"}:
            strength = ("lora.strength", rest["strength"]) if "strength" in rest else strength
        case _:
            file = ""
    if not file.strip():
        misread.append(Misread("lora", metadata["lora"], "a file name, or {file, strength}"))
        return None
    return Lora(file.strip(), _strength(*strength, misread))


def _strength(key: str, value: object, misread: list[Misread]) -> float:
    match value:
        case None:
            return FULL_STRENGTH
        case int() | float() if not isinstance(value, bool) and abs(value) <= STRONGEST:
            return float(value)
    misread.append(Misread(key, value, f"a number from {-STRONGEST:g} to {STRONGEST:g}"))
    return FULL_STRENGTH


def _trigger_words(value: object, misread: list[Misread]) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case str():
            words = value.split(",")
        case [*words] if all(isinstance(word, str) for word in words):
            pass
        case _:
            misread.append(Misread("trigger_words", value, "a list of words, or a string with commas"))
            return ()
    return tuple(dict.fromkeys(filter(None, (word.strip() for word in words))))


def _seed(value: object, misread: list[Misread]) -> int | None:
    match value:
        case None:
            return None
        case int() if not isinstance(value, bool) and 0 <= value <= LARGEST_SEED:
            return value
    misread.append(Misread("seed", value, "a whole number from 0 to 2^63 - 1"))
    return None
