"""The stages of a trailer: moments chosen, laid on their music in one file, judged, and put out if wanted."""

import time
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from prefect import task

from db.models.production import ProductionJob
from db.models.project import Branch
from db.queries import generations, ownership, specials, takes, trailers, working
from db.queries.ownership import Run
from db.queries.publications import Slot
from db.queries.trailers import Accepted
from db.session import transaction
from studio.assembly import Music, SceneClip, Wishes
from studio.assembly_document import as_document, read_document
from studio.clients import media, store
from studio.clients.assembling import assemble
from studio.clients.store import open_allowed
from studio.clients.track_analysis import DETAILED, analyse_track
from studio.episode_terms import Shape, common_shape
from studio.errors import InvalidError
from studio.settings import read_settings
from studio.shipped import ANIMATIC
from studio.trailer import Candidate, choose_moments
from tasks.carrying import carry_stage, stage_result
from tasks.pictorial import Pictorial, Still
from tasks.policy import RETRIED
from tasks.release import Release, put_release_out, settle_release
from tasks.whole import judged_whole

MOST_TAKES: Final = 60
"""So many are looked at, the best by their score: each is decoded once."""

TOLD_EVERY_S: Final = 0.5


@task(name="plan trailer", **RETRIED)
def plan_trailer(run: Run) -> dict[str, Any]:
    """Look at the accepted takes, and choose the moments to show."""
    return carry_stage(run, "plan", _plan)


@task(name="assemble trailer", **RETRIED)
def assemble_trailer(run: Run) -> dict[str, Any]:
    """Write the moments into one file, and that into the store."""
    return carry_stage(run, "sync", _assemble)


@task(name="assess trailer", **RETRIED)
def assess_trailer(run: Run) -> dict[str, Any]:
    """Measure the trailer and judge it."""
    return carry_stage(run, "assess", lambda run, take: judged_whole(run, take, None))


@task(name="publish trailer", **RETRIED)
def publish_trailer(run: Run) -> str:
    """Put the trailer into the library as a special of its series, and end the job."""
    return settle_release(run, carry_stage(run, "publish", _publish))


@task(name="keep trailer", **RETRIED)
def keep_trailer(run: Run) -> str:
    """End the job, its trailer in the store and not in the library."""
    with transaction() as session:
        ownership.settle(session, run, "completed", stage="done")
    return "completed, and not published, as it was asked for"


def is_to_be_published(run: Run) -> bool:
    """Whether the trailer is to go out: it was asked for so, or a person approved it."""
    with transaction() as session:
        job = generations.get(session, run.generation_id)
    return bool(job.request.get("publish")) or job.approved_at is not None


def _plan(run: Run, take: int) -> dict[str, Any]:
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        found = trailers.accepted(
            session,
            job.project_id,
            job.branch_id,
            limit=MOST_TAKES,
            scene_ids=job.request.get("scene_ids"),
            generation_ids=job.request.get("generation_ids"),
        )
    if not found:
        raise InvalidError("The project has no accepted takes.", field="takes", value=0, expected="a clip")
    path, music = _music(job.request.get("audio_path"))
    candidates = [_candidate(each, place, has_music=music is not None) for place, each in enumerate(found, 1)]
    wishes = _wishes(job, [each.clip for each in candidates])
    laid = choose_moments(candidates, wishes, music, length_s=float(job.request["length"]))
    return {"assembly": as_document(laid), "takes": len(found), "music": None if path is None else str(path)}


def _music(audio_path: str | None) -> tuple[Path | None, Music | None]:
    if audio_path is None:
        return None, None
    settings = read_settings()
    path = open_allowed(audio_path, settings.roots)
    heard = analyse_track(path, kind=DETAILED, backend=settings.music_backend, cache=settings.analyses)
    sections_s = tuple(section.start_s for section in heard.sections[1:])
    return path, Music(heard.duration_s, heard.beats, sections_s)


def _candidate(found: Accepted, place: int, *, has_music: bool) -> Candidate:
    """A take as it was measured; its own sound is heard where there is no other."""
    with transaction() as session:
        take = takes.get(session, found.generation_id, found.take)
        shown = take.video_sha256 if has_music else take.clip_sha256 or take.video_sha256
        path = Path(takes.asset_path(session, shown or ""))
    seen = media.measure_clip(path)
    clip = SceneClip(
        scene_id=found.scene_id or 0,
        number=found.number or place,
        title=found.title,
        path=path,
        frames=seen.frames,
        fps=seen.info.fps,
        width=seen.info.width,
        height=seen.info.height,
        generation_id=found.generation_id,
        quality=found.score,
        details={"take": take.take, "workflow": take.workflow, "model": take.model, "seed": take.seed},
        sound=None if has_music or seen.info.audio_codec is None else path,
    )
    return Candidate(clip, seen.change, seen.cuts)


def _wishes(job: ProductionJob, clips: list[SceneClip]) -> Wishes:
    with transaction() as session:
        project = working.production(session, session.get_one(Branch, job.branch_id))
    usual = Shape(project.width, project.height, Fraction(project.fps_num, project.fps_den))
    shape = common_shape([Shape(clip.width, clip.height, clip.fps) for clip in clips], usual)
    return Wishes(shape.width, shape.height, shape.fps, title=job.title, end_card=job.title)


def _assemble(run: Run, take: int) -> dict[str, Any]:
    plan = stage_result(run, "plan", take)
    laid = read_document(plan["assembly"])
    music = None if plan["music"] is None else Path(plan["music"])
    with TemporaryDirectory(prefix="tower-trailer-") as folder:
        file = Path(folder) / "trailer.mp4"
        made = assemble(laid, file, music=music, progress=_teller(run))
        stored = store.put(file, root=read_settings().assets)
    with transaction() as session:
        job = ownership.own(session, run)
        takes.keep(session, stored, kind="trailer", project_id=job.project_id)
        job.video_path = str(stored.path)
    report = plan["assembly"]["report"]
    return {
        "sha256": stored.sha256,
        "assembled": asdict(made),
        "report": report,
        "assembly": plan["assembly"],
    }


def _teller(run: Run) -> Callable[[float], None]:
    """Tells how far the trailer is, at most twice a second."""
    told_s = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= TOLD_EVERY_S:
            told_s = time.monotonic()
            with transaction() as session:
                ownership.set_progress(session, run, share)

    return tell


def _publish(run: Run, take: int) -> dict[str, Any]:
    def note(session: Any, job: ProductionJob) -> None:
        specials.stands_at(specials.allocate(session, job), str(job.published_path))
        job.chosen_take = take

    return put_release_out(run, _release(run, take), note)


def _release(run: Run, take: int) -> Release:
    """The trailer as a special of its series."""
    synced, score = stage_result(run, "sync", take), stage_result(run, "assess", take)["score"]
    laid = read_document(synced["assembly"])
    with transaction() as session:
        job = ownership.own(session, run)
        series = specials.series(session, job.project_id)
        special = specials.allocate(session, job)
        video = Path(takes.asset_path(session, synced["sha256"]))
    is_animatic = any(clip.details.get("workflow") == ANIMATIC.name for clip in laid.clips)
    return Release(
        slot=Slot(job.project_id, "trailer", 0, special.number),
        series=series,
        title=job.title,
        video=video,
        plot=f"A trailer of {series.title}.",
        runtime_s=laid.duration_s,
        pictorial=Pictorial(series.title, (Still(video, score, is_animatic),)),
        stood_at=special.path,
    )
