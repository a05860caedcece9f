"""Something said in a slot, and how its words are gathered from the terms around a noun."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from studio.canon.colours import DARK_HAIR, Colour, mixed
from studio.canon.reading import Reading, Term, ending
from studio.canon.slots import Slot
from studio.canon.tables import words_of
from studio.canon.wardrobe import Kind

TWO_COLOURS: Final = Colour(frozenset({"two"}))
"""The colour of odd eyes."""

SHAPES: Final = words_of("round square oval rimless")

HEAD_MISSED: Final = frozenset("GAWEHTBOPelhf")
"""A colour before one of these is theirs, and not said of what stands before it."""

NOUNS: Final = "".join(sorted(HEAD_MISSED))


@dataclass(frozen=True, slots=True)
class Mention:
    """Something said in a slot, by the terms from `first` to `last`, exclusive; maybe denied."""

    slot: Slot
    value: Any
    first: int
    last: int
    head: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """Clothes or an accessory: what, in which colours and shapes."""

    kind: Kind
    colours: tuple[Colour, ...] = ()
    shapes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Beard:
    """A beard by its word, or none ("")."""

    word: str
    colours: tuple[Colour, ...] = ()


def colours_of(terms: Sequence[Term]) -> tuple[Colour, ...]:
    """The colours among `terms`: words side by side make one, words apart several."""
    found: list[Colour] = []
    run: list[Colour] = []
    shade = ""
    for term in terms:
        if term.code in "CDF":
            run.append(term.value)
        elif term.code == "S":
            shade = term.words if term.words in {"light", "dark"} else "light"
        elif term.code in "Hh" and shade == "dark" and not run:
            run.append(DARK_HAIR)
        elif term.code != "m" and run:
            found.append(mixed(run, shade))
            run, shade = [], ""
    return (*found, mixed(run, shade)) if run else tuple(found)


def start_before(pattern: re.Pattern[str], codes: str, place: int) -> int:
    """Where the words begin that stand before `place` and belong to it."""
    match = ending(pattern, codes, place)
    if match is None:
        return place
    first = match.start()
    if "," in match[0] and codes[:first].rstrip("dm")[-1:] in {"i", "R"}:
        first += match[0].rindex(",") + 1
        while first < place and codes[first] in "m&":
            first += 1
    return first


BUT: Final = re.compile(r",?u[vdm]*(?P<value>[CDSLYt][CDSLYtm]*)(?![" + NOUNS + "])")

LIKENED: Final = re.compile(
    r"[,vm]*(?:c[dSm]*c?[dm]*[CF]|[CS]*c[dm]*F)(?:c[dm]*F)?|(?:d?m*x)?o[Sm]*[CDF]+(?!" + "[lxG])"
)


def said_apart(pattern: re.Pattern[str], reading: Reading, place: int) -> re.Match[str] | None:
    """What is said behind a comma: "her hair, long and black, ..."."""
    owned = reading.codes[max(place - 1, 0) : place] in {"s", "q"}
    behind = reading.codes[place + 1 :]
    return pattern.match(behind[1:]) if owned and behind.startswith(",") else None
