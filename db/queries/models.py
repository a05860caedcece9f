"""The model files that the render servers were last seen to have."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.clock import NOW
from db.models.learning import LearningModel
from db.models.rendering import RenderServer


def seen(session: Session, server: str, files: Collection[tuple[str, str]]) -> None:
    """A server has these files, by folder, and no others."""
    session.execute(insert(RenderServer).values(url=server).on_conflict_do_nothing())
    mine = col(LearningModel.server) == server
    if files:
        rows = [{"server": server, "kind": kind, "file": file} for kind, file in sorted(files)]
        entry = insert(LearningModel).values(rows)
        session.execute(
            entry.on_conflict_do_update(index_elements=["server", "kind", "file"], set_={"seen_at": NOW})
        )
    session.execute(delete(LearningModel).where(mine, col(LearningModel.seen_at) != NOW))


def page(session: Session, *, kind: str | None, limit: int, after: int) -> list[LearningModel]:
    """Model files in the order in which they were first seen, from the one that follows `after`."""
    query = select(LearningModel).where(col(LearningModel.id) > after)
    if kind is not None:
        query = query.where(col(LearningModel.kind) == kind)
    return list(session.scalars(query.order_by(col(LearningModel.id)).limit(limit)))
