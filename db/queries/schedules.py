"""When batches of a project run."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from db.models.orchestration import ProductionSchedule
from db.queries import resources
from studio.errors import NotFoundError


def create(session: Session, values: Mapping[str, Any]) -> ProductionSchedule:
    """A schedule.

    Raises:
        DuplicateError: the project has one of that name.
    """
    return resources.create(session, ProductionSchedule(**values))


def get(session: Session, schedule_id: int, *, alone: bool = False) -> ProductionSchedule:
    """The schedule of that id; `alone`, nobody else changes it until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(ProductionSchedule, schedule_id, with_for_update=alone)
    if row is None:
        raise NotFoundError(f"There is no schedule {schedule_id}.", field="schedule_id", value=schedule_id)
    return row


def page(session: Session, project_id: int | None, *, limit: int, after: int) -> list[ProductionSchedule]:
    """A project's schedules, or all, in the order in which they were made."""
    where = () if project_id is None else (col(ProductionSchedule.project_id) == project_id,)
    return resources.page(session, ProductionSchedule, *where, limit=limit, after=after)


def change(session: Session, row: ProductionSchedule, values: Mapping[str, Any]) -> ProductionSchedule:
    """Set what differs.

    Raises:
        DuplicateError: the project has another of the new name.
    """
    return resources.change(session, row, values)


def delete(session: Session, row: ProductionSchedule) -> None:
    """Take a schedule away."""
    session.delete(row)
    session.flush()


def of_deployment(session: Session, deployment: str) -> list[ProductionSchedule]:
    """All schedules that start a deployment."""
    query = select(ProductionSchedule).where(col(ProductionSchedule.deployment) == deployment)
    return list(session.scalars(query.order_by(col(ProductionSchedule.id))))


def note(session: Session, known: Mapping[int, UUID]) -> None:
    """Write down under which ids the orchestrator knows schedules."""
    for row_id, schedule_id in known.items():
        query = update(ProductionSchedule).where(col(ProductionSchedule.id) == row_id)
        session.execute(query.values(schedule_id=schedule_id))
