"""What a text says of eyes, before the word and after it."""

import re
from collections.abc import Iterator
from typing import Final

from studio.canon.mention import (
    BUT,
    LIKENED,
    NOUNS,
    TWO_COLOURS,
    Mention,
    colours_of,
    said_apart,
    start_before,
)
from studio.canon.reading import Reading
from studio.canon.slots import Slot

_BEFORE_EYES: Final = re.compile(r"(?:[CS]|F(?![,&]))(?:[CSma]|F(?![,&])|[,&]+(?=m*[CS]))*x?$")

_SAID_OF_EYES: Final = re.compile(
    rf"(?P<link>(?:m*[vq~]m*)+)(?P<no>n?)m*(?P<value>[CSF][CSFm]*(?:&[CS]+)*)(?![{NOUNS}])"
)

_EYES_SO: Final = re.compile(r"m*(?P<value>[CS]+(?:&[CS]+)*)(?=[,.&c;]|$)")

_ONE_AND_ONE: Final = re.compile(r"[,v]*[dm]*#m*S?C[,&]+[dm]*[#m]*S?C")


def eyes(reading: Reading, place: int) -> Iterator[Mention]:
    term = reading.terms[place]
    if term.code == "I":
        yield Mention(Slot.EYE_COLOUR, (TWO_COLOURS,), place, place + 1, place)
        return
    first = start_before(_BEFORE_EYES, reading.codes, place)
    if colours := colours_of(reading.terms[first:place]):
        yield Mention(Slot.EYE_COLOUR, colours, first, place + 1, place)
    if term.code == "E":
        yield from _eyes_after(reading, place)


def _eyes_after(reading: Reading, place: int) -> Iterator[Mention]:
    rest = reading.codes[place + 1 :]
    for pattern in (_ONE_AND_ONE, _SAID_OF_EYES, _EYES_SO, LIKENED):
        said = pattern.match(rest)
        if said is not None:
            break
    else:
        if (said := said_apart(_EYES_SO, reading, place)) is None:
            return
        start, end = (at + 1 for at in said.span("value"))
        yield from _eyes_said(reading, place, (start, end), negated=False)
        return
    groups = said.groupdict()
    denied = bool(groups.get("no")) or "n" in (groups.get("link") or "")
    plain = "v" in (groups.get("link") or "")
    if reading.is_lit(place + said.end()) and not plain:
        return
    yield from _eyes_said(
        reading, place, said.span("value") if "value" in groups else said.span(), negated=denied
    )
    but = BUT.match(rest[said.end() :]) if denied else None
    if but is not None:
        start, end = (at + said.end() for at in but.span("value"))
        yield from _eyes_said(reading, place, (start, end), negated=False)


def _eyes_said(reading: Reading, place: int, span: tuple[int, int], *, negated: bool) -> Iterator[Mention]:
    first, last = place + 1 + span[0], place + 1 + span[1]
    if colours := colours_of(reading.terms[first:last]):
        yield Mention(Slot.EYE_COLOUR, colours, place, last, place, negated)
