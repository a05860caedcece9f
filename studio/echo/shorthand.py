"""Words as people type them in haste, and what they stand for."""

from collections.abc import Mapping
from typing import Final

from studio.canon.tables import rows

_TABLE: Final = """
please: pls, plz, plse, plese
give me: gimme
let me: lemme
want to: wanna
going to: gonna
you: u, ya, yu
your: ur
thanks: thx, thnx, tnx
okay: kk, oki
through: thru
what is: whats, wats
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
clip: cilp, clpi, clup
again: agian, agin, agan
done: doen
seconds: secnds, secods, sconds, secons
publish: pubish, publsih, pulish
quality: qualty, qulity, quailty
status: statsu, staus, satus
episode: epsiode, epidose, epsisode, eposide, ep1sode
"""
SHORTHAND: Final[Mapping[str, str]] = {short: meant for meant, group in rows(_TABLE) for short in group}
"""What each short form stands for."""
