"""The track that was spoken of before: "with it", "to the beat", "using that song"."""

import re
from dataclasses import replace
from typing import Final

from studio.echo.clauses import Clause
from studio.echo.drafting import Draft
from studio.echo.manner import without

_SOUND: Final = r"(?:track|song|music|theme|tune|beats?|rhythm)"
_LED: Final = r"\s*,?\s*(?<!listening)(?<!listens)\s*\b(?:set )?(?:with|using|to|on|over|for)\s+"
_NAMED: Final = re.compile(rf"{_LED}(?:(?:that|this|the same|the) {_SOUND})\b")
_MEANT: Final = re.compile(rf"{_LED}(?:it|that|this)\b")


def heard(draft: Draft, clause: Clause) -> tuple[str | None, Clause]:
    """The path of the track that a clause points back to, and the clause without those words.

    "It" is a track only right behind that track's analysis.
    """
    if draft.track is None:
        return None, clause
    steps = draft.steps or draft.before
    is_newest = bool(steps) and steps[-1].action == "analyze_track"
    found = _NAMED.search(clause.low) or (_MEANT.search(clause.low) if is_newest else None)
    if found is None:
        return None, clause
    span = [found.span()]
    return draft.track, replace(clause, text=without(clause.text, span), low=without(clause.low, span))


_USED: Final = re.compile(
    r"use (?:it|this|that|(?:the same|this|that|the) (?:track|song|music|tune|piece|one))\s+(?:for|"
    r"in|on|under|as the music for)\s+"
)


def used(draft: Draft, clause: Clause) -> Clause:
    """An order that begins with its music, "use that track for a trailer", begun with itself."""
    found = _USED.match(clause.low)
    if found is None or draft.track is None:
        return clause
    rest = clause.cut(found.end(), len(clause.low))
    return replace(rest, text=f"{rest.text} with that track", low=f"{rest.low} with that track")
