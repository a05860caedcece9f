"""The sync stage: the take on its music, its cuts on the beat, and the measured proof of it."""

from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prefect import task

from db.queries import ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import store
from studio.settings import read_settings
from studio.storyboard import Storyboard
from studio.sync import SyncReport
from studio.sync_plan import Point
from tasks.carrying import carry_stage, stage_result
from tasks.laying import Files, Laid, Score, lay_on_music
from tasks.policy import RETRIED
from tasks.soundtrack import bed_of, grid_of


@task(name="sync to beat", **RETRIED)
def sync_to_beat(run: Run) -> dict[str, Any]:
    """Lay the take on its music; offsets are measured on the file that will be published."""
    return carry_stage(run, "sync", _sync)


def _sync(run: Run, take: int) -> dict[str, Any]:
    planned = stage_result(run, "plan", take)
    rendered = stage_result(run, "render", take)
    files = _files(rendered)
    music = planned["music"]
    if music["path"] is None:
        clip = store.Stored(rendered["video_sha256"], files.take, files.take.stat().st_size)
        report = asdict(SyncReport(None, (), (), reason=f"not judged: {music['reason']}"))
    else:
        clip, report = _laid(files, planned)
    _note(run, take, clip, music, report)
    return {"clip_sha256": clip.sha256, "report": report}


def _files(rendered: dict[str, Any]) -> Files:
    delivered = rendered.get("delivered_sha256")
    with transaction() as session:
        video = Path(takes.asset_path(session, rendered["video_sha256"]))
        return Files(video, None if delivered is None else Path(takes.asset_path(session, delivered)))


def _laid(files: Files, planned: dict[str, Any]) -> tuple[store.Stored, dict[str, Any]]:
    """The clip on its music, in the store, and the report on it."""
    board, music = Storyboard.from_json(planned["storyboard"]), planned["music"]
    points = [Point(point["time_s"], point["event"]) for point in planned["sync_points"]]
    score = Score(Path(music["path"]), bed_of(music), grid_of(music), points)
    cuts = [shot.start_frame for shot in board.shots[1:]]
    with TemporaryDirectory(prefix="tower-sync-") as folder:
        laid = lay_on_music(files, score, cuts, folder=Path(folder))
        return store.put(laid.clip, root=read_settings().assets), _told(laid, music, board.fps)


def _told(laid: Laid, music: dict[str, Any], fps: Fraction) -> dict[str, Any]:
    """The report, and how the clip was cut and its music laid."""
    return {
        **asdict(laid.report),
        "track_bpm": music["bpm"],
        "track_start_s": music["bed"]["start_s"],
        "loop": music["bed"]["loop"],
        "fps": f"{fps.numerator}/{fps.denominator}",
        "cut_list": [asdict(entry) for entry in laid.cut_list],
        "points": [asdict(point) for point in laid.cutting.points],
        "unmet": [f"{point.event} at {point.time_s:g} s: {point.reason}" for point in laid.cutting.unmet],
    }


def _note(run: Run, take: int, clip: store.Stored, music: dict[str, Any], report: dict[str, Any]) -> None:
    with transaction() as session:
        job = ownership.own(session, run)
        takes.keep(session, clip, kind="clip", project_id=job.project_id)
        takes.get(session, run.generation_id, take).clip_sha256 = clip.sha256
        job.video_path = str(clip.path)
        if music["path"] is not None:
            takes.note_sync(session, run, audio_path=music["path"], bpm=report["bpm"], report=report)
