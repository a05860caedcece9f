"""The publish stage of an episode: in the library as an episode of its series, whole, once, and read back."""

from pathlib import Path
from typing import Any, Final

from prefect import task

from db.models.production import ProductionJob
from db.queries import ownership, specials, takes
from db.queries.ownership import Run
from db.queries.publications import Slot
from db.session import transaction
from studio.assembly import Assembly
from studio.assembly_document import read_document
from studio.assembly_exchange import episode_lines
from studio.dialogue import language_of
from studio.exchange.subtitles import write_subtitles
from studio.shipped import ANIMATIC
from tasks.carrying import carry_stage, stage_result
from tasks.pictorial import Pictorial, Still
from tasks.policy import RETRIED
from tasks.release import Release, put_release_out, settle_release

SEASON: Final = 1
FIRST: Final = 1
"""Of the first episode the pictures of its series are made."""


@task(name="publish episode", **RETRIED)
def publish_episode(run: Run) -> str:
    """Put the episode where the media server shows it, and end the render when that lists it."""
    return settle_release(run, carry_stage(run, "publish", _publish))


def _publish(run: Run, take: int) -> dict[str, Any]:
    def note(_session: Any, job: ProductionJob) -> None:
        job.chosen_take = take

    return put_release_out(run, _release(run, take), note)


def _release(run: Run, take: int) -> Release:
    """The episode in its season."""
    plan, synced = stage_result(run, "plan", take), stage_result(run, "sync", take)
    laid = read_document(synced["assembly"])
    with transaction() as session:
        job = ownership.own(session, run)
        series = specials.series(session, job.project_id)
        video = Path(takes.asset_path(session, synced["sha256"]))
    return Release(
        slot=Slot(job.project_id, "episode", SEASON, plan["number"], job.episode_id),
        series=series,
        title=plan["title"],
        video=video,
        plot=plan["synopsis"],
        runtime_s=laid.duration_s,
        pictorial=Pictorial(series.title, _stills(laid), is_leading=plan["number"] == FIRST),
        subtitles=_subtitles(laid, plan["metadata"].get("language")),
    )


def _subtitles(laid: Assembly, language: object) -> dict[str, bytes]:
    """What is said in it, beside it; nothing where nobody speaks."""
    lines = episode_lines(laid)
    if not lines:
        return {}
    text = write_subtitles(lines, "srt", width_px=laid.width, height_px=laid.height)
    return {f"{language_of(lines, language)}.srt": text.encode()}


def _stills(laid: Assembly) -> tuple[Still, ...]:
    """What pictures can be made of: the scenes, without cards and transitions."""
    return tuple(
        Still(clip.path, clip.quality, clip.details.get("workflow") == ANIMATIC.name) for clip in laid.clips
    )
