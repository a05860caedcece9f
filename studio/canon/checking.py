"""A prompt held against what the bible says of those who stand in it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from studio.canon.attribution import Owner, Scene
from studio.canon.company import company
from studio.canon.conflicts import contradicted
from studio.canon.mention import Mention
from studio.canon.names import Names
from studio.canon.permits import licence_of, licences_for
from studio.canon.phrases import mentions
from studio.canon.reading import Reading, read
from studio.canon.sheets import IMPLIED, Canon, Fact, Sheet, sheet_of
from studio.canon.slots import HAIR_SLOTS, Finding, Slot, Weight

LABELS: Final = {slot: slot.value.replace("_", " ") for slot in Slot}
MISSABLE: Final = (
    Slot.AGE,
    Slot.SPECIES,
    Slot.HAIR_COLOUR,
    Slot.HAIR_LENGTH,
    Slot.HAIR_STYLE,
    Slot.BEARD,
    Slot.EYE_COLOUR,
    Slot.OUTFIT,
    Slot.ACCESSORY,
    Slot.WEAPON,
)
"""What a prompt is filled up with, in this order."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something said of a character, whether it stands, and what lets it depart from the bible."""

    mention: Mention
    owner: Owner
    licence: str = ""


class Bible:
    """A project's characters, indexed once; a check reads only those who are meant."""

    def __init__(self, canons: Collection[Canon], names: Names | None = None) -> None:
        self._canons = {canon.name: canon for canon in canons}
        self._names = names or Names.of(self._canons, {canon.name: canon.aliases for canon in canons})
        self._read = lru_cache(maxsize=256)(partial(read, names=self._names))
        self._sheet = lru_cache(maxsize=256)(lambda name: sheet_of(self._canons[name]))

    def told(self, canons: Iterable[Canon]) -> "Bible":
        """This bible with what is said of some whom it has by their names alone."""
        bible = Bible({**self._canons, **{canon.name: canon for canon in canons}}.values(), self._names)
        bible._read = self._read
        return bible

    def sheet(self, name: str) -> Sheet:
        """What the bible says of `name`."""
        return self._sheet(name)

    def called(self, name: str) -> tuple[str, ...]:
        """What `name`'s bearer is called: that, and by aliases."""
        return (name, *self._canons[name].aliases) if name in self._canons else (name,)

    def named_in(self, text: str) -> tuple[str, ...]:
        """The characters that `text` names, in their order there; aliases, parts of names and slips count."""
        found = (name for term in self._read(text).terms if term.code == "N" for name in sorted(term.value))
        return tuple(dict.fromkeys(found))

    def standing_in(self, text: str) -> dict[str, tuple[int, int]]:
        """Who is in what `text` shows, and where it names them; "Kai's grave" does not show Kai.

        Of several who share a name, those are meant whom the text also names in full.
        """
        reading = self._read(text)
        named = [(place, term) for place, term in enumerate(reading.terms) if term.code == "N"]
        sure = {name for _, term in named if len(term.value) == 1 for name in term.value}
        found: dict[str, tuple[int, int]] = {}
        for place, term in named:
            if is_shown(reading, place):
                for name in sorted(term.value & sure):
                    found.setdefault(name, (term.start, term.end))
        return found

    def other_time(self, text: str) -> str:
        """The words by which `text` plays in another time or in a dream, or none."""
        reading = self._read(text)
        scene = Scene(reading, company(reading, {}), {})
        return next((reading.terms[place].words for place, _ in licences_for(scene, ())), "")

    def licensed(self, text: str, cast: Sequence[str]) -> dict[tuple[str, Slot], str]:
        """In what those of `cast` may depart from the bible by `text`, and the words that allow it."""
        reading = self._read(text)
        if not reading.licensing:
            return {}
        cast = tuple(name for name in dict.fromkeys(cast) if name in self._canons)
        profiles = {name: self.sheet(name).profile for name in cast}
        scene = Scene(reading, company(reading, profiles, cast), profiles, cast)
        return {
            (name, slot): reading.terms[place].words
            for name in cast
            for place, licence in licences_for(scene, (name,))
            for slot in licence.slots
        }

    def check(self, prompt: str, cast: Sequence[str] = ()) -> tuple[Finding, ...]:
        """Hold `prompt` against the bible.

        Args:
            prompt: A prompt, or the description of a scene.
            cast: Who else is in the scene; those that the project does not know are left alone.

        Returns:
            Contradictions and what the text licenses, in the order of the text, then what it leaves unsaid.
        """
        reading = self._read(prompt)
        cast = tuple(name for name in dict.fromkeys(cast) if name in self._canons)
        named = {name for term in reading.terms if term.code == "N" for name in term.value}
        sheets = {name: self.sheet(name) for name in (*cast, *sorted(named - set(cast)))}
        profiles = {name: sheet.profile for name, sheet in sheets.items()}
        members = company(reading, profiles, cast)
        scene = Scene(reading, members, profiles, cast)
        said = list(_said(scene))
        found = [*_departures(reading, said, sheets)]
        present = list(dict.fromkeys((*cast, *(name for member in members for name in member.names))))
        return (*found, *_missing(said, [sheets[name] for name in present], scene))


_SHOWN_PARTS: Final = frozenset("CFDSLYTtHEfBGAWkm")


def is_shown(reading: Reading, place: int) -> bool:
    """Whether the name at `place` stands for its bearer, and not for something of theirs."""
    before, after = reading.codes[:place], reading.codes[place + 1 :]
    if after.startswith("q"):
        return after[1:2] in _SHOWN_PARTS or not after[1:2]
    return not before.endswith(("Oo", "lo", "xo")) and reading.terms[max(place - 1, 0)].words != "about"


