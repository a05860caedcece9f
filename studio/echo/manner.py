"""How a clip is to be made: length, count, style, quality, seed, sound; and what words are left then."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from rapidfuzz import fuzz, process

from studio.canon.tables import listed
from studio.echo import amounts
from studio.echo.clauses import Clause
from studio.echo.phrases import CLIP
from studio.echo.sounds import find_sound, with_words

STYLES: Final = listed(
    """
    cinematic, watercolor, watercolour, film noir, noir, cyberpunk, steampunk, ghibli, studio
    ghibli, manga, pixel art, oil painting, pencil sketch, sketch, cel-shaded, cel shaded, chibi,
    ukiyo-e, pastel, retro, vintage, ink wash, ink, photorealistic, realistic, claymation, charcoal,
    line art, monochrome, black and white, vaporwave, lo-fi, gothic, minimalist, impressionist,
    sumi-e, comic book, storybook, 90s anime, 80s anime, shonen, shoujo, 3d, gouache, crayon
    """
)
QUALITIES: Final = {
    **dict.fromkeys(("draft", "rough", "low", "lower", "lowest", "preview", "quick", "sketchy"), "draft"),
    **dict.fromkeys(("standard", "normal", "medium", "default", "regular"), "standard"),
    **dict.fromkeys(
        (
            "high",
            "higher",
            "highest",
            "better",
            "best",
            "top",
            "final",
            "full",
            "maximum",
            "max",
            "broadcast",
            "hd",
        ),
        "high",
    ),
}
_QUALITY: Final = re.compile(
    rf"\b(?:in |at |with |of )?(?:the |a )?(?P<q>{'|'.join(QUALITIES)})[- ]quality\b(?: please)?"
    r"|\b(?:quality|preset)[:= ]+(?P<named>draft|standard|high)\b|\b(?:as |in |just )?a? "
    r"?(?:quick|rough|fast|first) (?P<draft>draft)\b"
    rf"|\b(?:just )?(?:an? )?(?:(?:quick|rough|fast|first) )?(?:{amounts.NUMBER}[- ]?(?:seconds?|secs?|s) )?"
    r"(?P<drafted>draft)s?(?= of\b| versions?\b|:)"
    r"|\b(?:as|in) (?:a )?(?P<bare>draft)\b|(?:^|,\s*|\band )(?P<alone>draft|hq)\s*(?:$|,|"
    r"please)|\b(?:in )(?P<hq>hq)\b"
)
_SEED: Final = re.compile(
    r",?\s*\b(?:and |but )?(?:with |using |use )?(?:the |a )?seed[:= ]+(?:of )?(?P<seed>\d{1,18})\b"
)
_NEW_SEED: Final = re.compile(
    r",?\s*\b(?:with |using )?(?:a |another |some )?(?:new|different|other|random|fresh|another) seeds?\b"
)
_IN_STYLE: Final = (
    re.compile(
        r",?\s*\b(?:but |and )?(?:in |with |using )?(?:the |a |an )?style (?:of|like)\s+(?:an? |"
        r"the )?(?P<s>[^,.;:¤]+?)(?=\s*(?:[,.;:]|$|\bwith\b|\bwhere\b|\bshowing\b|\bof\b|"
        r"\band\b))"
    ),
    re.compile(r",?\s*\b(?:but |and )?in (?:an? |the )?(?P<s>(?:[\w']+[ -]){0,5}?[\w']+)[- ]styled?\b"),
    re.compile(
        (
            r"(?:^|[,;(]\s*|\ban? |\bthe |(?<=seconds )|(?<=secs )|(?<=\ds ))(?P<s>(?:(?!(?:of|with|in|a|"
            r"an|the|and|each|different|"
            r"another|new|other|same|seconds?|secs?|minutes?|mins?)\b)[\w']+[ "
            r"-]){0,4}(?!the\b|a\b|same\b|different\b|another\b|new\b|"
            r"other\b)[\w']+)[- ]style\b(?=\s*(?:[,.;:)]|$|"
        )
        + CLIP
        + r"\b))"
    ),
    re.compile(r"\bstyle(?:[:=]| to| as)\s*(?P<s>[^,.;:]+)"),
)
_CUT_OFF: Final = " ,.;:?!-–—/\t\n"


@dataclass(slots=True)
class Manner:
    """What an order says of how, and the spans where it says so."""

    values: dict[str, Any] = field(default_factory=dict)
    count: int = 1
    has_new_seed: bool = False
    spans: list[tuple[int, int, str, Any]] = field(default_factory=list)

    def note(self, start: int, end: int, meaning: str, value: Any) -> None:
        self.spans.append((start, end, meaning, value))


def read_manner(clause: Clause, styles: Sequence[str], tracks: Sequence[str]) -> Manner:
    """What `clause` says of how; the first statement of each kind holds."""
    manner = Manner()
    _read_amounts(clause.low, manner)
    _read_quality(clause.low, manner)
    _read_seed(clause.low, manner)
    _read_style(clause.low, styles, manner)
    if (sound := find_sound(clause, tracks)) is not None:
        start, end, path = sound
        manner.values["audio_path"] = path
        manner.note(*with_words(clause.low, start, end), "audio_path", path)
    return manner


def _read_amounts(low: str, manner: Manner) -> None:
    length = amounts.duration(low)
    if length is not None:
        value = int(length.value) if length.value.is_integer() else length.value
        manner.values["duration"] = value
        start = length.start
        lead = re.search(
            r"(?:\b(?:for|about|around|some|exactly|in|at|lasting|that lasts|running|up to|at most|under|"
            r"max|no more than|roughly|say|maybe|perhaps|ideally|preferably|"
            r"(?:with |of )?(?:an? |the )?(?:more |much )?(?:long(?:er)? |short(?:er)? )?(?:total )?"
            r"(?:duration|length|runtime)(?:[:=,]| of| is)?|"
            r"(?:make|keep) it) )+$",
            low[:start],
        )
        manner.note(lead.start() if lead else start, length.end, "duration", value)
    counted = amounts.count(low if length is None else without(low, [(length.start, length.end)]))
    if counted is not None and counted.value.is_integer():
        manner.count = int(counted.value)
        manner.note(counted.start, counted.end, "count", manner.count)


def _read_quality(low: str, manner: Manner) -> None:
    found = _QUALITY.search(low)
    if found is None:
        return
    word = next(value for value in found.groupdict().values() if value)
    value = "high" if word == "hq" else QUALITIES[word]
    manner.values["quality"] = value
    manner.note(found.start(), found.end(), "quality", value)


def _read_seed(low: str, manner: Manner) -> None:
    if (found := _SEED.search(low)) is not None:
        manner.values["seed"] = int(found["seed"])
        manner.note(found.start(), found.end(), "seed", int(found["seed"]))
    elif (other := _NEW_SEED.search(low)) is not None:
        manner.has_new_seed = True
        manner.note(other.start(), other.end(), "seed", "new")


def _read_style(low: str, templates: Sequence[str], manner: Manner) -> None:
    known, placed = _known_styles(tuple(templates))
    for pattern in _IN_STYLE:
        if (found := pattern.search(low)) is not None and (style := _style_named(found["s"], known)):
            _note_style(manner, found.start(), found.end(), style)
            return
    named = next((found for pattern in placed if (found := pattern.search(low)) is not None), None)
    if named is not None:
        _note_style(manner, named.start(), named.end(), named["s"])


@lru_cache(maxsize=8)
def _known_styles(templates: tuple[str, ...]) -> tuple[list[str], tuple[re.Pattern[str], ...]]:
    """All styles by name, the longest first; and where they stand: before a clip, behind what is seen."""
    known = sorted({*(name.lower() for name in templates), *STYLES}, key=len, reverse=True)
    any_of = "|".join(re.escape(name).replace(r"\ ", "[ -]") for name in known)
    before = re.compile(rf"\b(?P<s>{any_of})(?=\s+(?:[\w'-]+\s+){{0,2}}{CLIP}\b)")
    behind = (
        rf",?\s*\b(?:but |and )?(?:in|as) (?:an? )?(?P<s>{any_of})\s*(?=[,.;:]|$|this time\b|"
        rf"instead\b|please\b|(?:and|with|where|make|at|for)\b)"
    )
    chosen = (
        rf"\b(?:use|using|try|go(?:ing)? (?:for|with)|(?:make|do|keep) (?:it|this|that|them)(?: "
        rf"look)?(?: in| as)?)"
        rf" (?:an? |the )?(?P<s>{any_of})(?: style)?(?: for (?:it|this|that|them))?\b(?=\s*(?:[,.;:]|$|"
        rf"instead|please|this))"
    )
    timed = (
        rf"(?:(?<=seconds )|(?<=secs )|(?<=minute )|(?<=minutes )|(?<=\ds ))(?P<s>{any_of})\s*(?=[,.;:]|$)"
    )
    alone = rf"(?:^|[,;–—-]\s+)(?P<s>{any_of})\s*(?=[,.;:–—]|\s-|$)"
    looked = rf",?\s*\b(?:in |with )?(?:an? )?(?P<s>{any_of})[ -](?:look|aesthetic|feel|vibe)s?\b\s*[:,]?"
    return known, (
        re.compile(looked),
        before,
        re.compile(behind),
        re.compile(chosen),
        re.compile(alone),
        re.compile(timed),
    )


def _style_named(words: str, known: Sequence[str]) -> str:
    words = words.strip(_CUT_OFF)
    for name in known:
        if words == name or (words.endswith(f" {name}") and name in words and len(words) - len(name) < 3):
            return name
    words = re.sub(r"^(?:an?|the|same|this|that|my|our)\s+", "", words)
    near = process.extractOne(words, known, scorer=fuzz.ratio, score_cutoff=LIKE_A_STYLE)
    return words if near is None else near[0]


LIKE_A_STYLE: Final = 88
"""How like a style's name must be to what is written, of 100: a slip of the pen is, another style is not."""


