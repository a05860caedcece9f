"""What the database says of the files of the store: who names them, and which were taken away."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text, update
from sqlmodel import Session, col

from db.clock import NOW
from db.locks import Lock
from db.models.production import Asset
from db.models.project import AnimeProject, ProjectSettings
from db.references import HOLDERS, OF_GENERATIONS, PATTERN, Holder, mentions
from db.session import engine
from studio.retention import Generation, Note

_GENERATIONS: Final = text(
    """SELECT id, project_id, status, chosen_take, published_path IS NOT NULL,
       COALESCE(finished_at, updated_at) FROM anime_api.production_jobs"""
)


def _claim(table: str, value: str, role: str, *, take: str = "take", owner: str = "generation_id") -> str:
    """A query for the hashes in a value: each with the generation and the take that name it, and as what."""
    found = f"regexp_matches(({value})::text, '{PATTERN}', 'g') AS found"
    return f"SELECT replace(found[1], '/', ''), {owner}, {take}, {role} FROM anime_api.{table}, {found}"  # noqa: S608


_BY_STAGE: Final = "CASE WHEN stage IN ('render', 'sync') THEN 'made' ELSE 'input' END"
_NOTES: Final = text(
    " UNION ".join(
        (
            _claim("takes", "video_sha256", "'made'"),
            _claim("takes", "clip_sha256", "'made'"),
            _claim("takes", "parameters", "'input'"),
            _claim("generation_stages", "result - 'delivered_sha256'", _BY_STAGE),
            _claim("generation_stages", "result -> 'delivered_sha256'", "'delivery'"),
            _claim("production_jobs", "video_path", "'made'", take="chosen_take", owner="id"),
            _claim("generation_events", "payload", "'told'", take="NULL"),
        )
    )
)
"""The claims of generations: all that the places `OF_GENERATIONS` name."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who names which file."""

    held: frozenset[str]
    notes: tuple[Note, ...]
    generations: Mapping[str, Generation]
    retention_days: Mapping[int, int]


def claims(session: Session) -> Claims:
    """All claims to files, as of one statement each."""
    others = [holder for holder in holders(session) if holder not in OF_GENERATIONS]
    held = session.scalars(text(mentions(others))).all()
    days = select(col(ProjectSettings.id), col(ProjectSettings.retention_days))
    return Claims(
        frozenset(held),
        tuple(Note(*row) for row in session.execute(_NOTES)),
        {row[0]: Generation(*row[1:]) for row in session.execute(_GENERATIONS)},
        {row[0]: row[1] for row in session.execute(days) if row[1] is not None},
    )


def holders(session: Session) -> list[Holder]:
    """Every place that can name a file of the store."""
    return [Holder(*row) for row in session.execute(text(HOLDERS))]


def rows(session: Session) -> list[Asset]:
    """All files that were ever stored."""
    return list(session.scalars(select(Asset).order_by(col(Asset.sha256))))


def project_names(session: Session) -> dict[int, str]:
    """The projects by id."""
    return {row[0]: row[1] for row in session.execute(select(col(AnimeProject.id), col(AnimeProject.name)))}


def mark(session: Session, why: Mapping[str, str]) -> None:
    """Note that files go, and why; whoever stores one of them again takes the note away."""
    query = select(col(Asset.sha256)).where(col(Asset.sha256).in_(why)).order_by(col(Asset.sha256))
    session.execute(query.with_for_update())
    for reason in sorted(set(why.values())):
        going = [sha256 for sha256, said in why.items() if said == reason]
        note = update(Asset).where(col(Asset.sha256).in_(going), col(Asset.removed_at).is_(None))
        session.execute(note.values(removed_at=NOW, removed_why=reason))


def unmark(session: Session, hashes: Collection[str]) -> None:
    """Note that files stay after all."""
    note = update(Asset).where(col(Asset.sha256).in_(hashes))
    session.execute(note.values(removed_at=None, removed_why=None))


def marked(session: Session, hashes: Iterable[str]) -> set[str]:
    """Those of the files that are noted as gone."""
    query = select(col(Asset.sha256)).where(col(Asset.sha256).in_(list(hashes)))
    return set(session.scalars(query.where(col(Asset.removed_at).is_not(None))))


def moment(session: Session) -> datetime:
    """The database's present."""
    at = session.scalars(text("SELECT clock_timestamp()")).one()
    assert isinstance(at, datetime)
    return at


def are_ended(session: Session, before: datetime) -> bool:
    """Whether every transaction that began before that moment has ended."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start < :before "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return not session.scalar(query, {"before": before})


@contextmanager
def cleaning() -> Iterator[bool]:
    """Hold the store for a clean-up: False while a backup is made of it, or another clean-up is under way."""
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        key = {"key": int(Lock.STORE)}
        taken = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        try:
            yield taken
        finally:
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def database_bytes(session: Session) -> int:
    """What the database takes on disk."""
    return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def made_by(session: Session, sha256: str) -> list[dict[str, Any]]:
    """The takes that a file is or was made for, with all that made them, newest first."""
    query = text(
        """SELECT t.generation_id, t.take, j.project_id, j.title, j.status, t.workflow, t.workflow_hash,
             t.model, t.seed, t.server, t.inputs_hash, t.tree_hash, t.parameters, t.repaired_from, t.repairs,
             CASE WHEN t.video_sha256 = :sha256 THEN 'take' ELSE 'clip' END AS role,
             t.created_at, t.video_sha256,
             (SELECT s.video_sha256 FROM anime_api.takes s
              WHERE s.generation_id = t.generation_id AND s.take = t.repaired_from) AS source_sha256
           FROM anime_api.takes t JOIN anime_api.production_jobs j ON j.id = t.generation_id
           WHERE t.video_sha256 = :sha256 OR t.clip_sha256 = :sha256
           ORDER BY t.created_at DESC, t.generation_id, t.take LIMIT 100"""
    )
    return [dict(row) for row in session.execute(query, {"sha256": sha256}).mappings()]


MOST_NAMED: Final = 20
_NAMES: Final = ("id", "generation_id", "hash", "commit_id", "name", "location", "key")


def used_by(session: Session, sha256: str) -> list[dict[str, Any]]:
    """The rows that name a file, by table and column: how many, and which the first of them are."""
    query = " UNION ALL ".join(_uses(holder) for holder in holders(session))
    values = {"whole": f"%{sha256}%", "split": f"%{sha256[:2]}/{sha256[2:]}%"}
    return [dict(row) for row in session.execute(text(query), values).mappings() if row["rows"]]


def _uses(holder: Holder) -> str:
    table, column = f'"{holder.schema}"."{holder.table}"', f'"{holder.column}"::text'
    name = ", ".join(f"to_jsonb(t) ->> '{each}'" for each in _NAMES)
    return f"""SELECT '{holder.schema}.{holder.table}' AS "table", '{holder.column}' AS "column",
        count(*) AS rows, (array_agg(COALESCE({name}, ctid::text)))[1:{MOST_NAMED}] AS names
        FROM {table} t WHERE t.{column} LIKE :whole OR t.{column} LIKE :split"""  # noqa: S608
