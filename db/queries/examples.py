"""Approved takes, to teach models by."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.judgement import Feedback
from db.models.learning import TrainingExample
from db.models.production import Asset


def page(session: Session, project_id: int, *, limit: int, after: int) -> list[dict[str, Any]]:
    """A project's examples, with files and ratings, in the order of their approval after one."""
    rating = (
        select(func.avg(col(Feedback.rating)))
        .where(col(Feedback.generation_id) == col(TrainingExample.generation_id))
        .where(col(Feedback.take) == col(TrainingExample.take))
        .scalar_subquery()
    )
    query = (
        select(TrainingExample, col(Asset.path), rating.label("rating"))
        .join(Asset, col(Asset.sha256) == col(TrainingExample.sha256))
        .where(col(TrainingExample.project_id) == project_id, col(TrainingExample.id) > after)
        .order_by(col(TrainingExample.id))
        .limit(limit)
    )
    return [
        {**row.TrainingExample.model_dump(), "path": row.path, "rating": row.rating}
        for row in session.execute(query)
    ]
