"""From a request to a plan, by rules alone: which orders it holds, and what each of them comes to.

The rules never invent anybody: a name that the project does not have is asked back, as is whatever else is
missing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from studio.echo import phrases
from studio.echo.answering import merged, of_answer
from studio.echo.asides import (
    DO_SO,
    DROPPED,
    NEGATED,
    OF_THE_STUDIO,
    REMARK,
    SHORTEST_ORDER,
    TOO_SO,
    condition_before,
    condition_behind,
    turned_round,
)
from studio.echo.bounds import refused
from studio.echo.changing import fits_change, plan_change
from studio.echo.clauses import Clause, clauses, hidden, is_order
from studio.echo.clips import is_description, is_ordered, plan_clip
from studio.echo.courtesies import FILLER
from studio.echo.cutting import fits_episode, plan_episode, plan_trailer
from studio.echo.drafting import Draft, begun
from studio.echo.facts import Context, Facts
from studio.echo.followups import is_modification, plan_modified, plan_repeated
from studio.echo.guessing import about, names_first
from studio.echo.hearing import used
from studio.echo.orders import (
    aims,
    plan_analysis,
    plan_cancelling,
    plan_publishing,
    plan_status,
    plan_unpublishing,
)
from studio.echo.parting import Takes, own_orders
from studio.echo.plans import Missing, Plan, Turn, Understood
from studio.echo.reasons import is_remark, without_reasons, without_remarks
from studio.echo.redoing import fits_redoing, plan_redoing
from studio.echo.sequels import also_changed, fits_sequel, plan_sequel
from studio.echo.spelling import Spelt, spelt
from studio.echo.who import find_cast

LONGEST_REQUEST: Final = 4_000
TURNS_KEPT: Final = 20
"""How many earlier turns a request can refer to."""

Planner = Callable[[Draft, Clause], None]


def plan(request: str, facts: Facts, turns: Sequence[Turn] = (), context: Context | None = None) -> Plan:
    """What `request` comes to in a project, after what was said before.

    Args:
        request: What the user wrote, at most `LONGEST_REQUEST` characters of it are read.
        facts: The project.
        turns: Earlier turns of the conversation, oldest first; the newest `TURNS_KEPT` count.
        context: What the client states beside the words; the words weigh more.
    """
    request = request[:LONGEST_REQUEST]
    kept = turns[-TURNS_KEPT:]
    planned = _planned(request, facts, kept, context or Context())
    if kept and kept[-1].plan.questions and not _orders(request, facts):
        answered = _planned(merged(kept[-1].plan, request), facts, kept[:-1], context or Context())
        if not answered.questions and not answered.refusals and not planned.refusals:
            return replace(answered, request=request, understood=of_answer(answered, request))
    return planned


def _planned(request: str, facts: Facts, turns: Sequence[Turn], context: Context) -> Plan:
    draft = begun(request, facts, context, turns)
    text = spelt(request, facts.names)
    low = _without_names(hidden(text.text), facts)
    for clause in own(draft, clauses(*without_reasons(draft, text.text, low))):
        _plan_clause(draft, clause)
        if draft.refusals:
            break
    _ask_for_not_seen(draft)
    draft.understood = [
        _placed(each, text, request)
        for each in draft.understood
        if text.text[max(each.start, 0) : each.end] == each.words
    ]
    draft.understood += [
        Understood(slip.words, slip.start, slip.end, "spelling", slip.meant)
        for slip in text.slips
        if slip.words.strip()
    ]
    if not draft.steps and not draft.questions and not draft.refusals and not draft.notes:
        draft.ask(Missing.INTENT, "What shall I make, change, look up or publish?")
    return draft.finished()


def _ask_for_not_seen(draft: Draft) -> None:
    """Ask for what no rule reads; beside what is planned, a remark on nothing of the project is left out."""
    for clause in draft.not_seen:
        if draft.steps and is_remark(draft, clause):
            draft.notes.append(f"I take {clause.text.strip()[:80]!r} for a remark.")
        else:
            text = f"I do not see what I can do for {clause.text[:80]!r}. What shall I make?"
            draft.ask(Missing.INTENT, text)


def own(draft: Draft, parts: Iterable[Clause]) -> Iterator[Clause]:
    """The orders of a message, where one goes on as none does, parted from what goes on."""
    for part in parts:
        yield from own_orders(draft, part, _takes)


def _placed(each: Understood, text: Spelt, request: str) -> Understood:
    """Words of the text as it was read, where and as they were written."""
    start, end = text.origin(each.start), text.origin(each.end)
    if text.is_put_otherwise:
        at = request.find(each.words)
        start, end = (at, at + len(each.words)) if at >= 0 else (0, len(request))
    return replace(each, words=request[start:end], start=start, end=end)


def _without_names(low: str, facts: Facts) -> str:
    """Names of the project that read like orders or marks are no orders."""
    for name in facts.characters:
        written = name.lower()
        if written in low and (is_order(written) or re.search(r"[^\w\s'-]", written)):
            low = low.replace(written, "x" * len(written))
    return low


def _orders(request: str, facts: Facts) -> bool:
    low = hidden(spelt(request, facts.names).text)
    return is_order(low)


def _plan_clause(draft: Draft, clause: Clause) -> None:
    body = FILLER.match(clause.low).end()  # type: ignore[union-attr]
    clause = clause.cut(body, len(clause.low))
    if not clause.low or _is_aside(draft, clause):
        return
    if (parted := condition_before(clause)) is not None:
        _note_condition(draft, parted[0])
        _plan_clause(draft, parted[1])
        return
    if (parted := turned_round(clause)) is not None:
        _note_undone(draft, parted[0])
        clause = parted[1]
    _plan_order(draft, also_changed(draft, used(draft, clause)))


def _is_aside(draft: Draft, clause: Clause) -> bool:
    """Whether a clause orders nothing: what is not to be done is noted, what is judged is spoken of."""
    if DROPPED.match(clause.low):
        draft.notes.append("Then I leave it as it is.")
        return True
    if NEGATED.match(clause.low):
        _note_undone(draft, clause)
        return True
    if OF_THE_STUDIO.match(clause.low) or (draft.steps and DO_SO.match(clause.low)):
        return True
    if _is_blame(draft, clause):
        return True
    if REMARK.match(clause.low) and (targets := aims(draft, clause, finished=True)):
        draft.spoken_of += targets
        return not fits_redoing(draft, clause)
    return False


def _is_blame(draft: Draft, clause: Clause) -> bool:
    """Whether a part of a message says how somebody looks; what follows changes him."""
    blamed = TOO_SO.match(clause.low)
    if blamed is None or len(clause.low) >= len(draft.request) - SHORTEST_ORDER:
        return False
    names = find_cast(clause.text[: blamed.end("who")], draft.facts, is_story=False).names
    draft.last_cast = names or draft.last_cast
    return bool(names)


def _note_undone(draft: Draft, clause: Clause) -> None:
    draft.notes.append(f"As you say ({clause.text.strip()[:120]}), I leave that undone.")


def _note_condition(draft: Draft, said: Clause) -> None:
    """A condition is no step: what it speaks of is remembered, and the user is told to look."""
    draft.spoken_of += aims(draft, said)
    draft.notes.append(
        f"I cannot make a step wait for a condition ({said.text.strip()[:120]}): look before you confirm."
    )


def _plan_order(draft: Draft, clause: Clause) -> None:
    planner = intent_of(draft, clause)
    if planner in _TAKES:
        clause = without_remarks(clause)
    if (
        planner not in {None, plan_clip, plan_modified, plan_status}
        and (parted := condition_behind(clause)) is not None
    ):
        _note_condition(draft, parted[0])
        clause = parted[1]
    refusal = refused(
        clause.low,
        is_picture=planner is plan_clip and is_ordered(draft, clause),
        is_known=planner is not None,
        is_from_library=planner is plan_unpublishing,
    )
    if refusal is not None:
        draft.refusals.append(refusal)
    elif planner is None:
        draft.not_seen.append(clause)
    else:
        planner(draft, clause)


_OF_THE_TRAILER: Final = re.compile(r"(?:make|keep|cut|trim|extend) the trailer\b")
"""As "make the trailer shorter": the one that there is."""
_PATTERNS: Final[Mapping[re.Pattern[str], Planner]] = {
    phrases.UNPUBLISH: plan_unpublishing,
    phrases.MUSIC: plan_analysis,
    phrases.PUBLISH: plan_publishing,
    phrases.CANCEL: plan_cancelling,
}


def intent_of(draft: Draft, clause: Clause) -> Planner | None:
    """Who plans a clause, by how it begins and what it speaks of; None where nothing is seen in it."""
    low = clause.low
    for pattern, planner in _PATTERNS.items():
        if pattern.match(low):
            return planner
    if phrases.STATUS.match(low):
        return plan_status
    if _OF_THE_TRAILER.match(low) and fits_sequel(draft, clause):
        return plan_sequel
    if phrases.TEASE.match(low):
        return plan_trailer
    return _of_work(draft, clause) or _guessed(draft, clause) or _of_pictures(draft, clause)


def _takes(draft: Draft, clause: Clause) -> Takes:
    planner = intent_of(draft, clause)
    return Takes.PICTURE if planner is None else _TAKES.get(planner, Takes.PICTURE)


_TAKES: Final[Mapping[Planner, Takes]] = {
    plan_status: Takes.NOTHING,
    plan_publishing: Takes.NOTHING,
    plan_unpublishing: Takes.NOTHING,
    plan_cancelling: Takes.NOTHING,
    plan_analysis: Takes.NOTHING,
    plan_trailer: Takes.CUT,
    plan_episode: Takes.CUT,
    plan_redoing: Takes.CHANGE,
    plan_change: Takes.LOOKS,
}
_GUESSED: Final[Mapping[str, Planner]] = {
    "publish": plan_publishing,
    "unpublish": plan_unpublishing,
    "cancel": plan_cancelling,
    "redo": plan_redoing,
    "episode": plan_episode,
    "status": plan_status,
    "music": plan_analysis,
}


def _guessed(draft: Draft, clause: Clause) -> Planner | None:
    if is_ordered(draft, clause) and not names_first(clause):
        return None
    text = clause.text
    place = draft.request.find(text) if text else -1
    is_question = place >= 0 and draft.request[place + len(text) :].lstrip().startswith("?")
    return _GUESSED.get(about(clause, draft.facts, is_question=is_question) or "")


def _of_work(draft: Draft, clause: Clause) -> Planner | None:
    low = clause.low
    if fits_sequel(draft, clause):
        return plan_sequel
    if phrases.REPEAT.match(low) or phrases.DO_IT.match(low):
        return plan_repeated
    if fits_redoing(draft, clause):
        return plan_redoing
    if fits_episode(draft, clause):
        return plan_episode
    return plan_change if fits_change(draft, clause) else None


def _of_pictures(draft: Draft, clause: Clause) -> Planner | None:
    if is_modification(draft, clause):
        return plan_modified
    return plan_clip if is_description(draft, clause) else None
