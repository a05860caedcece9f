"""A character's description with a change in it: what the change contradicts goes, the rest stays."""

import re
from typing import Final

from studio.canon.checking import Bible
from studio.canon.colours import NAMED
from studio.canon.sheets import Canon, Statement
from studio.canon.slots import Weight

_LOOSE: Final = re.compile(r"(?<=\bwith )and |\b(?:with|and|has)\s+(?=[,.]|in\b|$)", re.IGNORECASE)


def changed_description(name: str, before: str, change: str) -> str:
    """What is said of a character after a change.

    Args:
        name: Whose description it is.
        before: What was said so far.
        change: What is to be so from now on, as "hair: silver".
    """
    lead = f"{name}: "
    bible = Bible([Canon(name, [Statement(f"{name} has {change}", "change")])])
    findings = [each for each in bible.check(lead + before) if each.weight is Weight.CONTRADICTION]
    kept = before
    for each in sorted(findings, key=lambda finding: -finding.start):
        start, end = max(each.start - len(lead), 0), max(each.end - len(lead), 0)
        kept = kept[:start] + _without_colours(kept[start:end]) + kept[end:]
    kept = _tidy(kept)
    sentence = change[:1].upper() + change[1:]
    return f"{kept[:1].upper()}{kept[1:]}. {sentence}." if kept else f"{sentence}."


def _tidy(text: str) -> str:
    """No words that led to what is gone, and no loose marks."""
    text = _LOOSE.sub("", re.sub(r"\s+", " ", text))
    text = re.sub(r"\s+([,.;])", r"\1", text)
    return re.sub(r"([,;])(?:\s*[,;])+", r"\1", text).strip(" ,.;")


def _without_colours(phrase: str) -> str:
    """What else a contradicted phrase says: "short black hair" is short hair, "brown eyes" are nothing."""
    rest = [word for word in phrase.split() if word.lower().strip(",.;") not in NAMED]
    return " ".join(rest) if 1 < len(rest) < len(phrase.split()) else ""