def _said(scene: Scene) -> Iterator[Said]:
    """All that is said of somebody, with what licenses it."""
    spoken = scene.owners(mentions(scene.reading))
    for mention, owner in spoken:
        if owner.names and not _is_reference(scene, mention):
            yield Said(mention, owner, licence_of(scene, mention, owner))


def _is_reference(scene: Scene, mention: Mention) -> bool:
    """Whether the words only point at somebody ("the old man"), and say nothing new."""
    term = scene.reading.terms[mention.head]
    whole = any(
        member.first <= mention.head < member.last and member.head != mention.head for member in scene.members
    )
    if mention.negated and (whole or (mention.slot is Slot.AGE and bool(getattr(term.value, "gender", "")))):
        return True
    return mention.slot in {Slot.AGE, Slot.SPECIES} and any(
        member.first <= mention.first and mention.last <= member.last and not member.told
        for member in scene.members
        if scene.reading.terms[member.head].code in "PK"
    )


def _departures(reading: Reading, said: Sequence[Said], sheets: Mapping[str, Sheet]) -> Iterator[Finding]:
    """What contradicts the bible, each character and slot once."""
    seen: set[tuple[str, Slot, bool]] = set()
    for one in said:
        for name, fact in _contradicted(one, said, sheets):
            slot = Slot.HAIR_LENGTH if fact.slot is Slot.HAIR_LENGTH else one.mention.slot
            if (name, slot, bool(one.licence)) not in seen:
                seen.add((name, slot, bool(one.licence)))
                yield _finding(reading, one, name, slot, fact)


def _contradicted(one: Said, said: Sequence[Said], sheets: Mapping[str, Sheet]) -> list[tuple[str, Fact]]:
    """Whom it contradicts, and what: all it is said of, or the first where it fits none who may be meant."""
    found = [
        (name, fact)
        for name in one.owner.names
        if name in sheets and (fact := contradicted(one.mention, sheets[name])) is not None
        if not _is_layer(one, said, sheets[name])
    ]
    if one.owner.each:
        return found
    return found[:1] if len(found) == len(one.owner.names) else []


def _is_layer(one: Said, said: Sequence[Said], sheet: Sheet) -> bool:
    """Whether it is worn with the bible's own clothes, which are spoken of as well."""
    if one.mention.slot is not Slot.OUTFIT or one.mention.negated:
        return False
    parts = {fact.value.kind.part for fact in sheet.of(Slot.OUTFIT)}
    return one.mention.value.kind.part not in parts and any(
        other.mention.slot is Slot.OUTFIT
        and other is not one
        and sheet.name in other.owner.names
        and other.mention.value.kind.part in parts
        and contradicted(other.mention, sheet) is None
        for other in said
    )


def _finding(reading: Reading, one: Said, name: str, slot: Slot, fact: Fact) -> Finding:
    start, end = reading.span(one.mention.first, one.mention.last)
    quote = reading.text[start:end]
    weight = Weight.OVERRIDDEN if one.licence else Weight.CONTRADICTION
    denial = "denies" if one.mention.negated else "says"
    message = f'the prompt {denial} "{quote}" of {name}, the bible says "{fact.quote}" ({fact.source})'
    if one.licence:
        message += f'; "{one.licence}" allows it'
    return Finding(weight, name, slot, quote, start, end, fact.quote, fact.source, message)


def _missing(said: Sequence[Said], sheets: Sequence[Sheet], scene: Scene) -> Iterator[Finding]:
    """What the bible says of those present in slots of which the text says nothing and licenses nothing."""
    for sheet in sheets:
        spoken = {one.mention.slot for one in said if sheet.name in one.owner.names}
        free = {slot for _, licence in licences_for(scene, (sheet.name,)) for slot in licence.slots}
        seen: set[str] = set()
        for slot in MISSABLE:
            if slot in spoken or slot in free:
                continue
            for fact in sheet.of(slot):
                if (
                    not fact.denied
                    and fact.value != IMPLIED
                    and (words := _words(fact, sheet, spoken))
                    and words not in seen
                ):
                    seen.add(words)
                    message = f"the prompt leaves the {LABELS[slot]} of {sheet.name} unsaid: {words}"
                    yield Finding(Weight.MISSING, sheet.name, slot, "", 0, 0, words, fact.source, message)


def _words(fact: Fact, sheet: Sheet, spoken: Collection[Slot]) -> str:
    """The bible's words for a fact, without what the prompt has said its own way."""
    sharing = {
        other.slot for other in sheet.facts if other.quote == fact.quote and other.source == fact.source
    }
    if fact.slot is Slot.AGE and set(read(fact.quote, Names.of(())).codes) == {"#"}:
        return f"{fact.quote} years old"
    if fact.slot not in _HAIR_CODES or not sharing & HAIR_SLOTS & set(spoken):
        return fact.quote
    terms = read(fact.quote, Names.of(())).terms
    words = [term.words for term in terms if term.code in _HAIR_CODES[fact.slot]]
    return " ".join(words if terms[-1].code == "T" and fact.slot is Slot.HAIR_STYLE else [*words, "hair"])


_HAIR_CODES: Final = {Slot.HAIR_COLOUR: "CDFS", Slot.HAIR_LENGTH: "L", Slot.HAIR_STYLE: "TtY"}
"""The classes of words that say something in these slots."""


def filled(prompt: str, findings: Sequence[Finding]) -> str:
    """`prompt` with what it leaves unsaid, in the bible's words, once for each character."""
    told: dict[str, list[str]] = {}
    for finding in findings:
        if finding.weight is Weight.MISSING:
            told.setdefault(finding.character, []).append(finding.stated)
    parts = (prompt.strip().rstrip("."), *(f"{name}: {', '.join(words)}" for name, words in told.items()))
    return ". ".join(part for part in parts if part)
