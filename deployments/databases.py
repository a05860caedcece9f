"""This tower's database, for verbs that work on it whether the stack is up or not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from db.databases import PRODUCTION, answers
from db.embedded.place import ROLE
from db.embedded.server import HOST, EmbeddedPostgres
from deployments import status
from studio.errors import StackError
from studio.settings import Settings, read_settings


@contextmanager
def reached(settings: Settings, *, makes: bool = False) -> Iterator[str]:
    """The database's URL: the one that is set, that of what runs, or this home's, started for the block.

    Args:
        settings: Whose.
        makes: Whether a home that has none gets one.

    Raises:
        StackError: there is none; or the stack is just starting.
    """
    found = status.read(settings)
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
    elif found.is_alive:
        if not found.document.get("addresses"):
            raise StackError("The stack is starting: try again once `tower status` says that it is up.")
        yield found.addresses().database_url
    elif _is_served(settings):
        yield database_of(settings)
    else:
        yield from _own(settings, makes=makes)


def database_of(settings: Settings) -> str:
    """The database that is set, or the embedded one of this home where it was served last.

    Raises:
        StackError: this home has none yet.
    """
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    folder = settings.home / "postgres"
    try:
        password = (folder / "password").read_text().strip()
        port = settings.postgres_port or int((folder / "port").read_text())
    except FileNotFoundError as error:
        raise StackError("Set DATABASE_URL, or run the part `postgres` first.") from error
    return f"postgresql://{ROLE}:{password}@{HOST}:{port}/{PRODUCTION}"


def _is_served(settings: Settings) -> bool:
    """Whether a part of its own carries this home's database: nobody else has its password."""
    try:
        return answers(database_of(settings))
    except StackError:
        return False


def _own(settings: Settings, *, makes: bool) -> Iterator[str]:
    if not makes and not (settings.home / "postgres" / "password").exists():
        raise StackError(f"There is no tower in {settings.home}.")
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(
        settings.home, port=settings.postgres_port, binaries=settings.postgres_bin,
        log=settings.log_dir / "postgres.log",
    )  # fmt: skip
    url = server.start()
    try:
        yield url
    finally:
        server.stop()


@contextmanager
def connected() -> Iterator[Settings]:
    """Have this process work on the tower's database, whether the stack is up or not."""
    settings = read_settings()
    with reached(settings) as url:
        os.environ["DATABASE_URL"] = url
        yield settings
