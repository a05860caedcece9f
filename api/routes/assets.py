"""The store of files: what users upload, and what generations made."""

from functools import partial
from mimetypes import guess_type
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.requests import settings_of
from api.schemas.assets import AssetShown
from api.schemas.fields import Id, Name
from db.models.production import Asset
from db.queries import assets, projects
from db.session import transaction
from studio.clients import store
from studio.clients.uploads import Found, recognise
from studio.errors import FileMissingError

UPLOADS = "/assets"
router = APIRouter(prefix=UPLOADS, tags=["assets"])
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
IMMUTABLE = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@router.post("", status_code=201)
def upload(
    request: Request, response: Response, file: UploadFile, project_id: Annotated[Id | None, Form()] = None
) -> AssetShown:
    """Upload a picture, a sound or a video: the way in for clients on other machines."""
    with transaction() as session:
        if project_id is not None:
            projects.get(session, project_id)
    seen: list[Found] = []
    stored = store.take_in(file.file, root=settings_of(request).assets, suffix_of=partial(_suffix, seen=seen))
    with transaction() as session:
        row = assets.add(
            session,
            sha256=stored.sha256,
            path=str(stored.path),
            kind=seen[0].kind,
            size_bytes=stored.size_bytes,
            project_id=project_id,
        )
        shown = _shown(row)
    response.headers["Location"] = f"/api/anime{UPLOADS}/{shown.sha256}"
    return shown


@router.get("")
def list_assets(
    page: PageAsked,
    project_id: Annotated[Id | None, Query()] = None,
    kind: Annotated[Name | None, Query()] = None,
) -> list[AssetShown]:
    """Files, newest first."""
    with transaction() as session:
        rows = assets.page(session, project_id=project_id, kind=kind, limit=page.one_more, after=page.cursor)
    return [_shown(row) for row in page.cut(rows, lambda row: row.sha256)]


@router.get("/{sha256}", response_model=AssetShown)
def get_asset(sha256: Sha256, conditions: ConditionsAsked) -> AssetShown | Response:
    """What is known of a file."""
    with transaction() as session:
        return conditions.answer(_shown(assets.get(session, sha256)))


@router.get(
    "/{sha256}/content",
    response_class=FileResponse,
    responses={
        200: {"description": "The file."},
        206: {"description": "The part of it that `Range` asks for."},
        416: {"description": "`Range` lies outside of it."},
    },
)
def get_content(sha256: Sha256) -> FileResponse:
    """A file's content, whole or the part that `Range` asks for."""
    with transaction() as session:
        shown = _shown(assets.get(session, sha256))
    path = FilePath(shown.path)
    if not path.is_file():
        raise FileMissingError("The file is no longer in the store.", field="sha256", value=sha256)
    headers = {**IMMUTABLE, "ETag": f'"{sha256[:32]}"'}
    return FileResponse(path, media_type=shown.media_type, headers=headers)


def _shown(row: Asset) -> AssetShown:
    media_type = guess_type(row.path)[0] or "application/octet-stream"
    return AssetShown(**row.model_dump(), media_type=media_type)


def _suffix(path: FilePath, *, seen: list[Found]) -> str:
    found = recognise(path)
    seen.append(found)
    return found.suffix
