"""Workflows in the catalogue of this tower."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlmodel import Session, col

from db.models.production import Workflow as Row
from studio.workflows import SHIPPED, Workflow, workflow_hash


def register_shipped(session: Session) -> None:
    """Enter the graphs that come with Tower; what a user disabled stays disabled."""
    for workflow in SHIPPED.values():
        _register(session, workflow)


def enabled(session: Session) -> list[Workflow]:
    """The newest version of each enabled workflow, in the order of their names."""
    newest_first = (col(Row.name), col(Row.version).desc())
    rows = session.scalars(
        select(Row).where(col(Row.enabled)).ext(distinct_on(col(Row.name))).order_by(*newest_first)
    )
    return [_workflow(row) for row in rows]


def _register(session: Session, workflow: Workflow) -> None:
    value, newest = workflow.to_json(), _newest(session, workflow.name)
    hashed = workflow_hash(workflow)
    if newest is not None and newest.hash == hashed:
        return
    version = newest.version + 1 if newest is not None else 1
    row = {key: value[key] for key in ("name", "graph", "bindings", "needs", "optional")}
    session.execute(insert(Row).values(version=version, hash=hashed, **row).on_conflict_do_nothing())


def _newest(session: Session, name: str) -> Row | None:
    return session.scalar(select(Row).where(col(Row.name) == name).order_by(col(Row.version).desc()).limit(1))


def _workflow(row: Row) -> Workflow:
    return Workflow.from_json(
        {
            "name": row.name,
            "graph": row.graph,
            "bindings": row.bindings,
            "needs": row.needs,
            "optional": row.optional,
        }
    )
