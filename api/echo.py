"""Echo Brain, on 8309."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, FastAPI

from api.app import build
from api.routes import echo_health
from studio.settings import Settings
from tasks.modules import MODULES, Probe

PREFIX: Final = "/api/echo"
_ROUTES: Final = (echo_health,)


def create_app(settings: Settings, modules: Mapping[str, Probe] = MODULES) -> FastAPI:
    """The service; each of `modules` is asked whether it works whenever somebody asks for its health."""
    service = APIRouter(prefix=PREFIX)
    for routes in _ROUTES:
        service.include_router(routes.router)
    app = build(
        settings,
        title="tower-echo-brain",
        description="The director: plans, acts within bounds, and tells how the whole tower is.",
        routers=[service],
        open_paths=[f"{PREFIX}/health"],
    )
    app.state.modules = dict(modules)
    return app
