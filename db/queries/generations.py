"""Generations as their users see them: asked for, listed, watched, decided on."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import RowMapping, Select, String, bindparam, select, tuple_
from sqlmodel import Session, col

from db.models.production import GenerationEvent, GenerationRequest, QualityMetrics
from db.models.production import (
    ProductionJob as Job,
)
from db.models.project import Branch
from db.queries import estimates
from db.queries import generation_parts as shown
from db.queries.jobs import accept_job
from studio.errors import NotFoundError
from studio.settings import read_settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asked for, with the defaults filled in."""

    project_id: int
    branch_id: int
    scene_id: int | None
    title: str
    prompt: str
    negative_prompt: str
    duration_s: float
    style: str
    quality: str
    characters: tuple[str, ...]
    seed: int | None
    audio_path: str | None
    workflow: str | None
    width: int
    height: int
    fps: Fraction
    parameters: dict[str, Any]
    body: dict[str, Any]


def create(session: Session, asked: Asked, *, parent_id: str | None = None) -> Job:
    """Accept a request: the generation and what was asked, in the caller's transaction."""
    job = accept_job(
        session,
        kind="clip",
        project_id=asked.project_id,
        branch_id=asked.branch_id,
        scene_id=asked.scene_id,
        title=asked.title,
        parent_id=parent_id,
    )
    session.add(request_of(asked, job.id))
    session.flush()
    return job


def request_of(asked: Asked, generation_id: str = "") -> GenerationRequest:
    """The row of a request; without an id, of one that nobody has accepted."""
    return GenerationRequest(
        generation_id=generation_id,
        prompt=asked.prompt,
        negative_prompt=asked.negative_prompt,
        duration_s=asked.duration_s,
        style=asked.style,
        quality=asked.quality,
        characters=list(asked.characters),
        seed=asked.seed,
        audio_path=asked.audio_path,
        workflow=asked.workflow,
        width=asked.width,
        height=asked.height,
        fps_num=asked.fps.numerator,
        fps_den=asked.fps.denominator,
        parameters=asked.parameters,
        body=asked.body,
    )


def get(session: Session, generation_id: str) -> Job:
    """The generation of that id.

    Raises:
        NotFoundError: there is none.
    """
    return _found(session.get(Job, generation_id), generation_id)


def locked(session: Session, generation_id: str) -> Job:
    """The generation of that id, its row locked: for what a person decides about it.

    Raises:
        NotFoundError: there is none.
    """
    query = select(Job).where(col(Job.id) == generation_id).with_for_update()
    job = session.scalar(query, execution_options={"populate_existing": True})
    return _found(job, generation_id)


def request(session: Session, generation_id: str) -> GenerationRequest:
    """What was asked for."""
    return session.get_one(GenerationRequest, generation_id)


def view(session: Session, generation_id: str) -> dict[str, Any]:
    """All that is known of a generation, as the API shows it: one statement, and one for its estimate."""
    found = session.execute(_whole(), {"id": generation_id}).mappings().first()
    row = _found(found, generation_id)
    listed, job, asked = _listed(row), row["ProductionJob"], row["GenerationRequest"]
    given = {(stage["stage"], stage["take"]): stage for stage in row["given"]}
    return {
        **listed,
        "estimated_completion": None
        if asked is None
        else estimates.completion(session, job, asked.duration_s),
        "quality": {**listed["quality"], "metrics": row["metrics"]},
        "findings": given.get(("check", job.take), {}).get("findings") or [],
        "sync": row["sync"],
        "children": row["children"],
        "publication": next(iter(row["publications"]), None),
        "takes": [{**take, **_judgement(given.get(("assess", take["take"]), {}))} for take in row["takes"]],
    }


def page(
    session: Session,
    *,
    project_id: int | None = None,
    scene_id: int | None = None,
    status: str | None = None,
    kind: str | None = None,
    episode: tuple[int, int] | None = None,
    limit: int,
    after: str | None,
) -> list[dict[str, Any]]:
    """Generations, newest first, from the one that follows `after`; `episode` is a branch and an episode."""
    query = _overview().order_by(col(Job.created_at).desc(), col(Job.id).desc()).limit(limit)
    if project_id is not None:
        query = query.where(col(Job.project_id) == project_id)
    if scene_id is not None:
        query = query.where(col(Job.scene_id) == scene_id)
    if status is not None:
        query = query.where(col(Job.status) == status)
    if kind is not None:
        query = query.where(col(Job.kind) == kind)
    if episode is not None:
        query = query.where(tuple_(col(Job.branch_id), col(Job.episode_id)) == episode)
    if after is not None:
        last = get(session, after)
        place = (last.created_at, last.id)
        query = query.where(tuple_(col(Job.created_at), col(Job.id)) < place)
    return [_listed(row) for row in session.execute(query).mappings()]


