"""What the `metadata` of episodes and scenes says of how an episode is put together.

The keys are documented in `docs/api.md`; a value that cannot be meant is passed over and told of.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeGuard, get_args

from studio.assembly_parts import CUT, Transition, TransitionKind
from studio.continuity import Misread

LONGEST_TRANSITION_S: Final = 10.0
USUAL_TRANSITION_S: Final = 0.5
LONGEST_CARD: Final = 500
KINDS: Final[tuple[TransitionKind, ...]] = get_args(TransitionKind)


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a picture in pixels, and its rate."""

    width: int
    height: int
    fps: Fraction


@dataclass(frozen=True, slots=True)
class Terms:
    """The cards of an episode, and how its scenes follow each other."""

    title_card: str | None = None
    end_card: str | None = None
    transition: Transition = CUT


def read_terms(metadata: Mapping[str, Any], title: str, fps: Fraction) -> tuple[Terms, tuple[Misread, ...]]:
    """The terms that an episode sets, and what of them cannot be meant.

    Keys: `title_card`, `end_card` (a text; `true` for the title as title card), `transition`.
    """
    misread: list[Misread] = []
    cards = {name: _card(name, metadata.get(name), title, misread) for name in ("title_card", "end_card")}
    transition, wrong = read_transition(metadata, fps)
    return Terms(**cards, transition=transition or CUT), (*misread, *wrong)


def read_transition(
    metadata: Mapping[str, Any], fps: Fraction
) -> tuple[Transition | None, tuple[Misread, ...]]:
    """How a picture follows the one before: `transition`, a kind or `{kind, seconds}`; None: not said.

    Args:
        metadata: Of an episode, for all its scenes, or of a scene.
        fps: The episode's rate; a transition has whole frames of it, an even number.
    """
    match metadata.get("transition"):
        case None:
            return None, ()
        case str(kind) if kind in KINDS:
            return _transition(kind, USUAL_TRANSITION_S, fps), ()
        case {"kind": str(kind), **rest} if kind in KINDS and rest.keys() <= {"seconds"}:
            seconds = rest.get("seconds", USUAL_TRANSITION_S)
            if _is_length(seconds):
                return _transition(kind, seconds, fps), ()
    expected = f"cut, dissolve or fade, or {{kind, seconds}} of at most {LONGEST_TRANSITION_S:g} s"
    return None, (Misread("transition", metadata["transition"], expected),)


def common_shape(shapes: Sequence[Shape], usual: Shape) -> Shape:
    """One shape for all: the one that most have, where more than half do; else the usual one.

    What has it already need not be encoded again.
    """
    if not shapes:
        return usual
    shape, count = Counter(shapes).most_common(1)[0]
    return shape if 2 * count > len(shapes) else usual


def _transition(kind: str, seconds: float, fps: Fraction) -> Transition:
    known = next(each for each in KINDS if each == kind)
    frames = 2 * round(seconds * fps / 2)
    return CUT if known == "cut" or not frames else Transition(known, frames)


def _card(name: str, value: object, title: str, misread: list[Misread]) -> str | None:
    match value:
        case None | False:
            return None
        case True if name == "title_card":
            return title
        case str() if value.strip() and len(value) <= LONGEST_CARD:
            return value
    misread.append(Misread(name, value, f"a text of at most {LONGEST_CARD} characters"))
    return None


def _is_length(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= LONGEST_TRANSITION_S
