"""The scene that comes before another, and the clip it ends with."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.production import Asset, ProductionJob, Take
from db.models.project import Branch, Scene
from db.queries import working


@dataclass(frozen=True, slots=True)
class SceneBefore:
    """The scene before another: its own clip in the store, and the path that a user gave it, if any."""

    number: int
    clip: str | None
    video_path: str | None


def scene(session: Session, branch_id: int, scene_id: int | None) -> Scene | None:
    """A scene as the branch has it; None where there is none, or none any more."""
    return None if scene_id is None else session.get(Scene, (branch_id, scene_id))


def scene_before(session: Session, of: Scene) -> SceneBefore | None:
    """The scene before another in the order in which its branch arranges them; None for the first."""
    before_id = id_before(session, of)
    if before_id is None:
        return None
    before = session.get_one(Scene, (of.branch_id, before_id))
    return SceneBefore(before.scene_number, _newest_clip(session, before), before.video_path)


def id_before(session: Session, of: Scene) -> int | None:
    """The scene before another in the order in which its branch arranges them; None for the first."""
    arranged = working.arranged_scenes(session, session.get_one(Branch, of.branch_id))
    return arranged[arranged.index(of.id) - 1] if of.id in arranged[1:] else None


def _newest_clip(session: Session, of: Scene) -> str | None:
    """The clip of a scene that was published last on its branch."""
    return session.scalar(
        select(col(Asset.path))
        .join(Take, func.coalesce(col(Take.clip_sha256), col(Take.video_sha256)) == col(Asset.sha256))
        .join(
            ProductionJob,
            (col(ProductionJob.id) == col(Take.generation_id))
            & (col(ProductionJob.chosen_take) == col(Take.take)),
        )
        .where(col(ProductionJob.branch_id) == of.branch_id, col(ProductionJob.scene_id) == of.id)
        .where(col(ProductionJob.status) == "completed")
        .order_by(col(ProductionJob.finished_at).desc(), col(ProductionJob.id).desc())
        .limit(1)
    )