def events_after(session: Session, generation_id: str, seq: int, *, limit: int) -> list[GenerationEvent]:
    """The events that follow number `seq`, oldest first."""
    get(session, generation_id)
    rows = session.scalars(
        select(GenerationEvent)
        .where(col(GenerationEvent.generation_id) == generation_id, col(GenerationEvent.seq) > seq)
        .order_by(col(GenerationEvent.seq))
        .limit(limit)
    )
    return list(rows)


def states(session: Session, ids: Collection[str] | None, *, limit: int) -> list[dict[str, Any]]:
    """How the named generations are, or those under way, the oldest first."""
    shown = ("project_id", "scene_id", "title", "status", "stage", "progress")
    wanted = col(Job.status) == "processing" if ids is None else col(Job.id).in_(ids)
    query = select(col(Job.id).label("generation_id"), *(getattr(Job, name) for name in shown))
    rows = session.execute(query.where(wanted).order_by(col(Job.created_at)).limit(limit)).mappings()
    return [dict(row) for row in rows]


def _found(value: T | None, generation_id: str) -> T:
    if value is None:
        raise NotFoundError(
            f"There is no generation {generation_id}.", field="generation_id", value=generation_id
        )
    return value


def _overview() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Job,
            GenerationRequest,
            col(Branch.name).label("branch_name"),
            col(QualityMetrics.verdict),
            col(QualityMetrics.score),
            col(QualityMetrics.reasons),
        )
        .outerjoin(GenerationRequest, col(GenerationRequest.generation_id) == col(Job.id))
        .join(Branch, col(Branch.id) == col(Job.branch_id))
        .outerjoin(
            QualityMetrics,
            (col(QualityMetrics.generation_id) == col(Job.id)) & (col(QualityMetrics.take) == col(Job.take)),
        )
    )


@cache
def _whole() -> Select[*tuple[Any, ...]]:
    """Made once: to put it together costs more than to run it."""
    generation_id = bindparam("id", type_=String)
    query = _overview().add_columns(
        shown.sync_report().label("sync"),
        shown.metrics(generation_id).label("metrics"),
        shown.takes(generation_id).label("takes"),
        shown.given(generation_id).label("given"),
        shown.children(generation_id).label("children"),
        shown.publication(generation_id).label("publications"),
    )
    return query.where(col(Job.id) == generation_id)


def _listed(row: RowMapping) -> dict[str, Any]:
    job, asked = row["ProductionJob"], row["GenerationRequest"]
    return {
        "generation_id": job.id,
        "kind": job.kind,
        "parent_id": job.parent_id,
        "project_id": job.project_id,
        "branch_name": row["branch_name"],
        "scene_id": job.scene_id,
        "episode_id": job.episode_id,
        "title": job.title,
        "prompt": "" if asked is None else asked.prompt,
        "status": job.status,
        "stage": job.stage,
        "progress": job.progress,
        "attempt": job.attempt,
        "video_path": job.video_path,
        "published_path": job.published_path,
        "quality": {
            "score": row["score"],
            "verdict": row["verdict"] or "not judged",
            "reasons": row["reasons"] or [],
        },
        "error": job.error,
        "flow_run_id": None if job.flow_run_id is None else str(job.flow_run_id),
        "flow_run_url": flow_run_url(job),
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "metadata": job.request if asked is None else _terms(asked),
    }


def _terms(asked: GenerationRequest) -> dict[str, Any]:
    return {"duration": asked.duration_s, "style": asked.style, "quality": asked.quality}


def flow_run_url(job: Job) -> str | None:
    """Where Prefect's UI shows the run that carries a generation."""
    ui = read_settings().prefect_ui_url
    return None if ui is None or job.flow_run_id is None else f"{ui}/runs/flow-run/{job.flow_run_id}"


def _judgement(verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict on a take, and where the sheet lies that shows it."""
    return {
        "verdict": verdict.get("verdict") or "not judged",
        "score": verdict.get("score"),
        "reasons": verdict.get("reasons") or [],
        "report_path": verdict.get("report_path"),
    }


def frame_rate(asked: GenerationRequest) -> Fraction:
    """The frame rate that was asked for."""
    return Fraction(asked.fps_num, asked.fps_den)
