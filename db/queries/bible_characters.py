"""What a bible says of one character."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.project import BibleCharacter, Branch
from db.queries.uniqueness import one_of_a_kind
from studio.errors import NotFoundError


def get(session: Session, branch: Branch, character_id: int, *, alone: bool = False) -> BibleCharacter:
    """What the bible of a branch says; `alone`, nobody else changes it until the transaction ends.

    Raises:
        NotFoundError: it speaks of none of that id.
    """
    row = session.get(BibleCharacter, (branch.id, character_id), with_for_update=alone)
    if row is None or row.project_id != branch.project_id:
        raise NotFoundError(
            f"The bible has no character {character_id} on branch {branch.name!r}.",
            field="character_id",
            value=character_id,
        )
    return row


def page(session: Session, branch: Branch, *, limit: int, after: int) -> list[BibleCharacter]:
    """Those of whom the bible speaks, in the order in which they were added, from who follows `after`."""
    query = select(BibleCharacter).where(
        col(BibleCharacter.branch_id) == branch.id, col(BibleCharacter.id) > after
    )
    return list(session.scalars(query.order_by(col(BibleCharacter.id)).limit(limit)))


def change(session: Session, row: BibleCharacter, values: Mapping[str, Any]) -> BibleCharacter:
    """Set what differs; the version rises by one when anything does.

    Raises:
        DuplicateError: the bible speaks of another of the new name.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    marks = {"version": row.version + 1, "dirty": True, "updated_at": func.now()}
    name = changed.get("name")
    message = f"The bible already has a character named {name!r}."
    with one_of_a_kind(message, field="name", value=name, expected="another name"):
        for field, value in {**changed, **marks}.items():
            setattr(row, field, value)
        session.flush()
    session.refresh(row)
    return row
