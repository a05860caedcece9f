"""Renders of episodes: which scenes have clips already, which job makes which, and what came of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, case, exists, func, literal, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models.production import Asset, GenerationRequest, Take
from db.models.production import ProductionJob as Job
from db.models.project import Branch
from db.models.story import Episode
from db.queries import jobs
from db.queries.ownership import Run, own
from studio.errors import ScenesMissingError, StateError

EPISODE: Final = "episode"
LOOKED_BACK: Final = 5
"""So many of a scene's clips are looked at for one that is still fresh."""
USABLE: Final = ("processing", "completed", "needs_review")


@dataclass(frozen=True, slots=True)
class Made:
    """A clip of a scene, and what was asked for it."""

    job: Job
    asked: GenerationRequest


def accept(
    session: Session, episode: Episode, request: Mapping[str, Any], *, parent_id: str | None = None
) -> Job:
    """Accept a render of an episode, held by the caller.

    Raises:
        StateError: it is being rendered already.
    """
    require_idle(session, episode.branch_id, episode.id or 0)
    return jobs.accept_job(
        session,
        kind=EPISODE,
        project_id=episode.project_id,
        branch_id=episode.branch_id,
        title=episode.title,
        request=request,
        parent_id=parent_id,
        episode_id=episode.id,
    )


def require_idle(session: Session, branch_id: int, episode_id: int) -> None:
    """Make sure that an episode is rendered once at a time; the caller holds it.

    Raises:
        StateError: it is being rendered.
    """
    running = session.scalar(
        select(col(Job.id)).where(*_of(branch_id, episode_id), col(Job.status) == "processing").limit(1)
    )
    if running is not None:
        raise StateError("The episode is being rendered.", field="episode_id", generation_id=running)


def hold_for(session: Session, job: Job) -> None:
    """Before a job is taken up again: nobody else renders its episode, or begins to, in this transaction.

    Raises:
        StateError: the episode is being rendered by another job.
    """
    if job.kind == EPISODE and job.episode_id is not None:
        session.get(Episode, (job.branch_id, job.episode_id), with_for_update=True)
        require_idle(session, job.branch_id, job.episode_id)


def clips_of(session: Session, at: Branch, scene_id: int, *, parent_id: str | None = None) -> list[Made]:
    """Clips of a scene that may be used and are there, those of its own branch first.

    Of them the one comes first that a person asked for or approved last. With `parent_id` only those which
    that job has had made.
    """
    query = select(Job, GenerationRequest).join(
        GenerationRequest, col(GenerationRequest.generation_id) == col(Job.id)
    )
    query = query.where(col(Job.project_id) == at.project_id, col(Job.scene_id) == scene_id)
    query = query.where(col(Job.kind) == "clip", col(Job.status).in_(USABLE), _is_there())
    if parent_id is not None:
        query = query.where(col(Job.parent_id) == parent_id)
    is_elsewhere = case((col(Job.branch_id) == at.id, 0), else_=1)
    meant = func.coalesce(col(Job.approved_at), col(Job.created_at))
    newest = query.order_by(is_elsewhere, meant.desc(), col(Job.id).desc()).limit(LOOKED_BACK)
    return [Made(job, asked) for job, asked in session.execute(newest)]


def _is_there() -> ColumnElement[bool]:
    """Whether the files of a clip's take lie in the store, as far as they are made by now."""
    files = (col(Take.video_sha256), col(Take.clip_sha256))
    shown = (col(Take.generation_id) == col(Job.id)) & (
        col(Take.take) == func.coalesce(col(Job.chosen_take), col(Job.take))
    )
    is_gone = col(Asset.sha256).in_(files) & col(Asset.removed_at).is_not(None)
    gone = exists(select(literal(1)).select_from(Take).join(Asset, is_gone).where(shown))
    return (col(Job.status) == "processing") | ~gone


def children(session: Session, run: Run, take: int) -> dict[int, Job]:
    """The clips that a render has had made for this take, by scene."""
    return {
        job.scene_id: job
        for job in jobs.children(session, run.generation_id)
        if job.scene_id is not None and job.request.get("take") == take
    }


def standing(session: Session, generation_ids: Sequence[str]) -> dict[str, Job]:
    """Where generations stand."""
    rows = session.scalars(select(Job).where(col(Job.id).in_(generation_ids)))
    return {row.id: row for row in rows}


def note_result(session: Session, run: Run, values: Mapping[str, Any]) -> None:
    """Write what came of a render to the episode, as long as its branch has it."""
    job = own(session, run)
    session.execute(
        update(Episode)
        .where(col(Episode.branch_id) == job.branch_id, col(Episode.id) == job.episode_id)
        .values(**values, updated_at=func.now())
    )


def newest(session: Session, branch_id: int, episode_id: int) -> Job | None:
    """The render of an episode that was asked for last."""
    query = select(Job).where(*_of(branch_id, episode_id))
    return session.scalar(query.order_by(col(Job.created_at).desc(), col(Job.id).desc()).limit(1))


_MENDED: Final = text("""
    NOT EXISTS (
        SELECT FROM jsonb_array_elements(production_jobs.error -> 'details' -> 'missing') AS m (scene)
        WHERE NOT EXISTS (
            SELECT FROM anime_api.production_jobs clip
            WHERE clip.project_id = production_jobs.project_id AND clip.branch_id = production_jobs.branch_id
              AND clip.scene_id = CAST(m.scene ->> 'scene_id' AS int) AND clip.kind = 'clip'
              AND clip.status = 'completed' AND clip.finished_at > production_jobs.finished_at))""")


def whole_again(session: Session, *, limit: int = 100) -> list[str]:
    """Renders that waited for scenes which are all there now; of an episode only the newest waits."""
    later = aliased(Job)
    is_later = exists(
        select(literal(1)).where(
            col(later.branch_id) == col(Job.branch_id),
            col(later.episode_id) == col(Job.episode_id),
            col(later.kind) == EPISODE,
            col(later.created_at) > col(Job.created_at),
        )
    )
    waits = col(Job.error)["code"].as_string() == ScenesMissingError.code
    query = select(col(Job.id)).where(
        col(Job.kind) == EPISODE, col(Job.status) == "needs_review", waits, ~is_later, _MENDED
    )
    return list(session.scalars(query.order_by(col(Job.id)).limit(limit)))


def _of(branch_id: int, episode_id: int) -> tuple[Any, ...]:
    return (
        col(Job.branch_id) == branch_id,
        col(Job.episode_id) == episode_id,
        col(Job.kind) == EPISODE,
    )


def batch_under_way(session: Session, branch_id: int) -> bool:
    """Whether a batch has renders on a branch that have not ended."""
    query = select(col(Job.id)).where(
        col(Job.branch_id) == branch_id,
        col(Job.kind) == EPISODE,
        col(Job.status) == "processing",
        func.jsonb_exists(col(Job.request), "batch"),
    )
    return session.scalar(query.limit(1)) is not None
