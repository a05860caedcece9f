"""What a prompt is told of a character: what is written of its looks and the prompt does not say itself."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from studio.canon.sheets import IMPLIED, Canon, Fact, Sheet, Statement, sheet_of
from studio.canon.slots import Finding, Slot, Weight

_PIECE: Final = re.compile(r"(?:[^.,;\n]|[.,](?=\S))+[.,;\n]*\s*")
"""A part of a sentence, with the mark that ends it."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A character as it is written of: its canon, and which of its statements may be quoted at length."""

    canon: Canon
    prose: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What a prompt is silent of, and what it departs from."""

    sheet: Sheet
    missing: tuple[Finding, ...]
    departed: frozenset[Slot]

    def is_wanted(self, fact: Fact) -> bool:
        """Whether the prompt is to be told of `fact`: it is silent of it, and no weightier statement is."""
        if fact.denied:
            return fact.slot not in self.departed
        place = fact.quote, fact.source
        if place in {(finding.stated, finding.source) for finding in self.missing}:
            return True
        rules = place in {(ruling.quote, ruling.source) for ruling in self.sheet.of(fact.slot)}
        return rules and fact.slot in {finding.slot for finding in self.missing}


def introduce(portrait: Portrait, sheet: Sheet, findings: Iterable[Finding]) -> str:
    """What of a character is to be added to a prompt, given its sheet and what was found there.

    Whatever is written stays as it is, but for the parts of sentences of which the prompt speaks itself, or
    from which it departs; facts that are lost with them, or stand in no prose, follow in their own words.
    """
    found = [finding for finding in findings if finding.character == portrait.canon.name]
    missing = tuple(finding for finding in found if finding.weight is Weight.MISSING)
    known = _Known(
        sheet,
        missing,
        frozenset(finding.slot for finding in found if finding.weight is not Weight.MISSING),
    )
    kept = [_kept(portrait.canon, statement, known) for statement in portrait.prose]
    words = [finding.stated for finding in missing if not _stands(finding, sheet, portrait, kept)]
    parts = (*(text.strip().rstrip(".,;") for text in kept), ", ".join(words))
    return ". ".join(part for part in parts if part)


def _kept(canon: Canon, statement: Statement, known: _Known) -> str:
    """A statement without the parts of its sentences that tell what is not wanted."""
    own = sheet_of(Canon(canon.name, (statement,), canon.aliases)).facts
    unwanted = [fact.quote for fact in own if fact.value != IMPLIED and not known.is_wanted(fact)]
    spans = [(start, start + len(quote)) for quote in unwanted for start in [statement.text.find(quote)]]
    return "".join(_pieces(statement.text, spans))


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    for piece in _PIECE.finditer(text):
        if not any(start < piece.end() and piece.start() < end for start, end in spans):
            yield piece[0]


def _stands(missing: Finding, sheet: Sheet, portrait: Portrait, kept: Sequence[str]) -> bool:
    """Whether a missing fact is among what is kept of the statement that it is from."""
    facts = [fact for fact in sheet.of(missing.slot) if fact.source == missing.source]
    exact = [fact for fact in facts if fact.quote == missing.stated] or facts
    return any(
        fact.quote in text
        for fact in exact
        for statement, text in zip(portrait.prose, kept, strict=True)
        if statement.source == fact.source
    )
