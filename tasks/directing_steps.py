"""What the steps of a plan do: each registered action once, with the parameters that it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from db.models.production import GenerationRequest, ProductionJob
from db.models.project import Branch
from db.queries import branches as all_branches
from db.queries import (
    casting,
    characters,
    director,
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
from db.queries.ownership import Run
from db.session import transaction
from studio.clients.store import open_allowed
from studio.clients.track_analysis import DETAILED, analyse_track
from studio.echo.ordering import Standing
from studio.echo.plans import Step
from studio.echo.sheets import changed_description
from studio.errors import InvalidError, NotFoundError, StateError
from studio.settings import read_settings
from tasks import control
from tasks.terms import Said, Usual
from tasks.withdrawing import unpublish

FINISHED: Final = frozenset({"completed", "needs_review"})
TITLED: Final = "Episode"


@dataclass(frozen=True, slots=True)
class Act:
    """A step to be done, of whose run, where, and for whom; `cast` are those who were checked for it."""

    run: Run
    step: Step
    project_id: int
    branch_name: str
    token: str | None
    cast: tuple[str, ...] = ()

    @property
    def told(self) -> Mapping[str, Any]:
        """The parameters, what earlier steps made in the place of their numbers."""
        return self.step.parameters

    def branch(self, session: Any, hold: Hold = Hold.NOT) -> Branch:
        return all_branches.find(session, self.project_id, self.branch_name, hold)


@dataclass(frozen=True, slots=True)
class Done:
    """How a step stands: what it gave, and the generation that it waits for or is about."""

    standing: Standing
    result: Mapping[str, Any] = field(default_factory=dict)
    child_id: str | None = None


def _completed(**result: Any) -> Done:
    return Done(Standing.COMPLETED, result)


# --- steps that begin a run of their own, in the transaction that notes it


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
    episode = episodes.held(session, int(act.told["episode_id"]), act.branch_name).episode
    if not episode.scene_ids:
        raise StateError("The episode has no scenes.", field="scenes", value=[], expected="a scene or more")
    if (audio_path := act.told.get("audio_path")) is not None:
        episode.audio = {"audio_path": audio_path, "bpm": None, "sync_points": []}
    request = {"ref": None, "quality": None, "publish": False, "force": False, "step": act.step.number}
    return episode_renders.accept(session, episode, request, parent_id=act.run.generation_id)


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
        parent_id=act.run.generation_id,
    )


BEGUN: Final[Mapping[str, Callable[[Any, Act], ProductionJob]]] = {
    "generate_video": begin_clip,
    "regenerate_video": begin_clip_anew,
    "render_episode": begin_episode,
    "make_trailer": begin_trailer,
}


def _create_clip(session: Any, act: Act, at: Branch, body: Mapping[str, Any]) -> ProductionJob:
    if body.get("scene_id") is not None:
        scenes.require(session, at, body["scene_id"])
    likes = None if act.token is None else preferences.in_effect(session, act.token)
    usual = Usual(working.production(session, at), likes)
    said = replace(Said.of(body), audio_path=_opened(body.get("audio_path")))
    asked = usual.asked(at, said, preferences.template(session, usual.style(said)))
    job = generations.create(session, asked, parent_id=act.run.generation_id)
    job.request = {"step": act.step.number}
    session.flush()
    return job


def _as_asked(session: Any, act: Act) -> dict[str, Any]:
    """What was asked for a clip; another draws its own seed."""
    job = _of_project(session, str(act.told["generation_id"]), act.project_id)
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
        return {"scene_ids": list(act.told["scene_ids"])}
    if (episode_id := act.told.get("episode_id")) is not None:
        episode = episodes.get(session, int(episode_id), act.branch_name).episode
        return {"scene_ids": list(episode.scene_ids)}
    meant = [_of_project(session, each, act.project_id) for each in act.told.get("generation_ids", ())]
    if meant and meant[0].kind == "episode":
        episode = episodes.get(session, meant[0].episode_id or 0, act.branch_name).episode
        return {"scene_ids": list(episode.scene_ids)}
    return {"generation_ids": [job.id for job in meant]} if meant else {}


def _of_project(session: Any, generation_id: str, project_id: int) -> ProductionJob:
    job = generations.get(session, generation_id)
    if job.project_id != project_id:
        raise NotFoundError(
            f"The project has no generation {generation_id!r}.", field="generation_id", value=generation_id
        )
    return job


def _opened(audio_path: str | None) -> str | None:
    return None if audio_path is None else str(open_allowed(audio_path, read_settings().roots))


# --- steps that write to the tables, in one transaction with the note that they are done


def check_character(session: Any, act: Act) -> Done:
    """Whether the project knows somebody, and by what."""
    name = act.told["character"]
    at = act.branch(session)
    characters.require(session, at, [name])
    sheet = casting.sheets(session, all_branches.id_of(at), [name])[name]
    return _completed(
        character=name, version=sheet.version, bible_version=sheet.bible_version, reference=sheet.image_path
    )


def create_episode(session: Any, act: Act) -> Done:
    """An episode behind the others."""
    at = act.branch(session, Hold.ALONE)
    values = {
        "episode_number": None,
        "title": act.told.get("title", TITLED),
        "synopsis": "",
        "scene_ids": list(act.told["scene_ids"]),
        "audio": None,
        "details": {},
    }
    episode = episodes.create(session, at, values).episode
    return _completed(made=episode.id, episode_number=episode.episode_number)


def update_character(session: Any, act: Act) -> Done:
    """A character's description with the change in it; what it said before stays in the answer."""
    name = act.told["character"]
    at = act.branch(session, Hold.SHARED)
    row = director.character_named(session, all_branches.id_of(at), name)
    if row is None:
        raise NotFoundError(f"The branch has no character {name!r}.", field="character", value=name)
    before = row.description
    row = characters.change(
        session, row, {"description": changed_description(name, before, act.told["change"])}
    )
    return _completed(character_id=row.id, version=row.version, before=before, after=row.description)


