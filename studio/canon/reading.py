"""A prompt read as a row of terms, each of one class (see `grammar`): the ground that the rules stand on."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any, Final

from studio.canon.grammar import LIT
from studio.canon.lexicon import ENTRIES, KNOWN, MEANT, MEANT_FIRST
from studio.canon.names import HONORIFICS, Names
from studio.canon.people import FIGURE_WORDS
from studio.canon.tables import words_of
from studio.canon.tokens import Token, corrected, parted, tokens

_MARKS: Final = dict.fromkeys(',:()[]{}"“”|/—–', ",") | dict.fromkeys(".!?;\n", ".")
_WEAK_STYLES: Final = words_of(
    "bun buns bob braid braids plait plaits tail drills knot waves spikes curls pixie bunches afro locs"
    " dreads quiff"
)
_WORN: Final = words_of("bob braid braids plait plaits dreads locs afro pixie")
_POSSIBLE: Final = "CDFSLYTtHsh"
_DECADE: Final = re.compile(r"([1-9]0)s")
_LIT_AFTER: Final = 4


@dataclass(frozen=True, slots=True)
class Term:
    """Words that count as one: their class, their meaning, and their place in the text."""

    code: str
    words: str
    start: int
    end: int
    value: Any = None
    capital: bool = False
    quoted: bool = False


REACH: Final = 24
"""How many terms back a phrase is followed."""


def ending(pattern: re.Pattern[str], codes: str, place: int) -> re.Match[str] | None:
    """What `pattern`, which ends there, finds in the terms that end at `place`."""
    return pattern.search(codes, max(place - REACH, 0), place)


@dataclass(frozen=True)
class Reading:
    """A text with its terms."""

    text: str
    terms: tuple[Term, ...]

    @cached_property
    def codes(self) -> str:
        """The classes of the terms, a letter each."""
        return "".join(term.code for term in self.terms)

    @cached_property
    def licensing(self) -> tuple[int, ...]:
        """Where words stand that let a text depart from the bible."""
        return tuple(place for place, term in enumerate(self.terms) if term.code == "!")

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the terms from `first` to `last`, exclusive, stand in the text."""
        return self.terms[first].start, self.terms[last - 1].end

    def is_lit(self, place: int) -> bool:
        """Whether light is spoken of right after the term at `place`, before the next mark."""
        near = takewhile(lambda term: term.code not in ",.", self.terms[place + 1 : place + 2 + _LIT_AFTER])
        return any(LIT & set(term.words.split()) for term in near)


def read(text: str, names: Names) -> Reading:
    """Read `text`, in which the characters of `names` may be named."""
    row = [part for token in tokens(text) for part in parted(token, KNOWN)]
    row = [_put_right(row, place, names) for place in range(len(row))]
    return Reading(text, tuple(_retagged(_uncounted(_terms(row, names)))))


def _uncounted(terms: Iterable[Term]) -> list[Term]:
    """The terms without the counts of a tag list ("1girl, "), which part nobody from his tags."""
    kept: list[Term] = []
    counted = False
    for term in terms:
        if term.code != "M" and not (counted and term.code == ","):
            kept.append(term)
        counted = term.code == "M"
    return kept


def _put_right(row: Sequence[Token], place: int, names: Names) -> Token:
    """The token, spelt right; what is written large within a sentence is a name, and no slip of a word."""
    token = row[place]
    if token.word in names.known or token.word in KNOWN:
        return token
    word = names.corrected(token)
    is_name = token.capital and place > 0 and row[place - 1].word not in ".!?\n:,"
    if word == token.word and not is_name:
        word = corrected(word, MEANT, MEANT_FIRST, KNOWN)
    return replace(token, word=word)


def _terms(row: Sequence[Token], names: Names) -> Iterator[Term]:
    place = 0
    while place < len(row):
        length, code, value = _longest(row, place, names)
        here = row[place : place + length]
        place += length
        while code == "N" and place < len(row) and row[place].word in HONORIFICS:
            place += 1
        yield Term(
            "x" if here[0].quoted and code not in ",." else code,
            " ".join(token.word for token in here),
            here[0].start,
            here[-1].end,
            value,
            here[0].capital,
            here[0].quoted,
        )


def _longest(row: Sequence[Token], place: int, names: Names) -> tuple[int, str, Any]:
    """The longest group of words at `place` that means something: how long, its class, its value."""
    word = row[place].word
    named, who = names.at(row, place)
    for entry in ENTRIES.get(word, ()):
        size = len(entry.words)
        if size <= named:
            break
        if tuple(token.word for token in row[place : place + size]) == entry.words:
            return size, entry.code, entry.value
    if named:
        return named, "N", who
    if word in _MARKS:
        return 1, _MARKS[word], None
    if (decade := _DECADE.fullmatch(word)) is not None:
        return 1, "9", int(decade[1])
    return (1, "#", int(word)) if word.isdecimal() and len(word) < SHORTEST_YEAR else (1, "x", None)


SHORTEST_YEAR: Final = 4
"""Digits from which on a number is no age."""


def _retagged(terms: list[Term]) -> Iterator[Term]:
    """The terms, where a word of two meanings has the one that its neighbours ask for."""
    codes = "".join(term.code for term in terms)
    for place, term in enumerate(terms):
        before, after = codes[:place], codes[place + 1 :]
        code = _retag(term, before, after)
        yield term if code == term.code else replace(term, code=code)


def _retag(term: Term, before: str, after: str) -> str:
    last, then = before[-1:], after[:1]
    if term.code == "T" and term.words in _WEAK_STYLES:
        return _retag_style(term, before, after)
    if term.words in {"bow", "bows"}:
        return _retag_bow(term.words, before, after)
    if (code := _RETAGS.get(term.words)) is not None:
        return code(last, then) or term.code
    if term.code == "F" and term.words in FIGURE_WORDS and last != "c" and then not in set("HhEeTfGCDFSL"):
        return "O"
    return term.code


_RETAGS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "waves": lambda last, then: "g" if then in {"d", "s"} else "",
    ":": lambda last, then: "v" if last in {"H", "E", "B"} else "",
    **dict.fromkeys(("tie", "ties"), lambda last, then: "x" if then in {"s", "H", "d"} else ""),
    **dict.fromkeys(
        ("ginger", "gingers"),
        lambda last, then: "D" if last == "d" and then not in set("HhTtEeGAlxOPFCD") else "",
    ),
    **dict.fromkeys(("light", "dark", "pale"), lambda last, then: "m" if then in {"x", "l", ""} else ""),
}
"""The class that some words have between others, or none."""


def _retag_style(term: Term, before: str, after: str) -> str:
    last, then = before[-1:], after[:1]
    alone = last in {"", ",", "."} and then in {"", ",", "."}
    hair_near = "H" in before[-8:] or then == "H" or last in set(_POSSIBLE)
    worn = (
        last == "i"
        or before[-2:] == "id"
        or (term.words in _WORN and before[-2:].strip("dm")[-1:] in {"w", "s"})
    )
    return "T" if alone or hair_near or worn else "x"


def _retag_bow(word: str, before: str, after: str) -> str:
    if word == "bows" and before[-1:] not in set("dsCF#gzm"):
        return "x"
    if before[-1:] in {"N", "p", "Q"} or (before[-1:] == "&" and after[:1] in {"", ",", ".", "r"}):
        return "x"
    in_hair = after[:3] in {"isH", "rsH"} or after[:4] == "iSsH"
    return "A" if before[-1:] in {"C", "F"} or in_hair else "W"
