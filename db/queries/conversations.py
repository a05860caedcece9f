"""Conversations with the director: what was said, what was planned, and what came of it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, delete, or_, select
from sqlmodel import Session, col

from db.clock import NOW
from db.models.orchestration import DirectorStep, DirectorTurn
from db.models.production import ProductionJob
from studio.errors import NotFoundError

TURNS_READ: Final = 20
"""How many earlier turns a request can refer to."""
TURNS_KEPT: Final = 500
"""How many turns of a conversation are kept; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Said:
    """A turn to be remembered."""

    token: str
    conversation_id: str
    project_id: int | None
    request: str
    context: Mapping[str, Any]
    plan: Mapping[str, Any]
    response: str
    made_by: str
    state: str


def remember(session: Session, said: Said) -> DirectorTurn:
    """A further turn of a conversation; its oldest go where there are too many."""
    turn = DirectorTurn(
        plan_id=f"plan_{secrets.token_hex(8)}",
        token=said.token,
        conversation_id=said.conversation_id,
        project_id=said.project_id,
        request=said.request,
        context=dict(said.context),
        plan=dict(said.plan),
        response=said.response,
        made_by=said.made_by,
        state=said.state,
    )
    session.add(turn)
    session.flush()
    mine = _of(said.token, said.conversation_id)
    oldest = (
        select(col(DirectorTurn.id)).where(*mine).order_by(col(DirectorTurn.id).desc()).offset(TURNS_KEPT)
    )
    session.execute(delete(DirectorTurn).where(col(DirectorTurn.id).in_(oldest)))
    return turn


def latest(session: Session, token: str, conversation_id: str) -> list[DirectorTurn]:
    """The newest turns of a conversation, oldest first."""
    query = select(DirectorTurn).where(*_of(token, conversation_id))
    rows = session.scalars(query.order_by(col(DirectorTurn.id).desc()).limit(TURNS_READ))
    return list(reversed(rows.all()))


def page(session: Session, token: str, conversation_id: str, *, limit: int, after: int) -> list[DirectorTurn]:
    """The turns of a conversation, oldest first.

    Raises:
        NotFoundError: nothing was said in it.
    """
    query = select(DirectorTurn).where(*_of(token, conversation_id), col(DirectorTurn.id) > after)
    rows = list(session.scalars(query.order_by(col(DirectorTurn.id)).limit(limit)))
    if not rows and not after:
        raise NotFoundError(
            f"There is no conversation {conversation_id!r}.", field="conversation_id", value=conversation_id
        )
    return rows


def forget(session: Session, token: str, conversation_id: str) -> None:
    """Take a conversation away; what was made stays.

    Raises:
        NotFoundError: nothing was said in it.
    """
    page(session, token, conversation_id, limit=1, after=0)
    session.execute(delete(DirectorTurn).where(*_of(token, conversation_id)))


def plan(session: Session, token: str, plan_id: str, *, locked: bool = False) -> DirectorTurn:
    """The turn of a plan.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    query = select(DirectorTurn).where(col(DirectorTurn.plan_id) == plan_id, col(DirectorTurn.token) == token)
    turn = session.scalar(query.with_for_update() if locked else query)
    if turn is None:
        raise NotFoundError(f"There is no plan {plan_id!r}.", field="plan_id", value=plan_id)
    return turn


def of_plan(session: Session, plan_id: str, *, locked: bool = False) -> DirectorTurn:
    """The turn of a plan, whoever asked for it: for what carries it out.

    Raises:
        NotFoundError: its conversation was forgotten.
    """
    query = select(DirectorTurn).where(col(DirectorTurn.plan_id) == plan_id)
    turn = session.scalar(query.with_for_update() if locked else query)
    if turn is None:
        raise NotFoundError(f"There is no plan {plan_id!r}.", field="plan_id", value=plan_id)
    return turn


def settle(session: Session, turn: DirectorTurn, state: str, generation_id: str | None = None) -> None:
    """Note what became of a plan."""
    turn.state, turn.updated_at = state, NOW
    turn.generation_id = generation_id or turn.generation_id
    session.flush()


def replan(session: Session, turn: DirectorTurn, plan: Mapping[str, Any], made_by: str) -> None:
    """The plan with other words in it."""
    turn.plan, turn.made_by, turn.updated_at = dict(plan), made_by, NOW
    session.flush()


def steps(session: Session, generation_ids: Sequence[str]) -> dict[str, dict[int, DirectorStep]]:
    """How the steps of plans stand that are carried out, by their jobs and numbers."""
    query = select(DirectorStep).where(col(DirectorStep.generation_id).in_(generation_ids))
    found: dict[str, dict[int, DirectorStep]] = {each: {} for each in generation_ids}
    for row in session.scalars(query.order_by(col(DirectorStep.step))):
        found[row.generation_id][row.step] = row
    return found


def note_step(
    session: Session,
    generation_id: str,
    step: int,
    state: str,
    *,
    child_id: str | None = None,
    result: Mapping[str, Any] | None = None,
) -> None:
    """How a step stands now, in the transaction of what it does."""
    row = session.get(DirectorStep, (generation_id, step))
    if row is None:
        row = DirectorStep(generation_id=generation_id, step=step, state=state)
        session.add(row)
    row.state, row.updated_at = state, NOW
    row.child_id = child_id or row.child_id
    row.result = {**(row.result or {}), **(result or {})}
    session.flush()


def forget_undone(session: Session, generation_id: str) -> None:
    """Have the steps done anew that came to nothing, or whose generations did; what is done stays so."""
    lost = select(col(ProductionJob.id)).where(col(ProductionJob.status).in_(("failed", "cancelled")))
    came_to_nothing = or_(
        col(DirectorStep.state).in_(("failed", "skipped")),
        and_(col(DirectorStep.state) == "processing", col(DirectorStep.child_id).in_(lost)),
    )
    mine = col(DirectorStep.generation_id) == generation_id
    session.execute(delete(DirectorStep).where(mine, came_to_nothing))


def _of(token: str, conversation_id: str) -> tuple[Any, Any]:
    return col(DirectorTurn.token) == token, col(DirectorTurn.conversation_id) == conversation_id