def report_status(session: Any, act: Act) -> Done:
    """How what is meant stands; nothing meant, all that is under way."""
    if any(act.told.get(name) is not None for name in ("generation_id", "scene_id", "episode_id")):
        job = aimed_at(session, act)
        return _completed(of=_standing_of(job))
    branch_id = all_branches.id_of(act.branch(session))
    rows = director.under_way(session, branch_id, besides=act.run.generation_id)
    return _completed(under_way=[_standing_of(job) for job in rows])


def _standing_of(job: ProductionJob) -> dict[str, Any]:
    return {
        "generation_id": job.id,
        "kind": job.kind,
        "title": job.title,
        "status": job.status,
        "stage": job.stage,
        "progress": job.progress,
        "published_path": job.published_path,
    }


WRITTEN: Final[Mapping[str, Callable[[Any, Act], Done]]] = {
    "character_consistency_check": check_character,
    "create_episode": create_episode,
    "update_character": update_character,
    "report_status": report_status,
}


# --- steps that call out, or wait for what runs already; a repeat finds them done


def analyze_track(act: Act) -> Done:
    """Tempo and beats of a track."""
    settings = read_settings()
    path = open_allowed(act.told["audio_path"], settings.roots)
    found = analyse_track(path, kind=DETAILED, backend=settings.music_backend, cache=settings.analyses)
    beats = found.beats
    return _completed(
        audio_path=act.told["audio_path"],
        bpm=beats.bpm,
        confidence=beats.confidence,
        beats=len(beats.beat_times_s),
        duration_s=found.duration_s,
    )


def cancel_generation(act: Act) -> Done:
    """End what is under way; what has ended already is as it should be."""
    generation_id = str(act.told["generation_id"])
    with transaction() as session:
        status = _of_project(session, generation_id, act.project_id).status
    if status == "processing":
        control.cancel(generation_id)
    return _completed(generation_id=generation_id, was=status)


def publish(act: Act) -> Done:
    """Put what is meant into the library; what waits for a person's eye is approved with it."""
    with transaction() as session:
        job = aimed_at(session, act)
    if job.status == "needs_review":
        control.approve(job.id)
    elif job.status == "completed" and job.published_path is None:
        control.publish(job.id)
    elif job.status not in {"completed", "processing"}:
        raise StateError(
            f"{job.id} is {job.status}, and cannot be published.",
            field="status",
            value=job.status,
            expected="completed or needs_review",
        )
    return Done(Standing.PROCESSING, child_id=job.id)


def withdraw(act: Act) -> Done:
    """Take what is meant out of the library."""
    with transaction() as session:
        job = aimed_at(session, act)
    if job.published_path is not None:
        unpublish(job.id)
    return _completed(generation_id=job.id)


CALLED: Final[Mapping[str, Callable[[Act], Done]]] = {
    "analyze_track": analyze_track,
    "cancel_generation": cancel_generation,
    "publish": publish,
    "unpublish": withdraw,
}


def aimed_at(session: Any, act: Act) -> ProductionJob:
    """The generation that a step is about: itself, a scene's newest clip, an episode's newest render.

    Raises:
        NotFoundError: there is none in this project.
    """
    if (generation_id := act.told.get("generation_id")) is not None:
        return _of_project(session, str(generation_id), act.project_id)
    branch_id = all_branches.id_of(act.branch(session))
    scene_id, episode_id = act.told.get("scene_id"), act.told.get("episode_id")
    job = director.newest(session, branch_id, scene_id=scene_id, episode_id=episode_id)
    if job is None:
        raise NotFoundError(
            "Nothing was made of it yet.",
            field="scene_id" if scene_id is not None else "episode_id",
            value=scene_id if scene_id is not None else episode_id,
        )
    return job
