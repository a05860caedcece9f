"""What every service is built with: doors, errors in their envelope, request ids, cross-origin rules."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from api import doors, envelope
from api.boundary import Boundary
from api.envelope import Envelope
from api.routes import metrics
from db.session import POOL_OVERFLOW, POOL_SIZE
from studio.errors import StackError, StudioError
from studio.settings import Settings

ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Envelope, "description": "The body cannot be read."},
    401: {"model": Envelope, "description": "A bearer token is needed."},
    403: {"model": Envelope, "description": "This host or origin may not."},
    404: {"model": Envelope, "description": "Nothing goes by that name or id."},
    409: {"model": Envelope, "description": "The request clashes with the present state."},
    412: {"model": Envelope, "description": "What `If-Match` names has changed."},
    413: {"model": Envelope, "description": "The body is too large."},
    415: {"model": Envelope, "description": "The body is of another kind: JSON, or a form for uploads."},
    422: {"model": Envelope, "description": "A field, a path or a value cannot be accepted."},
    429: {"model": Envelope, "description": "Too many requests; `Retry-After` says when to come back."},
    503: {"model": Envelope, "description": "A part that Tower depends on does not answer."},
}
_READABLE_HEADERS: Final = ("X-Request-ID", "ETag", "Link", "Location", "Retry-After")

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build(
    settings: Settings,
    *,
    title: str,
    description: str,
    routers: Sequence[APIRouter],
    open_paths: Collection[str] = (),
    upload_paths: Collection[str] = (),
    has_pages: bool = False,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """A service of Tower's.

    Args:
        settings: Where it listens, who may come in.
        title: The service's name.
        description: What it is for, in a sentence.
        routers: Its routes.
        open_paths: Paths that need no token.
        upload_paths: Paths that take files, up to the largest body; `*` stands for anything.
        has_pages: Whether people open pages of it in a browser.
        lifespan: What the service opens at its start and closes at its end.

    Raises:
        StackError: it would listen beyond this machine without a token.
    """
    check_bind(settings)
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        redirect_slashes=False,
        responses=ERRORS,
        middleware=_middleware(
            settings, open_paths, doors.Bodies(settings.max_body_bytes, frozenset(upload_paths), has_pages)
        ),
        exception_handlers={
            StudioError: envelope.on_studio_error,
            RequestValidationError: envelope.on_invalid_request,
            HTTPException: envelope.on_http_error,
        },
        lifespan=_lifespan(lifespan),
    )
    app.state.settings = settings
    for router in (*routers, metrics.router):
        app.include_router(router)
    return app


def check_bind(settings: Settings) -> None:
    """Refuse to listen beyond this machine without a token."""
    if settings.bind.lower() not in doors.LOOPBACK and not settings.api_tokens:
        raise StackError(
            f"TOWER_BIND={settings.bind} listens beyond this machine: set TOWER_API_TOKENS first.",
            setting="TOWER_API_TOKENS",
        )


def _middleware(settings: Settings, open_paths: Collection[str], bodies: doors.Bodies) -> list[Middleware]:
    passed = [
        doors.host_door(settings),
        doors.rate_door(settings),
        doors.token_door(settings, open_paths=frozenset(open_paths)),
        doors.origin_door(settings),
        doors.size_door(bodies),
        doors.media_type_door(bodies),
    ]
    rings = [Middleware(Boundary), Middleware(doors.Doors, doors=passed, bodies=bodies)]
    if settings.cors_origins:
        rings.insert(1, _cross_origin(settings))
    return rings


def _cross_origin(settings: Settings) -> Middleware:
    return Middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Last-Event-ID",
        ],
        expose_headers=_READABLE_HEADERS,
    )


def _lifespan(inner: Lifespan | None) -> Lifespan:
    """As many requests at once as there are connections to serve them."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = POOL_SIZE + POOL_OVERFLOW
        if inner is None:
            yield
        else:
            async with inner(app):
                yield

    return lifespan
