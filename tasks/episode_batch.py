"""Batches: every episode of a project that is not as it would be rendered now, rendered in one go."""

import logging
from dataclasses import dataclass
from typing import Any, Final

from prefect import task

from db.models.project import Branch
from db.models.story import Episode
from db.queries import branches, episode_renders, episodes, ownership, projects
from db.queries.branches import Hold
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import NotFoundError, StateError, UnavailableError
from tasks.episode_plan import described, digest_of, look_at
from tasks.policy import RETRIED
from tasks.submission import submit

log = logging.getLogger(__name__)
MOST_EPISODES: Final = 1_000
WAITS: Final = "needs_review"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be rendered, and how; `schedule_id` is the schedule that asked for it, if one did."""

    branch_name: str = projects.MAIN
    only_stale: bool = True
    quality: str | None = None
    publish: bool = True
    schedule_id: int | None = None

    def request(self) -> dict[str, Any]:
        """What each of its episodes is asked for with."""
        return {
            "quality": self.quality,
            "publish": self.publish,
            "force": not self.only_stale,
            "batch": {"schedule_id": self.schedule_id},
        }


@task(name="begin batch", **RETRIED)
def begin_batch(project_id: int | None, batch: Batch) -> list[str]:
    """Accept and submit a render of each episode that needs one; returns the generations.

    Without a project it is that of every active one which has the branch. A project whose last batch is
    still under way has no second one beside it.
    """
    with transaction() as session:
        wanted = [project_id] if project_id is not None else projects.active(session)
    accepted = [each for project in wanted for each in _of_project(project, batch)]
    for generation_id in accepted:
        _submit_or_leave(generation_id)
    return accepted


def _of_project(project_id: int, batch: Batch) -> list[str]:
    try:
        with transaction() as session:
            at = branches.find(session, project_id, batch.branch_name)
            if episode_renders.batch_under_way(session, branches.id_of(at)):
                log.info("project %d: its batch is still under way", project_id)
                return []
            rows = episodes.of_branch(session, at, limit=MOST_EPISODES)
    except NotFoundError as error:
        log.warning("project %d: %s", project_id, error.message)
        return []
    return _accepted(at, [row for row in rows if _needs(at, row, batch)], batch)


def _accepted(at: Branch, rows: list[Episode], batch: Batch) -> list[str]:
    """All of a batch is accepted, or nothing of it."""
    taken: list[str] = []
    with transaction() as session:
        branches.find(session, at.project_id, at.name, Hold.ALONE)
        if episode_renders.batch_under_way(session, branches.id_of(at)):
            return []
        for row in rows:
            try:
                episode = episodes.held(session, row.id or 0, at.name).episode
                taken.append(episode_renders.accept(session, episode, batch.request()).id)
            except (NotFoundError, StateError) as error:  # it is gone, or somebody renders it by itself
                log.info("episode %s: %s", row.id, error.message)
    return taken


def _needs(at: Branch, episode: Episode, batch: Batch) -> bool:
    if not episode.scene_ids:
        return False
    return not batch.only_stale or is_stale(at, episode, batch.quality)


def is_stale(at: Branch, episode: Episode, quality: str | None) -> bool:
    """Whether a render now could come to something else than the last one did.

    One that waits for a person's eye, in whole or in all its missing scenes, is left to that person.
    """
    with transaction() as session:
        last = episode_renders.newest(session, branches.id_of(at), episode.id or 0)
        run = None if last is None else Run(last.id, last.attempt)
        synced = (
            None if last is None or run is None else ownership.finished_stage(session, run, "sync", last.take)
        )
    if last is None or last.status in ("failed", "cancelled"):
        return True
    missing = ((last.error or {}).get("details") or {}).get("missing")
    if last.status == WAITS and missing:
        return not all(each["status"] == WAITS for each in missing)
    scenes = [look_at(at, scene_id, quality) for scene_id in episode.scene_ids]
    if synced is None or any(scene.get("status") != "completed" for scene in scenes):
        return True
    return bool(synced["made_of"] != digest_of({**described(episode), "scenes": scenes}, scenes))


def _submit_or_leave(generation_id: str) -> None:
    """Where Prefect does not answer, the reconciler submits it later."""
    try:
        submit(generation_id, 1)
    except UnavailableError as error:
        log.warning("%s waits for the reconciler: %s", generation_id, error.message)
