"""The board of a branch: its scenes, each with what was last made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col

from db.models.production import ProductionJob, QualityMetrics
from db.models.project import Branch
from db.queries import scenes
from db.queries.scenes import Staged


@dataclass(frozen=True, slots=True)
class Card:
    """A scene, the newest generation of it, and the newest clip that there is of it."""

    staged: Staged
    job: ProductionJob | None
    judged: QualityMetrics | None
    clip_path: str | None


Newest = tuple[ProductionJob | None, QualityMetrics | None]
_NOTHING: Final[Newest] = (None, None)


def cards(session: Session, branch: Branch, *, limit: int, after: tuple[int, int]) -> list[Card]:
    """A branch's scenes by number, from the one that follows `after`, a number and an id."""
    staged = scenes.page(session, branch, limit=limit, after=after)
    ids = [each.scene.id or 0 for each in staged]
    newest, clips = _newest(session, branch, ids), _clips(session, branch, ids)
    return [
        Card(each, *newest.get(each.scene.id or 0, _NOTHING), clips.get(each.scene.id or 0))
        for each in staged
    ]


def _newest(session: Session, branch: Branch, ids: Sequence[int]) -> Mapping[int, Newest]:
    rows = session.execute(
        select(ProductionJob, QualityMetrics)
        .ext(distinct_on(col(ProductionJob.scene_id)))
        .outerjoin(QualityMetrics, col(QualityMetrics.generation_id) == col(ProductionJob.id))
        .where(col(ProductionJob.branch_id) == branch.id, col(ProductionJob.scene_id).in_(ids))
        .order_by(col(ProductionJob.scene_id), col(ProductionJob.created_at).desc())
    )
    return {job.scene_id or 0: (job, judged) for job, judged in rows}


def _clips(session: Session, branch: Branch, ids: Sequence[int]) -> Mapping[int, str]:
    rows = session.execute(
        select(col(ProductionJob.scene_id), col(ProductionJob.video_path))
        .ext(distinct_on(col(ProductionJob.scene_id)))
        .where(col(ProductionJob.branch_id) == branch.id, col(ProductionJob.scene_id).in_(ids))
        .where(col(ProductionJob.video_path).is_not(None))
        .order_by(col(ProductionJob.scene_id), col(ProductionJob.created_at).desc())
    )
    return {row.scene_id: row.video_path for row in rows}
