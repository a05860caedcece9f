"""What people thought of generations, and what was decided about them."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.judgement import CreativeDecision, Feedback
from db.models.production import ProductionJob

NEWEST = 2**62


def decide(
    session: Session,
    job: ProductionJob,
    decision: str,
    *,
    made_by: str = "person",
    reason: str = "",
    token: str | None = None,
    **details: Any,
) -> CreativeDecision:
    """Note a choice about a generation, in the transaction that carries it out; `token` is who made it."""
    row = CreativeDecision(
        project_id=job.project_id,
        generation_id=job.id,
        take=job.take,
        made_by=made_by,
        decision=decision,
        reason=reason,
        details=details,
        token=token or None,
    )
    session.add(row)
    return row


def first_of_round(session: Session, generation_id: str) -> int:
    """The take with which a person last had it made anew; else the first."""
    query = select(func.max(col(CreativeDecision.take))).where(
        col(CreativeDecision.generation_id) == generation_id,
        col(CreativeDecision.decision) == "retry",
        col(CreativeDecision.details)["anew"].as_boolean(),
    )
    return session.scalar(query) or 1


def turned(session: Session, generation_id: str, take: int) -> dict[str, Any]:
    """The knobs turned for the takes of this round up to one, each at its last value."""
    query = (
        select(CreativeDecision)
        .where(
            col(CreativeDecision.generation_id) == generation_id,
            col(CreativeDecision.decision) == "retake",
            col(CreativeDecision.take) >= first_of_round(session, generation_id),
        )
        .order_by(col(CreativeDecision.id))
    )
    rows = [row.details for row in session.scalars(query) if row.details["next_take"] <= take]
    return {row["knob"]: row["value"] for row in rows if "value" in row}


def give_feedback(session: Session, job: ProductionJob, *, token: str, rating: int, text: str) -> Feedback:
    """Keep what somebody thought of a generation's present take; it is a decision, too."""
    row = Feedback(generation_id=job.id, take=job.take, token=token, rating=rating, text=text)
    session.add(row)
    decide(session, job, "feedback", reason=text, token=token, rating=rating)
    session.flush()
    return row


def feedback(session: Session, generation_id: str, *, limit: int, after: int) -> list[Feedback]:
    """What was thought of a generation, oldest first."""
    query = select(Feedback).where(col(Feedback.generation_id) == generation_id, col(Feedback.id) > after)
    return list(session.scalars(query.order_by(col(Feedback.id)).limit(limit)))


def page(
    session: Session, *, project_id: int | None, generation_id: str | None, limit: int, before: int
) -> list[CreativeDecision]:
    """Decisions, newest first, from the one that comes before number `before`; 0 is the newest."""
    query = select(CreativeDecision).where(col(CreativeDecision.id) < (before or NEWEST))
    if project_id is not None:
        query = query.where(col(CreativeDecision.project_id) == project_id)
    if generation_id is not None:
        query = query.where(col(CreativeDecision.generation_id) == generation_id)
    return list(session.scalars(query.order_by(col(CreativeDecision.id).desc()).limit(limit)))
