"""In which order the steps of a plan are carried out: what waits for what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from studio.echo.actions import ACTIONS
from studio.echo.plans import Step


class Standing(StrEnum):
    """How a step stands; one that nobody began has none."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def is_over(self) -> bool:
        return self is not Standing.PROCESSING


ASSESSMENT: Final = "quality_assessment"
CHECK: Final = "character_consistency_check"
CLIP: Final = "generate_video"
LATE: Final = frozenset({"render_episode", "make_trailer", "publish", "unpublish", "report_status"})
"""What needs all that comes before it to be over, whatever came of it."""
_RUNNING: Final = frozenset({CLIP, "regenerate_video", "render_episode", "make_trailer"})
"""What runs for itself: further steps need not wait for its end."""


def needs(step: Step, steps: Sequence[Step]) -> tuple[int, ...]:
    """The steps whose success a step needs: those that it names, a clip's checks, an assessment's clip."""
    named = {each["step"] for value in step.parameters.values() for each in _references(value)}
    before = [each for each in steps if each.number < step.number]
    if step.action == ASSESSMENT:
        named |= {each.number for each in before if each.action == CLIP and each.number == step.number - 1}
    if step.action == CLIP:
        named |= {each.number for each in _checks(step, before)}
    return tuple(sorted(named))


def cast_of(step: Step, steps: Sequence[Step]) -> tuple[str, ...]:
    """Who is in a clip: those who are checked right before it."""
    before = [each for each in steps if each.number < step.number]
    return tuple(each.parameters["character"] for each in _checks(step, before))


def is_due(step: Step, steps: Sequence[Step], standings: Mapping[int, Standing]) -> bool:
    """Whether a step that nobody began can be begun now, or is known to be in vain."""
    if any(number not in standings or not standings[number].is_over for number in needs(step, steps)):
        return False
    before = [each for each in steps if each.number < step.number]
    if step.action not in LATE:
        before = [each for each in before if each.action not in _RUNNING and each.action not in _FOLLOWING]
    return all(each.number in standings and standings[each.number].is_over for each in before)


_FOLLOWING: Final = frozenset({ASSESSMENT, "publish", "unpublish"})
"""What waits for a run, and holds up nothing that does not speak of it."""


def is_in_vain(step: Step, steps: Sequence[Step], standings: Mapping[int, Standing]) -> bool:
    """Whether a step needs one that came to nothing."""
    return any(standings[number] is not Standing.COMPLETED for number in needs(step, steps))


def resolved(step: Step, made: Mapping[int, Any]) -> Step:
    """The step with what earlier ones made in the place of their numbers."""
    return replace(step, parameters={name: _resolved(value, made) for name, value in step.parameters.items()})


def _resolved(value: Any, made: Mapping[int, Any]) -> Any:
    if isinstance(value, list):
        return [_resolved(each, made) for each in value]
    return made[value["step"]] if isinstance(value, Mapping) else value


def _references(value: Any) -> list[Mapping[str, int]]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, Mapping)]


def _checks(step: Step, before: Sequence[Step]) -> list[Step]:
    """The checks that stand right before a clip."""
    found: list[Step] = []
    for each in reversed(before):
        if each.action != CHECK:
            break
        found.insert(0, each)
    return found


def kinds_made(steps: Sequence[Step]) -> dict[int, str]:
    """What each step makes: a generation, an episode, or nothing."""
    return {step.number: ACTIONS[step.action].makes for step in steps}
