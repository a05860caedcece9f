"""A plan in the making: steps are numbered as they come, and what they make can be spoken of as "it"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from studio.echo.actions import ACTIONS, validated
from studio.echo.clauses import Clause
from studio.echo.facts import Context, Facts
from studio.echo.ordering import ASSESSMENT, CHECK, CLIP, needs, resolved
from studio.echo.plans import Missing, Plan, Question, Refusal, Step, Terms, Turn, Understood
from studio.echo.references import Target


@dataclass(slots=True)
class Draft:
    """What was planned so far, what is spoken of, and what is missing."""

    request: str
    facts: Facts
    context: Context = field(default_factory=Context)
    steps: list[Step] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    spoken_of: list[Target] = field(default_factory=list)
    clip: Terms | None = None
    made: list[Target] = field(default_factory=list)
    track: str | None = None
    last_cast: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    not_seen: list[Clause] = field(default_factory=list)
    before: tuple[Step, ...] = ()
    """The steps of the newest turn that had any, with what they made."""

    def add(self, action: str, parameters: Mapping[str, Any]) -> int:
        """A further step, whose parameters are what the action takes; its number."""
        known = ACTIONS[action]
        number = len(self.steps) + 1
        self.steps.append(Step(number, action, known.service, validated(action, parameters)))
        if known.makes:
            target: Target = {f"{known.makes}_id": {"step": number}}
            self.spoken_of.append(target)
            self.made.append(target)
        return number

    def speak_of(self, target: Target) -> None:
        """What "it" means from here on."""
        self.spoken_of.append(target)

    def ask(self, missing: Missing, text: str, words: str = "", choices: Sequence[str] = ()) -> None:
        self.questions.append(Question(missing, text, words, tuple(choices)))

    def finished(self) -> Plan:
        """The plan; a question or a refusal leaves none of its steps."""
        is_open = bool(self.questions or self.refusals)
        return Plan(
            self.request,
            () if is_open else tuple(self.steps),
            () if self.refusals else tuple(self.questions),
            tuple(self.refusals),
            tuple(self.understood),
            self.clip,
            () if self.refusals else tuple(dict.fromkeys(self.notes)),
            self._called(),
        )

    def _called(self) -> dict[str, str]:
        """What the scenes and episodes that the steps are done to are called."""
        aims = {(kind, each) for step in self.steps for kind, each in _aimed(step.parameters)}
        there = {"scene": self.facts.scenes, "episode": self.facts.episodes}
        return {
            f"{kind}_{thing.id}": f"{kind} {thing.number}" + (f" ({thing.title})" if thing.title else "")
            for kind, things in there.items()
            for thing in things
            if (kind, thing.id) in aims
        }


def _resolved(turn: Turn) -> Iterator[Step]:
    """The steps of a turn with what was made in the place of their numbers, as far as it was made."""
    made = {number: int(each) if each.isdigit() else each for number, each in turn.made.items()}
    for step in turn.plan.steps:
        if all(number in made for number in needs(step, turn.plan.steps) if step.action not in _OF_CLIPS):
            yield step if step.action in _OF_CLIPS else resolved(step, made)


_OF_CLIPS: Final = frozenset({CLIP, ASSESSMENT, CHECK})


def _aimed(parameters: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, value in parameters.items():
        kind = name.partition("_id")[0]
        if kind in {"scene", "episode"}:
            yield from (
                (kind, each)
                for each in (value if isinstance(value, list) else [value])
                if isinstance(each, int)
            )


def begun(request: str, facts: Facts, context: Context, turns: Sequence[Turn]) -> Draft:
    """A draft that knows what earlier turns spoke of and made."""
    draft = Draft(request, facts, context)
    for turn in turns:
        for step in turn.plan.steps:
            _remember(draft, turn, step)
        if turn.plan.steps:
            draft.before = tuple(_resolved(turn))
        if turn.plan.clip is not None:
            draft.clip = turn.plan.clip
            draft.last_cast = turn.plan.clip.cast
    return draft


def _remember(draft: Draft, turn: Turn, step: Step) -> None:
    parameters = step.parameters
    kind = ACTIONS[step.action].makes
    if kind and step.number in turn.made:
        value = turn.made[step.number]
        target: Target = {f"{kind}_id": int(value) if kind == "episode" else value}
        draft.made.append(target)
        draft.spoken_of.append(target)
    elif not kind:
        for key in ("generation_id", "episode_id", "scene_id"):
            if isinstance(parameters.get(key), int | str):
                draft.spoken_of.append({key: parameters[key]})
    if step.action == "update_character":
        draft.last_cast = (parameters["character"],)
    if step.action == "analyze_track":
        draft.track = parameters["audio_path"]
