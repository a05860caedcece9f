"""What the director says of a plan, in words."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Final

from studio.echo.actions import ACTIONS
from studio.echo.plans import Plan, Step

Words = Callable[[Mapping[str, Any]], str]


def respond(planned: Plan) -> str:
    """The answer to a request: what will be done, what must be known first, or what will not be done."""
    if planned.refusals:
        return " ".join(each.text for each in planned.refusals)
    if planned.questions:
        return " ".join(each.text for each in planned.questions)
    if planned.notes and not planned.steps:
        return " ".join(planned.notes)
    told = [_told(list(steps)) for _, steps in groupby(planned.steps, key=_kind) if _ != "quality_assessment"]
    said = [each for each in told if each]
    text = f"I'll {_joined(said)}." if said else "There is nothing to do."
    return " ".join([text, *planned.notes, *([HELD] if needs_confirmation(planned) else [])])


HELD: Final = "Nothing of it is done before you confirm it."


def needs_confirmation(planned: Plan) -> bool:
    """Whether a step publishes or destroys."""
    return any(ACTIONS[step.action].needs_confirmation for step in planned.steps)


def span_in_words(least_s: float, most_s: float) -> str:
    """A span of time as people say it: "6-8 minutes", "40-55 seconds", "2 hours"."""
    if most_s < 1:
        return "under a second"
    unit, size = next((unit, size) for unit, size in _UNITS if most_s >= 1.5 * size or size == 1)
    least, most = max(1, round(least_s / size)), max(1, round(most_s / size))
    amount = f"{least}-{most}" if least < most else f"{most}"
    return f"{amount} {unit}{'' if amount == '1' else 's'}"


_UNITS: Final = (("hour", 3600), ("minute", 60), ("second", 1))


def _kind(step: Step) -> str:
    return step.action


def _told(steps: list[Step]) -> str:
    words = _WORDS.get(steps[0].action)
    if words is None:
        return ""
    return _joined([words(step.parameters) for step in steps])


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _clip(told: Mapping[str, Any]) -> str:
    style = "" if told.get("style", "anime") == "anime" else f"{told['style']} "
    length = f"{told['duration']:g}-second"
    return f"orchestrate the generation of a {length} {style}anime scene ({told['prompt'][:200]})"


def _target(told: Mapping[str, Any]) -> str:
    """What an action is done to, in words."""
    for name, noun in (("generation_id", "generation"), ("scene_id", "scene"), ("episode_id", "episode")):
        value = told.get(name)
        if isinstance(value, Mapping):
            return f"what step {value['step']} makes"
        if value is not None:
            return str(value) if name == "generation_id" else f"{noun}_{value}"
    return "the project"


def _trailer(told: Mapping[str, Any]) -> str:
    made = told.get("generation_ids")
    if told.get("scene_ids"):
        of = ", ".join(f"scene_{each}" for each in told["scene_ids"])
    elif made:
        of = ", ".join(each if isinstance(each, str) else f"what step {each['step']} makes" for each in made)
    else:
        of = _target(told)
    return f"cut a {told.get('duration', 30):g}-second trailer of {of}"


def _redone(told: Mapping[str, Any]) -> str:
    change = f" ({told['change'][:200]})" if "change" in told else ""
    return f"make {_target(told)} anew{change}"


_WORDS: Final[Mapping[str, Words]] = {
    "generate_video": _clip,
    "regenerate_video": _redone,
    "create_episode": lambda told: f"make an episode of {len(told['scene_ids'])} scenes",
    "render_episode": lambda told: f"render the episode ({_target(told)})",
    "make_trailer": _trailer,
    "update_character": lambda told: f"change {told['character']} ({told['change'][:200]})",
    "analyze_track": lambda told: f"analyse {told['audio_path'].rsplit('/', 1)[-1]}",
    "publish": lambda told: f"publish {_target(told)}",
    "unpublish": lambda told: f"take {_target(told)} out of the library",
    "report_status": lambda told: f"look how {_target(told)} stands",
    "cancel_generation": lambda told: f"cancel {_target(told)}",
}
