"""The render stage of an episode: a clip of every scene, each made once, by runs of their own."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from prefect import task

from db.models.production import ProductionJob
from db.notices import Bell, listening
from db.queries import episode_renders, generations, ownership
from db.queries.ownership import CHILDREN_CHANNEL, Run
from db.session import transaction
from studio.errors import StudioError, UnavailableError
from studio.settings import read_settings
from tasks.carrying import carry_stage, stage_result
from tasks.episode_plan import FRESH, MISSING, branch_of, own_clips_only
from tasks.freshness import standing_of
from tasks.policy import RETRIED
from tasks.submission import submit

log = logging.getLogger(__name__)

AT_MOST_EVERY_S: Final = 0.25
"""Many children that end at once are looked at together."""
WAITS: Final = "It waits for a person's eye."


@dataclass(frozen=True, slots=True)
class Clip:
    """What became of a scene: `state` is processing, completed or missing; or waits for the scene before."""

    scene_id: int
    state: str
    generation_id: str | None = None
    take: int | None = None
    status: str | None = None
    reason: str = ""

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.state in ("completed", MISSING)


@task(name="render scenes", **RETRIED)
def render_scenes(run: Run) -> dict[str, Any]:
    """Have every scene that has no fresh clip made, and wait for all of them."""
    return carry_stage(run, "render", _render)


def _render(run: Run, take: int) -> dict[str, Any]:
    scenes = stage_result(run, "plan", take)["scenes"]
    with transaction() as session:
        job = generations.get(session, run.generation_id)
    clips: dict[int, Clip] = {}
    with listening(CHILDREN_CHANNEL) as bell:
        while not _are_over(clips := _looked_at(run, take, job, scenes, clips), len(scenes)):
            _wait(bell)
    return {
        "clips": [_told(clip) for clip in clips.values() if clip.state == "completed"],
        "missing": [
            {**_told(clips[scene["scene_id"]]), "number": scene["number"]}
            for scene in scenes
            if clips[scene["scene_id"]].state == MISSING
        ],
    }


def _told(clip: Clip) -> dict[str, Any]:
    told = {"scene_id": clip.scene_id, "generation_id": clip.generation_id}
    if clip.state == MISSING:
        return {**told, "status": clip.status, "reason": clip.reason}
    return {**told, "take": clip.take}


def _are_over(clips: Mapping[int, Clip], scenes: int) -> bool:
    return len(clips) == scenes and all(clip.is_over for clip in clips.values())


def _wait(bell: Bell) -> None:
    bell.wait(read_settings().poll_s)
    time.sleep(AT_MOST_EVERY_S)


def _looked_at(
    run: Run, take: int, job: ProductionJob, scenes: list[dict[str, Any]], before: Mapping[int, Clip]
) -> dict[int, Clip]:
    """Where all scenes stand; those that nobody makes yet are begun."""
    with transaction() as session:
        ownership.own(session, run)
        made = episode_renders.children(session, run, take)
        meant = [scene["generation_id"] for scene in scenes if scene["state"] == FRESH]
        others = [clip.generation_id for clip in before.values() if clip.generation_id]
        known = episode_renders.standing(session, [*meant, *others])
    clips: dict[int, Clip] = {}
    for scene in scenes:
        scene_id = scene["scene_id"]
        clip = before.get(scene_id)
        if clip is None or not clip.is_over:
            found = made.get(scene_id) or known.get(_meant(scene, clip))
            if found is not None:
                clip = _clip_of(scene_id, found)
            elif waits := _waits_for(scene, {**before, **clips}, scenes):
                clip = waits
            else:
                clip = _begun(run, take, job, scene)
        clips[scene_id] = clip
    _tell(run, sum(clip.is_over for clip in clips.values()) / len(clips), before, clips)
    return clips


def _meant(scene: Mapping[str, Any], clip: Clip | None) -> str:
    """The generation of which a scene's clip was expected."""
    return (clip.generation_id if clip else None) or scene.get("generation_id") or ""


def _clip_of(scene_id: int, job: ProductionJob) -> Clip:
    match job.status:
        case "processing":
            return Clip(scene_id, "processing", job.id)
        case "completed":
            return Clip(scene_id, "completed", job.id, job.chosen_take or job.take)
        case "needs_review":
            return Clip(scene_id, MISSING, job.id, status=job.status, reason=WAITS)
    reason = (job.error or {}).get("message") or f"It was {job.status}."
    return Clip(scene_id, MISSING, job.id, status=job.status, reason=reason)


def _waits_for(
    scene: Mapping[str, Any], clips: Mapping[int, Clip], scenes: list[dict[str, Any]]
) -> Clip | None:
    """A scene that goes on from another of the episode is not begun before that is there."""
    scene_id, after = scene["scene_id"], scene.get("after") or 0
    if scene["state"] == MISSING or after not in {each["scene_id"] for each in scenes}:
        return None
    before = clips.get(after)
    if before is None or not before.is_over:
        return Clip(scene_id, "waiting")
    if before.state == MISSING:
        return Clip(scene_id, MISSING, reason=f"It goes on from scene_{after}, which is missing.")
    return None


def _begun(run: Run, take: int, job: ProductionJob, scene: Mapping[str, Any]) -> Clip:
    """A scene that nobody makes yet is begun, where it can be."""
    scene_id = scene["scene_id"]
    if scene["state"] == MISSING:
        return Clip(scene_id, MISSING, reason=scene["reason"])
    try:
        return _ordered(run, take, job, scene_id)
    except UnavailableError:
        raise
    except StudioError as error:  # it was changed or taken away meanwhile
        return Clip(scene_id, MISSING, reason=error.message)


def _ordered(run: Run, take: int, job: ProductionJob, scene_id: int) -> Clip:
    standing = standing_of(
        branch_of(job), scene_id, job.request.get("quality"), parent_id=own_clips_only(job)
    )
    if standing.generation_id is not None:
        with transaction() as session:
            return _clip_of(scene_id, generations.get(session, standing.generation_id))
    with transaction() as session:
        ownership.own(session, run)
        child = generations.create(session, standing.asked, parent_id=run.generation_id)
        child.request = {"take": take}
    try:
        submit(child.id, child.attempt)
    except UnavailableError as error:
        log.warning("%s waits for the reconciler: %s", child.id, error.message)
    return Clip(scene_id, "processing", child.id)


def _tell(run: Run, share: float, before: Mapping[int, Clip], clips: Mapping[int, Clip]) -> None:
    if before != clips:
        with transaction() as session:
            ownership.set_progress(session, run, share)
