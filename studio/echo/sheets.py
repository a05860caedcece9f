"""A character's description with a change in it: what the change contradicts goes, the rest stays."""

import re
from typing import Final

from studio.canon.checking import Bible
from studio.canon.sheets import Canon, Statement
from studio.canon.slots import Weight
from studio.echo.manner import without

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
    spans = [(each.start - len(lead), each.end - len(lead)) for each in findings]
    kept = _tidy(without(before, [(max(start, 0), end) for start, end in spans if end > 0]))
    sentence = change[:1].upper() + change[1:]
    return f"{kept}. {sentence}." if kept else f"{sentence}."


def _tidy(text: str) -> str:
    """No words that led to what is gone, and no loose marks."""
    text = _LOOSE.sub("", re.sub(r"\s+", " ", text))
    text = re.sub(r"\s+([,.;])", r"\1", text)
    return re.sub(r"([,;])(?:\s*[,;])+", r"\1", text).strip(" ,.;")
