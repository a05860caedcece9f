"""Keeping the store to what is needed: what takes how much, what may go, and taking that away.

A file that may go is noted as gone, moved aside, judged once more when every write that could have named it
meanwhile is done, and only then deleted. Who stores the same content at any moment of that has it.
"""

import logging
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from db.models.production import Asset
from db.queries import storage
from db.queries.storage import Claims
from db.session import reading, transaction
from studio.clients import store
from studio.clients.store import Stored
from studio.errors import StateError
from studio.retention import Verdict, judge_files

log = logging.getLogger(__name__)
GRACE_S: Final = 3600.0
"""What was stored so lately may be on its way into a row: it is passed over."""

WRITES_END_S: Final = 60.0
_PAUSE_S: Final = 0.05
ASIDE: Final = ".aside"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The store as it is: its files, their rows, and how each stands."""

    files: Mapping[str, Stored]
    rows: Mapping[str, Asset]
    claims: Claims
    verdicts: Mapping[str, Verdict]
    owners: Mapping[str, int]

    def project_of(self, sha256: str) -> int | None:
        """The project that a file belongs to, by its row or by who claims it."""
        row = self.rows.get(sha256)
        return self.owners.get(sha256) if row is None or row.project_id is None else row.project_id


@dataclass(slots=True)
class CleanUp:
    """What a clean-up took away, or would."""

    is_applied: bool
    files: list[dict[str, Any]] = field(default_factory=list)
    kept: int = 0

    @property
    def size_bytes(self) -> int:
        return sum(each["size_bytes"] for each in self.files)


def look(root: Path, *, unreferenced_days: int | None = None) -> Shelf:
    """How the files of the store at `root` stand now."""
    files = {each.sha256: each for each in store.walk(root)}
    with reading() as session:
        claims = storage.claims(session)
        rows = {row.sha256: row for row in storage.rows(session)}
    verdicts = judge_files(
        {sha256: _stored_at(each, rows.get(sha256)) for sha256, each in files.items()},
        held=claims.held,
        notes=claims.notes,
        generations=claims.generations,
        retention_days=claims.retention_days,
        unreferenced_days=unreferenced_days,
    )
    return Shelf(files, rows, claims, verdicts, _owners(files, claims))


def _owners(files: Collection[str], claims: Claims) -> dict[str, int]:
    """The projects of the generations that claim the files."""
    made_by = claims.generations
    return {
        note.sha256: made_by[note.generation_id].project_id
        for note in claims.notes
        if note.generation_id in made_by and note.sha256 in files
    }


def clean_up(
    root: Path,
    *,
    apply: bool,
    project_id: int | None = None,
    unreferenced_days: int | None = None,
    now: datetime | None = None,
    grace_s: float = GRACE_S,
) -> CleanUp:
    """Take away what the projects' retention lets go, and what nobody names where that is asked for.

    Args:
        root: The store.
        apply: Whether to do it, or only to say what would go.
        project_id: Files of this project alone.
        unreferenced_days: What nobody has named since it was stored so many days ago goes as well.
        now: The time that files are held against; the present where it is not said.
        grace_s: What was stored in the last so many seconds stays, whoever names it, s, >= 0.

    Raises:
        StateError: it is to be applied, and a backup or another clean-up is under way.
    """
    at = now or datetime.now(UTC)
    if not apply:
        shelf = look(root, unreferenced_days=unreferenced_days)
        return would_go(shelf, at, project_id=project_id, grace_s=grace_s)
    with storage.cleaning() as is_mine:
        if not is_mine:
            raise StateError("A backup of the store, or another clean-up, is under way: try again later.")
        _put_back_what_was_left(root)
        shelf = look(root, unreferenced_days=unreferenced_days)
        gone = _take_away(shelf, _going(shelf, at, project_id, grace_s), at, unreferenced_days, grace_s)
    log.info("cleaned up: %d files, %d bytes", len(gone.files), gone.size_bytes)
    return gone


def would_go(
    shelf: Shelf, at: datetime, *, project_id: int | None = None, grace_s: float = GRACE_S
) -> CleanUp:
    """What a clean-up would take away of what was looked at."""
    return _told(shelf, _going(shelf, at, project_id, grace_s), is_applied=False)


def _going(shelf: Shelf, at: datetime, project_id: int | None, grace_s: float) -> set[str]:
    return {
        sha256
        for sha256, verdict in shelf.verdicts.items()
        if verdict.goes_at is not None
        and verdict.goes_at <= at
        and (project_id is None or shelf.project_of(sha256) == project_id)
        and not _is_fresh(shelf.files[sha256].path, grace_s)
    }


def _take_away(
    shelf: Shelf, going: Collection[str], at: datetime, unreferenced_days: int | None, grace_s: float
) -> CleanUp:
    why = {sha256: str(shelf.verdicts[sha256].standing) for sha256 in going}
    with transaction() as session:
        storage.mark(session, why)
    aside = {sha256: path for sha256 in going if (path := _set_aside(shelf.files[sha256].path, grace_s))}
    needed = set(going) - aside.keys() | _named_meanwhile(aside.keys(), at, unreferenced_days, shelf)
    for sha256, path in aside.items():
        if sha256 in needed:
            _put_back(path)
        else:
            path.unlink(missing_ok=True)
    with transaction() as session:
        storage.unmark(session, needed)
    told = _told(shelf, set(going) - needed, is_applied=True)
    told.kept = len(needed)
    return told


def _named_meanwhile(
    hashes: Collection[str], at: datetime, unreferenced_days: int | None, before: Shelf
) -> set[str]:
    """Those that may not go any more, seen once every write under way has ended."""
    if not _writes_end():
        return set(hashes)
    with reading() as session:
        claims = storage.claims(session)
        noted = storage.marked(session, hashes)
    stored_at = {sha256: _stored_at(before.files[sha256], before.rows.get(sha256)) for sha256 in hashes}
    verdicts = judge_files(
        stored_at, held=claims.held, notes=claims.notes, generations=claims.generations,
        retention_days=claims.retention_days, unreferenced_days=unreferenced_days,
    )  # fmt: skip
    stay = {sha256 for sha256, each in verdicts.items() if each.goes_at is None or each.goes_at > at}
    return stay | {sha256 for sha256 in hashes if sha256 in before.rows and sha256 not in noted}


def _writes_end() -> bool:
    """Wait for what began before files were moved aside; False where a transaction takes too long."""
    deadline = time.monotonic() + WRITES_END_S
    with reading() as session:
        moved_at = storage.moment(session)
        while not storage.are_ended(session, moved_at):
            if time.monotonic() > deadline:
                log.warning("a transaction has not ended for %.0f s; nothing is taken away", WRITES_END_S)
                return False
            time.sleep(_PAUSE_S)
    return True


def _set_aside(path: Path, grace_s: float) -> Path | None:
    """The file under a name that nobody finds; None where it was stored again just now, or is gone."""
    aside = path.with_name(f".{path.name}{ASIDE}")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return None
    if _is_fresh(aside, grace_s):
        _put_back(aside)
        return None
    return aside


def _put_back(aside: Path) -> None:
    """A file of the same content that was stored meanwhile is as good."""
    target = aside.with_name(aside.name[1:].removesuffix(ASIDE))
    if target.exists():
        aside.unlink(missing_ok=True)
    else:
        aside.replace(target)


def _put_back_what_was_left(root: Path) -> None:
    """A clean-up that was killed has deleted nothing that it had not judged twice; the rest comes back."""
    for aside in (root / "sha256").glob(f"[0-9a-f][0-9a-f]/.*{ASIDE}"):
        _put_back(aside)
    there = {each.sha256 for each in store.walk(root)}
    with transaction() as session:
        storage.unmark(session, there & storage.marked(session, there))


def _is_fresh(path: Path, grace_s: float) -> bool:
    with suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime < grace_s
    return False


def _stored_at(file: Stored, row: Asset | None) -> datetime:
    """Stored again is stored anew."""
    try:
        written = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
    except FileNotFoundError:
        written = datetime.now(UTC)
    return written if row is None else max(row.created_at, written)


def _told(shelf: Shelf, hashes: Iterable[str], *, is_applied: bool) -> CleanUp:
    files = [
        {
            "sha256": sha256,
            "standing": str(shelf.verdicts[sha256].standing),
            "size_bytes": shelf.files[sha256].size_bytes,
            "kind": row.kind if (row := shelf.rows.get(sha256)) else None,
            "project_id": shelf.project_of(sha256),
        }
        for sha256 in sorted(hashes)
    ]
    return CleanUp(is_applied, files)
