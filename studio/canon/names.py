"""Who is meant by a word: names in full, aliases, and parts of names, looked up once for a whole project."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from studio.canon.lexicon import ENTRIES, KNOWN
from studio.canon.tables import words_of
from studio.canon.tokens import SHORTEST_SLIP, Token, slips, words
from studio.japanese_words import WORDS

SHORTEST_PART: Final = 3
LONGEST_KEPT: Final = 4
"""A name this short is only recognised with two letters swapped or one doubled: Mina is not Mira."""
HONORIFICS: Final = words_of("san chan kun sama senpai sensei dono tan")
TITLES: Final = ("さん", "くん", "ちゃん", "さま", "せんぱい", "君", "様", "先輩", "先生")
ORDINARY: Final = words_of(
    """
will hope faith joy grace may mark art bill rob chase rich eve lily daisy sunny star ray frank grant summer
autumn winter destiny harmony melody sue dean skip buck echo shadow blaze ember june april august jack major
page basil sage olive reed stormy mercy patience prudence charity verity honor justice pace jasmine heather
holly poppy hazel ginger sandy bob
"""
) | {word for word, entries in ENTRIES.items() if any(len(entry.words) == 1 for entry in entries)}
"""Names that are words as well: meant only where they are written large."""
_PARTICLES: Final = words_of("the von van der den del las los bin ibn and")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a project's characters, by their words."""

    whole: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    parts: Mapping[str, frozenset[str]]
    known: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, names: Iterable[str], aliases: Mapping[str, Sequence[str]] | None = None) -> "Names":
        """Index `names`, with what else the characters are called."""
        whole: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        parts: dict[str, set[str]] = {}
        for name in names:
            for called in (name, *(aliases or {}).get(name, ())):
                if spelt := words(called):
                    whole.setdefault(spelt[0], []).append((spelt, name))
            for part in _parts(words(name)):
                parts.setdefault(part, set()).add(name)
        for spellings in whole.values():
            spellings.sort(key=lambda spelling: -len(spelling[0]))
        known = {word for spellings in whole.values() for spelt, _ in spellings for word in spelt}
        return cls(whole, {part: frozenset(owners) for part, owners in parts.items()}, frozenset(known))

    def at(self, tokens: Sequence[Token], place: int) -> tuple[int, frozenset[str]]:
        """How many tokens from `place` on are a name, and whose; several share a part of a name."""
        for spelt, name in self.whole.get(tokens[place].word, ()):
            here = tokens[place : place + len(spelt)]
            if tuple(token.word for token in here) == spelt and _meant(here, tokens, place):
                return len(spelt), frozenset({name})
        owners = self.parts.get(tokens[place].word)
        if owners and _meant(tokens[place : place + 1], tokens, place):
            return 1, owners
        return 0, frozenset()

    def corrected(self, token: Token) -> str:
        """The word of a name that `token` is a slip of, or its own word."""
        word = token.word
        if not token.capital or len(word) < SHORTEST_SLIP or word in KNOWN or word in self.known:
            return word
        for rank, likely in enumerate(slips(word)):
            hits = [name for name in likely if name in self.known and name not in KNOWN]
            hits = [
                name
                for name in hits
                if len(name) > LONGEST_KEPT or (rank == 0 and len(name) >= SHORTEST_SLIP)
            ]
            if hits:
                return hits[0] if len(hits) == 1 else word
        return word


def _parts(spelt: tuple[str, ...]) -> Iterable[str]:
    """The words of a name of several that may stand for it."""
    if len(spelt) == 1:
        return ()
    return (
        word for word in spelt if len(word) >= SHORTEST_PART and word.isalpha() and word not in _PARTICLES
    )


def _meant(here: Sequence[Token], tokens: Sequence[Token], place: int) -> bool:
    """Whether a name is meant: one that is a word as well is written large, and not before "hair".

    A Japanese one is followed by a title: 雪ちゃん is somebody, and 雪 is snow.
    """
    after = tokens[place + len(here)].word if place + len(here) < len(tokens) else ""
    if all(WORDS.get(token.word) for token in here):
        return after.startswith(TITLES)
    if any(token.word not in ORDINARY for token in here):
        return True
    return here[0].capital and after not in {"hair", "eyes", "haired", "eyed"}
