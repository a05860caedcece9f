"""Orders parted from what follows in the same breath, a picture or a change, that begins as no order does.

"Publish scene 4. Kai runs along the river" is two orders.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from studio.canon.people import FIGURE_WORDS, PERSON_WORDS, THING_WORDS
from studio.echo.asides import REMARK
from studio.echo.changing import fits_change
from studio.echo.clauses import Clause, is_conditional, is_lone_verb, is_order
from studio.echo.clips import led_in
from studio.echo.courtesies import FILLER
from studio.echo.drafting import Draft
from studio.echo.guessing import about, names_first
from studio.echo.manner import read_manner, without
from studio.echo.phrases import CLIP, LENGTH, LET, MUSIC, STATUS, TRAILER
from studio.echo.references import find_episodes, find_scenes
from studio.echo.sounds import find_sound
from studio.echo.who import find_cast


class Takes(StrEnum):
    """What may go on with an order."""

    PICTURE = "picture"
    CHANGE = "change"
    LOOKS = "looks"
    CUT = "cut"
    NOTHING = "nothing"


_MARK: Final = re.compile(
    r"\s*(?:[.;!?]+(?=\s)|\n+)\s*|\s+[-–—/+]+\s+"
    r"|\s*,?\s+(?:and |& )?(?:then|after that|afterwards|also|plus|next)\b[\s,:]*"
)
_JOINT: Final = re.compile(r"\s*,\s+(?:and\s+)?|\s+(?:and|&)\s+")
"""What stands between two orders, and within one as well."""
_LASTING: Final = rf"(?:lasting|running|that lasts|which lasts|that runs|of|at|for) {LENGTH}"
_A_CLIP: Final = re.compile(
    rf"(?:an?|another|one|\d+)\s+(?:[\w-]+\s+){{0,3}}?{CLIP}(?:,? {_LASTING},?)?\s+"
    r"(?:of|with|where|showing|in which|that shows)\b"
    rf"|{LENGTH}(?: (?:clip|scene|shot|video))?(?: in [\w ]{{3,20}})? of "
    r"(?!the (?:trailer|clip|episode|scene)\b)"
)
_A_TRAILER: Final = re.compile(rf"{TRAILER} (?:of|for|from)\b|tease \w")
_SIGHT: Final = re.compile(r"(?:an?|two|three|four|several|many|some)\s+(?!\w+ one\b|one\b)")
_FRAMED: Final = re.compile(r"(?:[\w-]+ ){0,2}(?:shot|view|close-?up|angle)\b\s*(?:of|on|[:,])\s*\w")
_SHOWN: Final = re.compile(r"(?:show|give|draw|get) me\s+(?=the |\w)")
_BLANK: Final = re.compile(r"[\s,:;–—-]+")
_SHOT: Final = re.compile(r"(?:animate|film|shoot|draw|generate|create|render|show me)\s+\w")
_ASKED: Final = re.compile(r"(?:where|how|what|which|who|when|why|is|are|any|has|does|did)\b")
_STATED: Final = re.compile(
    r"\s+(?:is|are|has|have|was|looks?|stays?|should|must|needs?|wears?|keeps?|can|will|gets?|too|as well|"
    r"instead|also|only|again)\b|['’]s?\b|\s*$"
)
"""What is said of somebody who is in the picture already, rather than what he does in another."""
_OF_THE_CUT: Final = re.compile(
    r"\b(?:first|last|(?:at|in|for|near) the (?:start|end|beginning|opening|middle))\b"
)
_THINGS: Final = THING_WORDS | FIGURE_WORDS | frozenset(PERSON_WORDS)
_FROM_NOW: Final = re.compile(r"\b(?:from (?:now|here|today) on|going forward|henceforth)\b")
_NOW_HAS: Final = re.compile(r"[\w' -]{2,30} (?:now (?:has|wears)|(?:has|wears|is) now)\b")
MOST_MARKS: Final = 24
"""Commas and the like of an order that are looked at: who writes more of them describes."""
FEWEST_WORDS: Final = 2
"""Words besides names and lengths that a picture is told in."""


def own_orders(draft: Draft, clause: Clause, takes: Callable[[Draft, Clause], Takes]) -> Iterator[Clause]:
    """The parts of a clause that are orders by themselves, one after the other; mostly the whole of it.

    Args:
        draft: The plan so far; what a part comes to may hang on those planned before it.
        clause: What may hold several orders.
        takes: What may go on with an order.
    """
    while (parted := _parted(draft, clause, takes)) is not None:
        first, clause = parted
        yield first
    yield clause


def _parted(
    draft: Draft, clause: Clause, takes: Callable[[Draft, Clause], Takes]
) -> tuple[Clause, Clause] | None:
    marks = sorted((*_MARK.finditer(clause.low), *_JOINT.finditer(clause.low)), key=lambda each: each.start())
    kind: Takes | None = None
    for mark in marks[:MOST_MARKS]:
        first, rest = clause.cut(0, mark.start()), _begun(clause.cut(mark.end(), len(clause.low)))
        if not first.low.strip() or not rest.low or is_lone_verb(first.low):
            continue
        kind = kind or takes(draft, _begun(first))
        if kind is not Takes.PICTURE and (_A_CLIP.match(rest.low) or _A_TRAILER.match(rest.low)):
            return first, rest
        if (_ends if mark.re is _MARK else _goes_over)(draft, first, rest, kind, mark[0]):
            return first, rest
    return None


def _ends(draft: Draft, first: Clause, rest: Clause, kind: Takes, mark: str) -> bool:
    """Whether another order begins behind a full stop, or behind "then"."""
    return _is_about_work(draft, rest) or _is_own(draft, first, rest, kind, mark)


def _goes_over(draft: Draft, first: Clause, rest: Clause, kind: Takes, mark: str) -> bool:
    """Whether another order begins behind a comma or "and", which mostly go on with the same."""
    if is_conditional(first.low):
        return False
    if (_FROM_NOW.search(rest.low) or _NOW_HAS.match(rest.low)) and fits_change(draft, rest):
        return kind is not Takes.LOOKS or _is_other(draft, first, rest)
    if find_sound(rest, draft.facts.tracks) and (MUSIC.match(rest.low) or _is_about_work(draft, rest)):
        return True
    if kind in {Takes.PICTURE, Takes.CHANGE}:
        return False
    if STATUS.match(rest.low) or (fits_change(draft, rest) and _is_other(draft, first, rest)):
        return True
    if kind is Takes.CUT:
        return False
    if kind is Takes.LOOKS:
        return (
            _SHOT.match(rest.low) is not None
            or _is_about_work(draft, rest)
            or (_is_other(draft, first, rest) and _seen(draft, rest).acts)
        )
    return is_order(rest.low) or _is_about_work(draft, rest) or _is_own(draft, first, rest, kind, mark)


def _is_other(draft: Draft, first: Clause, rest: Clause) -> bool:
    """Whether somebody is named behind who was not named before."""
    before, behind = (find_cast(each.text, draft.facts, is_story=False).names for each in (first, rest))
    return not {*behind} <= {*before}


def _begun(clause: Clause) -> Clause:
    return clause.cut(FILLER.match(clause.low).end(), len(clause.low))  # type: ignore[union-attr]


def _is_about_work(draft: Draft, rest: Clause) -> bool:
    """Whether a text begins with a scene or the like, or asks, and says what is to be done or known of it."""
    if REMARK.match(rest.low):
        return names_first(rest) or bool(find_scenes(rest, draft.facts) or find_episodes(rest, draft.facts))
    if not names_first(rest) and not _ASKED.match(rest.low):
        return False
    return about(rest, draft.facts, is_question=False) is not None


def _is_own(draft: Draft, first: Clause, rest: Clause, kind: Takes, joint: str) -> bool:
    """Whether what follows a full stop or "then" is a picture, or a change of somebody, of its own."""
    if kind is Takes.PICTURE:
        return False
    seen = _seen(draft, rest)
    is_other = _is_other(draft, first, rest)
    if (seen.begins or _FROM_NOW.search(rest.low)) and fits_change(draft, rest):
        return is_other or kind is not Takes.LOOKS
    if len(seen.words) < FEWEST_WORDS or (kind is Takes.CUT and _OF_THE_CUT.search(rest.low)):
        return False
    if seen.acts:
        is_picture = seen.is_ordered or kind in {Takes.NOTHING, Takes.CUT} or re.search(r"[a-z]", joint)
        return bool(is_picture) or (kind is Takes.LOOKS and is_other)
    return _is_sight(seen) and (seen.is_ordered or kind is Takes.NOTHING)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text as a picture: its words without those that announce it, and how they begin."""

    low: str
    words: tuple[str, ...]
    begins: bool
    """Whether it begins with somebody of the project."""
    acts: bool
    """Whether that one does something that can be seen."""
    is_ordered: bool
    """Whether it has a length, or is asked for: "show me ..."."""


def _seen(draft: Draft, rest: Clause) -> _Seen:
    manner = read_manner(rest, draft.facts.styles, draft.facts.tracks)
    low = without(rest.low, [(start, end) for start, end, _, _ in manner.spans])
    led = _SHOWN.match(low) or led_in(low) or LET.match(low) or _BLANK.match(low)
    start = led.end() if led is not None else 0
    told = rest.cut(start, len(low))
    low = low[start:]
    cast = find_cast(told.text, draft.facts, is_story=False)
    words = re.findall(r"[a-z]{2,}", without(low, [(start, end) for start, end, _ in cast.spans]))
    behind = next((end for start, end, _ in cast.spans if start <= len("the ")), None)
    is_ordered = "duration" in manner.values or (led is not None and led.re not in {LET, _BLANK})
    acts = behind is not None and _STATED.match(low[behind:]) is None
    return _Seen(low, tuple(words), behind is not None, acts, is_ordered)


def _is_sight(seen: _Seen) -> bool:
    is_told = any(word in _THINGS or re.fullmatch(r"[a-z]{3,}ing", word) for word in seen.words)
    return (_SIGHT.match(seen.low) is not None and is_told) or _FRAMED.match(seen.low) is not None
