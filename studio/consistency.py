"""Whether a request fits the project's characters, and what they add to its prompt."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from studio.canon.clips import Found
from studio.canon.slots import Slot
from studio.continuity import NO_LIKENESS, Likeness, Misread
from studio.japanese import name_pattern

LOOK_KEYS: Final = ("palette", "art_style", "visual_style", "look", "lighting")
"""The entries of a bible's content that say how everything looks."""


class Weight(StrEnum):
    """What a finding means for the clip."""

    CONFLICT = "conflict"
    CONTRADICTION = "contradiction"
    NOT_JUDGED = "not judged"
    WARNING = "warning"
    OVERRIDDEN = "overridden"
    MISSING = "missing"

    @property
    def is_fatal(self) -> bool:
        """Whether a clip is not made with it."""
        return self in {Weight.CONFLICT, Weight.CONTRADICTION}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a branch knows of a character: its own row and its entry in the bible."""

    name: str
    version: int
    description: str
    image_path: str | None
    bible_version: int | None = None
    visual_description: str = ""
    comfyui_workflow: str | None = None
    likeness: Likeness = NO_LIKENESS
    misread: tuple[Misread, ...] = ()

    @property
    def looks(self) -> str:
        """All that is said of the character's looks, the bible first."""
        return ". ".join(
            part.strip().rstrip(".") for part in (self.visual_description, self.description) if part
        )


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a prompt is to be told of a character."""

    name: str
    looks: str = ""
    trigger_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the check found: what, why, and of which character, if of one.

    Where it is about words, `quote` stands from `start` to `end`, exclusive, in `text`: "prompt", or "scene"
    for its description. `stated` is what `source` says there.
    """

    weight: Weight
    character: str | None
    message: str
    slot: str | None = None
    quote: str = ""
    start: int = 0
    end: int = 0
    stated: str = ""
    source: str = ""
    text: str | None = None


def named_in(prompt: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that stand in `prompt` as words of their own, in their order there.

    A name within a longer one that stands there is not meant: in "Kai Nakamura waits" nobody is called Kai.
    """
    found: dict[str, int] = {}
    rest = prompt
    for name in sorted(names, key=len, reverse=True):
        whole = name_pattern(name)
        if (place := whole.search(rest)) is not None:
            found[name] = place.start()
            rest = whole.sub(lambda match: "\0" * len(match[0]), rest)
    return tuple(sorted(found, key=found.__getitem__))


def check_cast(
    asked: Sequence[str],
    in_scene: Sequence[str],
    sheets: Mapping[str, Sheet],
    missing_images: Mapping[str, str],
) -> tuple[Finding, ...]:
    """Findings on the characters of a clip.

    Args:
        asked: The characters that the request names, in order; an unknown one contradicts the project.
        in_scene: Those that its scene names; an unknown one is drawn by its name, and not judged.
        sheets: What is known of them, by name.
        missing_images: For characters whose reference picture cannot be opened, why.
    """
    unknown = (
        Finding(
            Weight.CONFLICT if name in asked else Weight.NOT_JUDGED,
            name,
            f"{name} is not a character of this branch",
        )
        for name in dict.fromkeys((*asked, *in_scene))
        if name not in sheets
    )
    unseen = (
        Finding(Weight.NOT_JUDGED, name, f"the reference picture of {name} cannot be used: {why}")
        for name, why in missing_images.items()
    )
    passed_over = (
        warn_of(misread, f"the character {sheet.name}", sheet.name)
        for sheet in sheets.values()
        for misread in sheet.misread
    )
    return (*unknown, *unseen, *passed_over)


def warn_of(misread: Misread, whose: str, character: str | None = None) -> Finding:
    """The finding that a value of somebody's metadata could not be used."""
    message = f"metadata.{misread.key} of {whose} is passed over: it takes {misread.expected}"
    return Finding(Weight.WARNING, character, message)


def weighed(found: Iterable[Found], *, refuses: bool) -> tuple[Finding, ...]:
    """What was found in a clip's texts, as a project weighs it; what a culture avoids is only warned of."""
    return tuple(_weighed(one, refuses=refuses) for one in found)


def _weighed(found: Found, *, refuses: bool) -> Finding:
    one = found.finding
    weight = Weight(one.weight.value)
    if weight is Weight.CONTRADICTION and (not refuses or one.slot is Slot.CULTURE):
        weight = Weight.WARNING
    return Finding(
        weight=weight,
        character=one.character or None,
        message=one.message,
        slot=one.slot.value,
        quote=one.quote,
        start=one.start,
        end=one.end,
        stated=one.stated,
        source=one.source,
        text=found.text.value,
    )


def complete_prompt(prompt: str, cast: Sequence[Introduction], facts: Mapping[str, str], style: str) -> str:
    """`prompt` with its characters' trigger words and looks, the bible's facts of look and the style.

    Each is said once: trigger words that already stand somewhere are not added.
    """
    looks = _introductions(prompt, cast)
    told = (f"{key.replace('_', ' ')}: {value.strip().rstrip('.')}" for key, value in facts.items())
    parts = (prompt.strip().rstrip("."), *looks, *told, f"{style} style" if style else "")
    return ". ".join(part for part in parts if part)


def _introductions(prompt: str, cast: Sequence[Introduction]) -> Iterator[str]:
    """What is to be said of each character of whom there is anything to say."""
    said = "\n".join((prompt, *(one.looks for one in cast)))
    for one in cast:
        words = [word for word in one.trigger_words if not named_in(said, [word])]
        said = "\n".join((said, *words))
        told = ". ".join(filter(None, (", ".join(words), one.looks)))
        if told:
            yield f"{one.name}: {told}"
