"""The sync stage: the take on its music, its cuts on the beat, and the measured proof of it."""

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from prefect import task

from db.queries import ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import media, store
from studio.cuts import find_cuts
from studio.retiming import aim_cuts, retime
from studio.settings import read_settings
from studio.sync import Seconds, SyncReport
from tasks.carrying import carry_stage, stage_result
from tasks.policy import RETRIED

FADE_S = 0.1


@task(name="sync to beat", **RETRIED)
def sync_to_beat(run: Run) -> dict[str, Any]:
    """Lay the take on its music; offsets are measured on the file that will be published."""
    return carry_stage(run, "sync", _sync)


def _sync(run: Run, take: int) -> dict[str, Any]:
    music = stage_result(run, "plan", take)["music"]
    video_sha256 = stage_result(run, "render", take)["video_sha256"]
    with transaction() as session:
        video = Path(takes.asset_path(session, video_sha256))
    if music["path"] is None:
        clip = store.Stored(video_sha256, video, video.stat().st_size)
        report = SyncReport(None, (), (), reason=f"not judged: {music['reason']}")
    else:
        clip = _laid_on_music(video, Path(music["path"]), np.array(music["beats_s"]))
        report = media.measure_sync(clip.path)
    _note(run, take, clip, music, report)
    return {"clip_sha256": clip.sha256, "report": asdict(report)}


def _laid_on_music(video: Path, music: Path, beats_s: Seconds) -> store.Stored:
    """The clip with its sound; retimed first when its cuts do not lie on the beats already."""
    with TemporaryDirectory(prefix="tower-sync-") as folder:
        pictures = _on_the_beat(video, beats_s, Path(folder) / "retimed.mp4")
        clip = Path(folder) / "clip.mp4"
        info = media.probe_clip(pictures)
        media.mux_audio(pictures, music, clip, duration_s=float(info.frames / info.fps), fade_s=FADE_S)
        return store.put(clip, root=read_settings().assets)


def _on_the_beat(video: Path, beats_s: Seconds, retimed: Path) -> Path:
    """The pictures with their cuts on beats; those of a storyboard that was followed are there already."""
    measured = media.measure_clip(video)
    fps, frames = measured.info.fps, measured.frames
    cuts = find_cuts(measured.thumbs, fps)
    aimed = aim_cuts(cuts, beats_s, frames=frames, fps=fps)
    if np.array_equal(cuts, aimed):
        return video
    media.reorder_frames(video, retime(cuts, aimed, frames=frames), retimed)
    return retimed


def _note(run: Run, take: int, clip: store.Stored, music: dict[str, Any], report: SyncReport) -> None:
    with transaction() as session:
        job = ownership.own(session, run)
        takes.keep(
            session,
            sha256=clip.sha256,
            path=str(clip.path),
            kind="clip",
            size_bytes=clip.size_bytes,
            project_id=job.project_id,
        )
        takes.get(session, run.generation_id, take).clip_sha256 = clip.sha256
        job.video_path = str(clip.path)
        if music["path"] is not None:
            takes.note_sync(session, run, audio_path=music["path"], bpm=report.bpm, report=asdict(report))
