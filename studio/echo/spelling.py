"""Slips of the pen put right: words of the trade, and names of the project. Other words stay as written."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from studio.canon.names import ORDINARY, Names
from studio.canon.tables import words_of
from studio.canon.tokens import Token, tokens, words
from studio.echo.japanese import glossed
from studio.echo.shorthand import SHORTHAND

VERBS: Final = words_of(
    """create make generate regenerate redo rerender render produce animate assemble publish unpublish upload
    release analyze analyse cancel update change draw film shoot build"""
)
MEANT: Final = VERBS | words_of(
    """trailer teaser episode episodes scene scenes clips video videos status progress finished tempo rhythm
    seconds minutes quality style jellyfin please again another character track music"""
)
"""Words that requests are made of, the ones that slips are slips of."""
LOOKALIKES: Final = words_of(
    """
    short shot shots sort
    aether agitate alain analysed analyses analysis analyst analysts analyte analyzed analyzer analyzers
    analyzes anima animal animals animated animator anime anthea anthem antler assemblage assembled
    assembler assembles assemblies assembly bandmate banished bender bother brainer brawler broiler
    brother bullish cancels cancer catalyze chance chancel chang changed changer changes changing
    characters charge charter chips claps climate crack craft crate crawler crawlers crease created
    creates crete crips daft degenerate degenerates drafts drift duality ender ensemble episodic epistle
    epistles epitome equality fender finish finisher finishers finishes fished flips frack furnished
    gain gender genera general generale generals generated generates generative generator graft hideo
    inanimate inbetween inmate intimate jailer jellyfish kraft lease lender lips mailer mailers mines
    minster minted mints minus mites montes mother musical musics mutes nether other panther paralyze
    pease pender penetrate pleas pleased pleaser pleases polish primate process procure produced
    producer producers produces product products profess programs progressed progresses prowess public
    publican publics published publisher publishes punish punished purplish qualify quantity rack raft
    raider raiders railed rainer raiser raisers reader reality reassemble records redder reduce
    regenerated regenerative regress rehearse relapse relate released releases relegate rendered renders
    renner renter reproduce resemble retweet reverse rhythms rubbish scent scents scolds scone scones
    seconded secondly sender sends shirt shoot shore shorn shorts shout sinuses slips smother snort sort
    sport stale states stats statue statues status stole strainer stratus styled styles tack tailed
    tailor tailors taller taser tease teased teasers teases temp tempe temps tempt tender trac trace
    tracer tracers tracker trackers tracks tract tracy trader traders trail trailed trails trained
    trainee trainees trainer trainers trainor traitor traitors trapper trappers traveler travelers
    travers trawler trawlers trick trier truck tween unfinished unload updated updates uploads vanished
    venerated vide scenic serene screen screens queen siren seen being charades minute second trailers
    clip video scenes status muse mused muses musing basic mosaic sick sonic tonic temple tempest rhyme
    """
)
"""Ordinary words that differ by a letter or two from one of those, and are never taken for it."""
SHORTEST: Final = 5
SHORTEST_TINY: Final = 3
LONG: Final = 7
_OBJECTS: Final = words_of("a an the me us another some scene scenes episode clip trailer three two it")


@dataclass(frozen=True, slots=True)
class Slip:
    """Characters `start` to `end` of a text, and what they were meant to be."""

    start: int
    end: int
    words: str
    meant: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class Spelt:
    """A text with its slips put right."""

    text: str
    slips: tuple[Slip, ...] = ()
    is_put_otherwise: bool = False
    """Whether it was in another language: words stand where they are found in what was written."""

    def origin(self, place: int) -> int:
        """Where a place of this text was in the one that was written."""
        shift = 0
        for slip in self.slips:
            if place <= slip.start + shift:
                break
            if place <= slip.start + shift + len(slip.meant):
                return min(place - shift, slip.end)
            shift += len(slip.meant) - len(slip.words)
        return place - shift


def spelt(text: str, names: Names) -> Spelt:
    """`text` with the slips in its names and commands put right; one in Japanese, in English."""
    text = text.translate(_STRAIGHT)
    if (english := glossed(text)) is not None:
        return Spelt(english, (Slip(0, len(text), text, english, False),), True)
    row = tokens(text)
    slips: list[Slip] = []
    for place in range(len(row)):
        token = row[place]
        if token.quoted or (slips and token.start < slips[-1].end):
            continue
        if token.word == "w" and text[token.end : token.end + 1] == "/":
            slips.append(Slip(token.start, token.end + 1, text[token.start : token.end + 1], "with ", False))
            continue
        if token.word in _GERUNDS and place and row[place - 1].word == "mind":
            slips.append(
                Slip(token.start, token.end, text[token.start : token.end], _GERUNDS[token.word], False)
            )
            continue
        meant = _name_in(row, place, names) or _alias_in(row, place, names) or _command(row, place, names)
        if meant is not None and meant.lower() != token.word:
            slips.append(
                Slip(token.start, token.end, text[token.start : token.end], meant, meant[0].isupper())
            )
    slips += [Slip(*each.span(), each[0], " ", False) for each in _BLANKS.finditer(text)]
    slips.sort(key=lambda slip: slip.start)
    return Spelt(_with(text, slips), tuple(slips))


_GERUNDS: Final = {
    "redoing": "redo", "making": "make", "publishing": "publish", "giving": "give", "rendering": "render",
    "putting": "put", "cutting": "cut", "changing": "change", "creating": "create", "checking": "check",
    "taking": "take", "turning": "turn", "doing": "do", "trying": "try", "regenerating": "regenerate",
    "analysing": "analyse", "analyzing": "analyze", "removing": "remove", "cancelling": "cancel",
    "canceling": "cancel", "telling": "tell", "showing": "show",
}  # fmt: skip
"""As in "would you mind redoing it"."""
_STRAIGHT: Final = str.maketrans("‘’´", "'''")
_BLANKS: Final = re.compile(r"[ \t\u00a0]{2,}|[\t\u00a0]")


def _with(text: str, slips: Sequence[Slip]) -> str:
    for slip in reversed(slips):
        text = text[: slip.start] + slip.meant + text[slip.end :]
    return text


def _name_in(row: Sequence[Token], place: int, names: Names) -> str | None:
    """The word of a name that the token is a slip of: by itself, or beside another word of that name."""
    token = row[place]
    if token.word in names.known or not token.word.isalpha():
        return None
    if (owner := _owner_in(row, place, names)) is not None:
        return owner
    for beside in _neighbours(row, place):
        for owner in names.parts.get(beside.word, ()):
            spelling = words(owner)
            for part in spelling:
                if part != beside.word and (_is_near(token.word, part) or _is_tiny_slip(token, part)):
                    return part.capitalize()
    meant = names.corrected(token)
    return None if meant == token.word else meant.capitalize()


_OWNED: Final = words_of(
    """hair eyes dress outfit coat jacket scarf hat boots uniform clothes face skin scar cape glasses
    hairstyle look looks design appearance armor armour kimono costume"""
)


def _owner_in(row: Sequence[Token], place: int, names: Names) -> str | None:
    """Whose the next word is, where the apostrophe was left out, as in "Hanas hair"."""
    name, ending = row[place].word[:-1], row[place].word[-1]
    behind = row[place + 1].word if place + 1 < len(row) else ""
    if ending != "s" or behind not in _OWNED or name not in names.known or name in ORDINARY:
        return None
    return f"{name.capitalize()}'s"


def _alias_in(row: Sequence[Token], place: int, names: Names) -> str | None:
    """The second word of an alias of two, as "the Blade", whose letters are swapped or doubled."""
    token = row[place]
    if place == 0 or len(token.word) < SHORTEST - 1 or token.word in names.known | ORDINARY:
        return None
    for spelling, _ in names.whole.get(row[place - 1].word, ()):
        if len(spelling) == 2 and {*token.word} == {*spelling[1]} and _is_near(token.word, spelling[1]):
            return spelling[1]
    return None


def _neighbours(row: Sequence[Token], place: int) -> Iterator[Token]:
    yield from row[max(place - 1, 0) : place]
    yield from row[place + 1 : place + 2]


def _is_near(word: str, meant: str) -> bool:
    """Whether a word beside a name is a slip of the name's other word."""
    most = 2 if len(meant) >= LONG else 1
    if len(meant) < SHORTEST - 1 or word in ORDINARY:
        return False
    return OSA.distance(word, meant, score_cutoff=most) <= most


