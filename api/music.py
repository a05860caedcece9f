"""The music service, on 8315."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, FastAPI

from api.app import build
from api.routes import library, library_files, library_scans, music_health, playlists
from studio.settings import Settings
from tasks.library_start import Started, start_scan

PREFIX: Final = "/api"
_ROUTES: Final = (music_health, library, library_files, playlists, library_scans)


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
    )
    app.state.start_scan = start_scan
    return app
