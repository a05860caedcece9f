"""What follows a take that was judged: it is kept, repaired, or made once more with one knob turned.

Bounded, by what failed, and never by a lower bar.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from studio.metrics import Verdict

MOST_GPU: Final = 2.5
"""All takes together cost at most so many times the GPU time of the first."""

UNSAFE: Final = frozenset({"flashes", "red_flashes"})
"""What can hurt: a take with it is kept only where there is no other."""

MORE_STEPS: Final = 1.5
STRONGER: Final = 1.25
STRONGEST: Final = 1.5
"""Beyond it LoRAs burn the picture."""
MOTION: Final = "dynamic motion, constantly moving"
LAST_RESORT: Final = 3
"""With take number three another workflow may be tried: two takes of this one have failed differently."""


class Knob(StrEnum):
    """What is set otherwise for the next take, and nothing else with it."""

    SEED = "seed"
    """Defects of sampling come and go with it."""
    MOTION = "motion"
    """What stands still is asked to move, in the prompt: no graph binds a strength of motion."""
    STEPS = "steps"
    """Noise and blocks are what sampling has not finished."""
    REFERENCE = "reference"
    """Characters who don't look like themselves: the strength of their LoRAs."""
    WORKFLOW = "workflow"
    """Another graph, which another model draws."""


_TURNED_BY: Final[Mapping[str, Knob]] = {
    "frozen": Knob.MOTION,
    "blockiness": Knob.STEPS,
    "identity": Knob.REFERENCE,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A take that was judged: the metrics that failed, and its GPU time; None where nobody measured it.

    `repairs`: ways in which all that is wrong with it could be put right. `repaired_from` is the take whose
    file it was made of, without rendering; `repaired`: the ways in which it and that one were repaired.
    """

    take: int
    verdict: str
    score: float | None
    failed: frozenset[str]
    render_s: float | None
    repairs: tuple[str, ...] = ()
    repaired_from: int | None = None
    repaired: frozenset[str] = frozenset()

    @property
    def passes(self) -> bool:
        """Whether it may go out as it is."""
        return self.verdict == Verdict.PASS


@dataclass(frozen=True, slots=True)
class Mend:
    """The last take is repaired, and the result judged as a take of its own."""

    take: int
    reason: str


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


def next_step(
    judged: Sequence[Judged], *, most: int, knobs: Collection[Knob] = frozenset({Knob.SEED})
) -> Mend | Again | Kept:
    """What follows the last of some takes.

    Args:
        judged: The takes so far, oldest first; at least one.
        most: How many takes may be rendered in all; repairs are no renders.
        knobs: What can be turned; the seed always can.

    Returns:
        A repair where one would put right all that is wrong with the last take, in ways that were not tried
        on it; else another take where it failed; else, and where another is not to be had or would be in
        vain, the best of them.
    """
    last = judged[-1]
    if last.repairs and not last.repaired & set(last.repairs):
        ways = ", ".join(last.repairs)
        return Mend(last.take, f"take {last.take}{_failing(last)}: repaired without rendering ({ways})")
    if any(each.passes for each in judged):
        best = best_of(judged)
        return Kept(best, "it passes" if best == last.take else f"take {best} passes as it was rendered")
    rendered = [each for each in judged if each.repaired_from is None]
    if stop := _stop(rendered, most):
        return Kept(best_of(judged), stop)
    knob = _knob(last, len(rendered) + 1, knobs)
    if _is_too_dear(rendered, knob):
        reason = f"another take would cost more than {MOST_GPU:g} times the GPU time of the first"
        return Kept(best_of(judged), reason)
    return Again(knob, f"take {last.take}{_failing(last)}: {_TOLD[knob]}")


def best_of(judged: Sequence[Judged]) -> int:
    """The best: a take that passes, else one that is safe; of several the higher score, then the earlier."""

    def worth(each: Judged) -> tuple[bool, bool, float, int]:
        score = -1.0 if each.score is None else each.score
        return each.passes, not each.failed & UNSAFE, score, -each.take

    return max(judged, key=worth).take


def drawn_seed(of: str, asked: int | None, take: int) -> int:
    """The seed of a take for which nobody named one, 0 to 2 ** 48 - 1; equal for equal values.

    Args:
        of: What is drawn: the same scene has the same seeds.
        asked: The seed that was asked for, which the first take has.
        take: The number of the take.
    """
    return int.from_bytes(hashlib.sha256(f"{of}/{asked}/{take}".encode()).digest()[:6])


_TOLD: Final = {
    Knob.SEED: "another seed",
    Knob.MOTION: "motion asked for in the prompt",
    Knob.STEPS: "more steps",
    Knob.REFERENCE: "a stronger likeness",
    Knob.WORKFLOW: "another workflow, as a last resort",
}


def _knob(last: Judged, number: int, knobs: Collection[Knob]) -> Knob:
    """What is turned for take `number` of those rendered: by the cause where there is one, else the seed."""
    if number >= LAST_RESORT and Knob.WORKFLOW in knobs:
        return Knob.WORKFLOW
    causes = {_TURNED_BY.get(metric, Knob.SEED) for metric in last.failed}
    knob = causes.pop() if len(causes) == 1 else Knob.SEED
    return knob if knob in knobs else Knob.SEED


def _stop(rendered: Sequence[Judged], most: int) -> str:
    """Why there is no other take; empty where there may be one."""
    if len(rendered) > 1 and rendered[-2].failed == rendered[-1].failed:
        named = _named(rendered[-1].failed)
        return f"two takes in a row failed alike, by {named}: that is configuration, not luck"
    if len(rendered) >= most:
        return f"{len(rendered)} of {most} takes were made"
    return ""


def _is_too_dear(rendered: Sequence[Judged], knob: Knob) -> bool:
    """A take is expected to cost what the last one did, more steps more; the unmeasured bounds nothing."""
    costs = [each.render_s for each in rendered if each.render_s is not None]
    if len(costs) < len(rendered) or not costs[0]:
        return False
    expected = costs[-1] * (MORE_STEPS if knob is Knob.STEPS else 1.0)
    return sum(costs) + expected > MOST_GPU * costs[0]


def _failing(judged: Judged) -> str:
    if judged.passes:
        return " passes with warnings"
    return f" failed by {_named(judged.failed)}"


def _named(failed: frozenset[str]) -> str:
    return ", ".join(sorted(failed)) or "nothing that could be judged"
