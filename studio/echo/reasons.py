"""Why somebody asks, said before or behind an order: it is heard for what it names, and else left out."""

import re
from collections.abc import Iterator
from typing import Final

from studio.echo.asides import REMARK
from studio.echo.clauses import Clause, is_order
from studio.echo.drafting import Draft
from studio.echo.manner import without
from studio.echo.orders import aims
from studio.echo.references import find_episodes, find_scenes
from studio.echo.who import find_cast

_ASKS: Final = (
    r"(?:please\b|(?:could|can|would|will) (?:you|we|i)\b|(?:i|we)(?:'d| would) (?:like|love)\b|let's\b|"
    r"(?:i|we) (?:want|need)\b|may (?:i|we)\b|you (?:can|may|could)\b|use\b|put\b|publish\b|render\b|redo\b|"
    r"make it \w+|cut\b)"
)
_BEFORE_SO: Final = re.compile(rf"(?:^|(?<=[.!?;]\s))(?P<why>[^.!?;]{{4,160}}?),?\s+so,? (?={_ASKS})")
_ME: Final = r"\b(?:i|i'm|i've|i'd|we|we're|we've|my|our|me|us)\b"
_BEFORE_COMMA: Final = re.compile(
    r"(?:^|(?<=[.!?;]\s))(?P<why>(?:before|after|while|since|because|as|now that|seeing (?:as|that)|"
    r"given that|when|"
    rf"until)\b(?=[^,.!?;]*{_ME})[^,.!?;]{{4,120}}),\s+"
)
_FOR_WHAT: Final = re.compile(
    r"(?:^|(?<=[.!?;]\s))(?P<why>for (?:my|our|tonight's|today's|tomorrow's|"
    r"this week's) [\w' -]{2,40}?)[,:]?\s+"
    r"(?=(?:i|we)(?:'d| would| want| need)\b|could\b|can\b|please\b|make\b|create\b|let's\b)"
)
_BEFORE_PLEASE: Final = re.compile(
    r"(?:^|(?<=[.!?;]\s))(?P<why>(?:we|i|my \w+|our \w+|it's|they) (?!(?:really |still |also )?(?:want|"
    r"need|would|could|"
    r"should|like)\b)[^,.!?;]{4,120}),\s+(?=(?:please|could you|can you|would you)\b)"
)
_OF_WORK: Final = re.compile(
    r"\b(?:scenes?|episodes?|clips?|trailers?|renders?|gen_\w+|it|that|them|songs?|tracks?|music|viewers|fans|client|producer|today|tonight|"
    r"tomorrow|deadline)\b"
)
_CONDITION: Final = re.compile(r"\b(?:scenes?|episodes?|clips?|trailers?|renders?|gen_\w+|it|that|them)\b")
_BEHIND: Final = re.compile(
    r"(?:\s*[.!?;]\s+|\s*,\s+)(?:(?:then|that way|this way|because|since) (?:it|i|we|my|that|they)\b|"
    r"i(?:'ve|'m| am| found| love| like| have(?! to)| was| heard| know)\b|my \w+ (?!should|needs?|must)\w+|"
    r"it (?:suits|fits|works|matches|goes|makes|helps)\b|(?:it|that)(?:'s| is) (?:for|because|"
    r"what)\b|"
    r"we(?:'re| are) \w+ing\b).*$"
)


def without_reasons(draft: Draft, text: str, low: str) -> tuple[str, str]:
    """A message with blanks for the reasons before its orders; what those name is spoken of from here on."""
    spans = [*_reasons(draft, text, low)]
    for start, end in spans:
        why = Clause(text[start:end], low[start:end], start)
        if find_scenes(why, draft.facts) or find_episodes(why, draft.facts) or "gen_" in why.low:
            draft.spoken_of += aims(draft, why, finished=True)
    return without(text, spans), without(low, spans)


def _reasons(draft: Draft, text: str, low: str) -> Iterator[tuple[int, int]]:
    for found in (*_BEFORE_SO.finditer(low), *_FOR_WHAT.finditer(low)):
        start, end = found.span("why")
        why = low[start:end]
        is_mine = re.search(_ME, why) is not None or _OF_WORK.search(why) is not None
        if is_mine and not is_order(why):
            yield start, found.end()
    for found in _BEFORE_PLEASE.finditer(low):
        if REMARK.match(found["why"]) is None and not found["why"].startswith(("i'm not", "i am not")):
            yield found.start("why"), found.end()
    for found in _BEFORE_COMMA.finditer(low):
        if _CONDITION.search(found["why"]) is None:
            yield found.start("why"), found.end()


def without_remarks(clause: Clause) -> Clause:
    """An order about what there is without the sentence behind it that says why."""
    behind = _BEHIND.search(clause.low)
    if behind is None or not clause.low[: behind.start()].strip():
        return clause
    return clause.cut(0, behind.start())


LONGEST_REMARK: Final = 12


def is_remark(draft: Draft, clause: Clause) -> bool:
    """Whether what no rule reads is short, begins as no order does, and names nothing of the project."""
    is_named = find_scenes(clause, draft.facts) or find_episodes(clause, draft.facts) or "gen_" in clause.low
    is_short = len(clause.low.split()) <= LONGEST_REMARK
    return (
        is_short
        and not is_named
        and not is_order(clause.low)
        and not find_cast(clause.text, draft.facts).names
    )
