"""A database has one tower: whoever carries it holds a session lock on it."""

import os
import socket

import psycopg

from db.locks import Lock
from db.session import libpq_url
from studio.errors import ConflictError, UnavailableError

_HOLDER = """
SELECT a.application_name, a.client_addr::text FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32) | l.objid::bigint = %s
"""


class TowerLock:
    """The lock on one database, held while this object's connection lives."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def hold(self, url: str) -> None:
        """Take the lock on the database at `url`, or make sure that it is still held.

        Raises:
            ConflictError: Another tower holds it; the message names that one.
            UnavailableError: The database does not answer.
        """
        try:
            if not self._is_held():
                self._take(libpq_url(url))
        except psycopg.OperationalError as error:
            raise UnavailableError(f"The database does not answer: {error}") from error

    def release(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _is_held(self) -> bool:
        """A connection that broke took the lock with it."""
        try:
            return self._connection is not None and bool(self._connection.execute("SELECT 1"))
        except psycopg.OperationalError:
            self.release()
            return False

    def _take(self, url: str) -> None:
        name = f"tower up, pid {os.getpid()} on {socket.gethostname()}"[:63]
        connection = psycopg.connect(
            url, autocommit=True, application_name=name, connect_timeout=5, keepalives_idle=10
        )
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [int(Lock.TOWER)]).fetchone()
        if row and row[0]:
            self._connection = connection
            return
        holder = connection.execute(_HOLDER, [int(Lock.TOWER)]).fetchone()
        connection.close()
        who = f"`{holder[0]}`, connected from {holder[1]}" if holder else "another tower"
        raise ConflictError(f"This database already has a tower: {who}. Join it with `tower worker`.")
