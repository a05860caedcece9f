"""What is done about a render that failed: a table, by the code of the error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Answer(StrEnum):
    """What follows a failure; all but the last go on under a new prompt id."""

    AGAIN = "again"
    """On any server that can run it."""
    FREE = "free"
    """On the same server at the same size, once it has given its memory back."""
    SMALLER = "smaller"
    """The next smaller picture, once the server has given its memory back; at the smallest, elsewhere."""
    ELSEWHERE = "elsewhere"
    """On a server where it has not failed; where there is none, stop."""
    STOP = "stop"
    """The render has failed for this reason."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What follows the first failure of a kind, the second, and so on; the last answer stands for the rest.

    `blame` is how much the failure counts against the server, which is set aside at `TOO_MUCH`.
    """

    answers: tuple[Answer, ...]
    blame: int = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """A prompt of a take that failed, and what was answered."""

    code: str
    server: str
    workflow: str
    answer: Answer


TOO_MUCH: Final = 3
"""So much blame in a row, and a server is set aside for the workflow."""

POLICY: Final[Mapping[str, Rule]] = {
    "OUT_OF_MEMORY": Rule((Answer.FREE, Answer.SMALLER)),
    "MISSING_MODEL": Rule((Answer.ELSEWHERE,)),
    "MISSING_NODE": Rule((Answer.ELSEWHERE,)),
    "INVALID_GRAPH": Rule((Answer.ELSEWHERE, Answer.STOP), blame=0),
    "RENDER_LOST": Rule((Answer.AGAIN,)),
    "RENDER_EMPTY": Rule((Answer.AGAIN,)),
    "RENDER_INTERRUPTED": Rule((Answer.AGAIN, Answer.STOP), blame=0),
    "RENDER_STALLED": Rule((Answer.ELSEWHERE,), blame=TOO_MUCH),
    "RENDERER_GONE": Rule((Answer.ELSEWHERE,)),
    "RENDERER_DISK_FULL": Rule((Answer.ELSEWHERE,)),
    "RENDER_FAILED": Rule((Answer.ELSEWHERE, Answer.STOP)),
}
"""A server of another version may take a graph that this one refused, and may run what failed here for no
reason that we know. A server on which a render stood still may have lost the thread that renders: once is
enough. An error that is not named is not answered."""


def answer_to(code: str, trail: Sequence[Failure], *, prompts: int) -> Answer:
    """What follows the next failure of a take.

    Args:
        code: Of the error.
        trail: The take's failures before this one, oldest first.
        prompts: How often the take may be put to a renderer in all.

    Returns:
        The answer by `POLICY`; where only one more prompt is allowed, the size shrinks at once.
    """
    left = prompts - len(trail) - 1
    if left < 1 or code not in POLICY:
        return Answer.STOP
    answers = POLICY[code].answers
    answer = answers[min(sum(failure.code == code for failure in trail), len(answers) - 1)]
    return Answer.SMALLER if answer is Answer.FREE and left == 1 else answer


def blame_for(code: str) -> int:
    """How much a failure of that kind counts against its server."""
    return POLICY[code].blame if code in POLICY else 0


def failed_at(trail: Sequence[Failure]) -> frozenset[str]:
    """The servers that the take is kept from, since it failed there and went elsewhere."""
    return frozenset(failure.server for failure in trail if failure.answer is Answer.ELSEWHERE)


def kept_at(trail: Sequence[Failure]) -> str | None:
    """The server to which the next prompt is bound, since that one has just freed its memory for it."""
    return trail[-1].server if trail and trail[-1].answer is Answer.FREE else None


def times_smaller(trail: Sequence[Failure]) -> int:
    """How many times the picture was made smaller."""
    return sum(failure.answer is Answer.SMALLER for failure in trail)
