"""The one place that opens and commits transactions."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from psycopg.errors import DeadlockDetected, IdleInTransactionSessionTimeout, SerializationFailure
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError, InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import configure_mappers
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from studio.errors import ContentionError, StackError, UnavailableError
from studio.settings import read_settings

POOL_SIZE = 10
POOL_OVERFLOW = 10
TRIED_S = 1.0
"""For how long after its last use a connection passes for alive."""
CONNECT_TIMEOUT_S = 10
SILENT_LINE = {
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""A network that swallows everything is told from a database that takes its time; ms, s, s, tries."""


def psycopg_url(url: str) -> str:
    """`url` with the driver named, as SQLAlchemy wants it."""
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg{separator}{rest}"
    return url


def libpq_url(url: str) -> str:
    """`url` as libpq and psycopg read it."""
    return psycopg_url(url).replace("postgresql+psycopg://", "postgresql://", 1)


def database_url() -> str:
    """Where this tower's database is.

    Raises:
        StackError: no database is configured and no stack has handed one over.
    """
    url = read_settings().database_url
    if url is None:
        raise StackError("DATABASE_URL is not set: start the stack with `tower up`, or name a database")
    return url.get_secret_value()


@cache
def _engine(url: str, pid: int) -> Engine:
    """One pool a process: `pid` keeps a forked child from using its parent's sockets.

    None is ever dropped: a child that let go of its parent's pool would end the parent's connections.
    """
    made = create_engine(
        psycopg_url(url),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_use_lifo=True,  # the one used last has its statements prepared
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": f"tower-{pid}",
            **SILENT_LINE,
        },
    )
    event.listen(made, "connect", _limit_idleness)
    event.listen(made, "checkin", _note_use)
    event.listen(made, "checkout", _try_out)
    return made


def _limit_idleness(connection: psycopg.Connection, _: object) -> None:
    """A process that was stopped amid a transaction keeps its locks for no longer than a silent run lasts."""
    limit_ms = round(read_settings().heartbeat_lost_s * 1000)
    connection.execute(f"SET SESSION idle_in_transaction_session_timeout = {limit_ms}")
    connection.commit()


def _note_use(_: object, record: ConnectionPoolEntry) -> None:
    record.info["used_s"] = time.monotonic()


def _try_out(connection: psycopg.Connection, record: ConnectionPoolEntry, _: object) -> None:
    """A connection that has lain about may be dead; one that was just in use costs no trip to find out.

    Raises:
        DisconnectionError: it is dead; the pool tries another.
    """
    if connection.closed:
        raise DisconnectionError
    if time.monotonic() - record.info.get("used_s", -TRIED_S) < TRIED_S:
        return
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.OperationalError as error:
        raise DisconnectionError from error


def engine() -> Engine:
    """This process's engine, made on first use."""
    return _engine(database_url(), os.getpid())


def warm() -> None:
    """Work out what every process does on its first query; opens nothing, so that a fork may follow."""
    configure_mappers()


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is committed when the block ends well, and rolled back when it does not.

    Raises:
        UnavailableError: the database does not answer.
        ContentionError: another transaction and this one waited for each other.
    """
    with _told_apart(), Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session whose statements each see what is committed by then; it spares who only reads two trips.

    Raises:
        UnavailableError: the database does not answer.
    """
    plain = engine().execution_options(isolation_level="AUTOCOMMIT")
    with _told_apart(), Session(plain, expire_on_commit=False) as session:
        yield session


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Whatever the block does in its caller's transaction, and locks for it, is undone when it ends."""
    with session.begin_nested() as begun:
        yield
        begun.rollback()


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, InternalError) as error:
        if isinstance(error, InternalError) and not isinstance(error.orig, IdleInTransactionSessionTimeout):
            raise
        if isinstance(error.orig, DeadlockDetected | SerializationFailure):
            raise ContentionError("Another change got in the way; send this one again.") from error
        raise UnavailableError("the database does not answer") from error
