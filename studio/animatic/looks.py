"""How a character looks: read from its description, filled up from a hash of its name."""

import re
from dataclasses import dataclass, replace

import numpy as np

from studio.animatic.colour import CLOTH, EYES, HAIR, SKIN, Colour, named_colour
from studio.animatic.raster import stream
from studio.japanese import in_english


@dataclass(frozen=True, slots=True)
class Look:
    """A character's design.

    `heads` is its height in heads. `hair_fall` is how far the back hair hangs, in heads
    below the crown. `outer` is a coat, cape and the like worn over the `top`, or empty.
    """

    is_feminine: bool
    heads: float
    breadth: float
    skin: Colour
    hair: Colour
    hair_fall: float
    hair_style: str
    eyes: Colour
    outer: str
    outer_colour: Colour
    top: str
    top_colour: Colour
    bottom: str
    bottom_colour: Colour
    shoes: Colour
    accent: Colour
    extras: frozenset[str]


OUTERS = r"(trench|over)?coat|cloak|cape|robes?|haori|jacket|blazer|hoodie|cardigan|mantle"
TOPS = (
    r"kimono|yukata|hakama|dress|gown|armou?r|uniform|sailor|sweater|shirt|blouse|tunic|vest|suit|hoodie|top"
)
BOTTOMS = r"skirt|trousers|pants|jeans|shorts|leggings|hakama"
EXTRAS = {
    "glasses": r"glasses|spectacles", "scarf": r"scarf|muffler", "hat": r"\bhat\b|witch",
    "ribbon": r"ribbon|hair bow",
    "headband": r"headband|bandana", "sword": r"sword|katana|blade|samurai|swords\w+|knight",
    "staff": r"staff|wand|mage|wizard",
    "ears": r"(cat|fox|wolf|animal)[ -]?(ears|girl|boy)", "headphones": r"headphones",
    "tie": r"\b(neck)?tie\b",
    "beard": r"beard", "scar": r"\bscar\b|scarred", "eyepatch": r"eye ?patch",
    "bag": r"\bbag\b|backpack|satchel",
    "freckles": r"freckle", "belt": r"\bbelt\b|sash|obi",
}  # fmt: skip
FEMININE = (
    r"\b(girl|woman|female|she|her|lady|princess|queen|witch|maid|daughter|sister|mother|heroine|priestess)\b"
)
MASCULINE = (
    r"\b(boy|man|male|he|his|guy|prince|king|knight|samurai|son|brother|father|wizard|monk|beard\w*)\b"
)
FEMININE_HINT = r"\b(dress|skirt|gown|ribbon|twin ?tails|pigtails|long (\w+ )?hair|blouse|yukata)\b"
MASCULINE_HINT = r"\b(spiky|short (\w+ )?hair|suit|stubble|tall|broad|muscular|burly|trousers)\b"
STYLES = {
    "twintails": r"twin ?-?tails|pig ?-?tails", "ponytail": r"pony ?-?tail", "bun": r"\bbuns?\b|top ?knot",
    "braid": r"braid\w*|plait", "spiky": r"spik\w+|messy|wild|tousled|unruly", "bob": r"\bbob\b|pixie",
    "wavy": r"wavy|curly|curls", "bald": r"\bbald\b|shaved head",
}  # fmt: skip
LENGTHS = {
    2.9: r"(very long|floor[- ]length|waist[- ]length|hip[- ]length)[\w\s,-]*hair",
    2.3: r"long[\w\s-]*hair|long[\w\s-]*(braid|ponytail|twin)|hair long",
    1.45: r"(medium|shoulder)[\w\s-]*hair|shoulder[- ]length",
    0.92: r"short[\w\s-]*hair|cropped|hair short",
}
STOCK_HAIR = ("black", "brown", "chestnut", "blonde", "silver", "navy", "teal", "pink", "auburn", "lavender")
STOCK_EYES = ("blue", "green", "amber", "violet", "brown", "teal", "hazel", "crimson")
STOCK_CLOTH = (
    ("navy", "white", "charcoal", "crimson"), ("teal", "cream", "brown", "gold"),
    ("burgundy", "ivory", "black", "silver"),
    ("olive", "beige", "brown", "orange"), ("indigo", "lavender", "charcoal", "yellow"),
    ("charcoal", "white", "navy", "cyan"),
    ("rose", "ivory", "maroon", "gold"), ("azure", "white", "navy", "orange"),
)  # fmt: skip


def read_look(description: str, name: str) -> Look:
    """The design a description asks for; what it leaves open follows from `name`, the same every time."""
    text = _plain(in_english(description))
    words = re.findall(r"[a-z]+|[,;.]", text)
    rng = stream("look", name)
    look = _stock(rng, _is_feminine(text, rng))
    look = _coloured(look, words)
    look = _built(look, text)
    look = _haired(look, text)
    return _dressed(look, text, words)


def _plain(description: str) -> str:
    """A description in one manner: "hair colour: red" and "hair is red" both become "red hair"."""
    text = re.sub(r"[-_]", " ", description.lower())
    return re.sub(
        r"\b(hair|eyes?|skin|coat|jacket|outfit|dress)(?: colou?r)?\s*(?:is|are|:|=)\s*([a-z ]+)",
        r"\2 \1",
        text,
    )


