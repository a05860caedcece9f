"""A message as its orders: what is quoted is hidden, and the rest parted where a new order begins."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from studio.echo.courtesies import FILLER, PLEA, said_until
from studio.echo.phrases import DOING, HEADS, PICTURED, SENTENCES, STRONG, TRAILER
from studio.echo.plans import Understood

_QUOTES: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|`[^`]*`|(?<![\w])'[^'\n]{2,}?'(?![\w])")
_MARK: Final = re.compile(
    (
        r"\s*(?:[.;!?]+(?=\s|$)|\n+)\s*|,?\s+(?:and then|then|after that|afterwards|and also|"
        r"and|plus|[+&/])\s+|\s*,\s*(?=then\b|also\b)"
    ),
    re.IGNORECASE,
)
_ANOTHER: Final = re.compile(
    r"(?:,?\s+(?:and then|and|then|plus)\s+|,\s+(?=another\b))(?=(?:(?:another|one)\s+(?:one |clip |"
    r"scene |shot |video )?|"
    r"an?(?:other)? (?!half\b)(?:[\w-]+ ){0,2}?(?:clip|scene|shot|video) )(?:of|with|where)\b)"
)
_TRAILER_OF: Final = re.compile(
    rf",?\s+(?:and then|and also|and|then|plus|[+&/])\s+(?=an? (?:[\w-]+ ){{0,3}}?{TRAILER}(?: (?:of|for|"
    rf"from|with)\b|(?: too| as well)?\s*(?:[.,;!?]|$))|{TRAILER} (?:of|for|from) (?:the (?:whole|project|"
    r"series|first|second|last)|all|every|scene|episode|ep)\b)"
)
_COMMA: Final = re.compile(r"\s*,\s*(?:and\s+)?|\s+[-–—]+\s+")
_ABBREVIATED: Final = re.compile(r"\b(?:mr|mrs|ms|dr|st|ep|vs)$", re.IGNORECASE)
HIDDEN: Final = "¤"
"""What stands for each character of a quotation: no word, and no mark."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One order of a message: as written, the same in small letters without its quotations, and its place."""

    text: str
    low: str
    start: int

    def cut(self, start: int, end: int) -> "Clause":
        """A part of it."""
        return Clause(self.text[start:end], self.low[start:end], self.start + start)

    def taken(self, start: int, end: int, meaning: str, value: Any) -> Understood:
        """What a part of it, the blanks around it aside, was taken for."""
        words = self.text[start:end]
        start += len(words) - len(words.lstrip())
        words = words.strip()
        return Understood(words, self.start + start, self.start + start + len(words), meaning, value)


def hidden(text: str) -> str:
    """`text` in small letters, its quotations hidden, as long as before."""
    low = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return _QUOTES.sub(lambda found: HIDDEN * len(found[0]), low)


def clauses(text: str, low: str) -> tuple[Clause, ...]:
    """The orders of a message, in their order; words that order nothing belong to the order before."""
    places = sorted({*_beginnings(low)})
    found = []
    for (start, first), (end, _) in zip(places, [*places[1:], (len(low), len(low))], strict=True):
        del start
        part = low[first:end]
        kept = said_until(part)
        if part.strip(" ,.;!?\n"):
            found.append(Clause(text[first : first + kept], part[:kept], first))
    return tuple(found)


def _beginnings(low: str) -> Iterator[tuple[int, int]]:
    """Where an order ends, and where the next begins."""
    yield 0, 0
    for mark in (*_MARK.finditer(low), *_ANOTHER.finditer(low), *_TRAILER_OF.finditer(low)):
        if _ABBREVIATED.search(low[: mark.start()]) or is_lone_verb(low[: mark.start()]):
            continue
        if (
            mark.re is not _MARK
            or is_order(low[mark.end() :])
            or _is_picture(mark, low)
            or (_is_sentence if _is_full(mark) else _is_asked)(low[mark.end() :])
        ):
            yield mark.start(), mark.end()
    for mark in () if _MARKUP.search(low) else _COMMA.finditer(low):
        if _begins(low[mark.end() :], STRONG) and not is_conditional(
            _SENTENCE.split(low[: mark.start()])[-1]
        ):
            yield mark.start(), mark.end()


_MARKUP: Final = re.compile(r"[<>{}$`\\]")
"""Signs of a text that was not typed as one: no order begins at its commas."""
_LONE_VERB: Final = re.compile(
    r"(?:^|[.;!?,]\s*|please |you |we )(?:approve|go|go ahead|check|sign off|finish|try)$"
)
"""As in "approve and publish gen_1", which is one order."""
_LED_BY_CONDITION: Final = re.compile(
    rf"(?:if|once|when|as soon as|after|unless)\b[^,.;]{{3,80}}?(?:,\s*|\s+(?:then )?(?={DOING}\b))"
)
_SENTENCE: Final = re.compile(r"[.;!?]\s|\b(?:then|and(?= (?:if|once|when|as soon|after|unless)\b))\s")
_CONDITIONAL: Final = re.compile(r"\W*(?:\w+ )?(?:if|unless|once|when|as soon as|provided|assuming|after)\b")


def _is_full(mark: re.Match[str]) -> bool:
    """Whether something ends: a sentence, or what is done before what is done then."""
    return mark[0].strip(" ,").lower() not in {"and", "and also"}


def _is_asked(low: str) -> bool:
    """Whether somebody is asked for something that is not more of the same: "and could you publish it"."""
    plea = PLEA.match(low)
    return plea is not None and plea.end() > 0 and _OF_IT.match(low[plea.end() :]) is None


def _is_sentence(low: str) -> bool:
    """Whether a text is an order by itself where it begins a sentence."""
    return _is_asked(low) or _begins(low, SENTENCES)


_OF_IT: Final = re.compile(
    r"\s*(?:(?:make|keep|have|let|show|give|do|put|get) (?:it|him|her|them|that|this|us|me|the(?! same))\b"
    r"(?!.* (?:rendered|redone|remade|published|made)\b)|$)|\W*$"
)
"""As in "please make it dark", which goes on with what was asked for."""


def is_conditional(low: str) -> bool:
    """Whether a sentence begins with a condition, courtesies aside."""
    return _CONDITIONAL.match(low[FILLER.match(low).end() :]) is not None  # type: ignore[union-attr]


def _is_picture(mark: re.Match[str], low: str) -> bool:
    """Whether "then a clip of ..." follows; behind a bare "and" that is more of the same picture."""
    return mark[0].strip(" ,").lower() != "and" and _begins(low[mark.end() :], (PICTURED,))


def is_lone_verb(low: str) -> bool:
    """Whether a text ends with a verb that another one shares its object with."""
    return _LONE_VERB.search(low) is not None


def is_order(low: str) -> bool:
    """Whether a text begins as an order or a question about the work does."""
    body = low[FILLER.match(low).end() :]  # type: ignore[union-attr]
    condition = _LED_BY_CONDITION.match(body)
    return _begins(body[condition.end() :] if condition else body, HEADS)


def _begins(low: str, heads: Iterable[re.Pattern[str]]) -> bool:
    body = low[FILLER.match(low).end() :]  # type: ignore[union-attr]
    return any(head.match(body) for head in heads)
