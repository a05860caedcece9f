"""A scene held against the story: who cannot be there, and what its culture avoids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from studio.canon.checking import Bible
from studio.canon.slots import Finding, Slot, Weight
from studio.canon.tokens import words
from studio.culture import Element, validate_text

DEAD, ABSENT, INTRODUCED = "dead", "absent", "introduced"
AWAY: Final = {DEAD: "is dead", ABSENT: "is absent"}


@dataclass(frozen=True, slots=True)
class Context:
    """What holds of somebody from a scene on, and where that is stated ("storyline_context/4")."""

    subject: str
    from_scene_number: int
    state: str | None
    source: str
    note: str = ""


def check_story(
    bible: Bible, text: str, cast: Sequence[str], scene_number: int, contexts: Iterable[Context]
) -> tuple[Finding, ...]:
    """Find those of a scene who cannot be there.

    Args:
        bible: The project's characters.
        text: The scene's description, or the prompt; who it names is in the scene; it may be a flashback.
        cast: Who else is in the scene.
        scene_number: Its number, 1 or more.
        contexts: What holds on the scene's timeline, in any order; of two for one scene the later holds.
    """
    licence = bible.other_time(text)
    places = bible.standing_in(text)
    present = dict.fromkeys((*places, *cast))
    told: dict[str, list[Context]] = {}
    for context in _concerning(contexts, bible, present):
        for name in bible.named_in(context.subject) or (context.subject,):
            told.setdefault(name, []).append(context)
    found = (
        _finding(name, text, places.get(name, (0, 0)), _against(scene_number, told.get(name, ())), licence)
        for name in present
    )
    return tuple(finding for finding in found if finding is not None)


def _concerning(contexts: Iterable[Context], bible: Bible, present: Iterable[str]) -> Iterator[Context]:
    """Those of a subject that shares a word with the names of those who are present."""
    meant = {word for name in present for called in bible.called(name) for word in words(called)}
    return (context for context in contexts if meant.intersection(words(context.subject)))


def _finding(
    name: str, text: str, place: tuple[int, int], against: tuple[Context, str] | None, licence: str
) -> Finding | None:
    if against is None:
        return None
    (context, why), (start, end) = against, place
    weight = Weight.OVERRIDDEN if licence else Weight.CONTRADICTION
    message = f"{name} {why} ({context.source})"
    if licence:
        message += f'; "{licence}" allows it'
    stated = f"{context.state} from scene {context.from_scene_number} on"
    return Finding(weight, name, Slot.STORY, text[start:end], start, end, stated, context.source, message)


def _against(scene_number: int, told: Sequence[Context]) -> tuple[Context, str] | None:
    """What keeps somebody out of the scene, if anything does."""
    states = sorted(
        (context for context in told if context.state), key=lambda context: context.from_scene_number
    )
    until = [context for context in states if context.from_scene_number <= scene_number]
    if until:
        now = until[-1]
        why = AWAY.get(now.state or "")
        return (now, f"{why} in scene {scene_number}") if why else None
    first = next(iter(states), None)
    if first is not None and first.state == INTRODUCED:
        return (
            first,
            f"stands in scene {scene_number} and is only introduced in scene {first.from_scene_number}",
        )
    return None


def check_culture(text: str, elements: Sequence[Element], sources: Mapping[str, str]) -> tuple[Finding, ...]:
    """Find terms that a project's cultural elements avoid; `sources` says where each stands."""
    return tuple(_avoided(text, elements, sources))


def _avoided(text: str, elements: Sequence[Element], sources: Mapping[str, str]) -> Iterator[Finding]:
    for found in validate_text(text, elements).findings:
        prefer = ", ".join(found.prefer)
        source = sources.get(found.element, "")
        message = f'"{found.quote}" is to be avoided for {found.element} ({source})'
        message += f"; prefer {prefer}" if prefer else ""
        yield Finding(
            Weight.CONTRADICTION,
            "",
            Slot.CULTURE,
            found.quote,
            found.start,
            found.end,
            prefer,
            source,
            message,
        )
