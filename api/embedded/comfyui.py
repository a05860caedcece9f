"""The embedded renderer, `python -m api.embedded.comfyui`: ComfyUI's protocol, answered with animatics."""

import asyncio
import platform
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import psutil
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from api.embedded.child import RenderProcess
from api.embedded.doors import Doors, is_loopback
from api.embedded.events import Listeners
from api.embedded.file_routes import FileRoutes
from api.embedded.folders import Folders
from api.embedded.jobs import Jobs
from api.embedded.nodes import NODE_CLASSES
from api.embedded.page import page
from api.embedded.queue_routes import QueueRoutes
from api.embedded.worker import Worker
from studio import log
from studio.settings import Settings, read_settings

RENDER_COMMAND: Final = (sys.executable, "-m", "api.embedded.render")
VERSION: Final = "tower-animatic-0.1.0"
LARGEST_BODY: Final = 64 * 1024 * 1024
NEWEST_OUTPUTS: Final = 20


@dataclass(frozen=True, slots=True)
class AboutRoutes:
    """What answers here: the page, the nodes, the machine."""

    worker: Worker

    def routes(self) -> list[BaseRoute]:
        """The routes that exist both bare and under `/api`."""
        return [
            Route("/", self.root, methods=["GET"]),
            Route("/object_info", self.object_info, methods=["GET"]),
            Route("/object_info/{node_class}", self.object_info_of, methods=["GET"]),
            Route("/system_stats", self.system_stats, methods=["GET"]),
        ]

    async def root(self, _: Request) -> Response:
        """The page for people."""
        jobs = self.worker.jobs
        outputs = await asyncio.to_thread(self.worker.folders.newest_outputs, NEWEST_OUTPUTS)
        return HTMLResponse(
            page(running=int(jobs.running is not None), waiting=len(jobs.pending), outputs=outputs)
        )

    async def object_info(self, _: Request) -> Response:
        """All node classes."""
        return JSONResponse({name: known.to_json() for name, known in NODE_CLASSES.items()})

    async def object_info_of(self, request: Request) -> Response:
        """One node class; nothing where it is unknown."""
        known = NODE_CLASSES.get(request.path_params["node_class"])
        return JSONResponse({known.name: known.to_json()} if known else {})

    async def system_stats(self, _: Request) -> Response:
        """The machine as it is: no GPU is claimed."""
        jobs = self.worker.jobs
        queue = {"pending": len(jobs.pending), "running": int(jobs.running is not None)}
        return JSONResponse({**_machine(), "queue": queue})


def create_app(
    home: Path,
    *,
    command: Sequence[str] = RENDER_COMMAND,
    allowed_hosts: Sequence[str] = (),
    tokens: Sequence[str] = (),
) -> Starlette:
    """The renderer as an application, with its files under `home/comfyui`.

    Args:
        home: Tower's own folder.
        command: What starts the render process.
        allowed_hosts: Names, beside `localhost` and any address, under which it may be addressed.
        tokens: One of these is asked of whoever speaks from another machine; none: nobody is asked.
    """
    folders = Folders(home / "comfyui")
    worker = Worker(Jobs(), Listeners(), folders, RenderProcess(command))
    queue = QueueRoutes(worker)
    both = [*AboutRoutes(worker).routes(), *queue.routes(), *FileRoutes(folders).routes()]
    return Starlette(
        routes=[*both, Mount("/api", routes=[*both, *queue.api_routes()])],
        middleware=[Middleware(partial(Doors, allowed_hosts=allowed_hosts, tokens=tokens))],
        exception_handlers={ValueError: _trouble},
        lifespan=partial(_lifespan, worker),
        max_body_size=LARGEST_BODY,
    )


@asynccontextmanager
async def _lifespan(worker: Worker, _: Starlette) -> AsyncIterator[None]:
    worker.folders.prepare()
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await worker.process.close()


async def _trouble(_: Request, __: Exception) -> Response:
    """A body that cannot be read: ComfyUI answers 500 in plain text."""
    return PlainTextResponse("500 Internal Server Error\n\nServer got itself in trouble", 500)


@cache
def _processor() -> str:
    """What the processor calls itself, where the system tells."""
    with suppress(OSError):
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def _machine() -> dict[str, Any]:
    memory = psutil.virtual_memory()
    device = {
        "name": _processor(),
        "type": "cpu",
        "index": None,
        "vram_total": memory.total,
        "vram_free": memory.available,
        "torch_vram_total": 0,
        "torch_vram_free": 0,
    }
    system = {
        "os": sys.platform,
        "ram_total": memory.total,
        "ram_free": memory.available,
        "comfyui_version": VERSION,
        "python_version": sys.version,
        "pytorch_version": None,
        "embedded_python": False,
        "argv": sys.argv,
    }
    return {"system": system, "devices": [device]}


def serve(settings: Settings) -> None:
    """Listen until SIGTERM, then leave within three seconds, also amid a render."""
    tokens = [token.get_secret_value() for token in settings.api_tokens]
    if not is_loopback(settings.bind) and not tokens:
        raise SystemExit(f"TOWER_BIND={settings.bind} needs TOWER_API_TOKENS: others can reach it.")
    app = create_app(settings.home, allowed_hosts=settings.allowed_hosts, tokens=tokens)
    uvicorn.run(
        app,
        host=settings.bind,
        port=settings.comfyui_port,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,  # longer than clients keep a connection, so that none is closed as it is used
    )


def main() -> None:
    """Serve as the environment says."""
    settings = read_settings()
    log.configure(settings.log_level)
    serve(settings)


if __name__ == "__main__":
    main()
