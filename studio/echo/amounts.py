"""Numbers, lengths of time and counts, in figures and in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ONES: Final = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS: Final = {
    word: 10 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
} | {f"{number}{end}": number for number in range(1, 100) for end in ("st", "nd", "rd", "th")}

_TEN: Final = "|".join(TENS)
_ONE: Final = "|".join(sorted(ONES, key=len, reverse=True))
NUMBER: Final = rf"(?:\d+(?:[.,]\d+)?|(?:{_TEN})(?:[- ](?:{_ONE}))?|(?:{_ONE}))"
"""A number in figures or in words, up to ninety-nine."""
_SECOND: Final = r"(?:seconds?|secs?|s)"
_MINUTE: Final = r"(?:minutes?|mins?|m)"
_HOUR: Final = r"(?:hours?|hrs?|h)"
_UNITS: Final = ((re.compile(_SECOND), 1.0), (re.compile(_MINUTE), 60.0), (re.compile(_HOUR), 3600.0))
_STORY: Final = r"(?!\s+(?:later|ago|before|after|earlier|from now|past|to midnight|old|to go|left)\b)"
_TAIL: Final = (
    r"(?:[- ](?:long|each|clip length|max(?:imum)?|tops|at most|or so|or less|in total|total|"
    r"longer|shorter|more|less)\b)*"
)

_LENGTHS: Final = (
    re.compile(r"\b(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d)(?:\s*(?:min(?:utes?)?|long))?\b"),
    re.compile(r"\b(?P<minutes>\d{1,2})\s?m(?:in)?\s?(?P<seconds>[0-5]?\d)\s?(?:s|secs?|seconds)?\b"),
    re.compile(
        rf"\b(?:(?P<n1>{NUMBER})|an?)[- ]?(?P<u1>minutes?|mins?|hours?)\s+(?:and\s+)?"
        rf"(?P<n2>{NUMBER})[- ]?(?P<u2>seconds?|secs?|minutes?)\b{_STORY}"
    ),
    re.compile(
        rf"\b(?:(?:(?P<n>{NUMBER})|an?)\s+)?(?P<u>minutes?|hours?)\s+and\s+a\s+(?P<half>half|quarter)\b{_STORY}"
    ),
    re.compile(
        rf"\b(?P<n>{NUMBER})\s+and\s+a\s+(?P<half>half|quarter)\s+(?P<u>seconds?|minutes?|hours?)\b{_STORY}"
    ),
    re.compile(
        r"\b(?:a\s+)?(?P<part>half|quarter|three quarters)(?:(?:\s+of)?\s+an?\s+|[- ])(?P<u>minute|hour)\b"
    ),
    re.compile(
        rf"\b(?:a\s+)?(?P<vague>half a dozen|dozen|couple(?: of)?|few)\s+(?P<u>{_SECOND}|{_MINUTE})\b{_STORY}"
    ),
    re.compile(rf"\b(?P<n>{NUMBER})[- ]?(?P<u>{_SECOND}|{_MINUTE}|{_HOUR})\b{_STORY}"),
    re.compile(rf"\b(?:a|one)[- ](?P<u>minute|hour)(?=[- ](?:long|of)\b|\s*$){_STORY}"),
)
_PARTS: Final = {"half": 0.5, "quarter": 0.25, "three quarters": 0.75}

_THINGS: Final = (
    r"(?:clips?|scenes?|shots?|videos?|takes?|versions?|variations?|variants?|animations?|renders?|drafts?)"
)
_COUNT: Final = re.compile(
    rf"\b(?P<n>{NUMBER}(?:\s?x)?|(?:an? )?couple(?: of)?|(?:an? )?pair of|an? few|several|both|"
    r"half a dozen|a dozen)\s+"
    r"(?=(?:(?!of\b|with\b|in\b|seconds?\b|secs?\b|minutes?\b|mins?\b|hours?\b|"
    rf"s\b)[\w'-]+\s+){{0,4}}{_THINGS}\b)"
)
_VAGUE: Final = {
    "half a dozen": 6,
    "couple": 2,
    "pair": 2,
    "few": 3,
    "several": 3,
    "both": 2,
    "dozen": 12,
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a text names, with its place there."""

    value: float
    start: int
    end: int


def number(words: str) -> float:
    """The value of what `NUMBER` matches."""
    if words[0].isdigit():
        return float(words.replace(",", "."))
    return float(sum(TENS.get(word, 0) or ONES.get(word, 0) for word in re.split(r"[- ]", words)))


def duration(text: str) -> Amount | None:
    """The length of time that `text` (small letters) asks for, in seconds, where it names one.

    "Ten minutes later" is a time of the story, and none.
    """
    for pattern in _LENGTHS:
        for found in pattern.finditer(text):
            tail = re.match(_TAIL, text[found.end() :])
            return Amount(_seconds(found), found.start(), found.end() + (tail.end() if tail else 0))
    return None


def count(text: str) -> Amount | None:
    """How many clips are asked for, where a number stands before them."""
    found = _COUNT.search(text)
    if found is None or re.search(r"(?:scenes?|and|,|to)\s+$", text[: found.start()]):
        return None
    vague = _vague(found["n"])
    value = number(found["n"].rstrip("x ")) if vague is None else vague
    return Amount(value, found.start(), found.end())


def _vague(words: str) -> float | None:
    """How many a round word means; None where it is none."""
    return next((float(n) for word, n in _VAGUE.items() if word in words), None)


def _seconds(found: re.Match[str]) -> float:
    named = {name: value for name, value in found.groupdict().items() if value is not None}
    if "minutes" in named:
        return 60.0 * int(named["minutes"]) + int(named["seconds"])
    if "vague" in named:
        return (_vague(named["vague"]) or 1.0) * _unit(named["u"])
    if "part" in named:
        return _PARTS[named["part"]] * _unit(named["u"])
    if "u1" in named:
        return _of(named.get("n1"), named["u1"]) + _of(named["n2"], named["u2"])
    return _of(named.get("n"), named["u"]) + _PARTS.get(named.get("half", ""), 0.0) * _unit(named["u"])


def _of(words: str | None, unit: str) -> float:
    return (1.0 if words is None else number(words)) * _unit(unit)


def _unit(word: str) -> float:
    return next(seconds for pattern, seconds in _UNITS if pattern.fullmatch(word))


_LISTED: Final = re.compile(
    rf"(?P<first>{NUMBER})(?:\s*(?:-|–|to|through|until)\s*(?P<last>{NUMBER}))?", re.IGNORECASE
)


def listed(text: str) -> Iterator[int]:
    """The whole numbers of a list: "1, 3 and 5", "2 to 4"."""
    for found in _LISTED.finditer(text):
        first = int(number(found["first"]))
        last = int(number(found["last"])) if found["last"] else first
        yield from range(first, min(last, first + 999) + 1)


_COUNTED: Final = rf"{NUMBER}(?!\d|\.\d|[- ]?(?:{_SECOND}|{_MINUTE}|{_HOUR})\b)"
LIST: Final = (
    rf"{_COUNTED}(?:\s*(?:,\s*(?:and\s+)?|and\s+|&\s*|-|–|\bto\s+|\bthrough\s+|"
    rf"\bplus\s+|(?<=\d)\s+(?=\d{{1,2}}\b(?!\s*[:.]\d)))\s*{_COUNTED})*(?!\w|:\d)"
)
"""A list of numbers, as in "scenes 2, 3 and 5"."""
