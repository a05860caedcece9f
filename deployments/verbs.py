"""The commands that start, stop and show the stack."""

import json
import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from deployments import stack, status
from deployments.addresses import QUIET_PREFECT, worker_environment
from deployments.supervise import BusyError, Tower
from studio import log
from studio.errors import StackError
from studio.settings import read_settings

_screen = Console(stderr=True)


def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return once everything is ready.")] = False,
) -> None:
    """Start this home's stack and carry it until Ctrl-C, or leave it running with --detach."""
    settings = read_settings()
    if not detach:
        log.configure(settings.log_level)
        try:
            Tower(settings).run()
        except BusyError:
            _screen.print("The stack is already carried by another process.")
        else:
            return
    with _screen.status("starting") as line:
        addresses = stack.ensure_up(settings, tell=lambda found: line.update(_progress(found)))
    _screen.print(f"Tower is up: {addresses.anime_url}, runs at {addresses.prefect_ui_url}")


def down() -> None:
    """Stop this home's stack; renders under way are taken up again by the next start."""
    settings = read_settings()
    with _screen.status("stopping"):
        was_up = stack.down(settings)
    _screen.print("Tower is down." if was_up else f"No tower is up in {settings.home}.")


def show(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Each part's state and real address."""
    settings = read_settings()
    document = status.read(settings).public(settings.home)
    if as_json:
        typer.echo(json.dumps(document))
    else:
        Console().print(status.table(document))


def worker() -> None:
    """Take runs on this host, for the tower of DATABASE_URL and PREFECT_API_URL or for this home's."""
    settings = read_settings()
    joined = {**os.environ, **QUIET_PREFECT, **worker_environment(settings)}
    if settings.database_url is None or settings.prefect_api_url is None:
        addresses = stack.running(settings)
        if addresses is None:
            raise StackError(
                "Name the tower to join: DATABASE_URL and PREFECT_API_URL, and TOWER_COMFYUI_URLS."
            )
        joined |= addresses.environment()
    argv = [sys.executable, "-P", "-m", "deployments.worker"]
    os.execve(sys.executable, argv, joined)  # noqa: S606 -- no shell is meant


def _progress(found: status.Status) -> str:
    parts = found.document.get("parts", []) if found.is_alive else []
    waiting = [part["name"] for part in parts if part["state"] not in ("up", "done")]
    return f"starting {', '.join(waiting)}" if waiting else "starting"
