"""What a backup takes of the database: all of it, as of one moment, while everybody goes on writing."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.locks import Lock
from db.references import HOLDERS, Holder, mentions
from db.session import CONNECT_TIMEOUT_S, libpq_url
from studio.errors import StackError, UnavailableError

SCHEMAS: Final = ("anime_api", "public")
_TABLES: Final = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%s) ORDER BY 1, 2
"""
_KEPT: Final = """
SELECT sha256, path, size_bytes FROM public.assets a
WHERE to_jsonb(a) ->> 'removed_at' IS NULL ORDER BY sha256
"""
"""Also where an older Tower made the table, which had no such column."""
_SERVER_VERSION: Final = re.compile(r"server version: (\S+).*?version: (\S+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the store as the snapshot has it."""

    sha256: str
    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The database as of one moment, for as long as this is open."""

    connection: psycopg.Connection[tuple[Any, ...]]
    url: str
    name: str

    def revision(self) -> str:
        """The migration that made the tables.

        Raises:
            StackError: there are none.
        """
        try:
            row = self.connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        except psycopg.errors.UndefinedTable as error:
            raise StackError("This database holds no tower: there is nothing to back up.") from error
        if row is None:
            raise StackError("This database holds no tower: there is nothing to back up.")
        return str(row[0])

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        counts = {}
        for schema, table in self.connection.execute(_TABLES, [list(SCHEMAS)]).fetchall():
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            row = self.connection.execute(count).fetchone()
            counts[f"{schema}.{table}"] = int(row[0]) if row else 0
        return counts

    def assets(self) -> list[Asset]:
        """The files of the store that it knows and that were not taken away, by their hashes."""
        return [Asset(*row) for row in self.connection.execute(_KEPT).fetchall()]

    def mentioned(self) -> set[str]:
        """The contents that any row names, whether the store has them or not."""
        columns = [Holder(*row) for row in self.connection.execute(HOLDERS).fetchall()]
        return {str(row[0]) for row in self.connection.execute(mentions(columns)).fetchall()}

    def dump(self, target: Path, programs: Path) -> None:
        """Write the whole database to `target`, in PostgreSQL's custom format.

        Raises:
            StackError: pg_dump is older than the server, or fails.
        """
        argv = [
            str(programs / "pg_dump"), "--format=custom", "--no-owner", "--no-privileges",
            f"--snapshot={self.name}", f"--file={target}",
        ]  # fmt: skip
        run(argv, self.url)


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """See the database as of now, however long the block takes; the store is not cleaned up meanwhile.

    Raises:
        UnavailableError: the database does not answer.
    """
    try:
        connection = psycopg.connect(
            libpq_url(url),
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="tower backup",
        )
    except psycopg.OperationalError as error:
        raise UnavailableError(f"The database does not answer: {error}") from error
    with connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("SELECT pg_advisory_lock_shared(%s)", [int(Lock.STORE)])
        connection.autocommit = False
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield Snapshot(connection, url, str(row[0]) if row else "")


def run(argv: list[str], url: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password is in no command line.

    Raises:
        StackError: it fails, or is not there.
    """
    given = conninfo_to_dict(libpq_url(url))
    password = given.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    try:
        done = subprocess.run(
            [*argv, f"--dbname={make_conninfo(**_plain(given))}"],
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **secret},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError as error:
        raise StackError(f"{argv[0]} cannot be run: {error.strerror}. {_ELSEWHERE}") from error
    if done.returncode:
        raise StackError(_reason(Path(argv[0]).name, done.stderr))


_ELSEWHERE: Final = "TOWER_POSTGRES_BIN names the folder of a PostgreSQL's programs."


def _reason(program: str, said: str) -> str:
    versions = _SERVER_VERSION.search(said)
    if versions:
        return f"{program} {versions[2]} does not suit a server of version {versions[1]}. {_ELSEWHERE}"
    return f"{program} failed: {said.strip()[-1500:]}"


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
