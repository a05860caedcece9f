"""How a page is answered: its template, its headers, and where it leads after a write."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.dashboard import drawing, words
from api.requests import settings_of
from api.sessions import LASTS_S, Sessions, sessions_of
from studio.canonical import digest

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
PARTIAL: Final = "x-partial"
"""The header by which our script says that it keeps the page and takes over what changes."""

PAGES: Final = frozenset({"/", "/new", "/projects", "/music", "/echo", "/storage"})
PROJECT_PAGES: Final = frozenset(
    {"scenes", "characters", "bible", "takes", "episodes", "trailers", "versions"}
)

_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= words.FILTERS
    shown = {
        "pages": PAGES,
        "project_pages": PROJECT_PAGES,
        "swatches": drawing.swatches,
        "shots": drawing.draw_shots,
    }
    environment.globals |= {**words.GLOBALS, **shown, "static": static}
    return environment


@cache
def static(name: str) -> str:
    """Where a file of ours is, under a name that changes with what it holds."""
    return f"/static/{name}?v={version(name)}"


@cache
def version(name: str) -> str:
    """A mark of what a file, and all that it may import, holds."""
    whole = sorted(STATIC.iterdir()) if name.endswith(".js") else [STATIC / name]
    return digest([path.read_text() for path in whole])[:12]


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, or the part of one whose template's name begins with an underscore."""
    settings = settings_of(request)
    music = _origin_of(request, settings.music_port)
    episodes = _origin_of(request, settings.episodes_port)
    origins = {"music_origin": music, "episodes_origin": episodes}
    given = {"path": request.url.path, "has_login": bool(settings.api_tokens), **origins, **values}
    page = HTMLResponse(_templates().get_template(template).render(given), status)
    page.headers.update({**_HEADERS, "Content-Security-Policy": _policy(music, episodes)})
    _go_on(request, page)
    return page


def go(request: Request, url: str) -> Response:
    """On to another page after a write; our script is told where, and spares itself what it shows already."""
    if PARTIAL in request.headers:
        return Response(status_code=204, headers={"X-Location": url, **_HEADERS})
    return RedirectResponse(url, 303, _HEADERS)


def sessions(request: Request) -> Sessions:
    """The sessions of this tower."""
    return sessions_of(settings_of(request))


def set_session(request: Request, response: Response, value: str) -> None:
    """Give a session's cookie along."""
    response.set_cookie(
        sessions(request).cookie,
        value,
        max_age=LASTS_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _go_on(request: Request, response: Response) -> None:
    """A session lasts from the last page that was opened in it."""
    known = sessions(request)
    session = known.found(request.headers.get("cookie"))
    if session is not None:
        set_session(request, response, known.go_on(session))


def _origin_of(request: Request, port: int) -> str:
    host = request.url.hostname or "localhost"
    return f"{request.url.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _policy(music: str, episodes: str) -> str:
    rules: Mapping[str, str] = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: {music}",
        "media-src": f"'self' {music} {episodes}",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {rule}" for name, rule in rules.items())
