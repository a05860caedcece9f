"""What the director was told, and what came of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.orchestration import OrchestrationLog
from db.models.production import ProductionJob


@dataclass(frozen=True, slots=True)
class Told:
    """A command, as it was sent, and the steps that it means."""

    command: str
    asked: dict[str, Any]
    plan: tuple[dict[str, Any], ...]


def carried_out(session: Session, told: Told, job: ProductionJob) -> None:
    """Note a command in the transaction that begins what it asks for."""
    session.add(
        OrchestrationLog(
            project_id=job.project_id,
            generation_id=job.id,
            command=told.command,
            asked=told.asked,
            plan=list(told.plan),
            outcome="accepted",
        )
    )


def page(session: Session, project_id: int | None, *, limit: int, before: int) -> list[OrchestrationLog]:
    """Commands, newest first, from the one before number `before`, if any."""
    query = select(OrchestrationLog)
    if project_id is not None:
        query = query.where(col(OrchestrationLog.project_id) == project_id)
    if before:
        query = query.where(col(OrchestrationLog.id) < before)
    return list(session.scalars(query.order_by(col(OrchestrationLog.id).desc()).limit(limit)))
