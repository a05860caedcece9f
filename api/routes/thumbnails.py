"""Small pictures of clips and pictures within the media roots."""

from threading import BoundedSemaphore
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from api.conditions import is_known
from api.requests import settings_of
from api.schemas.fields import StoredPath
from api.schemas.quality import AssetId
from db.queries import assets
from db.session import transaction
from studio.clients.store import open_allowed
from studio.clients.thumbnails import thumbnail
from studio.errors import InvalidError

router = APIRouter(tags=["assets"])
_DECODERS: Final = BoundedSemaphore(2)
"""Each decodes one frame; more at once would keep other requests waiting."""
_JPEG: Final = "image/jpeg"
_HEADERS: Final = {"Cache-Control": "private, max-age=60", "X-Content-Type-Options": "nosniff"}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A JPEG.", "content": {_JPEG: {}}},
    304: {"description": "The client has it already."},
}


@router.get("/thumbnail", response_class=FileResponse, responses=_ANSWERS)
def get_thumbnail(
    request: Request,
    path: Annotated[StoredPath | None, Query()] = None,
    asset_id: Annotated[AssetId | None, Query()] = None,
    width: Annotated[Literal["160", "320", "640"], Query()] = "320",
) -> Response:
    """A small picture of a clip (a frame from its middle) or of a picture, named by path or as an asset."""
    if (path is None) == (asset_id is None):
        raise InvalidError(
            "A file is named by its path, or by an asset.", field="path", value=path, expected="one of both"
        )
    settings = settings_of(request)
    source = open_allowed(path or _asset_path(asset_id or ""), settings.roots)
    with _DECODERS:
        kept = thumbnail(source, width_px=int(width), cache=settings.thumbnails)
    etag = f'"{kept.stem[:32]}"'
    headers = {**_HEADERS, "ETag": etag}
    if is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return FileResponse(kept, media_type=_JPEG, headers=headers)


def _asset_path(sha256: str) -> str:
    with transaction() as session:
        return assets.get(session, sha256).path
