"""The music service, on 8315."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import anyio
from fastapi import APIRouter, FastAPI

from api import computing
from api.app import build
from api.routes import analyses, music_health
from studio.clients.track_analysis import prepare
from studio.settings import Settings

PREFIX: Final = "/api"
_ROUTES: Final = (music_health, analyses)


def create_app(settings: Settings) -> FastAPI:
    """The service."""
    service = APIRouter(prefix=PREFIX)
    for routes in _ROUTES:
        service.include_router(routes.router)
    return build(
        settings,
        title="tower-apple-music",
        description="Tempo, beats and key of music, cuts held against the beat, and a library to search.",
        routers=[service],
        open_paths=[f"{PREFIX}/health"],
        lifespan=_warming,
    )


@asynccontextmanager
async def _warming(app: FastAPI) -> AsyncIterator[None]:
    """While the service answers already, a process loads what the first analysis needs."""
    async with anyio.create_task_group() as group:
        group.start_soon(computing.warm, partial(prepare, app.state.settings.music_backend))
        yield
        group.cancel_scope.cancel()
