"""A track's sound, its cover, and a picture of what is heard in it."""

from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from api.analyses import analysis_of
from api.conditions import is_known
from api.ranged import RangedFile
from api.requests import settings_of
from api.schemas.fields import Id
from db.models.music_library import MusicTrack
from db.queries import music_tracks
from db.session import transaction
from studio.analysis_sheet import draw_analysis
from studio.canonical import digest
from studio.clients.music_folders import cover_beside
from studio.clients.music_tags import Cover, as_cover, read_cover
from studio.clients.store import open_allowed
from studio.errors import FileMissingError, StateError
from studio.settings import Settings
from studio.tracks import DETAILED

router = APIRouter(prefix="/track/{track_id}", tags=["library"])
_TYPES: Final = {
    ".flac": "audio/flac", ".m4a": "audio/mp4", ".m4b": "audio/mp4", ".opus": "audio/ogg",
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".wav": "audio/wav", ".mp3": "audio/mpeg",
}  # fmt: skip
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file."},
    206: {"description": "The part of it that `Range` asks for."},
    304: {"description": "The client has it already."},
    416: {"description": "`Range` lies outside of it."},
}
_DRAWN: Final = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
MOST_COVER_BYTES: Final = 32 * 1024 * 1024


@router.head("/stream", include_in_schema=False)
@router.get("/stream", response_class=FileResponse, responses=_FILE)
def stream(request: Request, track_id: Id) -> RangedFile:
    """The sound of a track, whole or the part that `Range` asks for."""
    row = _row(track_id)
    if row.state in ("protected", "unreadable"):
        raise StateError(
            row.reason or "The track cannot be played.",
            field="state",
            value=row.state,
            expected="present",
        )
    path = _opened(row, settings_of(request))
    stamp = path.stat()
    etag = f'"{digest([row.content_hash, stamp.st_size, stamp.st_mtime_ns])[:32]}"'
    return RangedFile(path, media_type=_media_type(path), etag=etag)


@router.head("/cover", include_in_schema=False)
@router.get("/cover", response_class=Response, responses={200: {"content": {"image/*": {}}}})
def cover(request: Request, track_id: Id) -> Response:
    """The picture that the file brings, or the one that lies beside it."""
    row = _row(track_id)
    if row.cover is None:
        raise FileMissingError("The track has no cover.", field="track_id", value=track_id)
    etag = f'"{digest([row.content_hash, row.cover])[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    found = _cover(row, row.cover, settings_of(request))
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get("/picture", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
def picture(request: Request, track_id: Id) -> Response:
    """Waveform, beats, sections and the curve of the tempo, as SVG; what is not analysed yet is now."""
    row, settings = _row(track_id), settings_of(request)
    found = analysis_of(str(_opened(row, settings)), settings, kind=DETAILED, backend=None)
    title = " – ".join(part for part in (row.artist, row.title) if part)
    drawn = draw_analysis(found, found.waveform, title=title)
    return Response(drawn, media_type="image/svg+xml", headers=_DRAWN)


def _cover(row: MusicTrack, name: str, settings: Settings) -> Cover:
    path = _opened(row, settings)
    if name == "embedded":
        return read_cover(path)
    content = cover_beside(str(path), name).read_bytes()
    found = as_cover(content) if len(content) <= MOST_COVER_BYTES else None
    if found is None:
        raise FileMissingError("The cover is no picture.", field="track_id", value=row.id)
    return found


def _row(track_id: int) -> MusicTrack:
    with transaction() as session:
        return music_tracks.get(session, track_id)


def _opened(row: MusicTrack, settings: Settings) -> Path:
    """The track's file, as long as it lies within the music folders."""
    if not row.location.startswith("/"):
        raise FileMissingError(row.reason or "The track has no file.", field="track_id", value=row.id)
    return open_allowed(row.location, settings.music)


def _media_type(path: Path) -> str:
    return _TYPES.get(path.suffix.lower()) or guess_type(path.name)[0] or "application/octet-stream"
