"""Talking to the director: a request planned, remembered and answered; a confirmed plan accepted."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from db.models.orchestration import DirectorTurn
from db.models.production import ProductionJob
from db.queries import branches, conversations, director, estimates, jobs, preferences, projects
from db.queries.branches import Hold
from db.queries.conversations import Said
from db.queries.director import Decision
from db.queries.projects import MAIN
from db.session import reading, transaction, undone
from studio.echo.actions import ACTIONS, validated
from studio.echo.documents import as_document, read_document
from studio.echo.enriching import Enriched, LanguageModel, enriched, question_for, rephrased
from studio.echo.facts import Context, Facts
from studio.echo.planning import plan
from studio.echo.plans import Missing, Plan, Question, Turn
from studio.echo.wording import needs_confirmation, respond, span_in_words
from studio.errors import LanguageModelError, StateError, StudioError

log = logging.getLogger(__name__)

LONGEST_TITLE: Final = 200
UNMEASURED_S: Final = (360.0, 480.0)
"""What the API document promises of a clip of five seconds, until this tower has measured its own."""
DOCUMENTED_CLIP_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: who asks what, in which conversation, and what the client states beside it."""

    token: str
    conversation_id: str
    request: str
    project_id: int | None
    branch: str
    context: Context
    stated: Mapping[str, Any]
    command: str = "query"


@dataclass(frozen=True, slots=True)
class Answered:
    """What is said to a request: the turn as it is remembered, the plan, and how long it should take."""

    turn: DirectorTurn
    plan: Plan
    estimated_duration: str | None
    dropped: tuple[dict[str, str], ...] = ()


def ask(asked: Asked, model: LanguageModel | None = None) -> Answered:
    """Plan what is asked for, by rules and with what a model may add; remember it."""
    with reading() as session:
        facts = _facts(session, asked)
        turns = _turns(session, asked)
        spread = estimates.spread(session)
    planned = _planned(asked, facts, turns)
    better = consult(planned, facts, turns, model)
    state = "refused" if better.plan.refusals else "asked" if better.plan.questions else "planned"
    response = " ".join(
        each for each in (better.wording or respond(better.plan), timing(better.plan, spread)) if each
    )
    made_by = "model" if better.is_by_model else "rules"
    document = {**as_document(better.plan), "branch": asked.branch}
    with transaction() as session:
        turn = conversations.remember(
            session,
            Said(
                asked.token, asked.conversation_id, asked.project_id, asked.request, asked.stated,
                document, response, made_by, state,
            ),
        )  # fmt: skip
        director.note(
            session,
            Decision(
                asked.command,
                {"request": asked.request, "context": dict(asked.stated), "plan_id": turn.plan_id},
                better.plan.action_plan,
                state,
                project_id=asked.project_id,
                conversation_id=asked.conversation_id,
                made_by=made_by,
                dropped=better.dropped,
                token=asked.token,
            ),
        )
        session.expunge(turn)
    return Answered(turn, better.plan, estimate(better.plan, spread), better.dropped)


def _facts(session: Any, asked: Asked) -> Facts | None:
    if asked.project_id is None:
        return None
    projects.get(session, asked.project_id)
    at = branches.find(session, asked.project_id, asked.branch)
    return director.facts(session, at, preferences.in_effect(session, asked.token))


def _turns(session: Any, asked: Asked) -> list[Turn]:
    rows = conversations.latest(session, asked.token, asked.conversation_id)
    rows = [row for row in rows if row.project_id == asked.project_id and row.state != "dropped"]
    done = conversations.steps(session, [row.generation_id for row in rows if row.generation_id])
    return [
        Turn(
            read_document(row.plan),
            {number: made for number, step in done.get(row.generation_id or "", {}).items()
             if (made := step.child_id or step.result.get("made"))},
            is_under_way=row.generation_id is not None,
        )
        for row in rows
    ]  # fmt: skip


def _planned(asked: Asked, facts: Facts | None, turns: list[Turn]) -> Plan:
    """The plan; without a project only what would be refused in any."""
    if facts is not None:
        return plan(asked.request, facts, turns, asked.context)
    nowhere = plan(asked.request, Facts.of(0, {}))
    if nowhere.refusals:
        return nowhere
    question = Question(Missing.PROJECT, "For which project? Name its id in `context.project_id`.")
    return Plan(asked.request, questions=(question,))


def consult(planned: Plan, facts: Facts | None, turns: list[Turn], model: LanguageModel | None) -> Enriched:
    """The plan with what is kept of a model's words; without a model, or where it fails, as it is."""
    form = None if model is None or facts is None else question_for(planned)
    if model is None or facts is None or form is None:
        return Enriched(planned)
    try:
        reply = model.fill(*form)
    except (LanguageModelError, StudioError) as error:
        return Enriched(planned, dropped=({"what": "model", "reason": error.message},))
    better = enriched(planned, reply, facts) if planned.steps else rephrased(planned, reply, facts, turns)
    for each in better.dropped:
        log.info("a model's %s was dropped: %s", each["what"], each["reason"])
    return better


