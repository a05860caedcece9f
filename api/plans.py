"""Plans as they are shown: what was said, what is to be done, and how far that is."""

from collections.abc import Mapping
from typing import Any, Final

from api.schemas.echo_talk import PlanShown, StepShown
from db.models.orchestration import DirectorStep, DirectorTurn
from db.models.production import ProductionJob
from db.queries import conversations, director
from db.session import reading
from studio.echo.documents import read_document
from studio.echo.wording import needs_confirmation

Jobs = Mapping[str, ProductionJob]
_UNFINISHED: Final = {"cancelled": "cancelled", "failed": "skipped"}
"""What a step is that was not begun, or not ended, when its plan ended so."""


def shown(turns: list[DirectorTurn]) -> list[PlanShown]:
    """Each with its steps as they stand."""
    ids = [turn.generation_id for turn in turns if turn.generation_id]
    with reading() as session:
        done = conversations.steps(session, ids)
        children = [row.child_id for rows in done.values() for row in rows.values() if row.child_id]
        jobs = director.jobs_of(session, [*ids, *children])
    return [_plan(turn, done.get(turn.generation_id or "", {}), jobs) for turn in turns]


def _plan(turn: DirectorTurn, rows: Mapping[int, DirectorStep], jobs: Jobs) -> PlanShown:
    job = jobs.get(turn.generation_id or "")
    steps = turn.plan["steps"] if rows else []
    return PlanShown(
        plan_id=turn.plan_id,
        conversation_id=turn.conversation_id,
        project_id=turn.project_id,
        request=turn.request,
        response=turn.response,
        state=turn.state,
        action_plan=turn.plan["steps"],
        needs_confirmation=needs_confirmation(read_document(turn.plan)),
        generation_id=turn.generation_id,
        status=None if job is None else job.status,
        steps=[_step(step, rows.get(step["step"]), job, jobs) for step in steps],
        questions=turn.plan["questions"],
        refusals=turn.plan["refusals"],
        made_by=turn.made_by,
        created_at=turn.created_at,
        updated_at=turn.updated_at,
    )


def _step(
    step: Mapping[str, Any], row: DirectorStep | None, plan: ProductionJob | None, jobs: Jobs
) -> StepShown:
    return StepShown.model_validate(
        {
            "step": step["step"],
            "action": step["action"],
            "state": _state(row, "processing" if plan is None else plan.status, jobs),
            "generation_id": None if row is None else row.child_id,
            "result": {} if row is None else row.result,
        }
    )


def _state(row: DirectorStep | None, plan: str, jobs: Jobs) -> str:
    """How a step stands; where nobody carries its plan any more, what became of its own generation."""
    if row is not None and row.state != "processing":
        return row.state
    if plan == "processing":
        return "waiting" if row is None else row.state
    child = None if row is None else jobs.get(row.child_id or "")
    if child is None:
        return _UNFINISHED.get(plan, "skipped")
    return "completed" if child.status == "needs_review" else child.status
