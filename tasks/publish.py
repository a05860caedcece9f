"""The publish stage: the clip in the library, whole, under its name, exactly once, and read back."""

from functools import partial
from pathlib import Path
from typing import Any

from prefect import task

from db.models.production import ProductionJob
from db.queries import appearances, generations, ownership, specials, takes
from db.queries.ownership import Run
from db.queries.publications import Slot
from db.session import transaction
from studio.shipped import ANIMATIC
from tasks.carrying import carry_stage, stage_result
from tasks.pictorial import Pictorial, Still
from tasks.policy import RETRIED
from tasks.release import Release, put_release_out, settle_release


@task(name="publish", **RETRIED)
def publish_clip(run: Run) -> str:
    """Put the clip where the media server shows it, and end the generation when that lists it."""
    return settle_release(run, carry_stage(run, "publish", _publish))


def _publish(run: Run, take: int) -> dict[str, Any]:
    cast = stage_result(run, "plan", take)["cast"]
    seen = stage_result(run, "assess", take).get("identity", {})
    embeddings = {name: each["embedding"] for name, each in seen.items()}
    note = partial(_note, take=take, cast=cast, embeddings=embeddings)
    return put_release_out(run, _release(run, take), note)


def _note(session: Any, job: ProductionJob, *, take: int, cast: Any, embeddings: Any) -> None:
    specials.stands_at(specials.allocate(session, job), str(job.published_path))
    appearances.record(session, job, take, cast, embeddings)
    job.chosen_take = take


def _release(run: Run, take: int) -> Release:
    """The clip as a special of its series."""
    sha256, score = stage_result(run, "sync", take)["clip_sha256"], stage_result(run, "assess", take)["score"]
    with transaction() as session:
        job = ownership.own(session, run)
        asked = generations.request(session, run.generation_id)
        series = specials.series(session, job.project_id)
        special = specials.allocate(session, job)
        video = Path(takes.asset_path(session, sha256))
        is_animatic = takes.get(session, job.id, take).workflow == ANIMATIC.name
    return Release(
        slot=Slot(job.project_id, "clip", 0, special.number),
        series=series,
        title=job.title,
        video=video,
        plot=asked.prompt,
        runtime_s=asked.duration_s,
        pictorial=Pictorial(series.title, (Still(video, score, is_animatic),)),
        stood_at=special.path,
    )
