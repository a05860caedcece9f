"""A project as one file: given out, and taken in."""

import re
import shutil
from pathlib import Path
from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from api.computing import compute
from api.requests import settings_of
from api.schemas.fields import Id
from db.queries import projects
from db.session import transaction
from studio.clients import store
from studio.settings import Settings
from tasks import archiving, archiving_import

UPLOADS: Final = "/projects/archive"
LONGEST_S: Final = 3600.0
router = APIRouter(tags=["archive"])


class ProjectImported(BaseModel):
    """The project that came of an archive."""

    project_id: int
    name: str
    rows: int
    assets: int = Field(description="Files that came along.")
    missing: list[str] = Field(description="Files that the tower it comes from did not have any more.")


@router.get(
    "/projects/{project_id}/archive",
    response_class=FileResponse,
    responses={200: {"description": "The archive, a ZIP file.", "content": {"application/zip": {}}}},
)
def get_archive(request: Request, project_id: Id) -> FileResponse:
    """All of a project: history, bibles, episodes, takes with what made them, and their files."""
    with transaction() as session:
        name = projects.get(session, project_id).name
    settings = settings_of(request)
    file = _scratch(settings)
    compute(archiving.export_project, project_id, settings.assets, file, longest_s=LONGEST_S)
    title = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "project"
    return FileResponse(
        file, media_type="application/zip", filename=f"{title}.zip", background=BackgroundTask(_forget, file)
    )


@router.post(UPLOADS, status_code=201)
def post_archive(request: Request, response: Response, file: UploadFile) -> ProjectImported:
    """Make a project of an archive, under new ids; all of it or nothing."""
    settings = settings_of(request)
    path = _scratch(settings)
    try:
        with store.storage_trouble(path.parent, setting="TOWER_HOME"), path.open("xb") as copy:
            shutil.copyfileobj(file.file, copy)
        made = compute(archiving_import.import_project, path, settings.assets, longest_s=LONGEST_S)
    finally:
        _forget(path)
    response.headers["Location"] = f"/api/anime/projects/{made.project_id}"
    return ProjectImported.model_validate(made, from_attributes=True)


def _scratch(settings: Settings) -> Path:
    folder = settings.home / "cache" / "archives"
    with store.storage_trouble(folder, setting="TOWER_HOME"):
        folder.mkdir(parents=True, exist_ok=True)
        store.clear_parts(folder, older_than_s=store.ABANDONED_S)
    return folder / f".{uuid4().hex}.part"


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)
