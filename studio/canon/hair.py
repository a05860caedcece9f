"""How hair is worn: lengths as spans of a scale, styles that exclude each other."""

from dataclasses import dataclass
from typing import Final

from studio.canon.spans import Span, span_of
from studio.canon.tables import named, rows

NO_HAIR: Final = Span(0, 0)

LENGTHS: Final = """
0-1: shaved, shaven, buzzed, stubbly
1-2: short, cropped, close cropped, close-cut, chin length, jaw length, ear length, boyish, cut short, short
  cut
2-2: medium length, medium, mid length
2-3: shoulder length, collarbone length, neck length, to her shoulders,
  to his shoulders, to the shoulders, to their shoulders
3-5: long, very long, back length, chest length, bra length, down her back, down his back, past her
  shoulders, past his shoulders, to her back, to the small of her back, grown long
4-5: waist length, waist long, hip length, thigh length, knee length, ankle length, floor length, rapunzel
  length, absurdly long, extremely long, to her waist, to his waist, to the waist, to her hips, to his hips,
  to the hips, to her knees, to her ankles, to the floor, to the ground, past her waist, past his waist, to
  her thighs
"""
"""From 0, none, over 1, short, and 3, long, to 5, on the ground: the words."""

ARRANGEMENTS: Final = """
ponytail: ponytail, pony tail, pony-tail, high ponytail, low ponytail
side ponytail < ponytail: side ponytail, side tail
twintails: twintails, twin tails, twin-tails, pigtails, pig tails, bunches, twin ponytails, two ponytails,
  twintail, two tails, pigtailed, twintailed
braid: braid, plait, french braid, single braid, side braid, braided ponytail, dutch braid, braided, plaited
twin braids < braid: twin braids, two braids, double braids, braids, plaits, braided pigtails
bun: bun, topknot, top knot, chignon, hair bun, man bun, updo, bun hair, knot
double bun: double bun, double buns, twin buns, space buns, odango, hair buns, two buns, buns
bob: bob, bob cut, bobbed, bob haircut, bobcut, pageboy, page boy cut
pixie cut: pixie cut, pixie, pixie haircut
buzz cut: buzz cut, buzzcut, crew cut, crewcut, buzz-cut
mohawk: mohawk, mohican
dreadlocks: dreadlocks, dreads, locs
afro: afro
cornrows: cornrows
mullet: mullet
undercut: undercut
drills: drills, ringlets, drill curls, drill hair, twin drills
half up: half up, half updo, half ponytail
hime cut: hime cut
pompadour: pompadour, quiff
up: up, pinned up, tied up, put up
tied: tied, tied back, pulled back, gathered
loose: loose, down, untied, unbound, let down, hanging loose, flowing freely, free flowing
"""
TEXTURES: Final = """
straight: straight, silky straight, poker straight
wavy: wavy, waves
curly: curly, curled, frizzy, kinky, curls, permed
spiky: spiky, spiked, spikey, spikes
messy: messy, unkempt, tousled, dishevelled, disheveled, untidy, wild, ruffled, shaggy, scruffy
neat: sleek, slicked back, slicked-back, neatly combed, combed back
"""
NEAR_STYLES: Final = frozenset(
    frozenset({name, other})
    for name, others in {
        "up": "ponytail, bun, double bun, braid, tied",
        "tied": "ponytail, side ponytail, twintails, braid, twin braids, bun, double bun, half up, "
        "dreadlocks, undercut",
        "loose": "bob, hime cut, afro, mullet, dreadlocks, undercut, pixie cut, half up",
        "half up": "ponytail, bun",
        "braid": "ponytail",
        "twintails": "twin braids, drills",
        "bob": "pixie cut, hime cut",
        "ponytail": "dreadlocks, undercut",
        "messy": "spiky, curly, wavy, straight",
        "wavy": "curly, neat",
        "neat": "straight",
    }.items()
    for other in others.split(", ")
)
"""Styles that go together."""

STYLE_LENGTHS: Final = {
    "bob": Span(1, 2),
    "pixie cut": Span(1, 1),
    "buzz cut": Span(0, 1),
    "mohawk": Span(1, 3),
}
"""What a style says of the length."""


@dataclass(frozen=True, slots=True)
class Style:
    """A way to wear hair, what it is a kind of, and whether that is an arrangement or a texture."""

    name: str
    broader: str
    arranged: bool

    def agrees(self, other: "Style") -> bool:
        """Whether both may be said of one head."""
        return (
            self.arranged != other.arranged
            or bool({self.name, self.broader} & {other.name, other.broader})
            or frozenset({self.name, other.name}) in NEAR_STYLES
        )


def _styles(text: str, *, arranged: bool) -> dict[str, Style]:
    found: dict[str, Style] = {}
    for head, words in rows(text):
        name, above = named(head)
        found |= dict.fromkeys(words, Style(name, above or name, arranged))
    return found


def _lengths() -> dict[str, Span]:
    return {word: span_of(head) for head, words in rows(LENGTHS) for word in words}


ARRANGED: Final = _styles(ARRANGEMENTS, arranged=True)
TEXTURED: Final = _styles(TEXTURES, arranged=False)
LENGTH_WORDS: Final = _lengths()
