"""The anime production service, on 8328."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from api.app import build
from api.commands import Commands
from api.dashboard import site
from api.routes import (
    archive,
    arcs,
    assets,
    bibles,
    board,
    characters,
    consistency,
    culture,
    director,
    feedback,
    generate,
    generations,
    live,
    merges,
    projects,
    publications,
    quality,
    queue,
    renderers,
    scenes,
    styles,
    thumbnails,
    timelines,
    trailers,
    versions,
    workflows,
)
from api.shelf import PROJECTS_CHANNEL, Clearing, Shelf
from api.streams import Streams
from db.listener import Listener
from db.queries.ownership import EVENTS_CHANNEL
from studio.settings import Settings
from tasks import control
from tasks.media_server import look_at_server, make_library
from tasks.renderer_survey import look_at_renderers, survey_models
from tasks.submission import submit
from tasks.withdrawing import unpublish
from tasks.workflow_checks import judge_workflow

PREFIX: Final = "/api/anime"
_ROUTES: Final = (
    *(projects, characters, scenes, bibles, consistency, generate, generations),
    *(director, workflows, renderers, assets, styles, arcs, timelines, culture, feedback),
    *(quality, trailers, versions, merges, queue, board, thumbnails, live, publications, archive),
)
REAL: Final = Commands(
    submit=submit,
    cancel=control.cancel,
    approve=control.approve,
    reject=control.reject,
    retry=control.retry,
    publish=control.publish,
    unpublish=unpublish,
    look_at_jellyfin=look_at_server,
    make_library=make_library,
    judge_workflow=judge_workflow,
    look_at_renderers=look_at_renderers,
    survey_models=survey_models,
)


def create_app(
    settings: Settings, commands: Commands = REAL, neighbours: Mapping[str, ASGIApp] = MappingProxyType({})
) -> FastAPI:
    """The service and the dashboard; `commands` are what it sets going, `neighbours` the other services."""
    service = APIRouter(prefix=PREFIX)
    for routes in _ROUTES:
        service.include_router(routes.router)
    app = build(
        settings,
        title="tower-anime-production",
        description="Projects, characters, scenes and bibles, and the clips that are made of them.",
        routers=[service],
        open_paths=[f"{PREFIX}/health", *site.OPEN_PATHS],
        upload_paths=[f"{PREFIX}{path}" for path in (assets.UPLOADS, archive.UPLOADS)],
        has_pages=True,
        lifespan=_listening,
    )
    site.add_to(app, neighbours)
    app.state.commands = commands
    shelf = app.state.shelf = Shelf()
    shelf.listener = Listener(EVENTS_CHANNEL, also={PROJECTS_CHANNEL: shelf.clear})
    app.state.streams = Streams(shelf.listener, settings.poll_s)
    app.add_middleware(Clearing, shelf=shelf)
    return app


@asynccontextmanager
async def _listening(app: FastAPI) -> AsyncIterator[None]:
    async with app.state.streams.listener.listening():
        yield
