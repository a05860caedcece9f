"""Health and projects."""

from fractions import Fraction
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, TypeAdapter

from api import past
from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.past import ProjectThen, RefQuery
from api.requests import BranchQuery, branch_of
from api.schemas.fields import Id
from api.schemas.projects import (
    ProjectAsked,
    ProjectChange,
    ProjectShown,
    SettingsChange,
    SettingsShown,
)
from api.shelf import Kept, ShelfGiven
from db.models.project import AnimeProject, ProjectSettings
from db.queries import branches, commits, projects, working
from db.session import transaction

router = APIRouter(tags=["projects"])
_LISTED = TypeAdapter(list[ProjectShown])


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
        commits.begin(session, branches.find(session, int(project.id or 0), projects.MAIN))
        return _shown(project)


@router.get("/projects", response_model=list[ProjectShown])
def list_projects(page: PageAsked, shelf: ShelfGiven) -> Response:
    """All projects, oldest first."""
    (after,) = page.after(1)
    key, since = f"projects {page.limit} {after}", shelf.changes
    if (kept := shelf.find(key)) is not None:
        return kept.again()
    with transaction() as session:
        rows = projects.page(session, limit=page.one_more, after=after)
    shown = [_shown(row) for row in page.cut(rows, lambda row: str(row.id))]
    answer = Kept(_LISTED.dump_json(shown, by_alias=False), dict(page.response.headers))
    shelf.keep(key, answer, since=since)
    return answer.again()


@router.get("/projects/{project_id}", response_model=ProjectShown | ProjectThen)
def get_project(
    project_id: Id, conditions: ConditionsAsked, ref: RefQuery = None
) -> ProjectShown | ProjectThen | Response:
    """One project, as it is or, with `ref`, as a commit has it."""
    if ref is not None:
        return conditions.answer(past.project(project_id, ref))
    with transaction() as session:
        return conditions.answer(_shown(projects.get(session, project_id)))


@router.put("/projects/{project_id}", response_model=ProjectShown)
@router.patch("/projects/{project_id}", response_model=ProjectShown)
def update_project(
    project_id: Id, body: ProjectChange, conditions: ConditionsAsked
) -> ProjectShown | Response:
    """Change what is named; an archived project takes no generation."""
    values = body.model_dump(exclude_unset=True)
    if "metadata" in values:
        values["details"] = values.pop("metadata")
    with transaction() as session:
        row = projects.edited(session, project_id)
        conditions.check(_shown(row))
        return conditions.tag(_shown(projects.change(session, row, values)))


@router.delete("/projects/{project_id}", status_code=204)
def delete_project(project_id: Id, conditions: ConditionsAsked) -> None:
    """Take a project away with all that was written of it; what was published and stored stays."""
    with transaction() as session:
        row = projects.leaving(session, project_id)
        conditions.check(_shown(row))
        projects.remove(session, row)


@router.get("/projects/{project_id}/scene-order", tags=["scenes"])
def get_scene_order(project_id: Id, branch: BranchQuery = None) -> list[int]:
    """The ids of a branch's scenes in the order in which they are arranged; the others follow by number."""
    with transaction() as session:
        return working.arranged_scenes(session, branches.find(session, project_id, branch_of(branch)))


@router.get("/projects/{project_id}/settings", response_model=SettingsShown)
def get_settings(project_id: Id, conditions: ConditionsAsked) -> SettingsShown | Response:
    """How a project is produced."""
    with transaction() as session:
        projects.get(session, project_id)
        return conditions.answer(_settings(projects.production(session, project_id)))


@router.put("/projects/{project_id}/settings", response_model=SettingsShown)
@router.patch("/projects/{project_id}/settings", response_model=SettingsShown)
def update_settings(
    project_id: Id, body: SettingsChange, conditions: ConditionsAsked
) -> SettingsShown | Response:
    """Change what is named; generations that follow are made so."""
    values = body.model_dump(exclude_unset=True, exclude={"fps"})
    if "fps" in body.model_fields_set:
        values |= {"fps_num": body.fps.numerator, "fps_den": body.fps.denominator}
    with transaction() as session:
        projects.edited(session, project_id)
        row = projects.production(session, project_id)
        conditions.check(_settings(row))
        return conditions.tag(_settings(projects.change(session, row, values)))


def _shown(project: AnimeProject) -> ProjectShown:
    return ProjectShown.model_validate(project)


def _settings(row: ProjectSettings) -> SettingsShown:
    fps = str(Fraction(row.fps_num, row.fps_den))
    return SettingsShown(**row.model_dump(exclude={"id"}), project_id=row.id, fps=fps)
