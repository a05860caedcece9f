"""Health and projects."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.schemas.fields import Id
from api.schemas.projects import ProjectAsked, ProjectShown
from db.models.project import AnimeProject
from db.queries import projects
from db.session import transaction

router = APIRouter(tags=["projects"])


class Health(BaseModel):
    """A service that can do its work."""

    status: Literal["healthy"] = "healthy"
    service: Literal["tower-anime-production"] = "tower-anime-production"


@router.get("/health", tags=["health"])
def health() -> Health:
    """Healthy means that the database answers; otherwise this is a 503."""
    with transaction() as session:
        session.connection()
    return Health()


@router.post("/projects", status_code=201)
def create_project(body: ProjectAsked) -> ProjectShown:
    """Make a project with its branch `main`."""
    with transaction() as session:
        project = projects.create(
            session, name=body.name, description=body.description, details=body.metadata
        )
        return _shown(project)


@router.get("/projects")
def list_projects(page: PageAsked) -> list[ProjectShown]:
    """All projects, oldest first."""
    (after,) = page.after(1)
    with transaction() as session:
        rows = projects.page(session, limit=page.one_more, after=after)
    return [_shown(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/projects/{project_id}", response_model=ProjectShown)
def get_project(project_id: Id, conditions: ConditionsAsked) -> ProjectShown | Response:
    """One project."""
    with transaction() as session:
        return conditions.answer(_shown(projects.get(session, project_id)))


def _shown(project: AnimeProject) -> ProjectShown:
    return ProjectShown.model_validate(project)
