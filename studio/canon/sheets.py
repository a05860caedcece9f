"""What the bible says of a character, slot by slot, read with the same rules as the prompts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from studio.canon.attribution import Owner, Scene
from studio.canon.company import company
from studio.canon.members import Profile
from studio.canon.mention import Mention
from studio.canon.names import Names
from studio.canon.people import HE, SHE
from studio.canon.phrases import mentions
from studio.canon.reading import Reading, read
from studio.canon.slots import Slot
from studio.canon.spans import Span
from studio.canon.tables import words_of

HUMAN: Final = "human"
IMPLIED: Final = (HUMAN, False)
"""The kind of who is only called a girl or a man."""
_PHRASED: Final = {
    "hair": "{} hair",
    "hair_colour": "{} hair",
    "hair_color": "{} hair",
    "hair_length": "{} hair",
    "hair_style": "hair in a {}",
    "hairstyle": "hair in a {}",
    "eyes": "{} eyes",
    "eye_colour": "{} eyes",
    "eye_color": "{} eyes",
    "beard": "{}",
    "facial_hair": "{}",
    "outfit": "wears {}",
    "clothes": "wears {}",
    "clothing": "wears {}",
    "accessory": "with {}",
    "accessories": "with {}",
    "weapon": "carries {}",
    "weapons": "carries {}",
    "age": "aged {}",
    "species": "{}",
    "race": "{}",
    "gender": "{}",
    "sex": "{}",
}
"""How a key of a character's metadata reads as a sentence."""
_HERS: Final = words_of("she her hers herself female woman girl f")
_HIS: Final = words_of("he his him himself male man boy m")
_TAGGED: Final = re.compile(r"\b1(girl|boy)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A text about a character, and where it stands ("bible_characters/3 v2")."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Canon:
    """A character: its name, what is said of it, the weightiest first, and what else it is called."""

    name: str
    statements: Sequence[Statement] = ()
    aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """What holds in a slot, in the bible's own words."""

    slot: Slot
    value: Any
    quote: str
    source: str
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """All facts of a character, and what it can be told by."""

    name: str
    facts: tuple[Fact, ...]
    profile: Profile

    def of(self, slot: Slot) -> tuple[Fact, ...]:
        """The facts of `slot`."""
        return tuple(fact for fact in self.facts if fact.slot is slot)


def told(details: Mapping[str, Any], source: str) -> list[Statement]:
    """Statements for what a character's metadata says under keys that name a look ("hair_colour")."""
    return [
        Statement(
            _PHRASED[key].format(", ".join(map(str, value)) if isinstance(value, list) else value), source
        )
        for key, value in (
            (key.lower().replace(" ", "_").replace("-", "_"), value) for key, value in details.items()
        )
        if key in _PHRASED and value not in (None, "", [], {})
    ]


def sheet_of(canon: Canon) -> Sheet:
    """Read what is said of a character; of two statements on a slot the first holds."""
    facts: dict[Slot, tuple[Fact, ...]] = {}
    readings = [read(statement.text, _names(canon)) for statement in canon.statements]
    for statement, reading in zip(canon.statements, readings, strict=True):
        new: dict[Slot, list[Fact]] = {}
        for fact in _facts(canon.name, statement, reading):
            new.setdefault(fact.slot, []).append(fact)
        for slot, listed in new.items():
            facts.setdefault(slot, tuple(listed))
    return Sheet(canon.name, _whole(facts, readings, canon.statements), _profile(facts, readings))


def _names(canon: Canon) -> Names:
    return Names.of([canon.name], {canon.name: canon.aliases})


def _facts(name: str, statement: Statement, reading: Reading) -> Iterator[Fact]:
    members = company(reading, {name: Profile()}, [name], about=name)
    scene = Scene(reading, members, {name: Profile()}, [name])
    past = _licensed_sentences(reading)
    for mention, owner in scene.owners(mentions(reading)):
        if owner == Owner(other=True) and not _is_only(name, members, mention):
            continue
        if (mention.value is not None or mention.negated) and reading.codes[: mention.first].count(
            "."
        ) not in past:
            start, end = reading.span(mention.first, mention.last)
            yield Fact(
                mention.slot, mention.value, statement.text[start:end], statement.source, mention.negated
            )


def _is_only(name: str, members: Sequence[Any], mention: Mention) -> bool:
    """Whether nobody else stands in the text, so that all of it is about the character."""
    return all(member.names == (name,) for member in members) and mention.slot is not Slot.AGE


def _licensed_sentences(reading: Reading) -> set[int]:
    """The sentences that tell of another time or guise."""
    return {reading.codes[:place].count(".") for place, code in enumerate(reading.codes) if code == "!"}


def _whole(
    facts: Mapping[Slot, tuple[Fact, ...]], readings: Sequence[Reading], statements: Sequence[Statement]
) -> tuple[Fact, ...]:
    """The facts, the years of age drawn together; who is called a person and no other kind is human."""
    listed = [fact for slot, some in facts.items() if slot is not Slot.AGE for fact in some]
    listed += _age(facts.get(Slot.AGE, ()))
    if Slot.SPECIES not in facts:
        listed += _human(readings, statements)
    return tuple(listed)


def _age(facts: Sequence[Fact]) -> list[Fact]:
    """One fact of the narrowest years that all statements allow."""
    stated = [fact for fact in facts if not fact.denied]
    if not stated:
        return []
    narrowest = min(stated, key=lambda fact: fact.value.high - fact.value.low)
    years: Span = narrowest.value
    for fact in stated:
        years = years.within(fact.value)
    return [Fact(Slot.AGE, years, narrowest.quote, narrowest.source)]


def _human(readings: Sequence[Reading], statements: Sequence[Statement]) -> list[Fact]:
    for statement, reading in zip(statements, readings, strict=True):
        for term in reading.terms:
            if term.code == "P" and term.value is not None and term.value.gender:
                quote = statement.text[term.start : term.end]
                return [Fact(Slot.SPECIES, IMPLIED, quote, statement.source)]
    return []


def _profile(facts: Mapping[Slot, Sequence[Fact]], readings: Sequence[Reading]) -> Profile:
    age = _age(facts.get(Slot.AGE, ()))
    called = {term.words for reading in readings for term in reading.terms if term.code in "PK"}
    hair = tuple(
        colour for fact in facts.get(Slot.HAIR_COLOUR, ()) if not fact.denied for colour in fact.value
    )
    return Profile(_gender(readings), age[0].value if age else None, frozenset(called - {"one"}), hair)


def _gender(readings: Iterable[Reading]) -> str:
    """By the first word that tells it: a noun, or a pronoun."""
    for reading in readings:
        for term in reading.terms:
            gender = getattr(term.value, "gender", "") if term.code == "P" else ""
            if gender:
                return str(gender)
            if term.code == "K" and term.words.endswith(("girl", "ess")):
                return SHE
            if _HERS & set(term.words.split()):
                return SHE
            if _HIS & set(term.words.split()) or (term.code == "K" and term.words.endswith("boy")):
                return HE
        tag = _TAGGED.search(reading.text)
        if tag is not None:
            return SHE if tag[1] == "girl" else HE
    return ""
