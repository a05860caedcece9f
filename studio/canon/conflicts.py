"""Whether something said of a character can stand beside what the bible says of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from studio.canon.colours import Colour, Place, agree
from studio.canon.hair import NO_HAIR
from studio.canon.mention import TWO_COLOURS, Beard, Mention, Thing
from studio.canon.people import BROADER_SPECIES
from studio.canon.sheets import HUMAN, Fact, Sheet
from studio.canon.slots import Slot
from studio.canon.tables import listed
from studio.canon.wardrobe import Kind

COVERS: Final = {
    "full": frozenset({"outer", "top", "bottom", "full"}),
    "outer": frozenset({"full", "outer", "top"}),
    "top": frozenset({"full", "outer", "top"}),
    "bottom": frozenset({"full", "bottom"}),
    "feet": frozenset[str](),
}
"""Which parts leave no room for which: where only a long coat is stated, a suit is another outfit."""
COMPONENTS: Final = {
    "school uniform": frozenset(
        listed("shirt, dress shirt, blouse, skirt, vest, trousers, jacket, blazer, sweater, cardigan")
    ),
    "suit": frozenset({"shirt", "trousers", "jacket", "vest", "blazer", "dress shirt"}),
    "kimono": frozenset({"haori", "hakama"}),
    "miko outfit": frozenset({"kimono", "hakama", "robe"}),
    "armour": frozenset({"cloak", "tunic"}),
    "overalls": frozenset({"shirt", "t-shirt", "sweater", "hoodie", "blouse"}),
    "apron": frozenset({"shirt", "dress", "blouse"}),
}
"""What clothes are made of: a blouse contradicts no school uniform."""

Judge = Callable[[Mention, Sequence[Fact], Sheet], Fact | None]


def contradicted(mention: Mention, sheet: Sheet) -> Fact | None:
    """The fact of `sheet` that `mention` contradicts, if any."""
    if mention.slot in _HAIR and (bald := _bald(mention, sheet)) is not None:
        return bald
    facts = sheet.of(mention.slot)
    stated = [fact for fact in facts if not fact.denied]
    agrees = AGREES[mention.slot]
    if mention.negated and mention.slot is Slot.EYE_COLOUR and len(stated) > 1:
        return None
    if mention.negated:
        return next((fact for fact in stated if _takes_away(mention, fact)), None)
    for fact in facts:
        if fact.denied and agrees(mention.value, fact.value):
            return fact
    return JUDGES.get(mention.slot, _exclusive)(mention, stated, sheet)


_HAIR: Final = frozenset({Slot.HAIR_COLOUR, Slot.HAIR_LENGTH, Slot.HAIR_STYLE})


def _bald(mention: Mention, sheet: Sheet) -> Fact | None:
    """Who is bald has no hair to speak of, and who has hair is not bald."""
    if mention.negated:
        return None
    bald = next(
        (fact for fact in sheet.of(Slot.HAIR_LENGTH) if fact.value.high == 0 and not fact.denied), None
    )
    if bald is not None and mention.slot is not Slot.HAIR_LENGTH:
        return bald
    if mention.slot is Slot.HAIR_LENGTH and mention.value == NO_HAIR and not sheet.of(Slot.HAIR_LENGTH):
        return next((fact for fact in sheet.facts if fact.slot in _HAIR and not fact.denied), None)
    return None


def _takes_away(mention: Mention, fact: Fact) -> bool:
    if mention.value is None:
        return True
    return AGREES[mention.slot](mention.value, fact.value)


def _exclusive(mention: Mention, stated: Sequence[Fact], sheet: Sheet) -> Fact | None:
    """Of a slot with one value: the fact, where none of those stated agrees."""
    if not stated or mention.value is None:
        return None
    agrees = AGREES[mention.slot]
    return None if any(agrees(mention.value, fact.value) for fact in stated) else stated[0]


# Colours


def _colours(place: Place) -> Callable[[Sequence[Colour], Sequence[Colour]], bool]:
    def judge(said: Sequence[Colour], stated: Sequence[Colour]) -> bool:
        return any(agree(one, other, place) for one in said for other in stated)

    return judge


def _judge_colours(mention: Mention, stated: Sequence[Fact], sheet: Sheet) -> Fact | None:
    """Each colour that is said must be one that is stated: two-tone hair contradicts plain hair."""
    place = Place.EYES if mention.slot is Slot.EYE_COLOUR else Place.HAIR
    known = [colour for fact in stated for colour in fact.value]
    if not known:
        return None
    if TWO_COLOURS in mention.value:
        odd = TWO_COLOURS in known or len(stated) > 1 or stated[0].quote.endswith("eye")
        return None if odd else stated[0]
    real = [colour for colour in known if colour != TWO_COLOURS]
    if not real or all(any(agree(one, other, place) for other in real) for one in mention.value):
        return None
    return stated[0]


# Styles, beards


def _styles(said: Sequence[Any], stated: Sequence[Any]) -> bool:
    return all(one.agrees(other) for one in said for other in stated)


def _denied_styles(said: Sequence[Any], stated: Sequence[Any]) -> bool:
    return any(one.agrees(other) and one.arranged == other.arranged for one in said for other in stated)


def _judge_styles(mention: Mention, stated: Sequence[Fact], sheet: Sheet) -> Fact | None:
    """Each style that is said must agree with those stated of its sort."""
    known = [style for fact in stated for style in fact.value]
    for style in mention.value:
        same = [other for other in known if other.arranged == style.arranged]
        if same and not any(style.agrees(other) for other in same):
            return next(fact for fact in stated if same[0] in fact.value)
    return None


def _beards(said: Beard, stated: Beard) -> bool:
    if not said.word or not stated.word:
        return said.word == stated.word
    if said.word != stated.word or not said.colours or not stated.colours:
        return True
    return _colours(Place.HAIR)(said.colours, stated.colours)


# Clothes and things


def _things(said: Thing, stated: Thing) -> bool:
    return said.kind.agrees(stated.kind) and _coloured_alike(said, stated)


def _coloured_alike(said: Thing, stated: Thing) -> bool:
    if not said.colours or not stated.colours:
        return True
    return _colours(Place.CLOTH)(said.colours, stated.colours)


def _judge_clothes(mention: Mention, stated: Sequence[Fact], sheet: Sheet) -> Fact | None:
    said: Thing = mention.value
    if not said.kind.name:
        known = [fact for fact in stated if fact.value.colours]
        return None if any(_coloured_alike(said, fact.value) for fact in known) else next(iter(known), None)
    same = [fact for fact in stated if fact.value.kind.part == said.kind.part]
    if same:
        return _same_part(said, same)
    if any(_is_component(said.kind, fact.value.kind) for fact in stated):
        return None
    return next((fact for fact in stated if fact.value.kind.part in COVERS[said.kind.part]), None)


def _same_part(said: Thing, same: Sequence[Fact]) -> Fact | None:
    if any(_things(said, fact.value) or _is_component(said.kind, fact.value.kind) for fact in same):
        return None
    alike = [fact for fact in same if said.kind.agrees(fact.value.kind)]
    if said.kind.part == "feet":
        return next(iter(alike), None)
    return next(iter(alike), same[0])


def _is_component(said: Kind, stated: Kind) -> bool:
    return any(said.broader & COMPONENTS.get(name, frozenset()) for name in stated.broader)


def _judge_accessories(mention: Mention, stated: Sequence[Fact], sheet: Sheet) -> Fact | None:
    """One thing of a kind: another colour or shape of it is another thing; further things may be added."""
    said: Thing = mention.value
    alike = [fact for fact in stated if said.kind.broader & fact.value.kind.broader]
    if not alike or any(
        _things(said, fact.value)
        and (not said.shapes or not fact.value.shapes or said.shapes == fact.value.shapes)
        for fact in alike
    ):
        return None
    return alike[0]


def _weapons(said: Kind | None, stated: Kind | None) -> bool:
    return said is None or stated is None or said.agrees(stated)


# Peoples


def _species(said: tuple[str, bool], stated: tuple[str, bool]) -> bool:
    one, other = (BROADER_SPECIES.get(name, name) for name, _ in (said, stated))
    return one == other


def _judge_species(mention: Mention, stated: Sequence[Fact], sheet: Sheet) -> Fact | None:
    """By the people that is named; marks tell one only roughly: horns are a demon's, and a dragon's too."""
    named = [fact for fact in stated if not fact.value[1]]
    if not named and not mention.value[1] and mention.value[0] != HUMAN:
        return None
    return _exclusive(mention, named or stated, sheet)


AGREES: Final[Mapping[Slot, Callable[[Any, Any], bool]]] = {
    Slot.HAIR_COLOUR: _colours(Place.HAIR),
    Slot.EYE_COLOUR: _colours(Place.EYES),
    Slot.HAIR_LENGTH: lambda said, stated: said.meets(stated),
    Slot.HAIR_STYLE: _denied_styles,
    Slot.BEARD: _beards,
    Slot.OUTFIT: _things,
    Slot.ACCESSORY: _things,
    Slot.WEAPON: _weapons,
    Slot.AGE: lambda said, stated: said.meets(stated),
    Slot.SPECIES: _species,
}
"""Whether two values of a slot may be the same."""
JUDGES: Final[Mapping[Slot, Judge]] = {
    Slot.HAIR_COLOUR: _judge_colours,
    Slot.EYE_COLOUR: _judge_colours,
    Slot.HAIR_STYLE: _judge_styles,
    Slot.SPECIES: _judge_species,
    Slot.OUTFIT: _judge_clothes,
    Slot.ACCESSORY: _judge_accessories,
}
"""Slots of more than one value at a time."""
