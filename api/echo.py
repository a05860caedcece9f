"""Echo Brain, on 8309."""

from collections.abc import Callable, Mapping
from typing import Final

from fastapi import APIRouter, FastAPI

from api.app import build
from api.routes import echo_health, echo_monitoring, echo_talk
from studio.settings import Settings
from tasks.modules import MODULES, Probe
from tasks.submission import submit

PREFIX: Final = "/api/echo"
_ROUTES: Final = (echo_health, echo_talk, echo_monitoring)


def create_app(
    settings: Settings,
    modules: Mapping[str, Probe] = MODULES,
    submit: Callable[[str, int], None] = submit,
) -> FastAPI:
    """The service; each of `modules` is asked whether it works whenever somebody asks for its health.

    `submit` has a confirmed plan carried out.
    """
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
    app.state.submit = submit
    return app