def _is_feminine(text: str, rng: np.random.Generator) -> bool:
    guess = bool(rng.random() < 0.5)
    for female, male in ((FEMININE, MASCULINE), (FEMININE_HINT, MASCULINE_HINT)):
        is_female, is_male = bool(re.search(female, text)), bool(re.search(male, text))
        if is_female != is_male:
            return is_female
    return guess


def _stock(rng: np.random.Generator, is_feminine: bool) -> Look:
    cloth = [Colour.of(CLOTH[c]) for c in STOCK_CLOTH[int(rng.integers(len(STOCK_CLOTH)))]]
    fall = float(rng.choice([1.3, 1.5, 2.3, 2.6] if is_feminine else [0.92, 0.98, 1.05]))
    return Look(
        is_feminine=is_feminine,
        heads=6.5 if is_feminine else 6.9,
        breadth=0.82 if is_feminine else 1.0,
        skin=Colour.of(SKIN["fair"]),
        hair=Colour.of(HAIR[STOCK_HAIR[int(rng.integers(len(STOCK_HAIR)))]]),
        hair_fall=fall,
        hair_style=str(
            rng.choice(["straight", "straight", "ponytail", "wavy"] if is_feminine else ["straight", "spiky"])
        ),
        eyes=Colour.of(EYES[STOCK_EYES[int(rng.integers(len(STOCK_EYES)))]]),
        outer=str(rng.choice(["coat", "jacket", "", "cardigan"])),
        outer_colour=cloth[0],
        top="shirt",
        top_colour=cloth[1],
        bottom="skirt" if is_feminine else "trousers",
        bottom_colour=cloth[2],
        shoes=cloth[2].scaled(0.6),
        accent=cloth[3],
        extras=frozenset(),
    )


def _before(words: list[str], noun: str, reach: int = 3) -> list[str]:
    """The few words of one phrase before the first word that matches `noun`; empty when none does."""
    for at, word in enumerate(words):
        if re.fullmatch(noun, word):
            phrase = words[max(0, at - reach) : at]
            breaks = [i for i, w in enumerate(phrase) if w in ",;."]
            return phrase[breaks[-1] + 1 :] if breaks else phrase
    return []


def _coloured(look: Look, words: list[str]) -> Look:
    hair = named_colour(
        _before(words, r"hair|haired|ponytail|braids?|tails|twintails|pigtails|bob|locks|beard"), HAIR
    )
    eyes = named_colour(_before(words, r"eyes?|eyed"), EYES)
    skin = named_colour(_before(words, r"skin(ned)?|complexion", 2), SKIN)
    return replace(look, hair=hair or look.hair, eyes=eyes or look.eyes, skin=skin or look.skin)


def _built(look: Look, text: str) -> Look:
    sizes = {
        r"\b(child|kid|little|small|young (girl|boy)|toddler)\b": (5.0, 0.9),
        r"\b(short|petite|teen\w*)\b(?![\w\s-]*hair)": (6.0, 0.95),
        r"\btall\b": (7.4, 1.0),
        r"\b(muscular|burly|broad|stocky|sturdy|big)\b": (7.1, 1.2),
        r"\b(slender|slim|lean|lanky|thin)\b": (look.heads, 0.92),
    }
    for words, (heads, breadth) in sizes.items():
        if re.search(words, text):
            return replace(look, heads=heads, breadth=look.breadth * breadth)
    return look


def _haired(look: Look, text: str) -> Look:
    style = next((name for name, words in STYLES.items() if re.search(words, text)), None)
    fall = next((length for length, words in LENGTHS.items() if re.search(words, text)), None)
    if fall is None and style in ("bob", "spiky"):
        fall = 1.12 if style == "bob" else 0.95
    if fall is not None and style is None:
        style = "spiky" if fall < 1 and not look.is_feminine else "straight"
    return replace(look, hair_style=style or look.hair_style, hair_fall=fall or look.hair_fall)


def _dressed(look: Look, text: str, words: list[str]) -> Look:
    outer, top, bottom = (_garment(words, kinds) for kinds in (OUTERS, TOPS, BOTTOMS))
    extras = frozenset(name for name, pattern in EXTRAS.items() if re.search(pattern, text))
    if outer or top or bottom:
        look = replace(look, outer=outer[0] if outer else "", top=top[0] if top else "shirt")
    if top and top[0] in ("dress", "gown", "kimono", "yukata"):
        bottom = bottom or ("skirt", top[1])
    look = replace(
        look,
        outer_colour=(outer and outer[1]) or look.outer_colour,
        top_colour=(top and top[1]) or look.top_colour,
        bottom=bottom[0] if bottom else look.bottom,
        bottom_colour=(bottom and bottom[1]) or look.bottom_colour,
        extras=extras,
    )
    accent = named_colour(_before(words, r"scarf|ribbon|sash|belt|tie|headband|bow|hat|muffler"), CLOTH)
    shoes = named_colour(_before(words, r"shoes|boots|sneakers|sandals"), CLOTH)
    return replace(look, accent=accent or look.accent, shoes=shoes or look.shoes)


def _garment(words: list[str], kinds: str) -> tuple[str, Colour | None] | None:
    """The first garment of some kinds that is named, in one word, and its colour if that is named."""
    for at, word in enumerate(words):
        if re.fullmatch(kinds, word):
            return word, named_colour(_before(words[: at + 1], word), CLOTH)
    return None
