"""Scans of the music library: one at a time, each with how far it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from db.clock import NOW, NOW_EXACTLY, ago
from db.locks import Lock
from db.models.music_library import LibraryScan
from db.session import engine
from studio.errors import NotFoundError

UNFINISHED = ("queued", "scanning", "analysing")


def create(session: Session) -> LibraryScan:
    """A scan that has yet to begin."""
    row = LibraryScan()
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def under_way(session: Session, *, silent_s: float) -> LibraryScan | None:
    """The scan that waits or runs, if a sign of it is younger than `silent_s`; askers wait for each other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("library scan", 0))))
    sign = func.coalesce(LibraryScan.heartbeat_at, LibraryScan.created_at)
    query = select(LibraryScan).where(col(LibraryScan.state).in_(UNFINISHED), sign > ago(silent_s))
    return session.scalar(query.order_by(col(LibraryScan.id).desc()).limit(1))


def get(session: Session, scan_id: int) -> LibraryScan:
    """A scan.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(LibraryScan, scan_id)
    if row is None:
        raise NotFoundError(f"There is no scan {scan_id}.", field="scan_id", value=scan_id)
    return row


def latest(session: Session) -> LibraryScan:
    """The newest scan.

    Raises:
        NotFoundError: the library has never been scanned.
    """
    row = session.scalar(select(LibraryScan).order_by(col(LibraryScan.id).desc()).limit(1))
    if row is None:
        raise NotFoundError("The library has never been scanned.", field="scan_id", value="latest")
    return row


def page(session: Session, *, limit: int, before: int) -> list[LibraryScan]:
    """Scans, newest first, from the one that precedes `before`; 0 is the beginning."""
    query = select(LibraryScan).order_by(col(LibraryScan.id).desc()).limit(limit)
    return list(session.scalars(query.where(col(LibraryScan.id) < before) if before else query))


def begin(session: Session, scan_id: int, flow_run_id: UUID | None) -> None:
    """The scan starts; those before it that died are said to have been interrupted."""
    session.execute(
        update(LibraryScan)
        .where(col(LibraryScan.state).in_(UNFINISHED), col(LibraryScan.id) < scan_id)
        .values(state="interrupted", finished_at=NOW)
    )
    changes: dict[str, Any] = {"state": "scanning", "started_at": NOW, "heartbeat_at": NOW}
    if flow_run_id is not None:
        changes["flow_run_id"] = flow_run_id
    note(session, scan_id, **changes)


def note(session: Session, scan_id: int, **changes: Any) -> None:
    """Say how far a scan is."""
    session.execute(
        update(LibraryScan)
        .where(col(LibraryScan.id) == scan_id)
        .values(**{"heartbeat_at": NOW_EXACTLY, **changes})
        .execution_options(synchronize_session=False)
    )


def finish(session: Session, scan_id: int, state: str, *, error: str | None = None) -> None:
    """The scan has ended, well or not."""
    note(session, scan_id, state=state, error=error, finished_at=NOW_EXACTLY)


def counts(session: Session, scan_id: int) -> Mapping[str, int]:
    """What the scan has counted so far."""
    return dict(get(session, scan_id).counts)


@contextmanager
def alone() -> Iterator[bool]:
    """Hold the lock of the library for the block, if nobody else does: whether it is held.

    It goes with the process, however that ends.
    """
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = {"lock": int(Lock.LIBRARY_SCAN)}
        held = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), lock))
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)
