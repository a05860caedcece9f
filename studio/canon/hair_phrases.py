"""What a text says of hair and beards, before the word and after it."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from studio.canon.hair import NO_HAIR, STYLE_LENGTHS
from studio.canon.mention import (
    BUT,
    LIKENED,
    NOUNS,
    Beard,
    Mention,
    colours_of,
    said_apart,
    start_before,
)
from studio.canon.reading import Reading
from studio.canon.slots import Slot
from studio.canon.tables import words_of

STREAKS: Final = words_of("streaks streak highlights tips ends roots strand stripe stripes")
"""Parts of hair that may have a colour of their own."""

_VALUES: Final = (
    r"(?:[CDSLYt]|F(?=[CFD]))(?:[CDSLYtm]|F(?=[CFD])|[,&]+(?=m*[CDSLYt]))*(?![mdS]*[" + NOUNS + r"CF])"
)

_BEFORE_HAIR: Final = re.compile(
    r"(?:[CDSLYT]|t(?![,&])|F(?![,&]))(?:[CDSLYTm]|t(?![,&])|F(?![,&])|[,&]+(?=m*[CDSLYtT]))*x?$"
)

_SAID_OF_HAIR: Final = re.compile(rf"(?P<link>(?:m*[vqtR]m*)+)(?P<no>n?)m*d?(?P<value>{_VALUES})")

_HAIR_SO: Final = re.compile(r"m*(?P<value>[CSLYt](?:[CSLYtm]|[,&]+(?=[CSLYt]))*)(?=[,.&cir;wu]|$)")

_LOOSE: Final = re.compile(r"[mRv]*t")

_DOWN_TO: Final = re.compile(r"[vtmxRrQ]{0,3}L")

_HALVES: Final = re.compile(r",?mS?C,?&?mS?C")


def hair(reading: Reading, place: int) -> Iterator[Mention]:
    """What is said of hair around the term at `place`, which names hair, a style, or somebody by it."""
    yield from _HEADS.get(reading.terms[place].code, _plain_hair)(reading, place)


def _plain_hair(reading: Reading, place: int) -> Iterator[Mention]:
    yield from _hair_before(reading, place, ())
    if reading.terms[place].code == "H":
        yield from _hair_after(reading, place)


def _bare_length(reading: Reading, place: int) -> Iterator[Mention]:
    """A length that stands alone: "medium length"."""
    around = reading.codes[max(place - 1, 0) : place], reading.codes[place + 1 : place + 2]
    if "length" in reading.terms[place].words and set(around) <= {"", ",", "."}:
        yield Mention(Slot.HAIR_LENGTH, reading.terms[place].value, place, place + 1, place)


def _bald(reading: Reading, place: int) -> Iterator[Mention]:
    yield Mention(Slot.HAIR_LENGTH, NO_HAIR, place, place + 1, place)


def _blonde(reading: Reading, place: int) -> Iterator[Mention]:
    """Somebody by the hair, unless only a streak of it is meant, or the hair follows."""
    after = reading.terms[place + 1] if place + 1 < len(reading.terms) else None
    if after is None or (after.words not in STREAKS and after.code not in "HhTtBEefCDSLY"):
        yield Mention(Slot.HAIR_COLOUR, (reading.terms[place].value,), place, place + 1, place)


def _curls(reading: Reading, place: int) -> Iterator[Mention]:
    if reading.terms[place].words in {"curls", "waves"} and reading.codes[place - 1 : place] in {"C", "D"}:
        yield from _hair_before(reading, place, (place,))


def _style(reading: Reading, place: int) -> Iterator[Mention]:
    """A hairstyle; a "braided beard" is none."""
    if re.match(r"[CSLm]*B", reading.codes[place + 1 :]):
        return
    yield from _hair_before(reading, place, (place,))
    if (said := _SAID_OF_HAIR.match(reading.codes[place + 1 :])) is not None:
        yield from _said_of_hair(reading, place, said)


_HEADS: Final = {"L": _bare_length, "Z": _bald, "D": _blonde, "Y": _curls, "T": _style}


def _hair_before(reading: Reading, place: int, own: tuple[int, ...]) -> Iterator[Mention]:
    """What stands before "hair" or before a hairstyle, and the style itself."""
    first = start_before(_BEFORE_HAIR, reading.codes, place)
    if first == place and not own:
        if reading.terms[place].code == "H" and re.search(r"n[dm]*$", reading.codes[:place]):
            yield Mention(Slot.HAIR_LENGTH, NO_HAIR, place - 1, place + 1, place)
        return
    values = [*range(first, place), *own]
    for mention in _hair_values(reading, values, first, place + 1, place, negated=False):
        if reading.terms[place].code != "f" or mention.slot is Slot.HAIR_COLOUR:
            yield mention


def _hair_after(reading: Reading, place: int) -> Iterator[Mention]:
    """What is said of hair after the word: "hair is black", "hair like fire", "hair down to her waist"."""
    rest = reading.codes[place + 1 :]
    lit = reading.is_lit(place)
    if (said := _SAID_OF_HAIR.match(rest)) is not None:
        yield from _said_of_hair(reading, place, said)
    elif (so := _HAIR_SO.match(rest) or said_apart(_HAIR_SO, reading, place)) is not None:
        apart = len(rest) - len(so.string)
        start, end = (at + apart for at in so.span("value"))
        yield from _hair_part(reading, place, (start, end), negated=False, no_colour=lit)
    elif (loose := _LOOSE.match(rest)) is not None:
        yield from _hair_part(reading, place, loose.span(), negated=False)
    if (likened := LIKENED.match(rest) or _HALVES.match(rest)) is not None:
        yield from _hair_part(reading, place, likened.span(), negated=False)
    elif (reaching := _DOWN_TO.match(rest)) is not None:
        yield from _hair_part(reading, place, (reaching.end() - 1, reaching.end()), negated=False)


def _said_of_hair(reading: Reading, place: int, said: re.Match[str]) -> Iterator[Mention]:
    denied = bool(said["no"]) or "n" in said["link"]
    lit = reading.is_lit(place + said.end()) and "v" not in said["link"]
    yield from _hair_part(reading, place, said.span("value"), negated=denied, no_colour=lit)
    but = BUT.match(reading.codes[place + 1 + said.end() :]) if denied else None
    if but is not None:
        start, end = (place_ + said.end() for place_ in but.span("value"))
        yield from _hair_part(reading, place, (start, end), negated=False)


def _hair_part(
    reading: Reading, place: int, span: tuple[int, int], *, negated: bool, no_colour: bool = False
) -> Iterator[Mention]:
    values = list(range(place + 1 + span[0], place + 1 + span[1]))
    for mention in _hair_values(reading, values, place, values[-1] + 1, place, negated=negated):
        if not (no_colour and mention.slot is Slot.HAIR_COLOUR):
            yield mention


def _hair_values(
    reading: Reading, places: Sequence[int], first: int, last: int, head: int, *, negated: bool
) -> Iterator[Mention]:
    """One mention for each slot of which the terms at `places` speak."""
    terms = [reading.terms[place] for place in places]
    if colours := colours_of([*terms, reading.terms[head]] if reading.terms[head].code in "Hh" else terms):
        yield Mention(Slot.HAIR_COLOUR, colours, first, last, head, negated)
    lengths = [term.value for term in terms if term.code == "L"]
    styles = [term.value for term in terms if term.code in "TtY"]
    if any(term.code == "T" for term in terms):
        styles = [term.value for term in terms if term.code in "TY"]
    lengths = lengths or [STYLE_LENGTHS[style.name] for style in styles if style.name in STYLE_LENGTHS]
    for length in lengths[:1]:
        yield Mention(Slot.HAIR_LENGTH, length, first, last, head, negated)
    if styles:
        yield Mention(Slot.HAIR_STYLE, tuple(styles), first, last, head, negated)


_BEARD_SO: Final = re.compile(r"(?:[vq][vqmn]*)?m*[CS]+(?=[,.&c;r]|$)")


def beard(reading: Reading, place: int) -> Iterator[Mention]:
    term = reading.terms[place]
    if term.code == "b":
        worn = "beard" if term.words in {"bearded", "unshaven"} else ""
        word = "moustache" if term.words.startswith(("mous", "mus")) else worn
        yield Mention(Slot.BEARD, Beard(word), place, place + 1, place)
        return
    first = start_before(_BEFORE_HAIR, reading.codes, place)
    word = "moustache" if term.words.startswith(("mous", "mus")) else "beard"
    last, denied = place + 1, False
    colours = colours_of(reading.terms[first:place])
    said = None if colours else _BEARD_SO.match(reading.codes[place + 1 :])
    if said is not None:
        last, denied = place + 1 + said.end(), "n" in said[0]
        colours = colours_of(reading.terms[place + 1 : last])
    yield Mention(Slot.BEARD, Beard(word, colours), first, last, place, denied)
