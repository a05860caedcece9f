"""Files in the content-addressed store."""

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.production import Asset
from studio.errors import NotFoundError


def add(
    session: Session, *, sha256: str, path: str, kind: str, size_bytes: int, project_id: int | None
) -> Asset:
    """Note a file that lies in the store; an equal one is noted once, as what it came as first.

    One that was taken away is there again.
    """
    row = {"sha256": sha256, "path": path, "kind": kind, "size_bytes": size_bytes, "project_id": project_id}
    again = {"path": path, "removed_at": None, "removed_why": None}
    note = (
        insert(Asset)
        .values(row)
        .on_conflict_do_update(
            index_elements=["sha256"], set_=again, where=col(Asset.removed_at).is_not(None)
        )
    )
    session.execute(note)
    return get(session, sha256)


def get(session: Session, sha256: str) -> Asset:
    """The file of that content.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(Asset, sha256)
    if row is None:
        raise NotFoundError("There is no such asset.", field="sha256", value=sha256)
    return row


def page(
    session: Session, *, project_id: int | None, kind: str | None, limit: int, after: str | None
) -> list[Asset]:
    """Files, newest first, from the one that follows `after`."""
    query = select(Asset).order_by(col(Asset.created_at).desc(), col(Asset.sha256).desc()).limit(limit)
    if project_id is not None:
        query = query.where(col(Asset.project_id) == project_id)
    if kind is not None:
        query = query.where(col(Asset.kind) == kind)
    if after is not None:
        last = get(session, after)
        place = (last.created_at, last.sha256)
        query = query.where(tuple_(col(Asset.created_at), col(Asset.sha256)) < place)
    return list(session.scalars(query))
