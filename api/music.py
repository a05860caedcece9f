"""The music service, on 8315."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import anyio
from fastapi import APIRouter, FastAPI

from api import computing
from api.app import build
from api.routes import analyses, library, library_files, library_scans, music_health, playlists
from studio.clients.track_analysis import prepare
from studio.settings import Settings
from tasks.library_start import Started, start_scan

PREFIX: Final = "/api"
_ROUTES: Final = (music_health, analyses, library, library_files, playlists, library_scans)


def create_app(settings: Settings, start_scan: Callable[[], Started] = start_scan) -> FastAPI:
    """The service; `start_scan` has the library scanned."""
    service = APIRouter(prefix=PREFIX)
    for routes in _ROUTES:
        service.include_router(routes.router)
    app = build(
        settings,
        title="tower-apple-music",
        description="Tempo, beats and key of music, cuts held against the beat, and a library to search.",
        routers=[service],
        open_paths=[f"{PREFIX}/health"],
        lifespan=_warming,
    )
    app.state.start_scan = start_scan
    return app


@asynccontextmanager
async def _warming(app: FastAPI) -> AsyncIterator[None]:
    """While the service answers already, a process loads what the first analysis needs."""
    async with anyio.create_task_group() as group:
        group.start_soon(computing.warm, partial(prepare, app.state.settings.music_backend))
        yield
        group.cancel_scope.cancel()
