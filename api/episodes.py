"""The episode service, on 8323."""

from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI

from api.app import build
from api.orders import Orders
from api.routes import (
    archive,
    episode_audio,
    episode_cuts,
    episode_publications,
    episode_renders,
    episodes,
    exchange,
    schedules,
    screenplay,
    storage,
)
from studio.settings import Settings
from tasks.schedules import BATCHES, align
from tasks.submission import submit

PREFIX: Final = "/api/anime"
_ROUTES: Final = (
    *(episodes, episode_audio, episode_renders, episode_cuts, episode_publications),
    *(exchange, screenplay, schedules, storage, archive),
)
REAL: Final = Orders(submit=submit, align=partial(align, BATCHES))


def create_app(settings: Settings, orders: Orders = REAL) -> FastAPI:
    """The service; `orders` are what it sets going."""
    service = APIRouter(prefix=PREFIX)
    for routes in _ROUTES:
        service.include_router(routes.router)
    app = build(
        settings,
        title="episodes-api",
        description="Episodes: their scenes in order, their music, their renders, and when batches run.",
        routers=[service],
        open_paths=[f"{PREFIX}/health"],
        upload_paths=[f"{PREFIX}{path}" for path in (archive.UPLOADS, screenplay.UPLOADS)],
    )
    app.state.orders = orders
    return app
