"""Clips judged: any file within the media roots, and what was drawn of a take's assessment."""

import re
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse

from api.computing import compute
from api.requests import settings_of
from api.routes.assets import IMMUTABLE, UPLOADS
from api.routes.generations import GenerationId
from api.schemas.quality import AssessAsked, AssessmentShown, ClipMeant, ReportShown, TakeShown
from db.queries import assets, takes
from db.session import transaction
from studio.clients import store
from studio.clients.judging import judge_and_keep
from studio.clients.store import open_allowed
from studio.errors import FileMissingError, InvalidError
from studio.metrics import AskedClip

router = APIRouter(tags=["quality"])
SVG: Final = "image/svg+xml"
_INERT: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
TakeNumber = Annotated[int, Path(ge=1, le=10_000)]
_SHA256: Final = re.compile("[0-9a-f]{64}")


@router.post("/quality/assess")
def assess(request: Request, body: AssessAsked) -> AssessmentShown:
    """Judge a clip as a take is judged; nothing is kept of it but the report that was asked for."""
    if (body.path is None) == (body.asset_id is None):
        raise InvalidError(
            "A clip is named by its path, or by an asset.",
            field="path",
            value=body.path,
            expected="one of both",
        )
    settings = settings_of(request)
    named = body.path or body.asset_id or ""
    clip, *references = _files((named, *body.references), settings.roots)
    root = settings.assets if body.report else None
    judgement = compute(judge_and_keep, clip, tuple(references), body.preset, _asked(body.asked), root)
    report = None if judgement.sheet is None else _kept(judgement.sheet)
    return AssessmentShown(file=str(clip), report=report, **judgement.document)


@router.get("/generations/{generation_id}/takes/{take}")
def get_take(generation_id: GenerationId, take: TakeNumber) -> TakeShown:
    """One take: what made it, what was measured on it, and how that went over its frames."""
    with transaction() as session:
        found = takes.measured(session, generation_id, take)
    row = found.pop("take")
    judged = {name: value for name, value in found.items() if value is not None}
    return TakeShown.model_validate({**row.model_dump(), **judged})


@router.get(
    "/generations/{generation_id}/takes/{take}/report",
    response_class=FileResponse,
    responses={200: {"description": "Filmstrip, measurements and flagged frames.", "content": {SVG: {}}}},
)
def get_report(generation_id: GenerationId, take: TakeNumber) -> FileResponse:
    """The sheet on a take that was judged, an SVG."""
    with transaction() as session:
        path = takes.report_path(session, generation_id, take)
    if not FilePath(path).is_file():
        raise FileMissingError("The file of this report is gone.", field="take", value=take)
    return FileResponse(path, media_type=SVG, headers={**IMMUTABLE, **_INERT})


def _files(named: Sequence[str], roots: Sequence[FilePath]) -> list[FilePath]:
    """The files that are named, by path or as assets; all of them within the media roots."""
    with transaction() as session:
        paths = [assets.get(session, name).path if _SHA256.fullmatch(name) else name for name in named]
    return [open_allowed(path, roots) for path in paths]


def _asked(meant: ClipMeant | None) -> AskedClip | None:
    if meant is None:
        return None
    frames = max(1, round(meant.duration * meant.fps))
    return AskedClip(meant.width, meant.height, meant.fps, frames, moving=meant.motion, audio=meant.audio)


def _kept(sheet: store.Stored) -> ReportShown:
    with transaction() as session:
        assets.add(
            session,
            sha256=sheet.sha256,
            path=str(sheet.path),
            kind="report",
            size_bytes=sheet.size_bytes,
            project_id=None,
        )
    content = f"/api/anime{UPLOADS}/{sheet.sha256}/content"
    return ReportShown(asset_id=sheet.sha256, path=str(sheet.path), content=content)
