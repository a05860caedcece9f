"""Whether a take that failed is made once more: bounded, by what failed, and never by a lower bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from studio.metrics import Verdict

MOST_GPU: Final = 2.5
"""All takes together cost at most so many times the GPU time of the first."""

UNSAFE: Final = frozenset({"flashes", "red_flashes"})
"""What can hurt: a take with it is kept only where there is no other."""


class Knob(StrEnum):
    """What is set otherwise for the next take, and nothing else with it."""

    SEED = "seed"
    """Defects of sampling come and go with it. No workflow binds a strength of motion or of light."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A take that was judged: the metrics that failed, and its GPU time; None where nobody measured it."""

    take: int
    verdict: str
    score: float | None
    failed: frozenset[str]
    render_s: float | None

    @property
    def passes(self) -> bool:
        """Whether it may go out as it is."""
        return self.verdict == Verdict.PASS


@dataclass(frozen=True, slots=True)
class Again:
    """Another take, with one knob turned."""

    knob: Knob
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """No further take: this one is kept."""

    take: int
    reason: str


def next_step(judged: Sequence[Judged], *, most: int) -> Again | Kept:
    """What follows the last of some takes.

    Args:
        judged: The takes so far, oldest first; at least one.
        most: How many takes there may be in all.

    Returns:
        Another take where the last one failed; else, and where another is not to be had or would be in
        vain, the best of them.
    """
    last = judged[-1]
    if last.passes:
        return Kept(last.take, "it passes")
    if stop := _stop(judged, most):
        return Kept(best_of(judged), stop)
    return Again(Knob.SEED, f"take {last.take} failed by {_named(last.failed)}: another seed")


def best_of(judged: Sequence[Judged]) -> int:
    """The best: a take that passes, else one that is safe; of several the higher score, then the earlier."""

    def worth(each: Judged) -> tuple[bool, bool, float, int]:
        score = -1.0 if each.score is None else each.score
        return each.passes, not each.failed & UNSAFE, score, -each.take

    return max(judged, key=worth).take


def _stop(judged: Sequence[Judged], most: int) -> str:
    """Why there is no other take; empty where there may be one."""
    last = judged[-1]
    if len(judged) > 1 and judged[-2].failed == last.failed:
        named = _named(last.failed)
        return f"two takes in a row failed alike, by {named}: that is configuration, not luck"
    if len(judged) >= most:
        return f"{len(judged)} of {most} takes were made"
    if _is_too_dear(judged):
        return f"another take would cost more than {MOST_GPU:g} times the GPU time of the first"
    return ""


def _is_too_dear(judged: Sequence[Judged]) -> bool:
    """A take is expected to cost what the last one did; what nobody measured bounds nothing."""
    costs = [each.render_s for each in judged if each.render_s is not None]
    if len(costs) < len(judged) or not costs[0]:
        return False
    return sum(costs) + costs[-1] > MOST_GPU * costs[0]


def _named(failed: frozenset[str]) -> str:
    return ", ".join(sorted(failed)) or "nothing that could be judged"
