"""Those who stand in a text: characters, strangers, animals and figures."""

from dataclasses import dataclass

from studio.canon.colours import Colour
from studio.canon.spans import Span

CHARACTER, STRANGER, FIGURE, UNKNOWN = "character", "stranger", "figure", "unknown"


@dataclass(frozen=True, slots=True)
class Profile:
    """What tells a character apart where it is not named; a gender of "" is unknown."""

    gender: str = ""
    years: Span | None = None
    called: frozenset[str] = frozenset()
    hair: tuple[Colour, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody or something, from term `first` to `last`, exclusive; who is no character has no `names`."""

    first: int
    last: int
    head: int
    kind: str
    names: tuple[str, ...] = ()
    gender: str = ""
    governed: bool = False
    told: bool = False
    """Whether it is said of a character named elsewhere: "Mira, a girl of ten"."""
