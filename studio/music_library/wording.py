"""Words as they are searched for: without case and accents, Chinese and Japanese by pairs of characters."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

LONGEST_WORD: Final = 64
MOST_WORDS: Final = 200
"""Of a field; what follows is not found by words."""
SHORTEST_CORRECTED: Final = 4
_MARKS: Final = re.compile("[\u0300-\u036f]")
_APOSTROPHES: Final = re.compile("(?<=\\w)['’ʼ`](?=\\w)")
_IDEOGRAPHS: Final = (
    "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
_RUNS: Final = re.compile(f"([{_IDEOGRAPHS}]+)|([^\\W_{_IDEOGRAPHS}]+)")


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is asked for; a prefix stands for all words that begin so."""

    word: str
    is_prefix: bool


def fold(text: str) -> str:
    """Text without case, accents and widths: "Beyoncé" and "BEYONCE" are one.

    Marks of kana stay: they are letters of their own.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", plain).casefold()


def words_of(*texts: str | None) -> list[str]:
    """The words under which texts are found, in order, each once."""
    found = (word for text in texts if text for word in islice(_words(text), MOST_WORDS))
    return list(dict.fromkeys(found))


def terms_of(query: str) -> list[Term]:
    """What a person's words ask for: each must occur, at least as the beginning of a word."""
    words = (
        _term(word) for run in _runs(query) for word in (run.pairs if len(run.text) > 1 else (run.text,))
    )
    return list(dict.fromkeys(words))


def corrigible(words: Iterable[str]) -> list[str]:
    """Those of the words that a slip could be recognised in: pairs of characters are too short for that."""
    return [word for word in words if len(word) >= SHORTEST_CORRECTED and word.isascii() | word.isalpha()]


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters of one kind in a row."""

    text: str
    is_ideographs: bool

    @property
    def pairs(self) -> tuple[str, ...]:
        """A word as it is; of ideographs any two that stand together."""
        if not self.is_ideographs:
            return (self.text[:LONGEST_WORD],)
        return tuple(self.text[at : at + 2] for at in range(len(self.text) - 1))


def _runs(text: str) -> Iterator[_Run]:
    for ideographs, word in _RUNS.findall(_APOSTROPHES.sub("", fold(text))):
        yield _Run(ideographs or word, bool(ideographs))


def _words(text: str) -> Iterator[str]:
    """With the last ideograph of a run, every single one is the beginning of some word."""
    for run in _runs(text):
        yield from run.pairs
        if run.is_ideographs:
            yield run.text[-1]


def _term(word: str) -> Term:
    is_ideographs = re.match(f"[{_IDEOGRAPHS}]", word) is not None
    return Term(word, is_prefix=len(word) == 1 if is_ideographs else len(word) > 1)
