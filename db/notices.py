"""Waking up when another process says so, over PostgreSQL's LISTEN."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from db.session import CONNECT_TIMEOUT_S, database_url, libpq_url
from studio.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Bell:
    """A channel that somebody may ring."""

    connection: psycopg.Connection

    def wait(self, timeout_s: float) -> bool:
        """Sleep until the bell rings, or until `timeout_s` has passed; True when it rang."""
        try:
            return any(True for _ in self.connection.notifies(timeout=timeout_s, stop_after=1))
        except psycopg.OperationalError as error:
            raise UnavailableError("the database does not answer") from error


@contextmanager
def listening(channel: str) -> Iterator[Bell]:
    """Hear what is said on `channel` for the length of the block."""
    try:
        connection = psycopg.connect(
            libpq_url(database_url()), autocommit=True, connect_timeout=CONNECT_TIMEOUT_S
        )
    except psycopg.OperationalError as error:
        raise UnavailableError("the database does not answer") from error
    with connection:
        connection.execute(f'LISTEN "{channel}"')
        yield Bell(connection)
