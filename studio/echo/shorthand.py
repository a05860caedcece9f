"""Words as people type them in haste, and what they stand for."""

from collections.abc import Iterator, Mapping
from typing import Final

from studio.canon.tables import rows, words_of

_TABLE: Final = """
please: pls, plz, plse, plese
give me: gimme
let me: lemme
want to: wanna
going to: gonna
can: cna, acn
you: u, ya, yu
your: ur
thanks: thx, thnx, tnx
okay: kk, oki
through: thru
what is: whats, wats
how: hwo
how is: hows
where is: wheres
who is: whos
when is: whens
do not: dont
does not: doesnt
did not: didnt
can not: cant
is not: isnt
will not: wont
i am: im
the: teh, hte, thw, rhe, tge
and: adn, abd
with: wiht, wtih, witj
from: fron, frmo
that: taht, tht, thta
make: maek, mkae, amke
scene: scen, scne, sene, secne, scnee, sceen, sceene, scebe
shot: shto, shpt
clip: cilp, clpi, clup, clp
again: agian, agin, agan
done: doen
seconds: secnds, secods, sconds, secons
publish: pubish, publsih, pulish
quality: qualty, qulity, quailty
high: hight, hihg
status: statsu, staus, satus
episode: epsiode, epidose, epsisode, eposide, ep1sode
"""
_SMALL: Final = words_of(
    "the and with what when which where how who why make show give from that this please trailer "
    "scene again high quality "
    "could would published video create render publish style night standard episode hair"
)
_REAL: Final = words_of("form who how tow")
"""What swapping two letters makes of a small word, and is one itself."""


def _swapped(word: str) -> Iterator[str]:
    """`word` with two letters beside each other swapped."""
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


SHORTHAND: Final[Mapping[str, str]] = {
    slip: word for word in _SMALL for slip in _swapped(word) if slip not in _REAL | _SMALL
} | {short: meant for meant, group in rows(_TABLE) for short in group}
"""What each short form stands for."""
