"""The assess stage of an episode: the whole judged by what one pass measures, and what comes of that."""

from pathlib import Path
from typing import Any

from prefect import task

from db.queries import episode_renders, generations, ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.assembly import Assembly
from studio.assembly_document import read_document
from studio.clients import inspection
from studio.errors import ScenesMissingError
from studio.quality import AskedClip, assess_clip
from tasks.assess import noted
from tasks.carrying import carry_stage, stage_result
from tasks.policy import RETRIED


@task(name="assess episode", **RETRIED)
def assess_episode(run: Run) -> dict[str, Any]:
    """Measure the whole episode and judge it."""
    return carry_stage(run, "assess", _assess)


@task(name="await scenes", **RETRIED)
def await_scenes(run: Run, missing: list[dict[str, Any]]) -> str:
    """Leave the episode until its missing scenes are there; what was made of it is kept."""
    names = ", ".join(f"scene_{each['scene_id']}" for each in missing)
    message = f"Missing: {names}."
    error = {"code": ScenesMissingError.code, "message": message, "details": {"missing": missing}}
    with transaction() as session:
        ownership.settle(session, run, "needs_review", error=error)
    return message


@task(name="leave unpublished", **RETRIED)
def leave_unpublished(run: Run) -> str:
    """End the render as completed, its episode in the store and not in the library."""
    with transaction() as session:
        ownership.settle(session, run, "completed", stage="done")
    return "completed, and not published, as it was asked for"


def is_to_be_published(run: Run) -> bool:
    """Whether the episode is to go out: it was asked for so, or a person approved it."""
    with transaction() as session:
        job = generations.get(session, run.generation_id)
    return bool(job.request.get("publish", True)) or job.approved_at is not None


def _assess(run: Run, take: int) -> dict[str, Any]:
    synced = stage_result(run, "sync", take)
    with transaction() as session:
        path = Path(takes.asset_path(session, synced["sha256"]))
        preset = generations.get(session, run.generation_id).request.get("quality")
    clip = inspection.inspect_clip(path)
    assessment = assess_clip(clip, _asked(read_document(synced["assembly"])), preset=preset or "standard")
    result = noted(run, take, path, clip, assessment)
    with transaction() as session:
        episode_renders.note_result(session, run, {"quality_score": assessment.score})
    return result


def _asked(laid: Assembly) -> AskedClip:
    """What the whole should be; whether a scene moves was judged with its take, by its own plan."""
    return AskedClip(
        width=laid.width,
        height=laid.height,
        fps=laid.fps,
        frames=laid.frames,
        moving=False,
    )
