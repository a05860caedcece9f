"""The cut lists of episodes, as their renders kept them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.production import ProductionJob, Stage
from studio.errors import StateError


@dataclass(frozen=True, slots=True)
class Cut:
    """An episode as it was laid out, and the path of its music."""

    document: Mapping[str, Any]
    music: str | None


def newest(session: Session, branch_id: int, episode_id: int) -> Cut:
    """The cut that was assembled last.

    Raises:
        StateError: the episode was never assembled on this branch.
    """
    query = (
        select(Stage)
        .join(ProductionJob, col(ProductionJob.id) == col(Stage.generation_id))
        .where(
            col(ProductionJob.branch_id) == branch_id,
            col(ProductionJob.episode_id) == episode_id,
            col(ProductionJob.kind) == "episode",
            col(Stage.stage) == "sync",
            col(Stage.finished_at).is_not(None),
        )
        .order_by(col(ProductionJob.created_at).desc(), col(ProductionJob.id).desc(), col(Stage.take).desc())
    )
    stage = session.scalar(query.limit(1))
    if stage is None or "assembly" not in stage.result:
        raise StateError(
            "This episode was not assembled yet: render it first.",
            field="episode_id", value=episode_id, expected="an episode with a render that was assembled",
        )  # fmt: skip
    return Cut(stage.result["assembly"], (stage.result.get("music") or {}).get("path"))
