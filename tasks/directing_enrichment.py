"""A language model's part in a plan: richer prompts, where there is a model and it answers in time."""

import logging
import time
from typing import Any, Final

from db.queries import branches, conversations, director, preferences
from db.queries.director import Decision
from db.session import transaction
from studio.echo.documents import as_document, read_document
from studio.errors import NotFoundError, UnavailableError
from studio.settings import read_settings
from tasks import orchestrator
from tasks.directing import consult
from tasks.language_model import language_model

log = logging.getLogger(__name__)
LEEWAY_S: Final = 15.0
"""How much longer than the model itself its run may take: it has to start."""
_LOOK_S: Final = 0.5


def enriched_steps(steps: list[dict[str, Any]], plan_id: str) -> list[dict[str, Any]]:
    """The steps with a model's prompts, where one is configured and answers in time; else as they are."""
    settings = read_settings()
    if (
        not settings.ollama_host
        or not plan_id
        or not any(each["action"] == "generate_video" for each in steps)
    ):
        return steps
    try:
        flow_run_id = orchestrator.create_enrichment(plan_id)
        deadline = time.monotonic() + settings.ollama_timeout_s + LEEWAY_S
        while time.monotonic() < deadline and not orchestrator.is_over(flow_run_id):
            time.sleep(_LOOK_S)
        with transaction() as session:
            found: list[dict[str, Any]] = conversations.of_plan(session, plan_id).plan["steps"]
    except (UnavailableError, NotFoundError) as error:
        log.warning("plan %s goes on without a model: %s", plan_id, error.message)
        return steps
    is_same = [_without_prompt(each) for each in found] == [_without_prompt(each) for each in steps]
    return found if is_same else steps


def _without_prompt(step: dict[str, Any]) -> dict[str, Any]:
    parameters = {name: value for name, value in step.get("parameters", {}).items() if name != "prompt"}
    return {**step, "parameters": parameters}


def enrich_plan(plan_id: str) -> str:
    """Ask the model about a plan; what passes the checks is kept with it, what does not is in the log."""
    with transaction() as session:
        turn = conversations.of_plan(session, plan_id)
        at = branches.find(session, turn.project_id or 0, turn.plan.get("branch", "main"))
        facts = director.facts(session, at, preferences.in_effect(session, turn.token))
        planned = read_document(turn.plan)
    if turn.made_by == "model":
        return "a model has spoken already"
    with language_model() as model:
        better = consult(planned, facts, [], model)
    with transaction() as session:
        turn = conversations.of_plan(session, plan_id)
        if better.is_by_model:
            document = {**as_document(better.plan), "branch": turn.plan.get("branch", "main")}
            conversations.replan(session, turn, document, "model")
        director.note(
            session,
            Decision(
                "enrich",
                {"plan_id": plan_id, "request": turn.request},
                better.plan.action_plan,
                "planned",
                project_id=turn.project_id,
                generation_id=turn.generation_id,
                conversation_id=turn.conversation_id,
                made_by="model" if better.is_by_model else "rules",
                dropped=better.dropped,
            ),
        )
    return f"{len(better.dropped)} dropped" if better.dropped else "kept"
