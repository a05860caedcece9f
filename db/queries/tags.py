"""Tags: names for commits that do not move."""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db.models.project import Branch
from db.models.versions import Commit, Tag
from db.queries import projects
from db.queries.uniqueness import one_of_a_kind
from studio.errors import DuplicateError, NotFoundError


def add(session: Session, commit: Commit, name: str, message: str) -> Tag:
    """A tag on a commit.

    Raises:
        DuplicateError: the project has a tag of that name.
    """
    is_branch = col(Branch.project_id) == commit.project_id, col(Branch.name) == name
    if session.scalar(select(col(Branch.id)).where(*is_branch)) is not None:
        raise DuplicateError(
            f"The project has a branch {name!r}, which the tag would hide.",
            field="name",
            value=name,
            expected="another name",
        )
    tag = Tag(project_id=commit.project_id, name=name, commit_id=commit.id, message=message)
    with one_of_a_kind(
        f"The project already has a tag {name!r}.", field="name", value=name, expected="another name"
    ):
        session.add(tag)
        session.flush()
    return tag


def page(session: Session, project_id: int, *, limit: int, after: str) -> list[Tag]:
    """A project's tags by name, from the one that follows `after`."""
    projects.get(session, project_id)
    query = select(Tag).where(col(Tag.project_id) == project_id, col(Tag.name) > after)
    return list(session.scalars(query.order_by(col(Tag.name)).limit(limit)))


def remove(session: Session, project_id: int, name: str) -> None:
    """Take a tag off; its commit stays.

    Raises:
        NotFoundError: the project has no tag of that name.
    """
    mine = col(Tag.project_id) == project_id, col(Tag.name) == name
    if session.scalar(delete(Tag).where(*mine).returning(col(Tag.name))) is None:
        raise NotFoundError(f"The project has no tag {name!r}.", field="name", value=name)
