"""The plan stage of an episode: its scenes in order, and which of them have a clip that is still fresh."""

from dataclasses import asdict
from typing import Any, Final

from prefect import task

from db.models.production import ProductionJob
from db.models.project import Branch
from db.queries import continuity, episodes, generations, scenes
from db.queries.ownership import Run
from db.session import transaction
from studio.continuity import continues
from studio.errors import InvalidError, NotFoundError
from tasks.carrying import carry_stage
from tasks.freshness import standing_of
from tasks.policy import RETRIED

GONE: Final = "The branch no longer has this scene."
FRESH: Final = "fresh"
TO_MAKE: Final = "to make"
MISSING: Final = "missing"


@task(name="plan episode", **RETRIED)
def plan_episode(run: Run) -> dict[str, Any]:
    """Look at every scene: reuse what is fresh, and name what is to be made or cannot be."""
    return carry_stage(run, "plan", _plan)


def branch_of(job: ProductionJob) -> Branch:
    """The branch that an episode is rendered at."""
    with transaction() as session:
        return session.get_one(Branch, job.branch_id)


def own_clips_only(job: ProductionJob) -> str | None:
    """By whom a scene's clip must have been made: this job, where everything is to be made anew."""
    return job.id if job.request.get("force") else None


def _plan(run: Run, take: int) -> dict[str, Any]:
    with transaction() as session:
        job = generations.get(session, run.generation_id)
    at = branch_of(job)
    with transaction() as session:
        episode = episodes.get(session, job.episode_id or 0, at.name).episode
    if not episode.scene_ids:
        raise InvalidError(
            f"Episode {episode.episode_number} has no scenes.", field="scenes", value=[], expected="scenes"
        )
    return {
        "title": episode.title,
        "number": episode.episode_number,
        "synopsis": episode.synopsis,
        "metadata": episode.details,
        "audio": episode.audio,
        "scenes": [_scene(job, at, scene_id) for scene_id in episode.scene_ids],
    }


def _scene(job: ProductionJob, at: Branch, scene_id: int) -> dict[str, Any]:
    found: dict[str, Any] = {"scene_id": scene_id, "number": None, "state": MISSING, "reason": GONE}
    try:
        with transaction() as session:
            scene = scenes.get(session, scene_id, at.name).scene
            before = continuity.id_before(session, scene) if continues(scene.details)[0] else None
        found |= {"number": scene.scene_number, "metadata": scene.details, "after": before}
        found["description"] = scene.description
        standing = standing_of(at, scene_id, job.request.get("quality"), parent_id=own_clips_only(job))
    except NotFoundError:
        return found
    except InvalidError as error:
        return {**found, "reason": error.message}
    is_fresh = standing.generation_id is not None
    told = {key: value for key, value in asdict(standing).items() if key in ("generation_id", "take")}
    return {**found, "state": FRESH if is_fresh else TO_MAKE, "reason": "", **told}
