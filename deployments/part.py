"""`tower part` and `tower units`: each part as a process of its own, for who lets systemd carry them."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

import typer

from db.databases import asyncpg_url, beside, ensure, prefect_name
from db.embedded.server import EmbeddedPostgres
from db.migrate import upgrade
from db.tower_lock import TowerLock
from deployments.addresses import PREFECT_SERVER, environment, gather, worker_environment
from deployments.databases import database_of
from deployments.parts import MODULES
from deployments.ports import Ports, has_own_model
from studio import log
from studio.errors import InvalidError, StackError, UnavailableError
from studio.settings import Settings, read_settings

UNITS: Final = Path(__file__).parent / "systemd"
_PATIENCE_S: Final = 120.0
_LOCK_CHECK_S: Final = 5.0


def part(
    name: Annotated[str, typer.Argument(help="One of those that `tower units` writes units for, as `api`.")],
) -> None:
    """Carry one part in the foreground; all of them together are what `tower up` carries."""
    settings = read_settings()
    log.configure(settings.log_level)
    carried: Mapping[str, Callable[[Settings], None]] = {
        "postgres": carry_postgres,
        "database": hold_database,
    }
    if name in carried:
        carried[name](settings)
    elif name in MODULES:
        run_module(name, settings)
    else:
        raise InvalidError("There is no such part.", field="name", value=name, expected=[*carried, *MODULES])


def units(
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Where to; else ~/.config/systemd/user.")
    ] = None,
) -> None:
    """Write units for systemd, with this tower's paths: one for all parts, and one for each."""
    target = folder or Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "systemd" / "user"
    target.mkdir(parents=True, exist_ok=True)
    for name, text in written_units(read_settings()).items():
        (target / name).write_text(text)
        typer.echo(str(target / name))


def written_units(settings: Settings) -> dict[str, str]:
    """The units by their names."""
    paths = {
        "@BIN@": _quoted(Path(sys.executable).parent),
        "@HOME@": _quoted(settings.home.resolve()),
        "@DOCS@": quote(str(Path(__file__).resolve().parent.parent / "docs")).replace("%", "%%"),
    }
    found = {}
    for file in sorted(UNITS.iterdir()):
        text = file.read_text()
        for mark, path in paths.items():
            text = text.replace(mark, path)
        found[file.name] = text
    return found


def _quoted(path: Path) -> str:
    """A path as it stands between quotes in a unit: specifiers and quotes stand for themselves."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def carry_postgres(settings: Settings) -> None:
    """Run the embedded database until a signal comes."""
    ends = _on_signals()
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(
        settings.home, port=settings.postgres_port, binaries=settings.postgres_bin,
        log=settings.log_dir / "postgres.log",
    )  # fmt: skip
    server.start()
    notify("READY=1")
    try:
        while server.is_alive():
            if ends.wait(_LOCK_CHECK_S / 10):
                return
        raise StackError(f"PostgreSQL has ended; see {server.log}.")
    finally:
        server.stop()


def hold_database(settings: Settings) -> None:
    """Bring the database to the newest schema, and hold its lock until a signal comes."""
    ends, lock, url = _on_signals(), TowerLock(), database_of(settings)
    _await_database(lock, url, ends)
    upgrade(url)
    notify("READY=1")
    while not ends.wait(_LOCK_CHECK_S):
        lock.hold(url)
    lock.release()


def _await_database(lock: TowerLock, url: str, ends: threading.Event) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            lock.hold(url)
        except UnavailableError:
            if time.monotonic() > deadline or ends.wait(0.5):
                raise
        else:
            return


def run_module(name: str, settings: Settings) -> None:
    """Become the process of a part."""
    argv = [
        sys.executable,
        "-P",
        *MODULES[name],
        *([str(settings.prefect_port)] if name == "prefect" else ()),
    ]
    os.execve(sys.executable, argv, part_environment(name, settings))  # noqa: S606 -- no shell is meant


def part_environment(name: str, settings: Settings) -> dict[str, str]:
    """What a part finds in its environment: addresses as the settings have them.

    Raises:
        StackError: a port is 0, which only one process that carries all parts can choose.
    """
    ports = _ports(settings)
    url = "" if name in ("renderer", "language-model") else database_of(settings)
    addresses = gather(settings, ports, database_url=url, postgres_port=settings.postgres_port)
    found = environment(settings, ports, addresses, "")
    for folder in (settings.home, settings.log_dir, settings.media, settings.assets):
        folder.mkdir(parents=True, exist_ok=True)
    if name == "worker":
        found |= worker_environment(settings)
    if name == "prefect":
        ensure(url, prefect_name(url))
        database = asyncpg_url(beside(url, prefect_name(url)))
        found |= {**PREFECT_SERVER, "PREFECT_API_DATABASE_CONNECTION_URL": database}
    return found


def _ports(settings: Settings) -> Ports:
    """The ports of the parts that there are; what is somewhere else has none here."""
    elsewhere = {
        "prefect": settings.prefect_api_url is not None,
        "comfyui": bool(settings.comfyui_urls),
        "ollama": not has_own_model(settings),
    }
    given = {
        name: 0 if elsewhere.get(name) else int(getattr(settings, f"{name}_port")) for name in Ports.__slots__
    }
    free = [
        f"TOWER_{name.upper()}_PORT" for name, port in given.items() if not port and not elsewhere.get(name)
    ]
    if free:
        raise StackError(f"Parts of their own need ports of their own: set {', '.join(free)}.")
    return Ports(**given)


def notify(state: str) -> None:
    """Tell systemd, where it has asked to be told."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            sender.send(state.encode())


def _on_signals() -> threading.Event:
    ends = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ends.set())
    return ends
