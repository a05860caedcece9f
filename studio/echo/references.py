"""Which scenes, episodes and generations an order speaks of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rapidfuzz import fuzz

from studio.echo.amounts import LIST, NUMBER, ORDINALS, listed, number
from studio.echo.clauses import Clause
from studio.echo.facts import Facts, Numbered

Target = dict[str, Any]
"""What an action is done to: `{"scene_id": 103}`, `{"generation_id": "gen_1"}`, or what a step makes."""

_ORDINAL: Final = "|".join(sorted(ORDINALS, key=len, reverse=True))
_FINISHED: Final = frozenset({"completed", "needs_review"})
_GENERATION: Final = re.compile(r"\bgen_[0-9a-z_-]*[0-9a-z]", re.IGNORECASE)
_NEWEST: Final = re.compile(
    r"\b(?:the |my |our )?(?:very )?(?P<which>latest|last|newest|most recent|recent|current|running)\s+"
    r"(?:(?P<kind>trailer|teaser)|clip|render|take|video|generation|shot|result|run|job|one|rendering)s?\b"
)
LIKE_CALLED: Final = 80
"""The same where "scene" or "episode" stands before it."""
LIKE: Final = 88
"""How like a title must be to what is said of it, of 100."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind: the things, the numbers that there are none of, and where it was said."""

    things: tuple[Numbered, ...] = ()
    unknown: tuple[int, ...] = ()
    start: int = 0
    end: int = 0

    def __bool__(self) -> bool:
        return bool(self.things or self.unknown)


def find_scenes(clause: Clause, facts: Facts) -> Found:
    """The scenes that a clause names by number, by order, all of them, or by their titles."""
    return _numbered(clause.low, r"scenes?", facts.scenes) or _titled(clause, facts.scenes)


def find_episodes(clause: Clause, facts: Facts) -> Found:
    """The episodes that a clause names by number, by order or by their titles."""
    return _numbered(clause.low, r"(?:episodes?|ep\.?)", facts.episodes) or _titled(clause, facts.episodes)


def find_generations(clause: Clause, facts: Facts, *, finished: bool) -> tuple[str, ...]:
    """The generations that a clause names by their ids, or as the latest one."""
    ids = tuple(
        _as_made(clause.text[slice(*each.span())], facts) for each in _GENERATION.finditer(clause.low)
    )
    if ids:
        return tuple(dict.fromkeys(ids))
    newest = _NEWEST.search(clause.low)
    if newest is None:
        return ()
    running = newest["which"] in {"running", "current"}
    kind = "trailer" if newest["kind"] else None
    for made in facts.made:
        fits = made.status == "processing" if running else not finished or made.status in _FINISHED
        if fits and (kind is None or made.kind == kind):
            return (made.id,)
    return ()


def _as_made(written: str, facts: Facts) -> str:
    """The id as the project has it, in whatever letters it is written."""
    return next((each.id for each in facts.made if each.id.lower() == written.lower()), f"gen{written[3:]}")


def _numbered(low: str, noun: str, things: Sequence[Numbered]) -> Found:
    found = re.search(
        rf"\b(?:all|every|the whole|each)(?: (?:of )?(?:the|our|my))?(?: {NUMBER})? {noun}(?![\w'])"
        rf"(?!\s+{NUMBER}\b)",
        low,
    ) or (re.search(rf"\bboth(?: of)?(?: the| our| my)? {noun}(?![\w'])", low) if len(things) == 2 else None)
    if found is not None:
        left, end = _left_over(low, found.end(), noun, things)
        return Found(left, (), found.start(), end)
    low, gone = _without_denied(low, noun)
    low = _range_of_both(noun).sub(lambda both: f"{both[1]} to {both[2]}".ljust(len(both[0])), low)
    head = rf"\b{noun}\s*(?:number |no\.? ?|nr\.? ?|#)?"
    spans, numbers = [], list[int]()
    for each in re.finditer(rf"{head}(?P<list>{LIST})", low):
        spans.append(each.span())
        numbers += listed(each["list"])
    if not spans:
        numbers, spans = _in_order(low, noun, things)
    wanted = [each for each in numbers if each not in gone]
    return _without_excepted(low, noun, _of_numbers(things, wanted, spans))


