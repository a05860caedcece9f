"""Workflows in the catalogue of this tower."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlmodel import Session, col

from db.models.rendering import Workflow as Row
from studio.errors import DuplicateError, NotFoundError
from studio.shipped import SHIPPED
from studio.workflows import Workflow, workflow_hash

_OF_A_VERSION: Final = ("name", "graph", "bindings", "needs", "optional", "limits", "detours")


def register_shipped(session: Session, shipped: Iterable[Workflow] = tuple(SHIPPED.values())) -> None:
    """Enter the graphs that come with Tower; what a user disabled or ranked stays so."""
    for workflow in shipped:
        _register(session, workflow)


def enabled(session: Session) -> list[Workflow]:
    """The newest version of each enabled workflow, the highest rank first, then by name."""
    newest_first = (col(Row.name), col(Row.version).desc())
    rows = session.scalars(
        select(Row).where(col(Row.enabled)).ext(distinct_on(col(Row.name))).order_by(*newest_first)
    )
    return [as_workflow(row) for row in sorted(rows, key=lambda row: (-row.rank, row.name))]


def newest(session: Session, *, limit: int, after: str) -> list[Row]:
    """The newest version of each workflow, by name, from the one that follows `after`."""
    query = select(Row).where(col(Row.name) > after).ext(distinct_on(col(Row.name)))
    return list(session.scalars(query.order_by(col(Row.name), col(Row.version).desc()).limit(limit)))


def get(session: Session, name: str, version: int | None = None) -> Row:
    """A workflow's newest version, or the one asked for.

    Raises:
        NotFoundError: there is none.
    """
    row: Row | None = _newest(session, name) if version is None else session.scalar(_version(name, version))
    if row is None:
        which = "" if version is None else f" in version {version}"
        raise NotFoundError(f"There is no workflow {name!r}{which}.", field="name", value=name)
    return row


def add(session: Session, workflow: Workflow, *, is_ranked: bool) -> tuple[Row, bool]:
    """A workflow of a user's, or a further version; and whether it is new: an equal one is kept once.

    A further version is enabled and ranked as the one before, unless its rank `is_ranked` by the user.

    Raises:
        DuplicateError: one of that name comes with Tower.
    """
    if workflow.name in SHIPPED:
        raise DuplicateError(
            f"The workflow {workflow.name!r} comes with Tower.",
            field="name",
            value=workflow.name,
            expected="another name",
        )
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"workflow {workflow.name}", 0))))
    is_new = _register(session, workflow)
    return change(session, workflow.name, {"rank": workflow.rank} if is_ranked else {}), is_new


def change(session: Session, name: str, changes: Mapping[str, bool | int]) -> Row:
    """Have renders pick a workflow or not (`enabled`), sooner or later (`rank`): all its versions at once.

    Raises:
        NotFoundError: there is none.
    """
    if changes:
        session.execute(update(Row).where(col(Row.name) == name).values(**changes))
    return get(session, name)


def _version(name: str, version: int) -> Select[Row]:
    return select(Row).where(col(Row.name) == name, col(Row.version) == version)


def _register(session: Session, workflow: Workflow) -> bool:
    """Enter a further version, where it differs from the newest; tells whether it does."""
    value, newest = workflow.to_json(), _newest(session, workflow.name)
    hashed = workflow_hash(workflow)
    if newest is not None and newest.hash == hashed:
        return False
    row = {key: value[key] for key in _OF_A_VERSION}
    if newest is None:
        row |= {"version": 1, "rank": workflow.rank}
    else:
        row |= {"version": newest.version + 1, "rank": newest.rank, "enabled": newest.enabled}
    session.execute(insert(Row).values(hash=hashed, **row).on_conflict_do_nothing())
    return True


def _newest(session: Session, name: str) -> Row | None:
    return session.scalar(select(Row).where(col(Row.name) == name).order_by(col(Row.version).desc()).limit(1))


def as_workflow(row: Row) -> Workflow:
    """What a row holds, as a value."""
    return Workflow.from_json({key: getattr(row, key) for key in (*_OF_A_VERSION, "rank")})
