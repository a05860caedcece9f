"""Lines of work, and which of an entity's rows is meant."""

from enum import Enum
from typing import Any, Final

from sqlalchemy import Select, select
from sqlmodel import Session, col

from db.models.project import Branch, Character, Scene
from db.queries import projects
from studio.errors import NotFoundError

Entity = type[Character] | type[Scene]


class Hold(Enum):
    """How a branch's row is locked: edits share it, commits and merges want it alone."""

    NOT = None
    SHARED = "shared"
    ALONE = "alone"


_LOCKS: Final[dict[Hold, dict[str, bool]]] = {Hold.SHARED: {"read": True}, Hold.ALONE: {"key_share": True}}


def find(session: Session, project_id: int, name: str, hold: Hold = Hold.NOT) -> Branch:
    """A project's branch of that name.

    Raises:
        NotFoundError: there is no such project, or no such branch of it.
    """
    query = select(Branch).where(col(Branch.project_id) == project_id, col(Branch.name) == name)
    branch: Branch | None = session.scalar(_held(query, hold))
    if branch is None:
        projects.get(session, project_id)
        raise NotFoundError(f"The project has no branch {name!r}.", field="branch", value=name)
    return branch


def of_entity(session: Session, entity: Entity, entity_id: int, name: str, hold: Hold = Hold.NOT) -> Branch:
    """The branch of that name on which an entity is.

    Raises:
        NotFoundError: the entity does not exist, or not on that branch.
    """
    query = (
        select(Branch)
        .join(entity, col(entity.branch_id) == col(Branch.id))
        .where(col(entity.id) == entity_id, col(Branch.name) == name)
    )
    branch: Branch | None = session.scalar(_held(query, hold))
    if branch is None:
        kind = entity.__name__.lower()
        raise NotFoundError(
            f"There is no {kind} {entity_id} on branch {name!r}.", field=f"{kind}_id", value=entity_id
        )
    return branch


def id_of(branch: Branch) -> int:
    """The id of a branch that was read from the database."""
    assert branch.id is not None
    return branch.id


def _held(query: Select[Any], hold: Hold) -> Select[Any]:
    return query if hold is Hold.NOT else query.with_for_update(of=Branch, **_LOCKS[hold])
