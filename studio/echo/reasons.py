"""Why somebody asks, said before or behind an order: it is heard for what it names, and else left out."""

import re
from collections.abc import Callable, Iterator
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
    r"make it \w+|cut\b|cancel\b|stop\b|remove\b|give\b|change\b|analy[sz]e\b|go ahead\b)"
)
_BEFORE_SO: Final = re.compile(
    rf"(?:^|(?<=[.!?;]\s))(?P<why>[^.!?;]{{4,160}}?),?\s+so(?:(?: much| well)? that)?,? (?={_ASKS})"
)
_BEFORE_COLON: Final = re.compile(
    rf"(?:^|(?<=[.!?;]\s))(?P<why>(?:i|we|my|our)\b[^.!?;:]{{4,120}}):\s+(?={_ASKS}|[^.!?]+[.!?]\s+(?:{_ASKS}))"
)
_REMARKED: Final = re.compile(
    r"(?<=[.!?;]\s)(?:i'll|we'll|i will|we will|i can(?!'t)|i'm going to|(?:i|we) need (?:it|that|this|"
    r"them) (?:for|by|to|in)|"
    r"(?:i|we) want to (?:time|use|show|send|compare|see (?:if|how|whether))|(?:it|that)'s for|"
    r"take your time|"
    r"no (?:rush|hurry|stress)|looking forward|can't wait|fingers crossed|have a (?:nice|good))\b[^.!?]*"
)
"""A sentence behind an order that says what becomes of it."""
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
    r"i (?:really )?think (?:it|that|this)(?:'d|'ll| would| will) (?:suit|fit|look|be|work|go)\b|"
    r"i(?:'ve|'m| am| found| love| like| have(?! to)| was| heard| know)\b|my \w+ (?!should|needs?|must)\w+|"
    r"it (?:suits|fits|works|matches|goes|makes|helps)\b|(?:it|that)(?:'s| is) (?:for|because|"
    r"what)\b|"
    r"we(?:'re| are) \w+ing\b).*$"
)


def without_reasons(draft: Draft, text: str, low: str) -> tuple[str, str]:
    """A message with blanks for the reasons before its orders; what those name is spoken of from here on."""
    spans = [*_reasons(low)]
    for start, end in spans:
        why = Clause(text[start:end], low[start:end], start)
        if find_scenes(why, draft.facts) or find_episodes(why, draft.facts) or "gen_" in why.low:
            draft.spoken_of += aims(draft, why, finished=True)
    return without(text, spans), without(low, spans)


def _reasons(low: str) -> Iterator[tuple[int, int]]:
    yield from (found.span() for found in _REMARKED.finditer(low))
    for pattern, is_reason in _KINDS:
        for found in pattern.finditer(low):
            if is_reason(found["why"]):
                yield found.start("why"), found.end()


def _is_mine(why: str) -> bool:
    speaks_of_work = re.search(_ME, why) is not None or _OF_WORK.search(why) is not None
    return speaks_of_work and not is_order(why)


def _is_said(why: str) -> bool:
    return REMARK.match(why) is None and not why.startswith(("i'm not", "i am not"))


_KINDS: Final[tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...]] = (
    (_BEFORE_SO, _is_mine),
    (_FOR_WHAT, _is_mine),
    (_BEFORE_COLON, lambda why: not is_order(why)),
    (_BEFORE_PLEASE, _is_said),
    (_BEFORE_COMMA, lambda why: _CONDITION.search(why) is None),
)


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
