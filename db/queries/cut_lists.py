"""The cut list by which an episode was assembled last."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.production import ProductionJob, Stage
from db.models.story import Episode
from db.queries.episode_renders import EPISODE
from studio.errors import NotFoundError


def newest(session: Session, episode: Episode) -> tuple[str, dict[str, Any]]:
    """The render that assembled an episode last, and what its sync stage gave.

    Raises:
        NotFoundError: it was never assembled.
    """
    row = session.execute(
        select(col(Stage.generation_id), col(Stage.result))
        .join(ProductionJob, col(ProductionJob.id) == col(Stage.generation_id))
        .where(
            col(ProductionJob.branch_id) == episode.branch_id,
            col(ProductionJob.episode_id) == episode.id,
            col(ProductionJob.kind) == EPISODE,
        )
        .where(col(Stage.stage) == "sync", col(Stage.finished_at).is_not(None))
        .order_by(col(Stage.finished_at).desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFoundError("The episode was not assembled yet.", field="episode_id", value=episode.id)
    return row.generation_id, row.result
