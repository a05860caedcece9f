"""What lets a scene depart from the bible, in so many words, and in which slots."""

from dataclasses import dataclass
from typing import Final

from studio.canon.grammar import NUMBERS
from studio.canon.slots import HAIR_SLOTS, Slot
from studio.canon.tables import listed, rows, words_of

EVERYTHING: Final = frozenset(Slot) - {Slot.CULTURE, Slot.STORY}


@dataclass(frozen=True, slots=True)
class Licence:
    """Why a scene may depart from the bible, in which slots, and whether for all who come after."""

    reason: str
    slots: frozenset[Slot]
    for_all: bool


_TIME: Final = """
flashback, flash back, flashbacks, flashback scene, flashback sequence, flash forward, flashforward, dream
sequence, dream:, memory:, vision:, in a dream, 's dream, 's dreams, 's nightmare, 's imagination, in her
dream, in his dream, in her dreams, in his dreams, in the dream, dreams of, dreaming of, dreams that, dreams
she, dreams he, dream scene, dream version, nightmare, nightmares, vision of, in a vision, fantasy sequence,
daydream, daydreams of, imagines, imagining, imagined, imagine, hallucination, alternate universe,
alternative universe, parallel universe, parallel world, alternate timeline, alternate version, alternate
reality, in another life, in a past life, past life, modern au, school au, high school au, coffee shop au,
what if, years earlier, years later, years ago, years before, year earlier, year later, years after, years
prior, years in the future, years in the past, years from now, decades later, decades earlier, decades ago,
decade later, decade earlier, decade ago, centuries later, centuries ago, many years on, years hence, years
on, months later, months earlier, in the past, in the distant future, in the future, years back, years into
the future, years younger, years older, in memory, in her memory, in his memory, memory of, memories of,
remembers when, remembering when, wishes she had, wishes he had, wishing she had, wishing he had, if only,
timeskip, time skip, time-skip, dreamscape, dream world, dreamworld, dreaming that, a long time ago, long
ago, in her youth, in his youth, in her childhood, in his childhood, childhood scene, backstory, generations
ago, childhood memory, once upon a time, before the war, genderbend, genderbent, genderswap, gender swap,
body swap, body swapped
"""
_ROLE: Final = """
disguise, disguised, in disguise, disguised as, disguises herself, disguises himself, disguising, costume,
costumed, halloween costume, costume party, cosplay, cosplaying, cosplays, cosplays as, cosplay of, dressed
as, dressed up as, dresses as, dresses up as, dressing up as, dressed up like, dressed like, masquerade,
masquerading, masquerades, masquerade ball, masked ball, pretending to be, pretends to be, posing as, poses
as, impersonating, impersonates, undercover, incognito, in the role of, plays the role, playing the role,
the role of, in character as, acting as, playing the part, plays the part, on stage as, starring as, school
play, stage play, theatre play, theater play, transformed, transforms into, transformed into, shapeshifted,
shapeshifts, shapeshifting, shape shifted, turned into, turns into, possessed by, magical girl form, battle
form, demon form, human form, true form, fancy dress, alter ego, stage outfit, in drag, crossdressing, cross
dressing, younger self, older self, future self, past self, child self, former self, young version, younger
version, older version, old version, child version, adult version, kid version, grown up version, aged up,
aged down, chibi, chibi version, elderly version, as a child, as a kid, as a baby, as a toddler, as a little
girl, as a little boy, as a young girl, as a young boy, as a teenager, as a teen, as an adult, as an old
man, as an old woman, as a grown up, as a young woman, as a young man, as a grown woman, as a grown man, as
a boy, as a girl, as a student, as a schoolgirl, as an elderly woman, as an elderly man, as a man, as a
woman, as children, as kids, as adults, as teenagers
"""
_HAIR: Final = """
wig, wigs, hairpiece, hair extensions
"""
_EYES: Final = """
contact lenses, coloured contacts, colored contacts, colored contact lenses, coloured contact lenses
"""
_BEARD: Final = """
fake beard, false beard, fake moustache, fake mustache, stick on beard
"""
_SPECIES: Final = """
fake ears, fake cat ears, cat ear headband, cat ears headband, bunny ear headband, fake wings, fake horns,
bunny ears headband, headband with cat ears, toy ears, fake fox ears, fake tail, fake fangs, plastic fangs,
cat ear hood
"""
_OUTFIT: Final = """
alternate outfit, alternative outfit, new outfit, different outfit, change of clothes, changed clothes,
borrowed clothes, change of outfit, spare clothes, alternate costume, winter outfit, summer outfit
"""
_TEARS: Final = """
bloodshot, red from crying, red with crying, red from tears, red with tears, red from weeping, red rimmed,
red and swollen, red and puffy, swollen and red, puffy and red, red and wet, red from lack of sleep, red and
teary, red and sore
"""
_USUAL: Final = """
for once, for a change, instead of her usual, instead of his usual, instead of
the usual, rather than her usual, rather than his usual, changes into, changed into, changing into, has
changed into, trades her, trades his, trading her, trading his
"""
_TINTED: Final = """
tint, tints, tinting, tinted by, bathes, bathed in, lit by, stained by, dusted with,
covered in flour, covered in snow, covered in paint, covered in dust
"""
_LENT: Final = (
    (_HAIR, HAIR_SLOTS),
    (_TEARS, frozenset({Slot.EYE_COLOUR})),
    (_TINTED, frozenset({Slot.HAIR_COLOUR})),
    (_USUAL, frozenset({Slot.OUTFIT, Slot.ACCESSORY, Slot.HAIR_STYLE, Slot.WEAPON})),
    (_EYES, frozenset({Slot.EYE_COLOUR})),
    (_BEARD, frozenset({Slot.BEARD})),
)


