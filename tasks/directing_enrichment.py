"""A language model's part in a plan: richer prompts, where there is a model and it answers in time."""

import logging
import time
from typing import Any, Final

from prefect.states import Cancelled

from db.models.orchestration import DirectorTurn
from db.queries import branches, conversations, director, generations, preferences
from db.queries.director import Decision
from db.session import transaction
from studio.echo.documents import as_document, read_document
from studio.echo.enriching import Enriched
from studio.errors import NotFoundError, UnavailableError
from studio.settings import read_settings
from tasks import orchestrator
from tasks.directing import consult
from tasks.language_model import language_model

log = logging.getLogger(__name__)
LEEWAY_S: Final = 15.0
"""How much longer than the model itself its run may take: it has to start."""
_LOOK_S: Final = 0.5
_FINAL: Final = "is_final"
"""In a plan's document: it is carried out as it stands."""
_LATE: Final = "the plan is carried out already"


def enriched_steps(
    steps: list[dict[str, Any]], plan_id: str, leeway_s: float = LEEWAY_S
) -> list[dict[str, Any]]:
    """The steps with a model's prompts, where one is configured and answers in time; else as they are.

    They are final then: what a model says later changes nothing of the plan.
    """
    has_prompts = any(each["action"] == "generate_video" for each in steps)
    if not read_settings().ollama_host or not plan_id or not has_prompts:
        return steps
    try:
        missed = _have_asked(plan_id, leeway_s)
    except UnavailableError as error:
        missed = error.message
    try:
        found = _final_steps(plan_id, missed)
    except NotFoundError as error:
        log.warning("plan %s goes on without a model: %s", plan_id, error.message)
        return steps
    is_same = [_without_prompt(each) for each in found] == [_without_prompt(each) for each in steps]
    return found if is_same else steps


def _have_asked(plan_id: str, leeway_s: float) -> str | None:
    """Have a model asked in a run of its own; why nothing came of it in time, if so.

    Raises:
        UnavailableError: Prefect does not answer.
    """
    flow_run_id = orchestrator.create_enrichment(plan_id)
    within_s = read_settings().ollama_timeout_s + leeway_s
    deadline = time.monotonic() + within_s
    while not orchestrator.is_over(flow_run_id):
        if time.monotonic() > deadline:
            orchestrator.end(flow_run_id, Cancelled(message=_LATE))
            return f"Nobody asked the language model within {within_s:g} s."
        time.sleep(_LOOK_S)
    return None


def _final_steps(plan_id: str, missed: str | None) -> list[dict[str, Any]]:
    """The steps as they are carried out; `missed` is why no model was heard of."""
    with transaction() as session:
        turn = conversations.of_plan(session, plan_id, locked=True)
        steps: list[dict[str, Any]] = turn.plan["steps"]
        if missed is not None and not turn.plan.get(_FINAL):
            dropped = ({"what": "model", "reason": missed},)
            director.note(session, _decided(turn, steps, dropped, made_by=turn.made_by))
        conversations.replan(session, turn, {**turn.plan, _FINAL: True}, turn.made_by)
    return steps


def _without_prompt(step: dict[str, Any]) -> dict[str, Any]:
    parameters = {name: value for name, value in step.get("parameters", {}).items() if name != "prompt"}
    return {**step, "parameters": parameters}


def enrich_plan(plan_id: str) -> str:
    """Ask the model about a plan; what passes the checks is kept with it, what does not is in the log."""
    with transaction() as session:
        turn = conversations.of_plan(session, plan_id)
        if (why := _why_not_now(session, turn)) is not None:
            return why
        at = branches.find(session, turn.project_id or 0, turn.plan.get("branch", "main"))
        facts = director.facts(session, at, preferences.in_effect(session, turn.token))
        planned = read_document(turn.plan)
    with language_model() as model:
        better = consult(planned, facts, [], model)
    return _kept(plan_id, better)


def _why_not_now(session: Any, turn: DirectorTurn) -> str | None:
    """Why a plan is not to be changed by a model; None where it may be."""
    if turn.made_by == "model":
        return "a model has spoken already"
    if turn.plan.get(_FINAL):
        return _LATE
    if turn.generation_id and generations.get(session, turn.generation_id).status != "processing":
        return "the plan is no longer carried out"
    return None


def _kept(plan_id: str, better: Enriched) -> str:
    """What of a model's words stays, unless the plan is carried out or has ended meanwhile."""
    with transaction() as session:
        turn = conversations.of_plan(session, plan_id, locked=True)
        steps, dropped, is_kept = better.plan.action_plan, better.dropped, better.is_by_model
        if (why := _why_not_now(session, turn)) is not None:
            steps, is_kept = turn.plan["steps"], False
            dropped = (*dropped, {"what": "model", "reason": why})
        if is_kept:
            document = {**as_document(better.plan), "branch": turn.plan.get("branch", "main")}
            conversations.replan(session, turn, document, "model")
        director.note(session, _decided(turn, steps, dropped, made_by="model" if is_kept else "rules"))
    return f"{len(dropped)} dropped" if dropped else "kept"


def _decided(
    turn: DirectorTurn, steps: list[dict[str, Any]], dropped: tuple[dict[str, str], ...], *, made_by: str
) -> Decision:
    return Decision(
        "enrich",
        {"plan_id": turn.plan_id, "request": turn.request},
        steps,
        "planned",
        project_id=turn.project_id,
        generation_id=turn.generation_id,
        conversation_id=turn.conversation_id,
        made_by=made_by,
        dropped=dropped,
    )
