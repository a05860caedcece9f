"""`python -m api.main`: one process that listens on every service's port."""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

import uvloop
from starlette.types import ASGIApp
from uvicorn import Config, Server

from api import echo, episodes, music, production
from api.app import check_bind
from studio import log as logs
from studio.errors import PortTakenError, StackError
from studio.settings import Settings, read_settings

log = logging.getLogger(__name__)
DRAIN_S: Final = 2
"""How long open requests may take to end; event streams end at once."""

Service = tuple[ASGIApp, int]


class _Server(Server):
    """A server among others of one process, which has the signals to itself."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def serve(bind: str, services: Sequence[Service]) -> None:
    """Serve each app on its port until SIGTERM or SIGINT.

    Raises:
        PortTakenError: somebody else listens on one of the ports.
    """
    listening = [_listen(bind, port) for _, port in services]
    servers = [_Server(_config(app)) for app, _ in services]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, partial(_stop, servers, number))
    async with asyncio.TaskGroup() as group:
        for server, listener in zip(servers, listening, strict=True):
            log.info("listening on http://%s:%s", *listener.getsockname()[:2])
            group.create_task(server.serve(sockets=[listener]))


def main() -> int:
    """Serve what there is; returns the exit code."""
    settings = read_settings()
    logs.configure(settings.log_level)
    try:
        check_bind(settings)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings.bind, _services(settings)))
    except StackError as error:
        log.error("%s", error.message)
        return 1
    return 0


def _services(settings: Settings) -> list[Service]:
    episode_app, music_app = episodes.create_app(settings), music.create_app(settings)
    echo_app = echo.create_app(settings)
    neighbours = {"episodes": episode_app, "music": music_app, "echo": echo_app}
    return [
        (production.create_app(settings, neighbours=neighbours), settings.anime_port),
        (episode_app, settings.episodes_port),
        (music_app, settings.music_port),
        (echo_app, settings.echo_port),
    ]


def _config(app: ASGIApp) -> Config:
    return Config(
        app,
        lifespan="on",
        http="httptools",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_S,
    )


def _listen(bind: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        listener = socket.create_server((bind, port), family=family, backlog=2048)
    except OSError as error:
        raise PortTakenError(f"{bind}:{port} cannot be listened on: {error.strerror}.", port=port) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or small answers wait 40 ms for an ACK
    return listener


def _stop(servers: Sequence[Server], number: int) -> None:
    for server in servers:
        server.handle_exit(number, None)


if __name__ == "__main__":
    del __file__  # or each process of `computing` would begin with importing all of this
    sys.exit(main())