def _is_tiny_slip(token: Token, meant: str) -> bool:
    """Whether a word of three letters, written large, differs by one from such a word of a name."""
    is_tiny = len(meant) == len(token.word) == SHORTEST_TINY and token.capital
    return is_tiny and token.word not in ORDINARY and OSA.distance(token.word, meant) == 1


def _command(row: Sequence[Token], place: int, names: Names) -> str | None:
    word = row[place].word
    if word in SHORTHAND and word not in names.known:
        return SHORTHAND[word]
    if word in MEANT or word in names.known or not word.isalpha():
        return None
    if (noun := _before_a_number(row, place)) is not None:
        return noun
    if (unit := _behind_a_number(row, place)) is not None:
        return unit
    if _is_head(row, place) and (verb := _nearest(word, VERBS, shortest=3)) is not None:
        return verb
    if len(word) < SHORTEST or word in LOOKALIKES or (row[place].capital and place > 0):
        return None
    return _nearest(word, MEANT, shortest=SHORTEST)


_COUNTED: Final = words_of("seed seeds second season series step steps size style since sense sets send")
"""Other words that a number may follow."""


def _before_a_number(row: Sequence[Token], place: int) -> str | None:
    """What a word right before a number was meant for: a scene or an episode, two slips allowed."""
    word = row[place].word
    if place + 1 == len(row) or not row[place + 1].word.isdigit() or len(word) < SHORTEST - 1:
        return None
    if word in _COUNTED or word in LOOKALIKES:
        return None
    near = [each for each in ("scene", "scenes", "episode", "episodes") if each[0] == word[0]]
    return next((each for each in near if OSA.distance(word, each) <= len(each) // 3 + 1), None)


_TIMES: Final = ("second", "seconds", "minute", "minutes")


def _behind_a_number(row: Sequence[Token], place: int) -> str | None:
    """What a word right behind a number was meant for: seconds or minutes, a slip or two allowed."""
    word = row[place].word
    if place == 0 or not row[place - 1].word.isdigit() or len(word) < SHORTEST or word in LOOKALIKES:
        return None
    near = sorted((OSA.distance(word, each), each) for each in _TIMES if each[0] == word[0])
    return near[0][1] if near and near[0][0] == 1 else None


def _is_head(row: Sequence[Token], place: int) -> bool:
    """Whether the word stands where an order has its verb: first, with an object behind it."""
    first = place == 0 or row[place - 1].word in {"please", "then", ".", ";", ",", "and", "you"}
    return first and place + 1 < len(row) and row[place + 1].word in _OBJECTS


def _nearest(word: str, meant: frozenset[str], *, shortest: int) -> str | None:
    near = sorted(
        (OSA.distance(word, each), each)
        for each in meant
        if len(each) >= max(shortest, 4) and abs(len(each) - len(word)) <= 2 and each[0] in word[:2]
    )
    if not near:
        return None
    distance, best = near[0]
    return best if distance <= (2 if len(best) >= LONG else 1) else None
