"""What a language model may add to a plan: richer prompts, a kinder wording, another way to put a request.

Its words count only where names, numbers and actions have survived; whatever fails a check is dropped, with
the reason. It adds no step and no parameter: those are the rules' alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from studio.echo.actions import ACTIONS
from studio.echo.amounts import NUMBER, number
from studio.echo.bounds import refused
from studio.echo.clauses import clauses, hidden
from studio.echo.facts import Facts
from studio.echo.phrases import PUBLISH, UNPUBLISH
from studio.echo.planning import plan
from studio.echo.plans import Missing, Plan, Step, Turn
from studio.echo.who import find_cast

LONGEST_PROMPT: Final = 800
LONGEST_WORDING: Final = 600
LONGEST_REPHRASED: Final = 400
_MARKUP: Final = re.compile(r"[<>{}$`|\\\x00-\x1f]|://|\.\./|(?:^|\s)/\w|\bos\.|&&|--")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_NUMBER: Final = re.compile(rf"\b{NUMBER}\b")
_NUMBERING: Final = re.compile(r"^\s*\d{1,2}[.)]\s+")
"""Models hand the numbers back by which prompts were given to them."""
FEWEST_WORDS: Final = 4
_CLAIMS: Final = {
    "publish": re.compile(r"\b(?:publish|releas|upload)\w*"),
    "unpublish": re.compile(r"\b(?:unpublish|withdr[ae]w)\w*"),
    "delete": re.compile(r"\b(?:delet|eras|wip|destroy|remov)\w*"),
    "cancel_generation": re.compile(r"\b(?:cancel|abort)\w*"),
    "render_episode": re.compile(r"\bepisodes?\b"),
    "make_trailer": re.compile(r"\b(?:trailer|teaser)s?\b"),
    "update_character": re.compile(r"\bchang(?:e|ed|ing)\b"),
}
"""Words that speak of an action, and must not be said of a plan without it."""
_SECRETS: Final = re.compile(
    r"\b(?:password|token|secret|credential|api key|environment variable)s?\b"
    r"|\b[a-z]+_[a-z_]*(?:key|url|token)\b"
)

FORM: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "prompts": {"type": "array", "items": {"type": "string", "maxLength": LONGEST_PROMPT}},
        "wording": {"type": "string", "maxLength": LONGEST_WORDING},
    },
    "required": ["prompts", "wording"],
}
"""What a model is asked for where there is a plan."""
REPHRASING: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"request": {"type": "string", "maxLength": LONGEST_REPHRASED}},
    "required": ["request"],
}
"""What a model is asked for where the rules saw nothing in a request."""

_ENRICH: Final = """You enrich prompts for anime clips. Keep every word and name of each prompt, and add at
most twenty words of light, mood and camera. Add no people, no numbers, no instructions. `wording` says in
one sentence what will be made.
Prompts:
"""
_REPHRASE: Final = """Rewrite the request as one short order for an anime studio that begins with "Create a
scene", "Render episode", "Regenerate scene" or "Status of". Keep all names and numbers, and add none.
Request: """


class LanguageModel(Protocol):
    """Whatever fills a form: an answer to `prompt` that has the shape of `schema`."""

    def fill(self, prompt: str, schema: dict[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Enriched:
    """A plan with what was kept of a model's words, and what was dropped of them."""

    plan: Plan
    wording: str = ""
    dropped: tuple[dict[str, str], ...] = ()
    is_by_model: bool = False


def question_for(planned: Plan) -> tuple[str, dict[str, Any]] | None:
    """What a model is asked about a plan, and the form of its answer; None where it has nothing to add."""
    prompts = _prompts(planned)
    if prompts:
        numbered = "\n".join(f"{place}. {prompt}" for place, prompt in enumerate(prompts, 1))
        return f"{_ENRICH}{numbered}", FORM
    if [each.missing for each in planned.questions] == [Missing.INTENT] and not planned.refusals:
        return f"{_REPHRASE}{planned.request[:LONGEST_REPHRASED]}", REPHRASING
    return None


def enriched(planned: Plan, reply: object, facts: Facts) -> Enriched:
    """`planned` with those of the model's prompts and wordings that pass."""
    if not isinstance(reply, Mapping):
        return Enriched(planned, dropped=({"what": "reply", "reason": "it is no JSON object"},))
    before, dropped = _prompts(planned), []
    offered = reply.get("prompts")
    kept: dict[str, str] = {}
    for place, prompt in enumerate(before):
        after = offered[place] if isinstance(offered, Sequence) and place < len(offered) else None
        if isinstance(after, str):
            after = _NUMBERING.sub("", after)
        reason = why_not_prompt(prompt, after, facts)
        if reason is None and after != prompt:
            kept[prompt] = " ".join(str(after).split())
        elif reason is not None:
            dropped.append({"what": "prompt", "reason": reason, "was": str(after)[:200]})
    wording, why = reply.get("wording", ""), None
    if wording and (why := why_not_wording(planned, wording, facts)) is not None:
        dropped.append({"what": "wording", "reason": why, "was": str(wording)[:200]})
    plan_kept = replace(planned, steps=tuple(_with_prompt(step, kept) for step in planned.steps))
    kept_wording = "" if why is not None or not isinstance(wording, str) else wording.strip()
    return Enriched(plan_kept, kept_wording, tuple(dropped), bool(kept or kept_wording))