def estimate(planned: Plan, spread: tuple[float, float] | None) -> str | None:
    """How long the clips of a plan should take, in words; None where it has none."""
    clips = [step for step in planned.steps if step.action in {"generate_video", "regenerate_video"}]
    if not clips:
        return None
    clip_s = sum(float(step.parameters.get("duration", DOCUMENTED_CLIP_S)) for step in clips)
    least, most = spread or tuple(each / DOCUMENTED_CLIP_S for each in UNMEASURED_S)
    return span_in_words(least * clip_s, most * clip_s)


def timing(planned: Plan, spread: tuple[float, float] | None) -> str:
    """How long it should take, and whether that was measured here; nothing of a plan without clips."""
    words = estimate(planned, spread)
    if words is None:
        return ""
    known = "" if spread else ", going by the documentation: nothing was measured here yet"
    return f"It should take {words}{known}."


def confirm(token: str, plan_id: str) -> tuple[DirectorTurn, bool]:
    """Accept a plan: the job that carries it out, and whether that is a new one.

    Raises:
        NotFoundError: there is no such plan.
        StateError: the plan has no steps, was dropped, or its project is archived.
    """
    with transaction() as session:
        return _confirmed(session, token, plan_id)


def try_to_confirm(token: str, plan_id: str) -> None:
    """Accept a plan as things are now, and undo it: what would be refused is refused.

    Raises:
        NotFoundError: there is no such plan.
        StateError: the plan has no steps, was dropped, or its project is archived.
    """
    with transaction() as session, undone(session):
        _confirmed(session, token, plan_id)


def _confirmed(session: Any, token: str, plan_id: str) -> tuple[DirectorTurn, bool]:
    turn = conversations.plan(session, token, plan_id, locked=True)
    if turn.generation_id is not None:
        session.expunge(turn)
        return turn, False
    _require_planned(turn)
    job = accept_steps(
        session,
        turn.plan["steps"],
        project_id=turn.project_id or 0,
        branch=turn.plan.get("branch", MAIN),
        title=turn.request,
        plan_id=plan_id,
    )
    conversations.settle(session, turn, "accepted", job.id)
    director.note(
        session,
        Decision(
            "confirm",
            {"plan_id": plan_id, "request": turn.request},
            turn.plan["steps"],
            "accepted",
            project_id=turn.project_id,
            generation_id=job.id,
            conversation_id=turn.conversation_id,
            made_by=turn.made_by,
            token=token,
        ),
    )
    session.refresh(turn)
    session.expunge(turn)
    return turn, True


def accept_steps(
    session: Any,
    steps: list[dict[str, Any]],
    *,
    project_id: int,
    branch: str,
    title: str,
    plan_id: str = "",
) -> ProductionJob:
    """Accept a job that carries steps out, in the caller's transaction.

    Raises:
        InvalidError: a step is no registered action, or has parameters that it does not take.
        StateError: the project is archived.
    """
    for step in steps:
        validated(step["action"], step.get("parameters", {}))
    require_active(projects.get(session, project_id).status)
    at = branches.find(session, project_id, branch, Hold.SHARED)
    return jobs.accept_job(
        session,
        kind="direct",
        project_id=project_id,
        branch_id=branches.id_of(at),
        title=title[:LONGEST_TITLE],
        request={"plan_id": plan_id, "steps": steps},
    )


def drop(token: str, plan_id: str) -> DirectorTurn:
    """Leave a plan that waits for its confirmation."""
    with transaction() as session:
        turn = conversations.plan(session, token, plan_id, locked=True)
        if turn.state in {"planned", "asked"}:
            conversations.settle(session, turn, "dropped")
        session.refresh(turn)
        session.expunge(turn)
    return turn


def is_held(planned: Plan) -> bool:
    """Whether a plan is a dry run until it is confirmed by itself."""
    return needs_confirmation(planned)


def has_effect(planned: Plan) -> bool:
    """Whether carrying out a plan does more than look."""
    return any(not ACTIONS[step.action].reads_only for step in planned.steps)


def with_prompts(planned: Plan, steps: list[dict[str, Any]]) -> Plan:
    """`planned` with the prompts of `steps`."""
    prompts = {each["step"]: each.get("parameters", {}) for each in steps}
    return replace(
        planned,
        steps=tuple(
            replace(step, parameters=prompts.get(step.number, step.parameters)) for step in planned.steps
        ),
    )


def _require_planned(turn: DirectorTurn) -> None:
    if turn.state != "planned" or not turn.plan["steps"]:
        raise StateError(
            "There is nothing in this plan to be carried out.",
            field="state",
            value=turn.state,
            expected="planned",
        )


def require_active(status: str) -> None:
    """Make sure that a project is worked on."""
    if status != "active":
        raise StateError(
            "The project is archived; make it active to go on with it.",
            field="status",
            value=status,
            expected="active",
        )
