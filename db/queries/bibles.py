"""Projects' narrative guides, and what they say of the characters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from db.models.project import BibleCharacter, Branch, ProjectBible
from db.queries import bible_history, branches
from db.queries.uniqueness import one_of_a_kind
from studio.errors import NotFoundError

MOST_CHARACTERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Guide:
    """A bible with those of whom it speaks."""

    bible: ProjectBible
    characters: list[BibleCharacter]


def add(session: Session, branch: Branch, values: Mapping[str, Any]) -> ProjectBible:
    """A further version of the bible; the caller holds the branch alone."""
    last = session.scalar(
        select(func.max(col(ProjectBible.version))).where(col(ProjectBible.branch_id) == branch.id)
    )
    bible = ProjectBible(
        branch_id=branches.id_of(branch), project_id=branch.project_id, version=(last or 0) + 1, **values
    )
    session.add(bible)
    session.flush()
    bible_history.record(session, bible)
    return bible


def guide(session: Session, branch: Branch) -> Guide:
    """The version in effect, with those of whom it speaks in the order in which they were added.

    Raises:
        NotFoundError: the project has no bible on that branch.
    """
    query = select(BibleCharacter).where(col(BibleCharacter.branch_id) == branch.id)
    rows = session.scalars(query.order_by(col(BibleCharacter.id)).limit(MOST_CHARACTERS))
    return Guide(_newest(session, branch), list(rows))


def add_character(session: Session, branch: Branch, values: Mapping[str, Any]) -> BibleCharacter:
    """What the bible says of a character.

    Raises:
        NotFoundError: the project has no bible on that branch.
        DuplicateError: the bible speaks of a character of that name.
    """
    _newest(session, branch)
    row = BibleCharacter(branch_id=branches.id_of(branch), project_id=branch.project_id, **values)
    name = values["name"]
    with one_of_a_kind(
        f"The bible already has a character named {name!r}.",
        field="name",
        value=name,
        expected="another name",
    ):
        session.add(row)
        session.flush()
    return row


def delete_character(session: Session, branch: Branch, bible_character_id: int) -> None:
    """Have the bible no longer speak of a character; the caller holds the branch.

    Raises:
        NotFoundError: it speaks of none of that id.
    """
    at = col(BibleCharacter.branch_id) == branch.id, col(BibleCharacter.id) == bible_character_id
    if session.scalar(delete(BibleCharacter).where(*at).returning(col(BibleCharacter.id))) is None:
        raise NotFoundError(
            f"The bible has no character {bible_character_id} on branch {branch.name!r}.",
            field="character_id",
            value=bible_character_id,
        )
    branches.bury(session, branch, "bible/characters", bible_character_id)


def _newest(session: Session, branch: Branch) -> ProjectBible:
    bible = session.scalar(
        select(ProjectBible)
        .where(col(ProjectBible.branch_id) == branch.id)
        .order_by(col(ProjectBible.version).desc())
        .limit(1)
    )
    if bible is None:
        raise NotFoundError(
            f"Project {branch.project_id} has no bible yet.", field="project_id", value=branch.project_id
        )
    return bible
