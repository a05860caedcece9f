"""The episode service, on 8323."""

from typing import Final

from fastapi import APIRouter, FastAPI

from api.app import build
from api.routes import archive, episode_audio, episodes, schedules, storage
from studio.settings import Settings

PREFIX: Final = "/api/anime"
_ROUTES: Final = (episodes, episode_audio, schedules, storage, archive)


def create_app(settings: Settings) -> FastAPI:
    """The service."""
    service = APIRouter(prefix=PREFIX)
    for routes in _ROUTES:
        service.include_router(routes.router)
    return build(
        settings,
        title="episodes-api",
        description="Episodes: their scenes in order, the music they are laid on, and when batches run.",
        routers=[service],
        open_paths=[f"{PREFIX}/health"],
        upload_paths=[f"{PREFIX}{archive.UPLOADS}"],
    )
