"""The publish stage: the clip in the library, whole, under its name, exactly once."""

from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from prefect import task

from db.models.production import GenerationRequest, ProductionJob
from db.queries import appearances, generations, ownership, specials, takes
from db.queries.ownership import Run
from db.queries.specials import Series
from db.session import transaction
from studio import library
from studio.library import Place
from tasks.carrying import carry_stage, stage_result
from tasks.policy import RETRIED
from tasks.publishing import Before, putting_out


@task(name="publish", **RETRIED)
def publish_clip(run: Run) -> str:
    """Put the clip where the media server shows it, and end the generation as completed."""
    published = carry_stage(run, "publish", _publish)
    with transaction() as session:
        ownership.settle(session, run, "completed", stage="done")
    return f"published at {published['published_path']}"


def _publish(run: Run, take: int) -> dict[str, Any]:
    sha256 = stage_result(run, "sync", take)["clip_sha256"]
    cast = stage_result(run, "plan", take)["cast"]
    seen = stage_result(run, "assess", take).get("identity", {})
    with transaction() as session:
        job = ownership.own(session, run)
        asked = generations.request(session, run.generation_id)
        series = specials.series(session, job.project_id)
        special = specials.allocate(session, job)
        number, stood_at = special.number, special.path
        source = Path(takes.asset_path(session, sha256))
    place = Place(series.folder, 0, number, job.title)
    before = Before.at(stood_at)
    sidecars = _sidecars(place.video, number, job, asked, series)
    with (
        putting_out(source, place, sidecars=sidecars, owner=run.generation_id, before=before) as put_in_place,
        transaction() as session,
    ):
        job = ownership.own(session, run)
        target = put_in_place().path
        specials.stands_at(specials.allocate(session, job), str(target))
        embeddings = {name: each["embedding"] for name, each in seen.items()}
        appearances.record(session, job, take, cast, embeddings)
        job.published_path, job.chosen_take = str(target), take
    return {"published_path": str(target), "number": number}


def _sidecars(
    video: PurePath, number: int, job: ProductionJob, asked: GenerationRequest, series: Series
) -> dict[PurePath, bytes]:
    """What describes the clip, its season and its series to the media server."""
    home = PurePath(series.folder)
    return {
        home / "tvshow.nfo": library.tvshow_nfo(title=series.title, plot=series.plot, year=series.year),
        home / "Season 00" / "season.nfo": library.season_nfo(number=0, title="Specials"),
        library.nfo_path(video): library.episode_nfo(
            title=job.title,
            season=0,
            episode=number,
            showtitle=series.title,
            plot=asked.prompt,
            aired=datetime.now(UTC).date(),
            runtime_min=max(1, round(asked.duration_s / 60)),
        ),
    }
