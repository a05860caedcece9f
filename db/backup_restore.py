"""Putting a backup's database in place: into an empty one, brought to this Tower's schema and folders."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import psycopg
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import sql

from db import backup
from db.backup import SCHEMAS
from db.databases import PRODUCTION, beside
from db.migrate import configuration, upgrade
from db.session import CONNECT_TIMEOUT_S, libpq_url
from studio.errors import NewerArchiveError, NotEmptyError, StackError, UnavailableError

_THERE: Final = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p')
"""
_COLUMNS: Final = """
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns JOIN
  information_schema.tables t USING (table_catalog, table_schema, table_name)
WHERE table_schema = ANY(%s) AND t.table_type = 'BASE TABLE' AND is_generated = 'NEVER'
  AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')
  AND NOT (table_schema = 'anime_api' AND table_name IN ('tree_nodes', 'tree_blobs'))
"""
Moves = Sequence[tuple[Path, Path]]
"""Folders as they were and as they are, the inner before the outer."""


def check_revision(revision: str) -> None:
    """Refuse a backup of a newer Tower before anything is touched.

    Raises:
        NewerArchiveError: its schema is not known here.
    """
    try:
        ScriptDirectory.from_config(configuration()).get_revision(revision)
    except CommandError as error:
        raise NewerArchiveError(
            f"This backup's schema ({revision}) is not known to this Tower: restore it with a newer one.",
            field="alembic_revision", value=revision, expected="a revision that this Tower knows",
        ) from error  # fmt: skip


def restore(url: str, dump: Path, *, programs: Path, moves: Moves, force: bool) -> list[str]:
    """Fill the database at `url`; it is as before, where this fails.

    Args:
        url: The database; empty, or with `force` set aside under another name.
        dump: What `Snapshot.dump` wrote.
        programs: The folder of PostgreSQL's programs.
        moves: Folders that lie elsewhere now; paths in the rows are changed.
        force: Set aside what is there.

    Returns:
        The databases that were set aside, by their new names.

    Raises:
        NotEmptyError: there is something, and no `force`.
        StackError: the database cannot be written, or set aside.
    """
    with _emptied(url, force=force) as aside:
        load = ["--no-owner", "--no-privileges", "--no-comments", "--single-transaction", "--exit-on-error"]
        backup.run([str(programs / "pg_restore"), *load, str(dump)], url)
        upgrade(url)
        relocate(url, moves)
    return aside


def published(url: str) -> list[Path]:
    """Where the rows have the videos of the library."""
    query = "SELECT path FROM public.publications WHERE state <> 'unpublished' ORDER BY path"
    with _connected(url) as connection:
        return [Path(row[0]) for row in connection.execute(query).fetchall()]


def relocate(url: str, moves: Moves) -> None:
    """Change the paths of all rows; what is named by its content, as committed states are, stays as it is."""
    if not moves:
        return
    with _connected(url) as connection:
        for schema, table, column, kind in connection.execute(_COLUMNS, [list(SCHEMAS)]).fetchall():
            _move(connection, sql.Identifier(schema, table), sql.Identifier(column), kind, moves)


def _move(
    connection: psycopg.Connection[tuple[Any, ...]], table: sql.Identifier, column: sql.Identifier,
    kind: str, moves: Moves,
) -> None:  # fmt: skip
    """Each old folder becomes a mark, then each mark the new one: what has moved is not moved again."""
    value: sql.Composable = sql.SQL("{}::text").format(column)
    given: dict[str, str] = {"any": "|".join(_pattern(old, kind) for old, _ in moves)}
    for number, (old, _) in enumerate(moves):
        given |= {f"old{number}": _pattern(old, kind), f"mark{number}": f"moved-{uuid4().hex}/"}
        value = _call("regexp_replace", value, f"old{number}", f"mark{number}", flags=", 'g'")
    for number, (_, new) in enumerate(moves):
        given |= {f"new{number}": _written(new, kind)}
        value = _call("replace", value, f"mark{number}", f"new{number}")
    query = sql.SQL("UPDATE {} SET {} = {}::{} WHERE {}::text ~ %(any)s").format(
        table, column, value, sql.SQL(_CASTS.get(kind, "text")), column
    )
    connection.execute(query, given)


_CASTS: Final = {"jsonb": "jsonb", "ARRAY": "text[]"}


def _call(name: str, value: sql.Composable, first: str, second: str, *, flags: str = "") -> sql.Composed:
    given = (sql.SQL(name), value, sql.Placeholder(first), sql.Placeholder(second), sql.SQL(flags))
    return sql.SQL("{}({}, {}, {}{})").format(*given)


def _pattern(folder: Path, kind: str) -> str:
    """A path that begins with the folder, and not one in which its name occurs further on."""
    return rf"(?<![\w./-]){re.escape(_written(folder, kind))}"


def _written(folder: Path, kind: str) -> str:
    """In JSON, as JSON writes it."""
    return json.dumps(f"{folder}/", ensure_ascii=False)[1:-1] if kind == "jsonb" else f"{folder}/"


def require_empty(url: str) -> None:
    """Refuse a database that holds anything.

    Raises:
        NotEmptyError: it does.
    """
    with _connected(url) as connection:
        row = connection.execute(_THERE, [list(SCHEMAS)]).fetchone()
    if row and row[0]:
        raise NotEmptyError(
            "This database is not empty. Restore into an empty TOWER_HOME or database; or, with --force, "
            "what is there is set aside under another name.",
            field="database", value=_name(url), expected="an empty database",
        )  # fmt: skip


@contextmanager
def _emptied(url: str, *, force: bool) -> Iterator[list[str]]:
    """An empty database at `url` for the block; what was there comes back where the block fails."""
    try:
        require_empty(url)
    except NotEmptyError:
        if not force:
            raise
    else:
        yield []
        return
    name, kept = _name(url), set_aside(url) or ""
    try:
        _serve(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield [kept]
    except BaseException:
        _serve(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        _rename(url, kept, name)
        raise


def set_aside(url: str) -> str | None:
    """Give a database that is there another name: what comes in its place begins anew."""
    name = _name(url)
    with _serving(url) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            return None
    kept = f"{name[:30]}_before_{datetime.now(UTC):%Y%m%dt%H%M%S}"
    _rename(url, name, kept)
    return kept


def _rename(url: str, old: str, new: str) -> None:
    _serve(url, sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _serve(url: str, what: sql.Composed) -> None:
    try:
        with _serving(url) as connection:
            connection.execute(what)
    except psycopg.Error as error:
        raise StackError(f"The database cannot be set aside: {error}") from error


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/")) or PRODUCTION


@contextmanager
def _serving(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection to another database of the same server."""
    with psycopg.connect(
        libpq_url(beside(url, "postgres")), autocommit=True, connect_timeout=CONNECT_TIMEOUT_S
    ) as connection:
        yield connection


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    try:
        connection = psycopg.connect(libpq_url(url), connect_timeout=CONNECT_TIMEOUT_S)
    except psycopg.OperationalError as error:
        raise UnavailableError(f"The database does not answer: {error}") from error
    with connection:
        yield connection


def moves_between(before: Mapping[str, str], now: Mapping[str, Path]) -> list[tuple[Path, Path]]:
    """The folders that lie elsewhere than they did, the inner before the outer."""
    pairs = [(Path(before[name]), now[name]) for name in now if name in before]
    moved = {old: new for old, new in pairs if old != new}
    return sorted(moved.items(), key=lambda pair: len(pair[0].parts), reverse=True)
