"""Whether a text keeps to the terms that a project's cultural elements prefer."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

PASS, WARN, NOT_JUDGED = "pass", "warn", "not judged"


@dataclass(frozen=True, slots=True)
class Element:
    """Something of a culture: the terms to prefer for it, and those to avoid."""

    name: str
    prefer: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A term to avoid, where it stands in the text: `start` to `end`, exclusive, in characters."""

    element: str
    term: str
    quote: str
    start: int
    end: int
    prefer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a text held up, and where it did not."""

    verdict: str
    reason: str = ""
    findings: tuple[Finding, ...] = ()


def validate_text(text: str, elements: Sequence[Element]) -> Verdict:
    """Hold a text against a project's elements; the findings come in the order of the text."""
    if not text.strip():
        return Verdict(NOT_JUDGED, "the scene has no description")
    if not any(element.avoid for element in elements):
        return Verdict(NOT_JUDGED, "the project has no terms to avoid")
    findings = sorted(_findings(text, elements), key=lambda finding: (finding.start, finding.end))
    return Verdict(WARN if findings else PASS, findings=tuple(findings))


def _findings(text: str, elements: Iterable[Element]) -> Iterator[Finding]:
    for element in elements:
        for term in element.avoid:
            for match in _whole(term).finditer(text):
                yield Finding(element.name, term, match[0], match.start(), match.end(), element.prefer)


def _whole(term: str) -> re.Pattern[str]:
    """`term` as a whole word, in any case; writing without spaces has no word ends to look for."""
    words = r"\s+".join(map(re.escape, term.split()))
    before = r"(?<!\w)" if _ends_words(term[:1]) else ""
    after = r"(?!\w)" if _ends_words(term[-1:]) else ""
    return re.compile(before + words + after, re.IGNORECASE)


def _ends_words(character: str) -> bool:
    """Letters that are written with spaces between words: those of the alphabets below U+2E80."""
    return character.isalnum() and character < "\u2e80"
