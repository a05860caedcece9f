"""What the steps of a plan do that is done in our tables, in one transaction with the note of it.

What has to be told to others thereafter follows once that is committed, so that no attempt repeats anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from db.models.production import ProductionJob
from db.queries import branches as all_branches
from db.queries import casting, characters, director, episodes, generations
from db.queries.branches import Hold
from studio.clients.store import open_allowed
from studio.clients.track_analysis import DETAILED, analyse_track
from studio.echo.ordering import Standing
from studio.echo.sheets import changed_description
from studio.errors import NotFoundError, StateError
from studio.settings import read_settings
from tasks import control, withdrawing
from tasks.directing_acts import Act, Done, aimed_at, completed, of_project
from tasks.directing_beginning import BEGUN, begun

TITLED: Final = "Episode"


def check_character(session: Any, act: Act) -> Done:
    """Whether the project knows somebody, and by what."""
    name = act.told["character"]
    at = act.branch(session)
    characters.require(session, at, [name])
    sheet = casting.sheets(session, all_branches.id_of(at), [name])[name]
    return completed(
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
    return completed(made=episode.id, episode_number=episode.episode_number)


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
    return completed(character_id=row.id, version=row.version, before=before, after=row.description)


def report_status(session: Any, act: Act) -> Done:
    """How what is meant stands; nothing meant, all that is under way."""
    if any(act.told.get(name) is not None for name in ("generation_id", "scene_id", "episode_id")):
        job = aimed_at(session, act)
        return completed(of=_standing_of(job))
    branch_id = all_branches.id_of(act.branch(session))
    rows = director.under_way(session, branch_id, besides=act.run.generation_id)
    return completed(under_way=[_standing_of(job) for job in rows])


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


def cancel_generation(session: Any, act: Act) -> Done:
    """End what is under way; what has ended already is as it should be."""
    job = _held(session, of_project(session, str(act.told["generation_id"]), act.project_id))
    was = job.status
    if was != "processing":
        return completed(generation_id=job.id, was=was)
    flow_run_id = control.cancelled(session, job.id)
    told = completed(generation_id=job.id, was=was)
    return replace(told, afterwards=partial(control.end_elsewhere, job.id, flow_run_id))


def publish(session: Any, act: Act) -> Done:
    """Put what is meant into the library; what is still made is waited for."""
    job = _held(session, aimed_at(session, act))
    if job.status == "processing":
        return Done(Standing.PROCESSING, child_id=job.id)
    return put_out(session, job.id, act.token)


def put_out(session: Any, generation_id: str, by: str) -> Done:
    """Have what has ended published; what waits for a person's eye is approved with it.

    Raises:
        StateError: it came to nothing that could be published.
    """
    job = generations.locked(session, generation_id)
    was = job.status
    if was == "completed" and job.published_path is not None:
        return Done(Standing.COMPLETED, {"status": was, "published_path": job.published_path}, job.id)
    if was == "needs_review":
        control.approved(session, job.id, by)
    elif was == "completed":
        control.published(session, job.id)
    else:
        raise StateError(
            f"{job.id} is {was}, and cannot be published.",
            field="status",
            value=was,
            expected="completed or needs_review",
        )
    return Done(Standing.PROCESSING, {"was": was}, job.id, partial(control.submit_or_leave, job))


def withdraw(session: Any, act: Act) -> Done:
    """Take what is meant out of the library."""
    job = _held(session, aimed_at(session, act))
    told = completed(generation_id=job.id)
    if job.published_path is None:
        return told
    if act.is_rehearsal:  # files that are gone are not undone
        withdrawing.can_be_taken_away(session, job.id)
        return told
    return replace(told, afterwards=partial(withdrawing.look_at, withdrawing.taken_away(session, job.id)))


def _held(session: Any, job: ProductionJob) -> ProductionJob:
    """The generation as it is now, and stays until the note is committed."""
    return generations.locked(session, job.id)


NOTED: Final[Mapping[str, Callable[[Any, Act], Done]]] = {
    **dict.fromkeys(BEGUN, begun),
    "character_consistency_check": check_character,
    "create_episode": create_episode,
    "update_character": update_character,
    "report_status": report_status,
    "cancel_generation": cancel_generation,
    "publish": publish,
    "unpublish": withdraw,
}
"""The steps that are done in one transaction with their note."""


# --- the step that takes its time, and changes nothing: a repeat finds it analysed


def analyze_track(act: Act) -> Done:
    """Tempo and beats of a track."""
    settings = read_settings()
    path = open_allowed(act.told["audio_path"], settings.roots)
    found = analyse_track(path, kind=DETAILED, backend=settings.music_backend, cache=settings.analyses)
    beats = found.beats
    return completed(
        audio_path=act.told["audio_path"],
        bpm=beats.bpm,
        confidence=beats.confidence,
        beats=len(beats.beat_times_s),
        duration_s=found.duration_s,
    )
