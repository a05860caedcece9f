"""Every word and group of words that the rules know, with its class (see `grammar`) and what it means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from studio.canon.colours import FIGURED, NAMED
from studio.canon.grammar import CLASSES, DECADES, INERT, NUMBERS
from studio.canon.hair import ARRANGED, LENGTH_WORDS, TEXTURED
from studio.canon.licences import LICENCES
from studio.canon.lookalikes import LOOKALIKES
from studio.canon.people import (
    AGE_WORDS,
    FIGURE_WORDS,
    PERSON_WORDS,
    SPECIES_PART_WORDS,
    SPECIES_WORDS,
    THING_WORDS,
)
from studio.canon.spans import Span
from studio.canon.tables import listed, rows
from studio.canon.tokens import words
from studio.canon.wardrobe import ACCESSORY_KINDS, ANY_WEAPON, GARMENT_KINDS, WEAPON_KINDS

_BY_HAIR: Final = """
blonde: blonde, blond, blondie, blondes, blonds, towhead
brunette: brunette, brunettes
ginger: redhead, redheads, redheaded, gingers
"""
BLONDES: Final = {word: NAMED[colour] for colour, group in rows(_BY_HAIR) for word in group} | {
    word: colour for word, colour in NAMED.items() if word.endswith((" blonde", " blond"))
}
"""Persons by their hair."""
_TIED: Final = frozenset({"loose", "tied", "up"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A group of words, its class and its value."""

    words: tuple[str, ...]
    code: str
    value: Any = None


def _entries() -> Iterator[Entry]:
    """All entries; of two for the same words the first holds."""
    yield from _plain(LICENCES, "!")
    yield from (Entry(words(group), "x") for group in listed(INERT))
    yield from _plain(GARMENT_KINDS, "G")
    yield from _plain(WEAPON_KINDS, "W")
    yield from _plain(dict.fromkeys(ANY_WEAPON), "W")
    yield from _plain(ACCESSORY_KINDS, "A")
    yield from _plain(BLONDES, "D")
    for word, style in ARRANGED.items():
        yield Entry(words(word), "t" if style.name in _TIED else "T", style)
    yield from _plain(TEXTURED, "Y")
    yield from _plain(LENGTH_WORDS, "L")
    yield from _plain(NAMED, "C")
    yield from _plain(SPECIES_PART_WORDS, "k")
    yield from _plain(SPECIES_WORDS, "K")
    yield from _plain(PERSON_WORDS, "P")
    yield from _plain(AGE_WORDS, "a")
    yield Entry(("old",), "a", Span(58, 120))
    yield from _plain(FIGURED, "F")
    yield from _plain(dict.fromkeys(FIGURE_WORDS), "O")
    yield from _plain(DECADES, "9")
    for code, groups in rows(CLASSES):
        yield from (Entry(words(group), code) for group in groups)
    yield from _plain(NUMBERS, "#")
    yield from _plain(dict.fromkeys(THING_WORDS), "l")


def _plain(table: Mapping[str, Any], code: str) -> Iterator[Entry]:
    return (Entry(words(word), code, value) for word, value in table.items())


def _plurals(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries and then, of what can be counted, the plurals."""
    singular = list(entries)
    yield from singular
    for entry in singular:
        if entry.code in "GAWPOKlT" and not entry.words[-1].endswith("s"):
            yield Entry((*entry.words[:-1], _plural(entry.words[-1])), entry.code, entry.value)


def _plural(word: str) -> str:
    if word.endswith("man"):
        return f"{word[:-3]}men"
    if word.endswith("child"):
        return f"{word}ren"
    if word.endswith("f") and not word.endswith("ff"):
        return f"{word[:-1]}ves"
    if word.endswith("y") and word[-2] not in "aeou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("x", "ch", "sh", "ss")) else f"{word}s"


def _by_first_word() -> dict[str, list[Entry]]:
    found: dict[tuple[str, ...], Entry] = {}
    for entry in _plurals(_entries()):
        if entry.words:
            found.setdefault(entry.words, entry)
    index: dict[str, list[Entry]] = {}
    for entry in sorted(found.values(), key=lambda entry: -len(entry.words)):
        index.setdefault(entry.words[0], []).append(entry)
    return index


ENTRIES: Final = _by_first_word()
"""By their first word, the longest first."""
VOCABULARY: Final = frozenset(
    word for entries in ENTRIES.values() for entry in entries for word in entry.words
)
KNOWN: Final = VOCABULARY | LOOKALIKES
"""Words that are no slip of another."""
_SPELT: Final = [
    entry for entries in ENTRIES.values() for entry in entries if entry.code in "CDHhEeTYBbZGAWKkSLa"
]
MEANT: Final = frozenset(word for entry in _SPELT for word in entry.words if word.isalpha())
"""Words that a slip may have been meant for."""
MEANT_FIRST: Final = frozenset(entry.words[0] for entry in _SPELT if len(entry.words) == 1)
"""Those that mean something on their own, and are likelier meant."""
