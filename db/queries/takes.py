"""Takes: what made them, where their files are, how they were judged."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.learning import TrainingExample
from db.models.production import Asset, ProductionJob, QualityAssessment, QualityMetrics, Stage, Take
from db.models.project import MusicSceneSync
from db.models.rendering import RenderPlace
from db.queries import assets
from db.queries.ownership import Run, own
from studio.clients.store import Stored
from studio.errors import NotFoundError
from studio.retakes import Judged

MEASURES: Final = (
    "hit_rate_1_frame",
    "hit_rate_40ms",
    "chance_hit_rate_40ms",
    "median_ms",
    "p95_abs_ms",
    "downbeat_share",
    "beat_alignment",
    "largest_retime",
    "av_offset_ms",
    "cut_list",
)
"""What of a sync report has columns of its own."""


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


def find(session: Session, generation_id: str, take: int) -> Take | None:
    """One take of a generation, if it was ever begun to be rendered."""
    return session.get(Take, (generation_id, take))


def score(session: Session, generation_id: str) -> float | None:
    """The score of the take that is shown; None where it was not judged."""
    row = session.get(QualityMetrics, generation_id)
    return None if row is None else row.score


def measured(session: Session, generation_id: str, take: int) -> dict[str, Any]:
    """A take with the verdict on it, what was measured, and how that went over its frames.

    Raises:
        NotFoundError: there is no such take.
    """
    row = session.get(Take, (generation_id, take))
    if row is None:
        raise NotFoundError("There is no such take.", field="take", value=take)
    stage = session.get(Stage, (generation_id, "assess", take))
    given = {} if stage is None else stage.result
    metrics = session.scalars(
        select(QualityAssessment)
        .where(col(QualityAssessment.generation_id) == generation_id, col(QualityAssessment.take) == take)
        .order_by(col(QualityAssessment.metric))
    )
    told = {name: given.get(name) for name in ("verdict", "score", "reasons", "frames", "curves")}
    return {"take": row, "metrics": list(metrics), **told}


def source(session: Session, generation_id: str, take: int) -> int | None:
    """The take whose file this one is made of; None where it is rendered, or not begun."""
    row = session.get(Take, (generation_id, take))
    return None if row is None else row.repaired_from


def keep(session: Session, stored: Stored, *, kind: str, project_id: int) -> None:
    """Note a file that now lies in the store; an equal file is noted once."""
    assets.add(
        session,
        sha256=stored.sha256,
        path=str(stored.path),
        kind=kind,
        size_bytes=stored.size_bytes,
        project_id=project_id,
    )


def report_path(session: Session, generation_id: str, take: int) -> str:
    """Where the sheet lies that was drawn when a take was judged.

    Raises:
        NotFoundError: there is no such take, it was not judged, or had no frame to be drawn.
    """
    assessed = session.get(Stage, (generation_id, "assess", take))
    path = None if assessed is None else assessed.result.get("report_path")
    if path is None:
        raise NotFoundError("There is no report on this take.", field="take", value=take)
    return str(path)


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
    _sum_up(session, run.generation_id, take, verdict=verdict, score=score, reasons=list(reasons))


def judged(session: Session, job: ProductionJob, *, since: int) -> list[Judged]:
    """The takes from number `since` on that were judged, oldest first."""
    mine = (col(Stage.generation_id) == job.id, col(Stage.stage) == "assess", col(Stage.take) >= since)
    stages = session.scalars(select(Stage).where(*mine, col(Stage.finished_at).is_not(None)))
    failed, rendered_s = _failed(session, job.id), _rendered_s(session, job.id)
    rows = {row.take: row for row in session.scalars(select(Take).where(col(Take.generation_id) == job.id))}
    return [
        Judged(
            stage.take,
            stage.result["verdict"],
            stage.result["score"],
            frozenset(failed.get(stage.take, ())),
            rendered_s.get(stage.take),
            repairs=tuple(stage.result.get("repairs", ())),
            repaired_from=rows[stage.take].repaired_from,
            repaired=frozenset(each["fix"] for each in rows[stage.take].repairs),
        )
        for stage in sorted(stages, key=lambda stage: stage.take)
    ]


def begin_repaired(session: Session, job: ProductionJob, source: int, take: int) -> None:
    """Begin a take that will be made of another one's file; plan and check are those of that one."""
    for stage in ("plan", "check"):
        row = session.get_one(Stage, (job.id, stage, source))
        session.add(Stage(**{**row.model_dump(), "take": take}))
    made = session.get_one(Take, (job.id, source))
    own = {"take": take, "repaired_from": source, "video_sha256": None, "clip_sha256": None}
    session.add(Take(**{**made.model_dump(exclude={"created_at"}), **own}))
    session.flush()


def newest(session: Session, generation_id: str) -> int:
    """The highest number that a take of a generation ever had."""
    query = select(func.max(col(Stage.take))).where(col(Stage.generation_id) == generation_id)
    return session.scalar(query) or 1


def choose(session: Session, job: ProductionJob, take: int) -> None:
    """Make a take the one that is shown, and published if any is."""
    job.take = job.chosen_take = take
    verdict = session.get_one(Stage, (job.id, "assess", take)).result
    _sum_up(session, job.id, take, **{name: verdict[name] for name in ("verdict", "score", "reasons")})


def teach(session: Session, job: ProductionJob, take: int, *, caption: str) -> None:
    """Keep a take that was approved as an example to teach a model by; once."""
    row = session.get(Take, (job.id, take))
    plan = session.get(Stage, (job.id, "plan", take))
    if row is None or row.video_sha256 is None:
        return
    example = {
        "project_id": job.project_id,
        "sha256": row.video_sha256,
        "caption": row.parameters.get("prompt", caption),
        "characters": [] if plan is None else plan.result["cast"],
    }
    entry = insert(TrainingExample).values(generation_id=job.id, take=take, **example)
    session.execute(entry.on_conflict_do_nothing(index_elements=["generation_id", "take"]))


def _failed(session: Session, generation_id: str) -> dict[int, set[str]]:
    """The metrics that failed, by take."""
    query = select(col(QualityAssessment.take), col(QualityAssessment.metric)).where(
        col(QualityAssessment.generation_id) == generation_id, col(QualityAssessment.verdict) == "fail"
    )
    failed: dict[int, set[str]] = {}
    for take, metric in session.execute(query):
        failed.setdefault(take, set()).add(metric)
    return failed


def _rendered_s(session: Session, generation_id: str) -> dict[int, float]:
    """The time that renderers spent on what they finished, by take."""
    query = (
        select(col(RenderPlace.take), func.sum(col(RenderPlace.render_s)).label("seconds"))
        .where(col(RenderPlace.generation_id) == generation_id, col(RenderPlace.render_s).is_not(None))
        .group_by(col(RenderPlace.take))
    )
    return {row.take: row.seconds for row in session.execute(query)}


def _sum_up(session: Session, generation_id: str, take: int, **verdict: object) -> None:
    chosen = {"take": take, **verdict}
    entry = insert(QualityMetrics).values(generation_id=generation_id, **chosen)
    session.execute(entry.on_conflict_do_update(index_elements=["generation_id"], set_=chosen))


def note_sync(
    session: Session, run: Run, *, audio_path: str, bpm: float | None, report: dict[str, Any]
) -> None:
    """Keep how a clip's cuts measured against the beats of its music."""
    job = own(session, run)
    measured = {"audio_path": audio_path, "bpm": bpm, "report": report}
    measured |= {name: report[name] for name in MEASURES}
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
