"""How what is meant stands, and who is in it."""

from collections.abc import Sequence
from typing import Any

from db.models.production import ProductionJob
from db.queries import branches as all_branches
from db.queries import director, episodes, scenes
from tasks.directing_acts import Act, Done, aimed_at, completed, require_here


def report_status(session: Any, act: Act) -> Done:
    """How what is meant stands, with its cast; nothing meant, all that is under way."""
    if act.told.get("scene_id") is not None:
        return _of_scene(session, act, int(act.told["scene_id"]))
    if act.told.get("episode_id") is not None:
        return _of_episode(session, act, int(act.told["episode_id"]))
    if act.told.get("generation_id") is not None:
        (standing,) = _standings(session, [aimed_at(session, act)])
        return completed(of=standing)
    branch_id = all_branches.id_of(act.branch(session))
    rows = director.under_way(session, branch_id, besides=act.run.generation_id)
    return completed(under_way=_standings(session, rows))


def _of_scene(session: Any, act: Act, scene_id: int) -> Done:
    """A scene's newest clip, and who is in the scene, made or not."""
    at = act.branch(session)
    scenes.require(session, at, scene_id)
    job = director.newest(session, all_branches.id_of(at), scene_id=scene_id, episode_id=None)
    cast = scenes.get(session, scene_id, at.name).characters
    return completed(of=_standing(session, job), characters=list(cast))


def _of_episode(session: Any, act: Act, episode_id: int) -> Done:
    """An episode's newest render, and who is in its scenes, rendered or not."""
    at = act.branch(session)
    staged = episodes.get(session, episode_id, at.name)
    require_here(staged, act)
    job = director.newest(session, all_branches.id_of(at), scene_id=None, episode_id=episode_id)
    return completed(of=_standing(session, job), characters=list(staged.characters))


def _standing(session: Any, job: ProductionJob | None) -> dict[str, Any] | None:
    return None if job is None else _standings(session, [job])[0]


def _standings(session: Any, jobs: Sequence[ProductionJob]) -> list[dict[str, Any]]:
    """How generations stand; of clips also who is in them."""
    casts = director.casts(session, [job.id for job in jobs])
    return [
        {
            "generation_id": job.id,
            "kind": job.kind,
            "title": job.title,
            "status": job.status,
            "stage": job.stage,
            "progress": job.progress,
            "published_path": job.published_path,
            **({"characters": casts[job.id]} if job.id in casts else {}),
        }
        for job in jobs
    ]
