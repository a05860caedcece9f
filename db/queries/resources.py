"""Plain resources: rows under an id of their own, which are made, read, changed and removed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from db.models.base import Table
from db.models.culture import CulturalElement
from db.models.learning import StyleTemplate
from db.models.orchestration import ProductionSchedule
from db.models.story import StoryArc, StorylineContext, StoryTimeline
from db.queries.uniqueness import one_of_a_kind
from studio.errors import InvalidError, NotFoundError

Resource = StyleTemplate | StoryArc | StoryTimeline | StorylineContext | CulturalElement | ProductionSchedule
R = TypeVar(
    "R", StyleTemplate, StoryArc, StoryTimeline, StorylineContext, CulturalElement, ProductionSchedule
)
Told = TypeVar("Told", StoryArc, StoryTimeline)


def create(session: Session, row: R) -> R:
    """Write a row.

    Raises:
        DuplicateError: there is one of that name.
    """
    with _one_name(row):
        session.add(row)
        session.flush()
    return row


def get(session: Session, kind: type[R], row_id: int, *, alone: bool = False) -> R:
    """The row of that id; `alone`, nobody else changes it until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(kind, row_id, with_for_update=alone)
    if row is None:
        named = _named(kind)
        raise NotFoundError(
            f"There is no {named} {row_id}.", field=f"{named.replace(' ', '_')}_id", value=row_id
        )
    return row


def page(session: Session, kind: type[R], *where: ColumnElement[bool], limit: int, after: int) -> list[R]:
    """Rows in the order in which they were made, from the one that follows `after`."""
    query = select(kind).where(*where, col(kind.id) > after).order_by(col(kind.id)).limit(limit)
    return list(session.scalars(query))


def change(session: Session, row: R, values: Mapping[str, Any]) -> R:
    """Set what differs.

    Raises:
        DuplicateError: there is another of the new name.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        with _one_name(row, changed.get("name")):
            for name, value in {**changed, "updated_at": func.now()}.items():
                setattr(row, name, value)
            session.flush()
        session.refresh(row)
    return row


def remove(session: Session, kind: type[R], row_id: int) -> None:
    """Take a row away, with what belongs to it.

    Raises:
        NotFoundError: there is none.
    """
    session.delete(get(session, kind, row_id, alone=True))
    session.flush()


def append(session: Session, row: Told) -> Told:
    """Write a row as the last of its project; the caller holds the project.

    Raises:
        DuplicateError: the project has one of that name.
    """
    kind = type(row)
    last = session.scalar(select(func.max(col(kind.position))).where(col(kind.project_id) == row.project_id))
    row.position = (last or 0) + 1
    return create(session, row)


def in_order(
    session: Session, kind: type[Told], project_id: int, *, limit: int, after: tuple[int, ...] = (0, 0)
) -> list[Told]:
    """A project's rows as they are told, from the one that follows a position and an id."""
    place = (col(kind.position) > after[0]) | ((col(kind.position) == after[0]) & (col(kind.id) > after[1]))
    query = select(kind).where(col(kind.project_id) == project_id, place)
    return list(session.scalars(query.order_by(col(kind.position), col(kind.id)).limit(limit)))


def reorder(session: Session, kind: type[Told], project_id: int, ids: Sequence[int]) -> list[Told]:
    """Tell a project's rows in another order; the caller holds the project.

    Raises:
        InvalidError: `ids` are not exactly those of the project, each once.
    """
    rows = {row.id: row for row in session.scalars(select(kind).where(col(kind.project_id) == project_id))}
    if sorted(ids) != sorted(row_id for row_id in rows if row_id is not None):
        raise InvalidError(
            f"The order must name each {_named(kind)} of the project once.",
            field="ids",
            value=list(ids),
            expected=", ".join(map(str, sorted(rows, key=lambda row_id: row_id or 0))) or "none",
        )
    for position, row_id in enumerate(ids, start=1):
        rows[row_id].position = position
    session.flush()
    return [rows[row_id] for row_id in ids]


@contextmanager
def _one_name(row: Table, name: str | None = None) -> Iterator[None]:
    given = name or getattr(row, "name", None)
    message = f"There is a {_named(type(row))} named {given!r} already."
    with one_of_a_kind(message, field="name", value=given, expected="another name"):
        yield


def _named(kind: type[Table]) -> str:
    """What a kind of row is called: "story arc"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
