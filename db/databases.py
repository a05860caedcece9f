"""The databases of one server: naming them, making those that are missing."""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql

from db.session import libpq_url
from studio.errors import StackError, UnavailableError

PRODUCTION: Final = "anime_production"
PREFECT: Final = "prefect"


def beside(url: str, name: str) -> str:
    """The URL of another database on the same server, for the same user."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def ensure(server_url: str, *names: str) -> None:
    """Create the databases that are missing.

    Raises:
        StackError: The user may not create databases here.
        UnavailableError: The server does not answer.
    """
    try:
        with psycopg.connect(libpq_url(server_url), autocommit=True, connect_timeout=5) as connection:
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in [name for name in names if name not in there]:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except errors.DuplicateDatabase:
        return
    except errors.InsufficientPrivilege as error:
        raise StackError(f"Create the database {' and '.join(names)} on this server: we may not.") from error
    except psycopg.OperationalError as error:
        raise UnavailableError(f"The database does not answer: {error}") from error


def answers(url: str) -> bool:
    """Whether a database takes connections there now."""
    try:
        psycopg.connect(libpq_url(url), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def prefect_name(url: str) -> str:
    """What Prefect's database is called beside `url`: towers that share a server keep apart."""
    name = urlsplit(url).path.strip("/")
    return PREFECT if name == PRODUCTION else f"{name}_{PREFECT}"


def asyncpg_url(url: str) -> str:
    """`url` as Prefect's server reads it."""
    parts = urlsplit(libpq_url(url))
    query = parts.query.replace("sslmode=", "ssl=")
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg", query=query))
