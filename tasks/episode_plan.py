"""The plan stage of an episode: its scenes in order, and which of them have a clip that is still fresh."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from prefect import task

from db.models.production import ProductionJob
from db.models.project import Branch
from db.models.story import Episode
from db.queries import continuity, episodes, generations, scenes
from db.queries.ownership import Run
from db.session import transaction
from studio.canonical import digest
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
    quality, parent_id = job.request.get("quality"), own_clips_only(job)
    scenes = [look_at(at, scene_id, quality, parent_id=parent_id) for scene_id in episode.scene_ids]
    return {**described(episode), "scenes": scenes}


def described(episode: Episode) -> dict[str, Any]:
    """An episode without its scenes."""
    return {
        "title": episode.title,
        "number": episode.episode_number,
        "synopsis": episode.synopsis,
        "metadata": episode.details,
        "audio": episode.audio,
    }


def look_at(
    at: Branch, scene_id: int, quality: str | None, *, parent_id: str | None = None
) -> dict[str, Any]:
    """A scene as it is now, and its clip where one is fresh: with `parent_id`, that job's own."""
    found: dict[str, Any] = {"scene_id": scene_id, "number": None, "state": MISSING, "reason": GONE}
    try:
        with transaction() as session:
            scene = scenes.get(session, scene_id, at.name).scene
            before = continuity.id_before(session, scene) if continues(scene.details)[0] else None
        found |= {"number": scene.scene_number, "metadata": scene.details, "after": before}
        found["description"] = scene.description
        standing = standing_of(at, scene_id, quality, parent_id=parent_id)
    except NotFoundError:
        return found
    except InvalidError as error:
        return {**found, "reason": error.message}
    clip = {"generation_id": standing.generation_id, "take": standing.take, "status": standing.state}
    return {**found, **clip, "state": TO_MAKE if standing.generation_id is None else FRESH, "reason": ""}


def digest_of(plan: Mapping[str, Any], clips: Iterable[Mapping[str, Any]]) -> str:
    """A hash over what an episode is assembled of: equal ones are equal files, on one version of Tower."""
    takes = {clip["scene_id"]: (clip["generation_id"], clip["take"]) for clip in clips}
    scenes_of = [
        {
            "take": takes.get(scene["scene_id"]),
            "description": scene.get("description"),
            **{name: scene.get("metadata", {}).get(name) for name in ("title", "transition", "dialogue")},
        }
        for scene in plan["scenes"]
    ]
    return digest({name: plan[name] for name in ("title", "metadata", "audio")} | {"scenes": scenes_of})
