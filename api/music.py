"""The music service, on 8315."""

from typing import Final

from fastapi import APIRouter, FastAPI

from api.app import build
from api.routes import music_health
from studio.settings import Settings

PREFIX: Final = "/api"
_ROUTES: Final = (music_health,)


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
    )
