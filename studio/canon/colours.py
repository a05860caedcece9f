"""What colour words mean: a word names one or more families, and two words clash where no families meet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from studio.canon.tables import rows

LIGHT, DARK = "light", "dark"


class Place(StrEnum):
    """Where a colour is seen: gold is blonde in hair, amber in eyes, and gold in cloth."""

    HAIR = "hair"
    EYES = "eyes"
    CLOTH = "cloth"


@dataclass(frozen=True, slots=True)
class Colour:
    """The families that a colour word may mean, and whether it says light or dark."""

    families: frozenset[str]
    shade: str = ""


WORDS: Final = """
black: black, jet, ebony, inky, obsidian, onyx, sable, pitch-black, raven-black
black grey: charcoal
black blue dark: blue-black
white: white, snow-white, snowy, milky, alabaster, ivory-white, pearly
white beige: cream, ivory, off-white, eggshell
grey: grey, gray, slate, greyish, grayish, gunmetal, pewter, smoky, iron-grey, grizzled
grey white silver: ashen, hoary, salt-and-pepper
grey blue: steel-blue, steely, stormy
silver: silver, silvery, argent, moonlit-silver, mercury
silver blonde white: platinum
red: red, crimson, scarlet, ruby-red, vermilion, vermillion, cardinal, reddish, carmine, blood-red, fiery,
  flaming
red dark: burgundy, maroon, oxblood, wine-red
red orange: ginger, copper, coppery, carrot, titian
red orange brown: rust, russet, rusty
red brown: auburn, mahogany
red pink: rosy, rose-red
orange: orange, tangerine, apricot, pumpkin
yellow: yellow, lemon, mustard, canary, yellowish, saffron
gold: gold, golden, gilded, gilt
gold brown: bronze, brass
amber: amber
blonde: blond, blonde, flaxen, fair, towheaded, golden-blonde
blonde grey: ash-blonde, ash-blond
blonde silver white: platinum-blonde, platinum-blond
blonde brown: sandy, dirty-blonde, dirty-blond, dark-blonde, dark-blond, light-brown
blonde red orange: strawberry-blonde, strawberry-blond
brown: brown, chestnut, chocolate-brown, brownish, walnut, nut-brown, umber, sepia, hazelnut, brunet
brown black: brunette
beige brown: beige, tan, khaki, camel, taupe, fawn
hazel: hazel
pink: pink, pinkish, bubblegum, blush, hot-pink, baby-pink, pastel-pink, sakura-pink
pink orange: salmon, coral, peach, peachy
pink purple: magenta, fuchsia
purple: purple, violet, lilac, lavender, mauve, purplish, orchid, periwinkle
purple dark: aubergine, eggplant
purple blue: indigo
blue: blue, azure, cobalt, cerulean, ultramarine, bluish, sapphire-blue, royal-blue, denim-blue
blue dark: navy, navy-blue, midnight-blue
blue light: sky-blue, ice-blue, icy-blue, baby-blue, powder-blue
blue cyan: cyan, aqua, turquoise, aquamarine
cyan green blue: teal, sea-green
green: green, olive, lime, mint, greenish, mossy, viridian, chartreuse, forest-green, emerald-green,
  jade-green
multi: rainbow, multicoloured, multicolored, iridescent
"""
"""Families, with a shade where one is meant: the words."""

FIGURES: Final = """
black: raven, crow, ink, coal, night, midnight, soot, tar, pitch, shadows, obsidian
white: snow, milk, pearl, chalk, frost, clouds
silver white: moonlight, moon, starlight
grey: ash, smoke, storm, stone
grey blue: steel
red: ruby, rubies, blood, cherry, cherries, garnet, garnets, poppies, wine, roses, embers
red orange: fire, flame, flames, fox, sunset
pink: cherry blossom, cherry blossoms, bubblegum
pink red: rose
blonde gold: sunlight, sunshine, straw, wheat, corn, spun gold
blonde brown amber: honey, caramel, butterscotch, toffee
amber brown: whisky, whiskey, topaz, cognac, tiger eye
brown: chocolate, coffee, mocha, cinnamon, earth, cocoa, oak
purple: amethyst, amethysts, plum, grape, violets, wisteria, lilacs
blue: sapphire, sapphires, sky, ocean, sea, lapis, cornflower, cornflowers, forget-me-nots
blue cyan: ice
green: emerald, emeralds, jade, moss, leaves, grass, forest, spring, peridot
"""
"""Things that stand for a colour beside hair or eyes ("eyes like emeralds"), else for themselves."""

NEAR: Final[Mapping[Place, frozenset[frozenset[str]]]] = {
    place: frozenset(frozenset(pair.split("-")) for pair in pairs.split())
    for place, pairs in {
        Place.HAIR: "silver-white silver-grey gold-blonde yellow-blonde yellow-gold orange-red "
        "amber-blonde cyan-green",
        Place.EYES: "gold-yellow gold-amber amber-yellow amber-orange blonde-gold hazel-brown hazel-amber "
        "silver-grey silver-white cyan-green",
        Place.CLOTH: "gold-yellow amber-gold amber-yellow amber-orange silver-grey cyan-green "
        "beige-brown blonde-yellow",
    }.items()
}
"""Families that are not told apart there."""


def _table(text: str) -> dict[str, Colour]:
    found: dict[str, Colour] = {}
    for head, words in rows(text):
        meant = frozenset(head.split())
        shade = next(iter(meant & {LIGHT, DARK}), "")
        found |= dict.fromkeys(words, Colour(meant - {LIGHT, DARK}, shade))
    return found


NAMED: Final = _table(WORDS)
FIGURED: Final = _table(FIGURES)
DARK_HAIR: Final = Colour(frozenset(["black", "brown", "red", "purple", "blue", "green"]))
"""What "dark hair" may be."""


def mixed(parts: Iterable[Colour], shade: str = "") -> Colour:
    """A colour of several words: what they share ("emerald green"), or any ("golden brown")."""
    listed = list(parts)
    shared = frozenset.intersection(*(part.families for part in listed))
    families = shared or frozenset().union(*(part.families for part in listed))
    return Colour(families, shade or next((part.shade for part in listed if part.shade), ""))


def agree(one: Colour, other: Colour, place: Place) -> bool:
    """Whether both words may be said of the same thing."""
    if {one.shade, other.shade} == {LIGHT, DARK} and one.families == other.families:
        return False
    return any(a == b or frozenset({a, b}) in NEAR[place] for a in one.families for b in other.families)
