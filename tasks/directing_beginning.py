"""Steps of a plan that begin a run of their own, in the transaction that notes it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from db.models.production import GenerationRequest, ProductionJob
from db.models.project import Branch
from db.models.story import Episode
from db.queries import branches as all_branches
from db.queries import (
    characters,
    episode_renders,
    episodes,
    generations,
    jobs,
    preferences,
    projects,
    scenes,
    working,
)
from db.queries.branches import Hold
from db.queries.episodes import Staged
from studio.clients.store import open_allowed
from studio.echo.ordering import Standing
from studio.errors import InvalidError, NotFoundError, StateError, UnavailableError
from studio.settings import read_settings
from tasks.directing_acts import Act, Done, of_project, unnamed
from tasks.submission import submit
from tasks.terms import Said, Usual

log = logging.getLogger(__name__)


def begun(session: Any, act: Act) -> Done:
    """The run that a step begins, which is submitted once that is noted."""
    child = _BEGINNINGS[act.step.action](session, act)
    return Done(Standing.PROCESSING, child_id=child.id, afterwards=partial(_submit, child.id, child.attempt))


def _submit(generation_id: str, attempt: int) -> None:
    try:
        submit(generation_id, attempt)
    except UnavailableError as error:
        log.warning("%s waits for the reconciler: %s", generation_id, error.message)


def begin_clip(session: Any, act: Act) -> ProductionJob:
    """A clip, as the step describes it."""
    at = act.branch(session, Hold.SHARED)
    characters.require(session, at, act.cast)
    body = {**act.told, "characters": list(act.cast)}
    return _create_clip(session, act, at, body)


def begin_clip_anew(session: Any, act: Act) -> ProductionJob:
    """A clip once more: as its scene is described now, or as it was asked for, but for what is changed."""
    at = act.branch(session, Hold.SHARED)
    scene_id = act.told.get("scene_id")
    body = _scene_as_asked(session, scene_id, at) if scene_id else _as_asked(session, act)
    changed = {name: act.told[name] for name in ("duration", "style", "quality", "seed") if name in act.told}
    if "change" in act.told:
        body["prompt"] = f"{body['prompt']}, {act.told['change']}"
    return _create_clip(session, act, at, {**body, **changed})


def begin_episode(session: Any, act: Act) -> ProductionJob:
    """A render of an episode."""
    episode = _of_project(episodes.held(session, int(act.told["episode_id"]), act.branch_name), act)
    if not episode.scene_ids:
        raise StateError("The episode has no scenes.", field="scenes", value=[], expected="a scene or more")
    if (audio_path := act.told.get("audio_path")) is not None:
        episode.audio = {"audio_path": audio_path, "bpm": None, "sync_points": []}
    request = {"ref": None, "quality": None, "publish": False, "force": False, "step": act.step.number}
    return episode_renders.accept(session, episode, request, parent_id=act.parent_id)


def begin_trailer(session: Any, act: Act) -> ProductionJob:
    """A trailer of the project, or of the scenes and generations that are meant."""
    at = act.branch(session, Hold.SHARED)
    project = projects.get(session, act.project_id)
    request = {
        "length": float(act.told.get("duration", 30)),
        "audio_path": _opened(act.told.get("audio_path")),
        "publish": False,
        "step": act.step.number,
        **_material(session, act),
    }
    return jobs.accept_job(
        session,
        kind="trailer",
        project_id=act.project_id,
        branch_id=all_branches.id_of(at),
        title=f"{project.name}: Trailer",
        request=request,
        parent_id=act.parent_id,
    )


_BEGINNINGS: Final[Mapping[str, Callable[[Any, Act], ProductionJob]]] = {
    "generate_video": begin_clip,
    "regenerate_video": begin_clip_anew,
    "render_episode": begin_episode,
    "make_trailer": begin_trailer,
}

BEGUN: Final = frozenset(_BEGINNINGS)


def _create_clip(session: Any, act: Act, at: Branch, body: Mapping[str, Any]) -> ProductionJob:
    if body.get("scene_id") is not None:
        scenes.require(session, at, body["scene_id"])
    usual = Usual(working.production(session, at), preferences.in_effect(session, act.token))
    said = replace(Said.of(body), audio_path=_opened(body.get("audio_path")))
    asked = usual.asked(at, said, preferences.template(session, usual.style(said)))
    job = generations.create(session, asked, parent_id=act.parent_id)
    job.request = {"step": act.step.number}
    session.flush()
    return job


def _as_asked(session: Any, act: Act) -> dict[str, Any]:
    """What was asked for a clip; another draws its own seed."""
    if act.told.get("generation_id") is None:
        raise unnamed(act, "generation_id", "scene_id")
    job = of_project(session, str(act.told["generation_id"]), act.project_id)
    if job.kind != "clip":
        raise InvalidError(f"{job.id} is no clip.", field="generation_id", value=job.id, expected="a clip")
    asked: GenerationRequest = generations.request(session, job.id)
    body = {name: value for name, value in asked.body.items() if name not in {"seed", "branch_name"}}
    return {**body, "scene_id": job.scene_id}


def _scene_as_asked(session: Any, scene_id: int, at: Branch) -> dict[str, Any]:
    staged = scenes.get(session, scene_id, at.name)
    description = staged.scene.description
    if not description.strip():
        raise InvalidError(
            f"Scene {staged.scene.scene_number} has no description.",
            field="scene_id",
            value=scene_id,
            expected="a scene with a description",
        )
    present = [name for name in staged.characters if name not in staged.unresolved]
    return {"prompt": description[:4_000], "characters": present, "scene_id": scene_id}


def _material(session: Any, act: Act) -> dict[str, Any]:
    """Of which scenes or generations a trailer is made; nothing for all that was accepted."""
    if act.told.get("scene_ids"):
        episodes.require_scenes(session, act.branch(session), act.told["scene_ids"])
        return {"scene_ids": list(act.told["scene_ids"])}
    if (episode_id := act.told.get("episode_id")) is not None:
        episode = _of_project(episodes.get(session, int(episode_id), act.branch_name), act)
        return {"scene_ids": list(episode.scene_ids)}
    meant = [of_project(session, each, act.project_id) for each in act.told.get("generation_ids", ())]
    if meant and meant[0].kind == "episode":
        episode = episodes.get(session, meant[0].episode_id or 0, act.branch_name).episode
        return {"scene_ids": list(episode.scene_ids)}
    return {"generation_ids": [job.id for job in meant]} if meant else {}


def _of_project(staged: Staged, act: Act) -> Episode:
    """An episode, which is one of this project."""
    if staged.episode.project_id != act.project_id:
        raise NotFoundError(
            f"The project has no episode {staged.episode.id}.", field="episode_id", value=staged.episode.id
        )
    return staged.episode


def _opened(audio_path: str | None) -> str | None:
    return None if audio_path is None else str(open_allowed(audio_path, read_settings().roots))
