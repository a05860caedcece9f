"""A project's rows for its archive, and the rows of an archive as a project of this tower."""

import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from db.locks import Lock
from db.models.production import Asset
from db.models.project import AnimeProject, Branch, ProjectSettings
from db.queries import projects, trees
from db.session import engine
from studio.archive import Row, Table
from studio.errors import ArchiveError
from studio.versions.tree import EMPTY_ROOT, Fork, Leaf, node_of

_COLUMNS: Final = text(
    """SELECT column_name FROM information_schema.columns
       WHERE table_schema || '.' || table_name = :name AND is_generated = 'NEVER' AND is_identity = 'NO'
       ORDER BY ordinal_position"""
)
_BATCH: Final = 500
SEQUENCES: Final = {
    "characters": "anime_api.character_entity_id_seq",
    "scenes": "anime_api.scene_entity_id_seq",
    "episodes": "anime_api.episode_entity_id_seq",
    "bible/characters": "anime_api.bible_character_entity_id_seq",
    "branch": "anime_api.branches_id_seq",
    "bible": "anime_api.project_bibles_id_seq",
    "timeline": "anime_api.story_timelines_id_seq",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A project as of one moment."""

    session: Session
    project_id: int

    def project(self) -> dict[str, Row]:
        """The project's own two rows.

        Raises:
            NotFoundError: there is none.
        """
        projects.get(self.session, self.project_id)
        found: dict[str, Row] = {}
        for table in ("anime_projects", "projects"):
            query = text(f"SELECT row_to_json(t) FROM anime_api.{table} t WHERE id = :id")  # noqa: S608
            found[table] = self.session.scalars(query, {"id": self.project_id}).one()
        return found

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of a table, as JSON values."""
        listed = ", ".join(f'"{name}"' for name in table.columns(columns(self.session, table.name)))
        query = text(
            f"SELECT row_to_json(r) FROM (SELECT {listed} FROM {table.name} "  # noqa: S608
            f"WHERE {table.where} ORDER BY {table.order}) r"
        )
        yield from self.session.scalars(query, {"project": self.project_id})

    def contents(self, roots: Collection[str], blobs: Collection[str]) -> tuple[Row, Row]:
        """The nodes below `roots`, and the values that these and `blobs` name, by their hashes."""
        nodes: Row = {}
        values = set(blobs)
        level = set(roots) - {EMPTY_ROOT}
        while level:
            found = trees.contents(self.session, "tree_nodes", level)
            nodes |= found
            made = [node_of(content) for content in found.values()]
            below = [node.children.values() for node in made if isinstance(node, Fork)]
            values |= {each for node in made if isinstance(node, Leaf) for each in node.entries.values()}
            level = {each for children in below for each in children} - nodes.keys()
        return nodes, trees.contents(self.session, "tree_blobs", values)

    def assets(self, hashes: Collection[str]) -> list[Asset]:
        """The files that the project's rows name, or that were uploaded for it."""
        mine = (col(Asset.project_id) == self.project_id) | col(Asset.sha256).in_(list(hashes))
        return list(self.session.scalars(select(Asset).where(mine).order_by(col(Asset.sha256))))


@contextmanager
def snapshot(project_id: int) -> Iterator[Seen]:
    """See a project as of one moment; no file of the store is taken away meanwhile."""
    still = engine().execution_options(isolation_level="REPEATABLE READ")
    with Session(still, expire_on_commit=False) as session, session.begin():
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": int(Lock.STORE)})
        yield Seen(session, project_id)


def columns(session: Session, table: str) -> list[str]:
    """The columns of a table that can be written."""
    return list(session.scalars(_COLUMNS, {"name": table}))


def create(session: Session, said: Mapping[str, Row]) -> int:
    """A project with the settings of an archive's, a folder of its own, and no branch yet."""
    told, settings = said["anime_projects"], said["projects"]
    made = projects.create(
        session, name=told["name"], description=told["description"], details=told["metadata"]
    )
    row = session.get_one(ProjectSettings, made.id)
    kept = {"id", "library_folder"}
    given = {name: settings[name] for name in ProjectSettings.model_fields if name in settings}
    for name, value in given.items():
        if name not in kept and not name.endswith("_at"):
            setattr(row, name, value)
    session.get_one(AnimeProject, made.id).status = told["status"]
    for branch in session.scalars(select(Branch).where(col(Branch.project_id) == made.id)):
        session.delete(branch)
    session.flush()
    _date(session, made.id or 0, said)
    return made.id or 0


def _date(session: Session, project_id: int, said: Mapping[str, Row]) -> None:
    """When it was made is part of what it is."""
    for table, row in said.items():
        query = text(
            f"UPDATE anime_api.{table} SET created_at = :created, updated_at = :updated WHERE id = :id"  # noqa: S608
        )
        session.execute(query, {"id": project_id, "created": row["created_at"], "updated": row["updated_at"]})


def allot(session: Session, kind: str, count: int) -> list[Any]:
    """So many new ids of a kind, ascending."""
    if kind == "generation":
        return sorted(f"gen_{secrets.token_hex(8)}" for _ in range(count))
    if kind == "uuid":
        return sorted(str(uuid4()) for _ in range(count))
    query = text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)")
    return list(session.scalars(query, {"name": SEQUENCES[kind], "count": count}))


def write(session: Session, table: str, given: Iterable[Row]) -> None:
    """Write rows as they are.

    Raises:
        ArchiveError: a row is none of the table's.
    """
    there = set(columns(session, table))
    batch: list[Row] = []
    for row in given:
        if strange := row.keys() - there:
            raise _refused(f"Rows of {table} have no {min(strange)}.", table)
        batch.append(row)
        if len(batch) == _BATCH:
            _insert(session, table, batch)
            batch = []
    _insert(session, table, batch)


def _insert(session: Session, table: str, batch: list[Row]) -> None:
    """Columns that a row does not name have their defaults; rows of one shape go together."""
    shapes: dict[tuple[str, ...], list[Row]] = {}
    for row in batch:
        shapes.setdefault(tuple(sorted(row)), []).append(row)
    for shape, alike in shapes.items():
        listed = ", ".join(f'"{name}"' for name in shape)
        query = text(
            f"INSERT INTO {table} ({listed}) SELECT {listed} "  # noqa: S608
            f"FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb))"
        )
        try:
            session.execute(query, {"rows": json.dumps(alike)})
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            raise _refused(f"Rows of {table} cannot be: {_first_line(error)}", table) from error


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0][:300]


def set_heads(session: Session, heads: Mapping[int, str]) -> None:
    """Put branches on their commits."""
    for branch_id, commit_id in heads.items():
        session.get_one(Branch, branch_id).head_commit_id = commit_id
    session.flush()


def _refused(message: str, part: str) -> ArchiveError:
    return ArchiveError(message, field="file", value=part, expected="an archive that Tower made")
