"""How a bible came about: what each version changed of the one before."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.project import Branch, ProjectBible
from db.models.story import BibleHistory
from studio.patches import merge_patch

TOLD = {"title", "description", "content"}


def record(session: Session, bible: ProjectBible) -> None:
    """Note what a version that was just written changes."""
    before = session.scalar(
        select(ProjectBible)
        .where(col(ProjectBible.branch_id) == bible.branch_id, col(ProjectBible.version) < bible.version)
        .order_by(col(ProjectBible.version).desc())
        .limit(1)
    )
    assert bible.id is not None
    changes = merge_patch(_told(before), _told(bible))
    session.add(
        BibleHistory(
            bible_id=bible.id,
            project_id=bible.project_id,
            branch_id=bible.branch_id,
            version=bible.version,
            changes=changes,
        )
    )


def page(session: Session, branch: Branch, *, limit: int, before: int) -> list[BibleHistory]:
    """A branch's versions, newest first, from the one before version `before`; 0 is the newest."""
    query = select(BibleHistory).where(col(BibleHistory.branch_id) == branch.id)
    if before:
        query = query.where(col(BibleHistory.version) < before)
    return list(session.scalars(query.order_by(col(BibleHistory.version).desc()).limit(limit)))


def _told(bible: ProjectBible | None) -> dict[str, Any]:
    return {} if bible is None else bible.model_dump(include=TOLD)