def _note_style(manner: Manner, start: int, end: int, style: str) -> None:
    manner.values["style"] = style
    manner.note(start, end, "style", style)


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with blanks for the spans, as long as before."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def tidy(text: str) -> str:
    """What is left of an order as a prompt: no loose commas, no words that led to what was cut out."""
    text = re.sub(r"\s+|\(\s*\)", " ", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,.;:])", r"\1", text)
    text = re.sub(r"(?<!\.)\.\s*,|,\s*(?:please|pls)\s*,", ",", text)
    text = re.sub(r"([,;:])(?:\s*[,;:.])+", r"\1", text)
    before = None
    while before != text:
        before = text
        text = text.strip(_CUT_OFF)
        text = re.sub(
            (
                r"^(?:of|something(?=\s*[:,])|where|in which|that shows?|which shows?|showing|featuring|"
                r"starring|with|about|"
                r"and|but|please|long|each|for|as)\b\s*"
            ),
            "",
            text,
            flags=re.IGNORECASE,
        )
        text = re.sub(
            r"\s*,?\s*\b(?:please|pls|thanks|thank you(?: (?:so|very) much)?[.!]*|ta|cheers|mate|each|"
            r"and|with|in|but|a|an|the|for|"
            r"long|to it|of|"
            r"instead|this time)$",
            "",
            text,
            flags=re.IGNORECASE,
        )
    return text
