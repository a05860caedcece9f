"""Who is in a request: characters of the project, those who share a name, and those whom nobody knows."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from studio.canon.lexicon import KNOWN
from studio.canon.people import PERSON_WORDS
from studio.canon.reading import read
from studio.canon.tables import words_of
from studio.echo.facts import Facts
from studio.echo.given_names import GIVEN_NAMES, SHORT_NAMES
from studio.echo.phrases import CLIP

NO_PERSONS: Final = words_of(
    """
    tokyo kyoto osaka shibuya shinjuku akihabara harajuku ginza fuji mount hokkaido okinawa nara kobe
    nagoya yokohama sapporo nagasaki hiroshima kamakura nikko hakone japan china korea india america
    europe africa asia england france paris london york venice rome berlin prague mars moon earth venus
    jupiter saturn milky arctic antarctica pacific atlantic monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november
    december christmas halloween easter valentine tanabata hanami obon jellyfin tower echo english
    japanese chinese korean german french italian spanish american european victorian edo meiji showa
    taisho heian shinto buddhist zen god lord lady sir north south east west i ok okay no yes please hd
    hq pov cgi ghibli gothic new old great grand high big the a an this that these those my our his her
    their its
    """
)
"""Words written large that are nobody: places, days, feasts, ages, ranks."""
BEGINNERS: Final = words_of(
    """
    snow rain thunder lightning fog mist smoke fire light sunlight moonlight night day dawn dusk time
    water wind sand dust steam silence darkness sun moon nobody everybody everyone someone somebody
    nothing something everything traffic music winter spring summer autumn fall tide ash ice blood hail
    frost heat laughter grass tea coffee sake ramen love death life fate hope war peace evil magic steel
    glass paper ink gold lava rust today tonight tomorrow suddenly meanwhile camera it she he they there
    here one each another both create make give show generate render film shoot animate draw put get
    have let take close wide slow fast pan zoom tilt shot scene clip
    """
)
"""What a sentence may begin with that is no name, though somebody could act as it does."""
NAMED_AFTER_THINGS: Final = words_of("sakura rose ruby jade amber dawn ash raven")
"""Words that are names as often, where they are written large and stand for somebody."""
_THINGS: Final = re.compile(r"\s+(?:trees?|petals?|blossoms?|flowers?|gardens?|gems?|stones?|wood|season)\b")
_NAME: Final = r"[A-Z][\w'-]*[a-z](?:\s+(?:(?:de|von|van|no)\s+)?[A-Z][\w-]*[a-z])*"
_CAPITALS: Final = re.compile(_NAME)
_AFTER_WITH: Final = re.compile(
    (
        r"\b(?:with|featuring|starring|feat\.?|between|by|instead of|replace|add|include|and|&|,|"
        r"plus|meets?|fights?|hugs?|kisses|follows|chases|versus|vs\.?)\s+$"
    ),
    re.IGNORECASE,
)
_AFTER_OF: Final = re.compile(
    (
        r"(?:^|\b(?:where|when|while|as|in which|of|that|until|how|make|film|draw|animate|render|"
        rf"generate|show|see)\s+|[:,.]\s+|\b{CLIP}:?\s+)$"
    ),
    re.IGNORECASE,
)
_ACTS: Final = re.compile(
    r"\s+(?:(?:slowly|quickly|quietly|suddenly|then|also|just)\s+)?(?:(?!(?:is|was|has|us|"
    r"station|boss|glass|grass|news|yes|this|plus)\b)[a-z]+(?:s|ing)\b|(?:is|was|has|and)\b)"
)
_PRONOUNS: Final = re.compile(r"\b(?:he|him|his|she|her|hers|they|them|their)\b")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is meant; `shared` are words that several names share, `unknown` names that there are none of."""

    names: tuple[str, ...] = ()
    spans: tuple[tuple[int, int, str], ...] = ()
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unknown: tuple[str, ...] = ()


def find_cast(text: str, facts: Facts, *, is_story: bool = True) -> Cast:
    """Who is named in `text`; with `is_story` also who acts in it without being known."""
    named = [term for term in read(text, facts.names).terms if term.code == "N"]
    sure = {who for term in named if len(term.value) == 1 for who in term.value}
    spans, shared = [], []
    for term in named:
        meant = term.value if len(term.value) == 1 else term.value & sure
        if len(meant) == 1:
            spans.append((term.start, term.end, next(iter(meant))))
        else:
            shared.append((text[term.start : term.end], tuple(sorted(meant or term.value))))
    for each in (*_called(text, facts), *_titled(text, facts)):
        spans += [] if _overlap(each, spans) else [each]
    spans.sort()
    taken = [*((term.start, term.end) for term in named), *((start, end) for start, end, _ in spans)]
    unknown = tuple(dict.fromkeys(_strangers(text, taken))) if is_story else ()
    return Cast(tuple(dict.fromkeys(who for _, _, who in spans)), tuple(spans), tuple(shared), unknown)


