"""What an order is about that begins in no known way: by the words in it, where it names what there is."""

import re
from typing import Final

from studio.echo.clauses import Clause
from studio.echo.facts import Facts
from studio.echo.phrases import SERVER
from studio.echo.references import find_episodes, find_generations, find_scenes
from studio.echo.sounds import find_sound

_NAMED: Final = re.compile(
    r"\b(?:scenes?|episodes?|ep\.?)\s*(?:number |no\.? ?|#)?(?:\d|one|two|three|four|five|six|seven|"
    r"eight|nine|ten)"
    r"|\bgen_\w|\b(?:first|second|third|fourth|fifth|last|latest|next) (?:scene|episode)\b"
)
_HEADED: Final = re.compile(
    r"(?:scene|shot|clip)s?\s*(?:number |no\.? ?|#)?\w*\s*[:,–-](?!\s*(?:where|how|what|is|are|any|when|"
    r"why|did|has)\b)"
)
"""As "scene 3: Kai walks": a heading of a description."""
_PICTURE: Final = re.compile(r"\b(?:clip|shot|video|animation|scene) (?:of|where|with|in which|showing)\b")
_ABOUT: Final = (
    ("unpublish", rf"\b(?:off|down from|out of|away from|from)\s+{SERVER}|\b(?:unpublish|withdraw|offline)"),
    ("publish", rf"\b(?:publish\w*|releas\w*|go(?:es)? (?:live|out|online)|live|online)\b|\b{SERVER}\b"),
    ("cancel", r"\b(?:cancel\w*|abort\w*|stopped|stop)\b"),
    (
        "redo",
        (
            r"\b(?:redo\w*|redone|re-?render\w*|regenerat\w*|re-?make|remade|re-?shoot|again|anew|once more|"
            r"another (?:take|try|go|version|attempt|pass)|new (?:take|version)|fresh (?:take|try|start))\b"
        ),
    ),
    ("episode", r"\bepisode\b.*\b(?:render\w*|assembl\w*|produc\w*|built)\b|\brender\w*\b.*\bepisode\b"),
    (
        "status",
        (
            r"\?\s*$|\b(?:problems?|issues?|errors?|stuck|fail\w*|updates?|progress|news|status|ready|"
            r"finished|"
            r"score|verdict)\b|\bany idea\b|\b(?:where are we|how far|how(?:'s| is) it)\b|^(?:how|why|"
            r"where|when|who|which|what)\b"
        ),
    ),
)
_ASKING: Final = re.compile(r"(?:is|are|was|were|has|have|did|does|do|why|when|where|who)\b")
_CUT_TO_IT: Final = re.compile(
    r"\b(?:(?:on|to|with|hits?|follow(?:s|ing)?|match(?:es|ing)?|in time (?:to|with)) (?:the|every|"
    r"each) (?:\w+ )?"
    r"(?:beats?|rhythm|tempo|pace|downbeats?)|(?:clip|scene|shot|video|trailer|teaser|episode)\b)"
)
"""As "cuts on the beat of ...", which speaks of a picture."""
_SPEED: Final = re.compile(
    r"\b(?:bpm|tempo|speed|beats?|rhythm|analy\w+|fast|slow|pace|downbeats?|beats per minute)\b"
)


def about(clause: Clause, facts: Facts, *, is_question: bool) -> str | None:
    """`publish`, `unpublish`, `cancel`, `redo`, `episode`, `status` or `music`; None where it stays open."""
    low = clause.low
    if _PICTURE.search(low) or _HEADED.match(low):
        return None
    if _CUT_TO_IT.search(low) is None and _SPEED.search(low) and find_sound(clause, facts.tracks) is not None:
        return "music"
    if not _NAMED.search(low) and not _is_titled(clause, facts):
        return None
    if _ASKING.match(low):
        return "status"
    asked = f"{low}?" if is_question else low
    return next((name for name, pattern in _ABOUT if re.search(pattern, asked)), None)


def names_first(clause: Clause) -> bool:
    """Whether a clause begins with a scene, an episode or a generation that there may be."""
    return _NAMED.match(clause.low) is not None


def _is_titled(clause: Clause, facts: Facts) -> bool:
    """Whether a title is named; what a story tells of alone is a description."""
    found = find_scenes(clause, facts) or find_episodes(clause, facts)
    return bool(found.things and found.end) or bool(find_generations(clause, facts, finished=False))
