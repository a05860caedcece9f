"""Projects and how they are produced."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import collate, delete, func, select, union_all, update
from sqlmodel import Session, col

from db.clock import NOW
from db.models.orchestration import RetiredFolder
from db.models.production import ProductionJob
from db.models.project import AnimeProject, Branch, ProjectSettings, Scene
from db.models.versions import Merge
from studio.errors import NotFoundError, StateError
from studio.library import free_copy, safe_name

Changed = TypeVar("Changed", AnimeProject, ProjectSettings)
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


def active(session: Session) -> list[int]:
    """The projects that are worked on, in the order in which they were made."""
    query = select(col(AnimeProject.id)).where(col(AnimeProject.status) == "active")
    return [row for row in session.scalars(query.order_by(col(AnimeProject.id))) if row is not None]


def held(session: Session, project_id: int) -> AnimeProject:
    """Like `get`, and nobody else changes or removes it until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    get(session, project_id)
    return session.get_one(AnimeProject, project_id, with_for_update=True, populate_existing=True)


def edited(session: Session, project_id: int) -> AnimeProject:
    """Like `held`, for an edit of what `main` has of the project: commits, which hold the branch, come after.

    Raises:
        NotFoundError: there is none.
    """
    main = col(Branch.project_id) == project_id, col(Branch.name) == MAIN
    session.execute(select(col(Branch.id)).where(*main).with_for_update(read=True))
    return held(session, project_id)


def leaving(session: Session, project_id: int) -> AnimeProject:
    """Like `held`, with all its branches: nothing is begun on them any more.

    Raises:
        NotFoundError: there is none.
    """
    waiting = select(col(Merge.id)).where(col(Merge.project_id) == project_id).order_by(col(Merge.id))
    session.execute(waiting.with_for_update())  # merges before branches, as deciding on one locks them
    query = select(col(Branch.id)).where(col(Branch.project_id) == project_id)
    session.execute(query.order_by(collate(col(Branch.name), "C")).with_for_update())
    return held(session, project_id)


def change(session: Session, row: Changed, values: Mapping[str, Any]) -> Changed:
    """Set what differs, of a project or of how it is produced."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.updated_at = NOW
        session.flush()
        session.refresh(row)
    return row


def remove(session: Session, project: AnimeProject) -> None:
    """Take away a project that is `leaving`, with all its rows; files stay, its folder is given to nobody.

    Raises:
        StateError: a generation of it is under way.
    """
    jobs = col(ProductionJob.project_id) == project.id
    query = select(col(ProductionJob.id)).where(jobs, col(ProductionJob.status) == "processing").limit(1)
    if (under_way := session.scalar(query)) is not None:
        raise StateError(
            f"Generation {under_way} is under way: cancel it first.",
            field="project_id",
            value=project.id,
            expected="a project with no generation under way",
        )
    session.add(RetiredFolder(folder=production(session, project.id or 0).library_folder))
    session.execute(delete(ProductionJob).where(jobs))
    session.execute(delete(Scene).where(col(Scene.project_id) == project.id))
    session.execute(update(Branch).where(col(Branch.project_id) == project.id).values(head_commit_id=None))
    session.execute(delete(AnimeProject).where(col(AnimeProject.id) == project.id))


def production(session: Session, project_id: int) -> ProjectSettings:
    """Rate, size, style and library folder of a project that exists."""
    return session.get_one(ProjectSettings, project_id)


def _free_folder(session: Session, name: str, year: int) -> str:
    """Projects are made one after the other, so that two of one name get two folders."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("library folders", 0))))
    start = safe_name(name)[:_TELLING].rstrip()
    alike = func.starts_with(func.lower(col(ProjectSettings.library_folder)), func.lower(start))
    kept = func.starts_with(func.lower(col(RetiredFolder.folder)), func.lower(start))
    taken = select(col(ProjectSettings.library_folder)).where(alike)
    retired = select(col(RetiredFolder.folder)).where(kept)
    return free_copy(name, year, session.scalars(union_all(taken, retired)))