def _called(text: str, facts: Facts) -> Iterator[tuple[int, int, str]]:
    """Who is called by an alias of ordinary words, as "the captain": in small letters that is no name."""
    low = text.lower()
    for alias, name in facts.aliases.items():
        if alias in low and len(low) == len(text):
            edge = r"\b" if alias.isascii() else ""
            for found in re.finditer(f"{edge}{re.escape(alias)}{edge}", low):
                yield found.start(), found.end(), name


def _titled(text: str, facts: Facts) -> Iterator[tuple[int, int, str]]:
    """Who is called by a name of ordinary words written small, as "the village elder"."""
    low = text.lower()
    for written, name in _of_several_words(facts.characters):
        if written in low and len(low) == len(text):
            for found in re.finditer(rf"(?:\bthe |^|[.,:;] )({re.escape(written)})\b", low):
                yield *found.span(1), name


@lru_cache(maxsize=16)
def _of_several_words(characters: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Names of several words, in small letters and as they are."""
    return tuple((name.lower(), name) for name in characters if " " in name)


def _overlap(span: tuple[int, int, str], others: Sequence[tuple[int, int, str]]) -> bool:
    return any(span[0] < end and span[1] > start for start, end, _ in others)


def is_pronoun(low: str) -> bool:
    """Whether somebody is spoken of without a name."""
    return _PRONOUNS.search(low) is not None


def alike(word: str, characters: Sequence[str]) -> tuple[str, ...]:
    """The characters whose names are most like a word, three at most."""
    near = process.extract(word, characters, scorer=fuzz.WRatio, limit=3, score_cutoff=60)
    return tuple(name for name, _, _ in near)


def _strangers(text: str, taken: Collection[tuple[int, int]]) -> Iterator[str]:
    """Names of two words or one, written large where only somebody can stand."""
    for found in (*_CAPITALS.finditer(_LED.sub(_small, text)), *_small_names(text)):
        start, end = found.span()
        if any(start < last and end > first for first, last in taken):
            continue
        words = [word.lower().removesuffix("'s") for word in re.split(r"[\s]+", found[0])]
        if all(word not in NO_PERSONS for word in words) and _stands_for_somebody(text, start, end, words):
            yield found[0].removesuffix("'s")


_LED: Final = re.compile(
    r"(?:^|(?<=[.!?;] ))(?:Animate|Film|Draw|Render|Shoot|Paint|Show|Generate|Create|Make)(?= [A-Z])"
)
"""A command before a name, both written large."""


def _small(found: re.Match[str]) -> str:
    return found[0].lower()


def _small_names(text: str) -> Iterator[re.Match[str]]:
    """Given names written small, as in "with tomoko in the kitchen"."""
    return (each for each in _SMALL.finditer(text) if each[0].lower() in GIVEN_NAMES)


_SMALL: Final = re.compile(r"(?<![\w'-])(?:[a-z]{3,}|[A-Z]{3,})(?![\w-])")
_MANNERED: Final = re.compile(
    r"\b(?:style of|styled? (?:after|like)|like|by|inspired by|à la|works? of|films? of|"
    r"painting of)\s+(?:[A-Z]\w+\s+)?$"
)
"""As in "in the style of Makoto Shinkai", who is nobody in the picture."""


def _stands_for_somebody(text: str, start: int, end: int, words: Sequence[str]) -> bool:
    before, behind = text[:start], text[end:]
    if any(word in GIVEN_NAMES for word in words):
        return _MANNERED.search(before) is None
    if len(words) == 1 and words[0] in SHORT_NAMES:
        return bool(_AFTER_WITH.search(before) or _AFTER_OF.search(before))
    if len(words) == 1 and words[0] in NAMED_AFTER_THINGS and _AFTER_WITH.search(before):
        return _THINGS.match(behind) is None
    ordinary = [word in KNOWN or word in PERSON_WORDS for word in words]
    if all(ordinary) or (ordinary[0] and any(ordinary)):
        return False
    if _AFTER_WITH.search(before):
        return not (re.search(r",\s*$", before) and not _ACTS.match(behind))
    begins = not before.strip() or re.search(r"[.!?:]\s*$", before) is not None
    if begins and words[0] in BEGINNERS:
        return False
    return bool(_AFTER_OF.search(before) and _ACTS.match(behind) and not words[0].endswith("s"))
