"""Ways to say how a character is to be that begin with something else than the name."""

import re
from typing import Final

from studio.echo.clauses import Clause

FROM_NOW: Final = re.compile(
    r"\s*,?\s*\b(?:from (?:now|here|today|this point) on(?:wards?)?|from now|going forward|henceforth|"
    r"permanently|"
    r"for good|"
    r"in all scenes|for the rest of the (?:series|show|season))\b\s*$",
    re.IGNORECASE,
)
_WISHED: Final = re.compile(
    r"^(?:i want|(?:i|we)(?:'d| would)(?: quite| really| also)? (?:like|love)|we want|i need|have|let|"
    r"could|can|should|may)\b.*?\b(?:to )?(?:maybe )?"
    r"(?:get (?=an? |\w)|(?=(?:have|be|wear|look|carry|lose|grow)\b))"
)
_ADDED: Final = re.compile(
    r"^(?:add|put|draw) (?P<what>[^,]+?) (?:to|on|onto|over|around)\s+(?P<whom>[^,]+?['’]s? .+)$"
)
_LOOKS: Final = re.compile(
    r"^(?:change|update|edit|adjust|alter|set|tweak|revise) the (?P<part>[\w-]+(?: [\w-]+)?) of\s+"
    r"(?P<whom>[^:,]+?)(?:\s*[:,]\s*|\s+(?:to|into)\s+)(?P<how>.+)$"
)
_SO: Final = re.compile(
    r"^the (?P<part>[\w-]+(?: [\w-]+)?) of (?P<whom>[^:,]+?) (?:should|must|needs? to|has to|have to) "
    r"(?:be|become|get|look|turn)\s+(?P<how>.+)$"
)
_FOR: Final = re.compile(
    r"^for (?P<whom>[^:,]+?),? (?:i|we)(?: want| need|'d like| would like) (?:an? |some )?(?:new|other|"
    r"another|different) "
    r"(?P<part>)(?P<how>.+)$"
)
"""As "for Mira I want another coat: dark green"."""
WHOLE: Final = frozenset({"look", "looks", "design", "appearance", "description", "sheet", "profile"})


def wished(clause: Clause) -> re.Match[str] | None:
    """As "I want Mira to have freckles from now on"."""
    return _WISHED.match(clause.low) if FROM_NOW.search(clause.low) else None


def added(clause: Clause) -> re.Match[str] | None:
    """As "add a tattoo to Ren's neck"."""
    return _ADDED.match(clause.low)


def of_looks(clause: Clause) -> re.Match[str] | None:
    """As "change the hair of Kai to blue"."""
    return _LOOKS.match(clause.low) or _SO.match(clause.low) or _FOR.match(clause.low)