def rephrased(planned: Plan, reply: object, facts: Facts, turns: Sequence[Turn] = ()) -> Enriched:
    """The plan of the request as a model puts it; names and numbers are the same, nothing is published."""
    said = reply.get("request") if isinstance(reply, Mapping) else None
    if not isinstance(said, str) or not said.strip() or len(said) > LONGEST_REPHRASED:
        return Enriched(
            planned, dropped=({"what": "request", "reason": "it is no text of the right length"},)
        )
    again = plan(said, facts, turns)
    reason = _why_not_rephrased(planned, said, again, facts)
    if reason is not None:
        return Enriched(planned, dropped=({"what": "request", "reason": reason, "was": said[:200]},))
    return Enriched(replace(again, request=planned.request), is_by_model=True)


def why_not_prompt(before: str, after: object, facts: Facts) -> str | None:
    """Why a model's prompt cannot stand for the one that it was made from; None where it can."""
    if not isinstance(after, str) or not after.strip():
        return "it is no text"
    for check in _CHECKS:
        if (reason := check(before, after, facts)) is not None:
            return reason
    return None


def why_not_wording(planned: Plan, wording: object, facts: Facts) -> str | None:
    """Why a model's wording is not shown; None where it says nothing that the plan does not."""
    if not isinstance(wording, str) or len(wording) > LONGEST_WORDING or _MARKUP.search(wording):
        return "it is no plain text of the right length"
    low = wording.lower()
    if _SECRETS.search(low):
        return "it speaks of secrets"
    planned_actions = {step.action for step in planned.steps}
    for action, words in _CLAIMS.items():
        if action not in planned_actions and words.search(low):
            return f"it speaks of an action that is not planned: {action}"
    said = " ".join([planned.request, *(str(dict(step.parameters)) for step in planned.steps)])
    return _says_nothing(said, wording) or _other_people(said, wording, facts) or _new_numbers(said, wording)


def _says_nothing(said: str, wording: str) -> str | None:
    """Small models fill a form with its own field's name, or with whatever comes to them."""
    if len(wording.split()) < FEWEST_WORDS:
        return "it is no sentence"
    told = {*_WORD.findall(said.lower())} & {*_WORD.findall(wording.lower())}
    return None if told else "it speaks of nothing that was asked for"


def _why_not_rephrased(planned: Plan, said: str, again: Plan, facts: Facts) -> str | None:
    if again.questions or again.refusals or not again.steps:
        return "it does not come to a plan"
    if any(ACTIONS[step.action].needs_confirmation for step in again.steps):
        return "only a person's own words publish or destroy"
    return (
        _other_people(planned.request, said, facts)
        or _lost_people(planned.request, said, facts)
        or _new_numbers(planned.request, said)
        or _new_numbers(said, planned.request)
    )


def _prompts(planned: Plan) -> tuple[str, ...]:
    clips = (step for step in planned.steps if step.action == "generate_video")
    return tuple(dict.fromkeys(step.parameters["prompt"] for step in clips))


def _with_prompt(step: Step, kept: Mapping[str, str]) -> Step:
    if step.action != "generate_video" or step.parameters["prompt"] not in kept:
        return step
    return replace(step, parameters={**step.parameters, "prompt": kept[step.parameters["prompt"]]})


def _too_long(before: str, after: str, _facts: Facts) -> str | None:
    return "it is too long" if len(after) > min(LONGEST_PROMPT, len(before) + 400) else None


def _marked(before: str, after: str, _facts: Facts) -> str | None:
    return "it has marks of code" if set(_MARKUP.findall(after)) - set(_MARKUP.findall(before)) else None


def _orders(before: str, after: str, _facts: Facts) -> str | None:
    """An order in the model's words that the user's did not have."""
    parts = clauses(after, hidden(after))
    new = [part.low for part in parts if part.low not in hidden(before)]
    if len(parts) > len(clauses(before, hidden(before))):
        return "it holds orders of its own"
    if any(
        refused(low, is_picture=False, is_known=True) or PUBLISH.match(low) or UNPUBLISH.match(low)
        for low in new
    ):
        return "it holds orders of its own"
    return "it speaks of secrets" if _SECRETS.search(after.lower()) else None


def _lost_words(before: str, after: str, _facts: Facts) -> str | None:
    lost = {*_WORD.findall(before.lower())} - {*_WORD.findall(after.lower())}
    return f"words are lost: {', '.join(sorted(lost)[:5])}" if lost else None


def _lost_people(before: str, after: str, facts: Facts) -> str | None:
    lost = set(find_cast(before, facts).names) - set(find_cast(after, facts).names)
    return f"names are lost: {', '.join(sorted(lost))}" if lost else None


def _other_people(before: str, after: str, facts: Facts) -> str | None:
    was, now = find_cast(before, facts), find_cast(after, facts)
    new = (set(now.names) | set(now.unknown)) - set(was.names) - set(was.unknown)
    return f"names are new: {', '.join(sorted(new))}" if new else None


def _new_numbers(before: str, after: str) -> str | None:
    new = _numbers(after) - _numbers(before)
    return f"numbers are new: {', '.join(f'{each:g}' for each in sorted(new))}" if new else None


def _numbers(text: str) -> set[float]:
    return {number(found[0]) for found in _NUMBER.finditer(text.lower())} - {1.0}


def _same_numbers(before: str, after: str, _facts: Facts) -> str | None:
    return _new_numbers(before, after) or _new_numbers(after, before)


_CHECKS: Final[tuple[Callable[[str, str, Facts], str | None], ...]] = (
    _too_long,
    _marked,
    _orders,
    _lost_people,
    _other_people,
    _same_numbers,
    _lost_words,
)
