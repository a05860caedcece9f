"""The assess stage of an episode: the whole judged, and what comes of that."""

from typing import Any

from prefect import task

from db.queries import episode_renders, generations, ownership
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import ScenesMissingError
from tasks.carrying import carry_stage
from tasks.policy import RETRIED
from tasks.whole import judged_whole


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
    with transaction() as session:
        preset = generations.get(session, run.generation_id).request.get("quality")
    result = judged_whole(run, take, preset)
    with transaction() as session:
        episode_renders.note_result(session, run, {"quality_score": result["score"]})
    return result
