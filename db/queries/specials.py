"""Numbers of clips among the specials of their series, given once and kept."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.clock import NOW
from db.models.production import ProductionJob, Special
from db.models.project import AnimeProject, ProjectSettings


@dataclass(frozen=True, slots=True)
class Series:
    """A project as the media server shows it."""

    folder: str
    title: str
    plot: str
    year: int


def allocate(session: Session, job: ProductionJob) -> Special:
    """The special of the job's scene, or of the job itself where it has none."""
    session.execute(
        select(col(AnimeProject.id)).where(col(AnimeProject.id) == job.project_id).with_for_update()
    )
    if (known := _known(session, job)) is not None:
        return known
    last = session.scalar(
        select(func.max(col(Special.number))).where(col(Special.project_id) == job.project_id)
    )
    special = Special(
        project_id=job.project_id,
        number=(last or 0) + 1,
        scene_id=job.scene_id,
        generation_id=None if job.scene_id is not None else job.id,
    )
    session.add(special)
    session.flush()
    return special


def stands_at(special: Special, path: str | None) -> None:
    """Note the file that now is the special; None where it was taken away."""
    special.path, special.updated_at = path, NOW


def series(session: Session, project_id: int) -> Series:
    """The series that a project is in the library."""
    project = session.get_one(AnimeProject, project_id)
    settings = session.get_one(ProjectSettings, project_id)
    return Series(settings.library_folder, project.name, project.description, project.created_at.year)


def _known(session: Session, job: ProductionJob) -> Special | None:
    query = select(Special).where(col(Special.project_id) == job.project_id)
    if job.scene_id is not None:
        return session.scalar(query.where(col(Special.scene_id) == job.scene_id))
    return session.scalar(query.where(col(Special.generation_id) == job.id))
