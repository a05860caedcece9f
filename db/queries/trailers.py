"""Trailers: the accepted takes of a project, of which they are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, cast, func, select, true
from sqlmodel import Session, col

from db.models.production import ProductionJob as Job
from db.models.production import QualityMetrics
from db.models.project import Branch, Scene
from db.queries.jobs import accept_job


@dataclass(frozen=True, slots=True)
class Accepted:
    """A completed clip, its scene's number where it has one, and its score where it was judged."""

    generation_id: str
    take: int
    scene_id: int | None
    number: int | None
    title: str
    score: float | None


def accept(session: Session, at: Branch, title: str, request: dict[str, Any]) -> Job:
    """Accept a trailer of what a branch has."""
    return accept_job(
        session,
        kind="trailer",
        project_id=at.project_id,
        branch_id=at.id or 0,
        title=title,
        request=request,
    )


def accepted(
    session: Session,
    project_id: int,
    branch_id: int,
    *,
    limit: int,
    scene_ids: Sequence[int] | None = None,
    generation_ids: Sequence[str] | None = None,
) -> list[Accepted]:
    """The best-scored completed clips of a branch, of each scene the newest, in the order of the story.

    With `scene_ids` or `generation_ids`, those of them alone.
    """
    whose = func.coalesce(cast(col(Job.scene_id), String), col(Job.id))
    newest = func.row_number().over(
        partition_by=whose, order_by=(col(Job.finished_at).desc(), col(Job.id).desc())
    )
    clips = (
        select(
            col(Job.id),
            col(Job.chosen_take),
            col(Job.scene_id),
            col(Job.title),
            col(Job.created_at),
            newest.label("age"),
        )
        .where(col(Job.project_id) == project_id, col(Job.branch_id) == branch_id, col(Job.kind) == "clip")
        .where(col(Job.status) == "completed", col(Job.chosen_take).is_not(None))
        .where(true() if scene_ids is None else col(Job.scene_id).in_(scene_ids))
        .where(true() if generation_ids is None else col(Job.id).in_(generation_ids))
        .subquery()
    )
    score = col(QualityMetrics.score)
    best = (
        select(clips, col(Scene.scene_number).label("number"), score.label("score"))
        .outerjoin(QualityMetrics, col(QualityMetrics.generation_id) == clips.c.id)
        .outerjoin(Scene, and_(col(Scene.branch_id) == branch_id, col(Scene.id) == clips.c.scene_id))
        .where(clips.c.age == 1)
        .order_by(score.desc().nulls_last(), clips.c.id)
        .limit(limit)
        .subquery()
    )
    told = select(best).order_by(best.c.number.asc().nulls_last(), best.c.created_at, best.c.id)
    return [
        Accepted(row.id, row.chosen_take, row.scene_id, row.number, row.title, row.score)
        for row in session.execute(told)
    ]