def _when_young() -> str:
    """Groups of words like "when she was six"."""
    states = [
        "young",
        "younger",
        "little",
        "small",
        "a child",
        "a girl",
        "a boy",
        "a kid",
        "a baby",
        "children",
        "kids",
    ]
    states += [*NUMBERS, *map(str, range(1, 20))]
    return ", ".join(f"when {who} {state}" for who in ("she was", "he was", "they were") for state in states)


def _table() -> dict[str, Licence]:
    parts = (
        (_OUTFIT, frozenset({Slot.OUTFIT, Slot.ACCESSORY}), False),
        (_SPECIES, frozenset({Slot.SPECIES}), False),
        *((words, slots, False) for words, slots in _LENT),
        (_ROLE, EVERYTHING, False),
        (f"{_TIME}, {_when_young()}", EVERYTHING, True),
    )
    return {
        group: Licence(group, slots, for_all) for words, slots, for_all in parts for group in listed(words)
    }


LICENCES: Final = _table()

OCCASIONS: Final = """
bikini, swimsuit, towel, trunks: beach pool swim swims swimming sea seaside ocean onsen spring springs bath
  bathing sauna lake summer surfing surf waterpark poolside shore diving lifeguard episode
bathrobe, towel, yukata: bath onsen spring springs bathhouse shower sauna ryokan spa
bathrobe, nightgown, pyjamas: bed bedroom bedtime sleep sleeps sleeping sleepover asleep night midnight
  slumber pillow futon insomnia
gown, suit, tuxedo, wedding dress: wedding wed bride groom altar marries marry married marrying prom gala
gym uniform, leggings, shorts: gym pe training workout track sports practice jogging
spacesuit: space spacewalk moonwalk orbit orbital station
coat, dress, kimono, suit: funeral mourning
blanket, towel: soaked drenched wet wrapped shivers shivering freezing cold fever bandages
"""
"""Clothes that an occasion asks for: kinds of garment, and the words of the occasion."""
OCCASION_WORDS: Final = tuple(
    (frozenset(listed(head)), words_of(" ".join(words))) for head, words in rows(OCCASIONS)
)
