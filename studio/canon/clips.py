"""A clip held against all that is known: its prompt and its scene, by bible, story and culture."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from studio.canon.checking import Bible
from studio.canon.slots import Finding, Slot, Weight
from studio.canon.story import Context, check_culture, check_story
from studio.culture import Element


class Text(StrEnum):
    """A text of a clip that a finding can be about."""

    PROMPT = "prompt"
    SCENE = "scene"


@dataclass(frozen=True, slots=True)
class Clip:
    """What is to be made: its prompt, who is in it beside those whom that names, and its scene, if any."""

    prompt: str
    cast: tuple[str, ...] = ()
    scene: str = ""
    scene_number: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and the text in which its words stand."""

    text: Text
    finding: Finding


def check_clip(
    bible: Bible, clip: Clip, contexts: Sequence[Context] = (), elements: Mapping[str, Element] | None = None
) -> tuple[Found, ...]:
    """Find what contradicts what is known of a clip, and what its prompt leaves unsaid.

    Args:
        bible: The project's characters.
        clip: What is to be made. What its scene allows holds for the prompt as well; only the prompt is
            missing anything, and nothing that the scene departs from.
        contexts: What holds on the scene's timeline.
        elements: The project's cultural elements, by where each is stated.

    Returns:
        By bible, by story, by culture, then what is missing.
    """
    looks = [*_by_bible(bible, clip)]
    missing = [found for found in looks if found.finding.weight is Weight.MISSING]
    return (
        *(found for found in looks if found.finding.weight is not Weight.MISSING),
        *_by_story(bible, clip, contexts),
        *_by_culture(clip, elements or {}),
        *missing,
    )


def _by_bible(bible: Bible, clip: Clip) -> Iterator[Found]:
    said = [found for found in bible.check(clip.scene, clip.cast) if found.weight is not Weight.MISSING]
    yield from (Found(Text.SCENE, replace(found, message=_of_scene(found.message))) for found in said)
    named = (*clip.cast, *bible.named_in(clip.prompt))
    allowed = {**_departed(said), **bible.licensed(clip.scene, named)}
    departed = {(found.character, found.slot) for found in said} | allowed.keys()
    for found in bible.check(clip.prompt, clip.cast):
        place = found.character, found.slot
        if found.weight is Weight.MISSING and place in departed:
            continue
        yield Found(Text.PROMPT, _allowed(found, allowed[place]) if place in allowed else found)


_OF_PROMPT: Final = "the prompt "


def _of_scene(message: str) -> str:
    return f"the scene {message.removeprefix(_OF_PROMPT)}" if message.startswith(_OF_PROMPT) else message


def _departed(said: Iterable[Finding]) -> dict[tuple[str, Slot], str]:
    """Where a scene departs from the bible and says why, and its words."""
    return {(found.character, found.slot): found.quote for found in said if found.weight is Weight.OVERRIDDEN}


def _allowed(found: Finding, words: str) -> Finding:
    if found.weight is not Weight.CONTRADICTION:
        return found
    message = f'{found.message}; "{words}" in the scene allows it'
    return replace(found, weight=Weight.OVERRIDDEN, message=message)


def _by_story(bible: Bible, clip: Clip, contexts: Sequence[Context]) -> Iterator[Found]:
    """Each once who cannot be there, where the prompt names them, or else the scene."""
    if clip.scene_number is None:
        return
    found: dict[str, Found] = {}
    for text, words, cast in ((Text.PROMPT, clip.prompt, ()), (Text.SCENE, clip.scene, clip.cast)):
        for finding in check_story(bible, words, cast, clip.scene_number, contexts):
            found.setdefault(finding.character, Found(text, finding))
    licence = bible.other_time(clip.scene) or bible.other_time(clip.prompt)
    for one in found.values():
        is_licensed = licence and one.finding.weight is Weight.CONTRADICTION
        yield replace(one, finding=_excused(one.finding, licence)) if is_licensed else one


def _excused(found: Finding, words: str) -> Finding:
    return replace(found, weight=Weight.OVERRIDDEN, message=f'{found.message}; "{words}" allows it')


def _by_culture(clip: Clip, elements: Mapping[str, Element]) -> Iterator[Found]:
    sources = {element.name: source for source, element in elements.items()}
    for text, words in ((Text.PROMPT, clip.prompt), (Text.SCENE, clip.scene)):
        for finding in check_culture(words, tuple(elements.values()), sources):
            yield Found(text, finding)
