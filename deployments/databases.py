"""This tower's database, for verbs that work on it whether the stack is up or not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from db.embedded.server import EmbeddedPostgres
from deployments import status
from studio.errors import StackError
from studio.settings import Settings, read_settings


@contextmanager
def reached(settings: Settings, *, makes: bool = False) -> Iterator[str]:
    """The database's URL: the one that is set, the running stack's, or this home's, started for the block.

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
    else:
        yield from _own(settings, makes=makes)


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
