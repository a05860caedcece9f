"""Takes: what made them, where their files are, how they were judged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.production import Asset, QualityAssessment, QualityMetrics, Take
from db.models.project import MusicSceneSync
from db.queries.ownership import Run, own


def record(session: Session, run: Run, take: int, **made_of: object) -> None:
    """Pin what a take is made of, before it is rendered; a further attempt makes it of the same."""
    own(session, run)
    key = {"generation_id": run.generation_id, "take": take}
    entry = insert(Take).values(attempt=run.attempt, **key, **made_of)
    session.execute(
        entry.on_conflict_do_update(index_elements=list(key), set_={"attempt": run.attempt, **made_of})
    )


def get(session: Session, generation_id: str, take: int) -> Take:
    """One take of a generation."""
    return session.get_one(Take, (generation_id, take))


def keep(session: Session, *, sha256: str, path: str, kind: str, size_bytes: int, project_id: int) -> None:
    """Note a file that now lies in the store; an equal file is noted once."""
    session.execute(
        insert(Asset)
        .values(sha256=sha256, path=path, kind=kind, size_bytes=size_bytes, project_id=project_id)
        .on_conflict_do_nothing()
    )


def asset_path(session: Session, sha256: str) -> str:
    """Where the file of that content lies."""
    return session.get_one(Asset, sha256).path


def judge(
    session: Session,
    run: Run,
    take: int,
    *,
    verdict: str,
    score: float | None,
    reasons: Sequence[str],
    metrics: Sequence[dict[str, Any]],
) -> None:
    """Write the verdict on a take and the measurements behind it."""
    own(session, run)
    mine = (col(QualityAssessment.generation_id) == run.generation_id, col(QualityAssessment.take) == take)
    session.execute(delete(QualityAssessment).where(*mine))
    session.add_all(
        QualityAssessment(generation_id=run.generation_id, take=take, **metric) for metric in metrics
    )
    chosen = {"take": take, "verdict": verdict, "score": score, "reasons": list(reasons)}
    entry = insert(QualityMetrics).values(generation_id=run.generation_id, **chosen)
    session.execute(entry.on_conflict_do_update(index_elements=["generation_id"], set_=chosen))


def note_sync(
    session: Session, run: Run, *, audio_path: str, bpm: float | None, report: dict[str, Any]
) -> None:
    """Keep how a clip's cuts measured against the beats of its music."""
    job = own(session, run)
    measured = {"audio_path": audio_path, "bpm": bpm, "report": report}
    entry = insert(MusicSceneSync).values(
        branch_id=job.branch_id, scene_id=job.scene_id, generation_id=job.id, **measured
    )
    session.execute(entry.on_conflict_do_update(index_elements=["generation_id"], set_=measured))


def scene_audio(session: Session, branch_id: int, scene_id: int) -> MusicSceneSync | None:
    """The music that was last laid under a scene."""
    return session.scalar(
        select(MusicSceneSync)
        .where(col(MusicSceneSync.branch_id) == branch_id, col(MusicSceneSync.scene_id) == scene_id)
        .where(col(MusicSceneSync.generation_id).is_(None))
        .order_by(col(MusicSceneSync.id).desc())
        .limit(1)
    )