def _without_denied(low: str, noun: str) -> tuple[str, frozenset[int]]:
    """The text with blanks for "but not scene 3", and the numbers that are named so."""
    denied = re.search(
        rf"\s*,?\s*(?:but |and )?\b(?:not|except)(?: for)? (?:the )?(?:{noun}\s*)?(?P<list>{LIST})", low
    )
    if denied is None:
        return low, frozenset()
    blank = " " * len(denied[0])
    return low[: denied.start()] + blank + low[denied.end() :], frozenset(listed(denied["list"]))


@lru_cache(maxsize=4)
def _range_of_both(noun: str) -> re.Pattern[str]:
    """As "scene 1 to scene 3"."""
    return re.compile(rf"\b({noun}\s*\d+)\s*(?:to|through|until|till|-|–)\s*{noun}\s*(\d+)\b")


_EXCEPT: Final = (
    r"\s*,?\s*\(?(?:except|but|apart from|excluding|without|other than|minus|save|skipping|leaving out|"
    r"not)\s+"
    r"(?:for\s+)?(?:the\s+)?"
)


def _without_excepted(low: str, noun: str, found: Found) -> Found:
    if not found.things:
        return found
    left, end = _left_over(low, found.end, noun, found.things)
    return Found(left, found.unknown, found.start, end)


def _left_over(
    low: str, start: int, noun: str, things: Sequence[Numbered]
) -> tuple[tuple[Numbered, ...], int]:
    """What is left of things after "except the last two", "but 4"; and where that ends."""
    several = re.match(rf"{_EXCEPT}(?P<end>first|last)\s+(?P<n>{NUMBER})\b(?:\s+{noun}\b)?", low[start:])
    if several is not None:
        size = int(number(several["n"]))
        left = things[size:] if several["end"] == "first" else things[: len(things) - size]
        return tuple(left), start + several.end()
    one = re.match(rf"{_EXCEPT}(?P<o>{_ORDINAL}|last|final)\b(?:\s+(?:one|{noun})\b)?", low[start:])
    if one is not None:
        place = ORDINALS.get(one["o"], len(things)) - 1
        return tuple(each for at, each in enumerate(things) if at != place), start + one.end()
    named = re.match(rf"{_EXCEPT}(?:{noun}\s*)?(?:number )?(?P<list>{LIST})", low[start:])
    if named is not None:
        gone = {*listed(named["list"])}
        return tuple(each for each in things if each.number not in gone), start + named.end()
    return tuple(things), start


def _in_order(low: str, noun: str, things: Sequence[Numbered]) -> tuple[list[int], list[tuple[int, int]]]:
    """As "the second episode", "the first three scenes", "the last scene"."""
    several = re.search(rf"\b(?P<end>first|last)\s+(?P<n>{NUMBER})\s+{noun}(?![\w'])", low)
    if several is not None:
        ordered = [thing.number for thing in things]
        size = int(number(several["n"]))
        return (ordered[:size] if several["end"] == "first" else ordered[-size:]), [several.span()]
    one = re.search(rf"\b(?:the )?(?P<o>{_ORDINAL})\s+{noun}(?![\w'])", low)
    if one is not None:
        return [ORDINALS[one["o"]]], [one.span()]
    last = re.search(rf"\b(?:the )?(?:last|final|latest|newest)\s+{noun}(?![\w'])", low)
    return ([things[-1].number], [last.span()]) if last is not None and things else ([], [])


def _of_numbers(
    things: Sequence[Numbered], numbers: Sequence[int], spans: Sequence[tuple[int, int]]
) -> Found:
    by_number = {thing.number: thing for thing in things}
    wanted = list(dict.fromkeys(numbers))
    known = tuple(by_number[each] for each in wanted if each in by_number)
    unknown = tuple(each for each in wanted if each not in by_number)
    return Found(known, unknown, min((s for s, _ in spans), default=0), max((e for _, e in spans), default=0))


