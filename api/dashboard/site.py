"""The dashboard, laid over the production service: its pages, its files, and errors that people can read."""

import mimetypes
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from api import envelope
from api.dashboard.house import House, Refused
from api.dashboard.pages import clips, echo, episodes, login, music, now, projects, storage, takes, versions
from api.dashboard.view import PARTIAL, STATIC, render
from api.doors import LOGIN
from api.doors import STATIC as STATIC_PATH

OPEN_PATHS: Final = (LOGIN, STATIC_PATH)
_PAGES: Final = (now, clips, projects, takes, versions, episodes, music, echo, storage, login)
_KEPT: Final = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_files = APIRouter(include_in_schema=False)


@_files.get("/static/{name}")
def static_file(name: str) -> Response:
    """A stylesheet, a script or the icon."""
    if name not in {path.name for path in STATIC.iterdir()}:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return FileResponse(STATIC / name, media_type=media_type, headers=_KEPT)


def add_to(app: FastAPI, neighbours: Mapping[str, ASGIApp]) -> None:
    """Serve the dashboard with `app`, which is the production service; `neighbours` are the other ones."""
    app.state.house = House({"anime": app, **neighbours})
    for pages in (*(each.router for each in _PAGES), _files):
        app.include_router(pages)
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(HTTPException, _on_http_error)


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _fault(request, error.status, error.error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    """Where a person looks for a page that is not there, in words; else in the envelope."""
    assert isinstance(error, HTTPException)
    is_page = not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
    if not is_page:
        return await envelope.on_http_error(request, error)
    message = "There is no such page." if error.status_code == HTTPStatus.NOT_FOUND else str(error.detail)
    told = {"code": HTTPStatus(error.status_code).name, "message": message, "details": {}}
    return _fault(request, error.status_code, told)


def _fault(request: Request, status: int, error: Mapping[str, Any]) -> Response:
    template = "_fault.html" if PARTIAL in request.headers else "fault.html"
    told: dict[str, Any] = {"message": HTTPStatus(status).phrase, "code": "", "details": {}, **error}
    told["details"] = {"expected": None, "findings": [], **dict(told["details"] or {})}
    told.setdefault("request_id", request.state.request_id)
    return render(request, template, status=status, error=told, status_code=status)
