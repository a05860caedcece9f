"""What somebody likes, learned from what they rated and approved."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

LEAST: Final = 3
"""How many more must speak for a value than against it, and than for any other."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clip that was judged: how it was made, and whether it was liked (1) or not (-1)."""

    style: str
    quality: str
    duration_s: float
    liked: int


def learn_from(judged: Sequence[Evidence]) -> dict[str, dict[str, Any]]:
    """What is liked of style, quality and length, each with its evidence; absent where that is not enough.

    A value is learned when at least `LEAST` more clips that had it were liked than disliked, and its lead
    over the next value is as large.
    """
    found = {}
    for name in ("style", "quality", "duration_s"):
        if (told := _learned([(getattr(each, name), each.liked) for each in judged])) is not None:
            found[name] = told
    return found


def _learned(judged: Sequence[tuple[Any, int]]) -> dict[str, Any] | None:
    liked = Counter(value for value, weight in judged if weight > 0)
    disliked = Counter(value for value, weight in judged if weight < 0)
    leads = sorted(((liked[value] - disliked[value], str(value), value) for value in {*liked}), reverse=True)
    if not leads or leads[0][0] < LEAST or (len(leads) > 1 and leads[0][0] - leads[1][0] < LEAST):
        return None
    value = leads[0][2]
    return {"value": value, "liked": liked[value], "disliked": disliked[value]}