def _titled(clause: Clause, things: Sequence[Numbered]) -> Found:
    low = clause.text.lower()
    if (whole := _by_whole_titles(low, things)) and len(low) == len(clause.text):
        return whole
    likest = max(_likenesses(low, things), key=lambda each: each[0], default=None)
    if likest is not None and likest[0] >= (LIKE_CALLED if _IS_CALLED.search(low[: likest[1]]) else LIKE):
        score, start, end, thing = likest
        is_long = score >= LIKE and not _IS_CALLED.search(low[:start])
        return Found((thing,)) if is_long else Found((thing,), (), start, end)
    return _by_words_of_titles(clause.low, things)


def _likenesses(low: str, things: Sequence[Numbered]) -> Iterator[tuple[float, int, int, Numbered]]:
    """How like each title what stands in a text is, of 100, and where that is, in whole words."""
    for thing in things:
        found = fuzz.partial_ratio_alignment(thing.title.lower(), low) if len(thing.title) > 8 else None
        if found is not None:
            start = found.dest_start - len(re.search(r"\w*$", low[: found.dest_start])[0])  # type: ignore[index]
            end = found.dest_end + len(re.match(r"\w*", low[found.dest_end :])[0])  # type: ignore[index]
            yield found.score, start, end, thing


_IS_CALLED: Final = re.compile(r"\b(?:scene|episode|ep)\s+(?:called\s+|titled\s+)?$")


def _by_whole_titles(low: str, things: Sequence[Numbered]) -> Found:
    """All whose titles stand in the text, in its order."""
    places = [
        (low.find(title), title, each) for each in things if len(title := each.title.lower().strip()) > 3
    ]
    said = sorted((at, at + len(title), each.id) for at, title, each in places if at >= 0)
    by_id = {each.id: each for each in things}
    named = tuple(by_id[each] for _, _, each in said)
    return Found(named, (), said[0][0], max(end for _, end, _ in said)) if said else Found()


_STOP: Final = frozenset({"the", "a", "an", "in", "on", "at", "of", "to", "and", "with", "for", "scene"})
_WORD: Final = re.compile(r"[a-z]{3,}")
_CALLED: Final = re.compile(r"\bthe ((?:[a-z'-]+ ){1,3}?)(?:scene|episode|clip|shot|one)\b")


def _by_words_of_titles(low: str, things: Sequence[Numbered]) -> Found:
    """What alone has the words of "the festival scene" in its title, or two of "the rooftop farewell"."""
    called = _CALLED.search(low)
    if called is not None:
        said = {*_WORD.findall(called[1])} - _STOP
        fits = [thing for thing in things if said and said <= {*_WORD.findall(thing.title.lower())}]
        if len(fits) == 1:
            return Found((fits[0],), (), *called.span())
    for pair in re.finditer(r"\bthe (?=([a-z]{4,}) ([a-z]{4,})\b)", low):
        said = {pair[1], pair[2]}
        fits = [thing for thing in things if said <= {*_WORD.findall(thing.title.lower())}]
        if len(fits) == 1:
            return Found((fits[0],), (), pair.start(), pair.end(2))
    return Found()


_DO_AGAIN: Final = re.compile(r"(?:do|try|render|make|shoot|run) the (?P<word>[a-z]{4,})\b")


def find_by_one_word(clause: Clause, facts: Facts) -> Found:
    """The one scene whose title has the word of "do the duel again"."""
    said = _DO_AGAIN.match(clause.low)
    if said is None or not says_again(clause.low):
        return Found()
    fits = [each for each in facts.scenes if said["word"] in each.title.lower().split()]
    return Found(tuple(fits), (), *said.span("word")) if len(fits) == 1 else Found()


def says_again(low: str) -> bool:
    return (
        re.search(
            r"\b(?:again|once more|anew|over|another take|another try|from scratch|(?:new|fresh) version)\b",
            low,
        )
        is not None
    )
