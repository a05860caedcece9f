"""What the director says of a plan, in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from studio.echo.actions import ACTIONS
from studio.echo.amounts import ONES
from studio.echo.plans import Plan, Step

HELD: Final = "Nothing of it is done before you confirm it."
_CHECKS: Final = frozenset({"character_consistency_check", "quality_assessment"})
"""Steps that belong to a clip, and are not told of."""
_NEW: Final = {
    "generate_video": "the new clip",
    "regenerate_video": "the new take",
    "create_episode": "the new episode",
    "render_episode": "the rendered episode",
    "make_trailer": "the trailer",
}
MOST_NAMED: Final = 4
"""Scenes of an episode that are told one by one."""
_COUNTS: Final = {number: word for word, number in ONES.items() if 1 < number < 10}
_UNITS: Final = (("hour", 3600), ("minute", 60), ("second", 1))


def respond(planned: Plan) -> str:
    """The answer to a request: what will be done, what must be known first, or what will not be done."""
    if planned.refusals:
        return " ".join(each.text for each in planned.refusals)
    if planned.questions:
        return " ".join(each.text for each in planned.questions)
    if planned.notes and not planned.steps:
        return " ".join(planned.notes)
    teller = Teller(planned.steps, planned.called)
    text = f"I'll {_joined(told)}." if (told := teller.all()) else "There is nothing to do."
    return " ".join([text, *planned.notes, *([HELD] if needs_confirmation(planned) else [])])


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


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of steps by the names that people use: of scenes by number and title, of what is new as such."""

    steps: Sequence[Step]
    called: Mapping[str, str]

    def all(self) -> list[str]:
        """What is done, one part an order; equal clips in one."""
        told = [step for step in self.steps if step.action not in _CHECKS and step.action in _WORDS]
        return [
            part
            for _, equal in groupby(told, key=lambda step: (step.action, str(step.parameters)))
            if (part := self._of(list(equal)))
        ]

    def _of(self, equal: list[Step]) -> str:
        step = equal[0]
        return _WORDS[step.action](self, step.parameters, len(equal))

    def target(self, told: Mapping[str, Any]) -> str:
        """What an action is done to."""
        for kind in ("generation", "scene", "episode"):
            if (value := told.get(f"{kind}_id")) is not None:
                return self.thing(kind, value)
        return "the project"

    def thing(self, kind: str, value: Any) -> str:
        if isinstance(value, Mapping):
            return self.new(value["step"])
        return str(value) if kind == "generation" else self.called.get(f"{kind}_{value}", f"{kind}_{value}")

    def new(self, number: int) -> str:
        """What a step makes; by its place where others make the like."""
        action = next((step.action for step in self.steps if step.number == number), "")
        alike = [step.number for step in self.steps if step.action == action]
        noun = _NEW.get(action, f"what step {number} makes")
        return f"{noun} {alike.index(number) + 1}" if len(alike) > 1 else noun


Words = Callable[[Teller, Mapping[str, Any], int], str]


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _clip(teller: Teller, told: Mapping[str, Any], count: int) -> str:
    style = "" if told.get("style", "anime") == "anime" else f"{told['style']} "
    number = "a" if count == 1 else _COUNTS.get(count, str(count))
    scenes = f"{number} {told['duration']:g}-second {style}anime scene{'s' if count > 1 else ''}"
    how = _how(told, ("quality", "audio_path"))
    return f"orchestrate the generation of {scenes} ({told['prompt'][:200]}){how}"


def _how(told: Mapping[str, Any], names: Sequence[str]) -> str:
    """Quality, music and the like, as far as they are told."""
    words = {
        "duration": lambda value: f"{value:g} seconds long",
        "style": lambda value: f"in the style {value}",
        "quality": lambda value: f"in {value} quality",
        "seed": lambda value: f"with seed {value}",
        "audio_path": lambda value: f"to {value.rsplit('/', 1)[-1]}",
    }
    return "".join(f", {words[name](told[name])}" for name in names if told.get(name) is not None)


def _trailer(teller: Teller, told: Mapping[str, Any], _: int) -> str:
    if told.get("scene_ids"):
        of = _joined([teller.thing("scene", each) for each in told["scene_ids"]])
    elif told.get("generation_ids"):
        of = _joined([teller.thing("generation", each) for each in told["generation_ids"]])
    else:
        of = teller.target(told)
    length = f"{told.get('duration', 30):g} seconds"
    return f"cut a trailer of up to {length} from {of}{_how(told, ('audio_path',))}"


def _redone(teller: Teller, told: Mapping[str, Any], _: int) -> str:
    change = f" ({told['change'][:200]})" if "change" in told else ""
    return f"make {teller.target(told)} anew{change}{_how(told, ('duration', 'style', 'quality', 'seed'))}"


def _episode(teller: Teller, told: Mapping[str, Any], _: int) -> str:
    title = f" called {told['title']!r}" if told.get("title") else ""
    scenes = _joined([teller.thing("scene", each) for each in told["scene_ids"]])
    if len(told["scene_ids"]) > MOST_NAMED:
        scenes = f"{len(told['scene_ids'])} scenes"
    return f"make an episode{title} of {scenes}"


_WORDS: Final[Mapping[str, Words]] = {
    "generate_video": _clip,
    "regenerate_video": _redone,
    "create_episode": _episode,
    "render_episode": lambda teller, told, _: f"render {teller.target(told)}{_how(told, ('audio_path',))}",
    "make_trailer": _trailer,
    "update_character": lambda teller, told, _: f"change {told['character']} ({told['change'][:200]})",
    "analyze_track": lambda teller, told, _: f"analyse {told['audio_path'].rsplit('/', 1)[-1]}",
    "publish": lambda teller, told, _: f"publish {teller.target(told)}",
    "unpublish": lambda teller, told, _: f"take {teller.target(told)} out of the library",
    "report_status": lambda teller, told, _: f"look how {teller.target(told)} stands",
    "cancel_generation": lambda teller, told, _: f"cancel {teller.target(told)}",
}
