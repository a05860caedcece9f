"""Projects and how they are produced."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.project import AnimeProject, Branch, ProjectSettings
from studio.errors import NotFoundError
from studio.library import free_copy, safe_name

MAIN: Final = "main"
_TELLING: Final = 20
"""So many characters of a folder's name come from the project's, however long the two are."""


def create(session: Session, *, name: str, description: str, details: Mapping[str, Any]) -> AnimeProject:
    """A project with its settings, its own folder in the library, and the branch `main`."""
    project = AnimeProject(name=name, description=description, details=dict(details))
    session.add(project)
    session.flush()
    assert project.id is not None
    folder = _free_folder(session, name, project.created_at.year)
    session.add(ProjectSettings(id=project.id, library_folder=folder))
    session.add(Branch(project_id=project.id, name=MAIN))
    session.flush()
    return project


def get(session: Session, project_id: int) -> AnimeProject:
    """The project of that id.

    Raises:
        NotFoundError: there is none.
    """
    project = session.get(AnimeProject, project_id)
    if project is None:
        raise NotFoundError(f"There is no project {project_id}.", field="project_id", value=project_id)
    return project


def page(session: Session, *, limit: int, after: int) -> list[AnimeProject]:
    """Projects in the order in which they were made, from the one that follows `after`."""
    query = select(AnimeProject).where(col(AnimeProject.id) > after).order_by(col(AnimeProject.id))
    return list(session.scalars(query.limit(limit)))


def production(session: Session, project_id: int) -> ProjectSettings:
    """Rate, size, style and library folder of a project that exists."""
    return session.get_one(ProjectSettings, project_id)


def _free_folder(session: Session, name: str, year: int) -> str:
    """Projects are made one after the other, so that two of one name get two folders."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("library folders", 0))))
    start = safe_name(name)[:_TELLING].rstrip()
    alike = func.starts_with(func.lower(col(ProjectSettings.library_folder)), func.lower(start))
    return free_copy(name, year, session.scalars(select(col(ProjectSettings.library_folder)).where(alike)))
