"""A text in words, with their places; spelling slips are put right where they can only be slips."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

_WORDS: Final = re.compile(
    r"""<[^>]*>                                # a model's tag: <lora:name:0.8>
    | :\s*[0-9.]+(?=\s*[)\]])                  # a weight: (hat:1.2)
    | (?P<no>n['’]t\b)
    | (?P<short>['’](?:s|re|ve|m|ll|d)\b)
    | (?P<word>[ァ-ヺー]+ | [㐀-鿿々]+ | [぀-ゟ]+  # Japanese has no spaces: words end with their script
      | [^\W\d_]+-like\b | [0-9]+(?=(?:yo|yrs?)\b)
      | [^\W_]+?(?=n['’]t\b) | [^\W_぀-ヿ㐀-鿿々]+ | [^\W_])
    | (?P<mark>[.,;:!?()\[\]{}"“”|/\n—–'’])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[a-z ]+")
_TITLES: Final = frozenset(["mr", "mrs", "ms", "dr", "st", "jr", "sr", "prof"])
_JOINED: Final = re.compile(r"([a-z]{3,})(hair|haired|eyes|eyed)")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_SLIP: Final = 4
"""Letters that a word needs before it is taken for a slip of another."""
LONGEST_SLIP: Final = 40
"""A word of more letters is no slip of anything: to try them all takes the square of their number."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word in small letters or a mark, from `start` to `end`; `capital` where it was written with one."""

    word: str
    start: int
    end: int
    capital: bool = False
    quoted: bool = False


def tokens(text: str) -> list[Token]:
    """The words and marks of `text`; hyphens and underscores part words."""
    found: list[Token] = []
    quoted = False
    for match in _WORDS.finditer(text):
        quoted ^= match["mark"] in {'"', "“", "”"}
        if (token := _token(match, found, quoted=quoted)) is not None:
            found.append(token)
    return found


def _token(match: re.Match[str], before: list[Token], *, quoted: bool) -> Token | None:
    start, end = match.span()
    if match["no"]:
        return Token("not", start, end, quoted=quoted)
    if match["word"] or match["short"]:
        word = match[0].lower().replace("’", "'")
        return Token(word, start, end, match[0][0].isupper(), quoted)
    if match["mark"] is None or (match["mark"] == "." and before and before[-1].word in _TITLES):
        return None
    if match["mark"] in "'’":
        owns = before and before[-1].end == start and before[-1].word.endswith("s")
        return Token("'", start, end, quoted=quoted) if owns else None
    return Token(match["mark"], start, end, quoted=quoted)


def words(text: str) -> tuple[str, ...]:
    """The words of a text that is known to be spelt right."""
    plain = text.strip().lower().replace("-", " ")
    if _PLAIN.fullmatch(plain):
        return tuple(plain.split())
    return tuple(token.word for token in tokens(text))


def parted(token: Token, known: Collection[str]) -> Iterator[Token]:
    """`token`, or two where it is a known word run together with hair or eyes ("blackhair")."""
    match = _JOINED.fullmatch(token.word)
    if match is None or token.word in known or match[1] not in known:
        yield token
        return
    middle = token.start + len(match[1])
    yield Token(match[1], token.start, middle, token.capital, token.quoted)
    yield Token(match[2], middle, token.end, quoted=token.quoted)


def slips(word: str) -> Iterator[set[str]]:
    """What `word` may have been meant for, the likelier first: swapped, doubled, lost, changed letters."""
    parts = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    swapped = {a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1}
    doubled = {a + b[1:] for a, b in parts if len(b) > 1 and b[0] == b[1]}
    yield swapped | doubled
    shorter = {a + b[1:] for a, b in parts if a and b}
    longer = {a + letter + b for a, b in parts if a for letter in _LETTERS}
    yield shorter | longer
    yield {a + letter + b[1:] for a, b in parts if a and b for letter in _LETTERS}


def corrected(word: str, meant: Collection[str], first: Collection[str], known: Collection[str]) -> str:
    """`word`, or the one of `meant` that it is a slip of, rather of `first`; known words stay."""
    if not SHORTEST_SLIP <= len(word) <= LONGEST_SLIP or word in known or not word.isalpha():
        return word
    for likely in slips(word):
        hits = [other for other in likely if other in meant and len(other) >= SHORTEST_SLIP]
        best = [other for other in hits if other in first] or hits
        if best:
            return best[0] if len(best) == 1 else word
    return word
