"""Clips that one order lists, each with a picture of its own: "two clips: Kai on a horse, Mira in a boat"."""

import re
from collections.abc import Iterator
from typing import Final

from studio.echo.amounts import NUMBER, duration, number
from studio.echo.clauses import Clause

_ANNOUNCED: Final = re.compile(
    rf"^[^:]{{0,60}}?\b(?P<count>{NUMBER})\s+(?:[\w'-]+\s+){{0,3}}?(?:clips|scenes|shots|videos|animations)"
    r"(?:,? (?:please|pls|for (?:me|us)|(?:i|we)(?: need| want|'d like| would like)))?\s*(?::|"
    r",(?=\s+one\b))\s*"
)
_JOINTS: Final = (
    re.compile(r"\s*[.;]\s+(?:and\s+)?"),
    re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+"),
)
_NUMBERED: Final = re.compile(
    r"(?:(?:in )?(?:the )?(?:first|second|third|fourth|fifth|last|then|finally|another|other|"
    r"one)\b(?: (?:one|of|with))?"
    r"|\(?\d{1,2}[.):])[\s:,]*"
)


def listed(clause: Clause) -> tuple[Clause, ...]:
    """The parts of an order that says how many clips it wants and lists so many."""
    announced = _ANNOUNCED.match(clause.low)
    if announced is None:
        return ()
    rest = clause.cut(announced.end(), len(clause.low))
    count = number(announced["count"])
    parted = (tuple(_parts(rest, joint)) for joint in _JOINTS)
    fitting = (parts for parts in parted if len(parts) == count and all(map(_is_picture, parts)))
    return next(fitting, ())


def timed(clause: Clause) -> tuple[Clause, ...]:
    """The parts of an order that ends each with its length; else the order alone."""
    for joint in _JOINTS:
        parts = tuple(_parts(clause, joint))
        if len(parts) > 1 and all(_is_picture(part) and _ends_with_length(part.low) for part in parts):
            return parts
    return (clause,)


def _ends_with_length(low: str) -> bool:
    length = duration(low)
    if length is None or re.search(r"\b(?:for|first|last|after|next|within|of)\s*$", low[: length.start]):
        return False
    return not low[length.end :].strip(" ).") and len(low[: length.start].split()) > 1


def _is_picture(part: Clause) -> bool:
    """Whether a part can stand for itself; a lone word goes on with what was said before it."""
    length = duration(part.low)
    told = part.low if length is None else part.low[: length.start] + part.low[length.end :]
    return len(told.split()) > 1


def _parts(rest: Clause, joint: re.Pattern[str]) -> Iterator[Clause]:
    ends = [*joint.finditer(rest.low)]
    starts = [0, *(each.end() for each in ends)]
    stops = [*(each.start() for each in ends), len(rest.low)]
    for start, stop in zip(starts, stops, strict=True):
        name = _NUMBERED.match(rest.low[start:stop])
        yield rest.cut(start + (name.end() if name else 0), stop)
