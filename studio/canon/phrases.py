"""What a text says of looks: phrases of hair, eyes, clothes, things, age and kind, whoever they belong to."""

import re
from collections.abc import Iterator
from typing import Final

from studio.canon.eye_phrases import eyes
from studio.canon.hair_phrases import beard, hair
from studio.canon.mention import NOUNS, SHAPES, Mention, Thing, colours_of, start_before
from studio.canon.reading import Reading, Term
from studio.canon.slots import Slot
from studio.canon.spans import Span
from studio.canon.wardrobe import ANYTHING

_BEFORE_THING: Final = re.compile(r"(?:[CDSLYma]|F(?![,&]))(?:[CDSLYma]|F(?![,&])|[,&]+(?=m*[CSD]))*[xl]?$")
_SAID_OF_THING: Final = re.compile(
    rf"o[Sm]*C+|(?P<link>[vq]m*)(?P<no>n?)m*(?P<value>[CS]+)(?![{NOUNS}xF])|i[Sm]*C(?=[,.&]|$)|,[CS]+cF"
)


def mentions(reading: Reading) -> list[Mention]:
    """All that `reading` says in any slot, in its order."""
    found = [mention for place, term in enumerate(reading.terms) for mention in _at(reading, place, term)]
    return sorted(found, key=lambda mention: (mention.first, mention.last))


def _at(reading: Reading, place: int, term: Term) -> Iterator[Mention]:
    code = term.code
    if code in "HhTDYfZL":
        yield from hair(reading, place)
    elif code in "EeI":
        yield from eyes(reading, place)
    elif code in "GAWiR-":
        yield from _things(reading, place)
    elif code in "Bb":
        yield from beard(reading, place)
    elif code in "Kk":
        yield from _species(reading, place)
    elif code in "#yaP9":
        yield from _age(reading, place)


# Clothes, accessories, weapons


def _things(reading: Reading, place: int) -> Iterator[Mention]:
    term = reading.terms[place]
    if term.code in "iR":
        yield from _clothes_by_colour(reading, place)
        return
    if term.code == "-":
        yield Mention(Slot.WEAPON, None, place, place + 1, place, negated=True)
        return
    first = start_before(_BEFORE_THING, reading.codes, place)
    if term.code == "W":
        yield Mention(Slot.WEAPON, term.value, first, place + 1, place)
        return
    slot = Slot.OUTFIT if term.code == "G" else Slot.ACCESSORY
    before = reading.terms[first:place]
    colours, last, denied = colours_of(before), place + 1, False
    said = None if colours else _SAID_OF_THING.match(reading.codes[place + 1 :])
    if said is not None:
        last, denied = place + 1 + said.end(), bool(said["no"])
        colours = colours_of(reading.terms[place + 1 : last])
    shapes = frozenset(part.words for part in before) & SHAPES
    yield Mention(slot, Thing(term.value, colours, shapes), first, last, place, denied)


_ALL_IN: Final = re.compile(r"[mid]*(?P<value>[SC]*C(?:&C)?)(?P<what>m*x?)(?![" + NOUNS + r"FN])")


def _clothes_by_colour(reading: Reading, place: int) -> Iterator[Mention]:
    """Clothes told by their colour: "dressed in black", "all in white", or of a name that nobody knows."""
    codes = reading.codes
    said = _ALL_IN.match(codes[place + 1 :])
    if said is None:
        return
    after = codes[place + 1 + said.end() :][:1]
    if codes[place] == "i" and not (
        codes[:place].rstrip("m")[-1:] in set("NPpKD") and not said["what"] and after in {"", ",", "."}
    ):
        return
    if codes[place] == "R" and "i" not in said[0] and not said["what"]:
        return
    first, last = place + 1 + said.start("value"), place + 1 + said.end()
    colours = colours_of(reading.terms[first:last])
    yield Mention(Slot.OUTFIT, Thing(ANYTHING, colours), first, last, first)


def _species(reading: Reading, place: int) -> Iterator[Mention]:
    term = reading.terms[place]
    if reading.codes[place - 1 : place] == "c" or reading.codes[max(place - 2, 0) : place] == "cd":
        return
    first = start_before(_BEFORE_THING, reading.codes, place) if term.code == "k" else place
    yield Mention(Slot.SPECIES, (term.value, term.code == "k"), first, place + 1, place)


# Age

ROUGHLY: Final = frozenset({"about", "around", "roughly"})
LEAST_TOLD: Final = 3
_COMPLETE_YEARS: Final = 130


def _age(reading: Reading, place: int) -> Iterator[Mention]:
    code, codes, terms = reading.codes[place], reading.codes, reading.terms
    if code == "#":
        if (last := _numbered(reading, place)) and int(terms[place].value) < _COMPLETE_YEARS:
            years = int(terms[place].value)
            yield Mention(Slot.AGE, Span(years, years), place, last, place)
    elif code == "9":
        if re.search(r"[is][smx]{0,2}$|(?:^|[,.])[mx]?$", codes[:place]):
            low = int(terms[place].value)
            yield Mention(Slot.AGE, Span(low, 19 if low < 20 else low + 9), place, place + 1, place)
    elif code == "a":
        yield from _aged(reading, place)
    elif code == "P" and terms[place].value is not None and terms[place].value.years is not None:
        first = start_before(_BEFORE_THING, codes, place)
        yield Mention(Slot.AGE, terms[place].value.years, first, place + 1, place)


def _numbered(reading: Reading, place: int) -> int:
    """Where a number of years ends, or 0 where the number at `place` is none."""
    before, after = reading.codes[:place], reading.codes[place + 1 :]
    if after.startswith("y"):
        return place + 2
    aged = {"aged", "age"} & {term.words for term in reading.terms[max(place - 2, 0) : place]}
    roughly = place > 0 and reading.terms[place - 1].words in ROUGHLY and before[-2:-1] in {",", "v", "."}
    told = roughly or re.search(r"(?:[NpQ][vmq]*[vq]m*|[PK]o|[NPK],)$", before) is not None
    ends = after[:1] in {"", ",", ".", "&", ";", "w", "i"}
    alone = (
        before[-1:] in {"", "."} and after[:1] in {"", "."} and int(reading.terms[place].value) > LEAST_TOLD
    )
    return place + 1 if alone or (aged and before[-1:] in set("ax,v")) or (told and ends) else 0


def _aged(reading: Reading, place: int) -> Iterator[Mention]:
    """An adjective of age beside a person, a name, or said of one."""
    term, codes = reading.terms[place], reading.codes
    after = codes[place + 1 :].lstrip("m")[:1]
    told = re.search(r"[NpQ][vm]*v[mn]*$", codes[:place]) is not None and after in {"", ",", ".", "&", ";"}
    alone = codes[place - 1 : place] in {",", ""} and after in {",", ""} and term.words != "little"
    beside = codes[max(place - 2, 0) : place] == "N," and after == "&"
    if after in {"P", "N", "D"} or told or alone or beside:
        last = place + 2 if after in {"P", "D"} else place + 1
        yield Mention(Slot.AGE, term.value, place, last, place)
