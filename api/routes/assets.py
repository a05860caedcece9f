"""The store of files: what users upload, and what generations made."""

from collections.abc import Mapping
from functools import partial
from mimetypes import guess_type
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.requests import settings_of
from api.schemas.assets import AssetDetailed, AssetShown, MadeBy, UsedBy
from api.schemas.fields import Id, Name
from db.models.production import Asset
from db.queries import assets, projects, storage
from db.session import transaction
from studio.clients import store
from studio.clients.uploads import Found, recognise
from studio.errors import FileMissingError

UPLOADS = "/assets"
router = APIRouter(prefix=UPLOADS, tags=["assets"])
PICTURES = ("reference_", "first_frame")
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
IMMUTABLE = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
}


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


@router.get("/{sha256}", response_model=AssetDetailed)
def get_asset(sha256: Sha256, conditions: ConditionsAsked) -> AssetDetailed | Response:
    """What is known of a file: the takes that it is, with what made them, and what names it."""
    with transaction() as session:
        shown = _shown(assets.get(session, sha256)).model_dump()
        made = [MadeBy(**row, parents=_parents(row)) for row in storage.made_by(session, sha256)]
        used = [UsedBy(**row) for row in storage.used_by(session, sha256)]
    return conditions.answer(AssetDetailed(**shown, made_by=made, used_by=used))


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
        raise FileMissingError(_gone(shown), field="sha256", value=sha256)
    headers = {**IMMUTABLE, "ETag": f'"{sha256[:32]}"'}
    return FileResponse(path, media_type=shown.media_type, headers=headers)


def _shown(row: Asset) -> AssetShown:
    media_type = guess_type(row.path)[0] or "application/octet-stream"
    return AssetShown(**row.model_dump(), media_type=media_type)


def _parents(row: Mapping[str, Any]) -> list[str]:
    """What a take was made of: its pictures, the take that it repairs; a clip, its take."""
    pictures = (value for name, value in row["parameters"].items() if name.startswith(PICTURES))
    others = (row["source_sha256"], row["video_sha256"] if row["role"] == "clip" else None)
    return [str(each) for each in (*pictures, *others) if isinstance(each, str)]


def _gone(shown: AssetShown) -> str:
    if shown.removed_at is None:
        return "The file is no longer in the store."
    return f"The file was taken away on {shown.removed_at:%Y-%m-%d}: it was {shown.removed_why}."


def _suffix(path: FilePath, *, seen: list[Found]) -> str:
    found = recognise(path)
    seen.append(found)
    return found.suffix
