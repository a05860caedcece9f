"""The publish stage of an episode: in the library as an episode of its series, whole, exactly once."""

from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any, Final

from prefect import task

from db.queries import episode_renders, ownership, specials, takes
from db.queries.ownership import Run
from db.queries.specials import Series
from db.session import transaction
from studio import library
from studio.assembly_document import read_document
from studio.library import Place
from tasks.carrying import carry_stage, stage_result
from tasks.policy import RETRIED
from tasks.publishing import Before, putting_out

SEASON: Final = 1


@task(name="publish episode", **RETRIED)
def publish_episode(run: Run) -> str:
    """Put the episode where the media server shows it, and end the render as completed."""
    published = carry_stage(run, "publish", _publish)
    with transaction() as session:
        ownership.settle(session, run, "completed", stage="done")
    return f"published at {published['published_path']}"


def _publish(run: Run, take: int) -> dict[str, Any]:
    plan, synced = stage_result(run, "plan", take), stage_result(run, "sync", take)
    laid = read_document(synced["assembly"])
    with transaction() as session:
        job = ownership.own(session, run)
        series = specials.series(session, job.project_id)
        source = Path(takes.asset_path(session, synced["sha256"]))
        before = Before.at(episode_renders.stands_at(session, job))
    place = Place(series.folder, SEASON, plan["number"], plan["title"])
    sidecars = _sidecars(place, plan, laid.duration_s, series)
    with (
        putting_out(source, place, sidecars=sidecars, owner=run.generation_id, before=before) as put_in_place,
        transaction() as session,
    ):
        job = ownership.own(session, run)
        target = put_in_place().path
        job.published_path, job.chosen_take = str(target), take
    return {"published_path": str(target), "number": place.number}


def _sidecars(place: Place, plan: dict[str, Any], duration_s: float, series: Series) -> dict[PurePath, bytes]:
    """What describes the episode, its season and its series to the media server."""
    home = PurePath(series.folder)
    return {
        home / "tvshow.nfo": library.tvshow_nfo(title=series.title, plot=series.plot, year=series.year),
        place.home / "season.nfo": library.season_nfo(number=SEASON, title=f"Season {SEASON}"),
        PurePath(library.nfo_path(place.video)): library.episode_nfo(
            title=place.title,
            season=SEASON,
            episode=place.number,
            showtitle=series.title,
            plot=plan["synopsis"],
            aired=datetime.now(UTC).date(),
            runtime_min=max(1, round(duration_s / 60)),
        ),
    }
