"""The plan stage: shots and timed events, laid on the beats of the music before anything is rendered."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from prefect import task

from db.models.production import GenerationRequest, ProductionJob
from db.queries import casting, generations, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients.store import open_allowed
from studio.clients.track_analysis import analyse_track
from studio.director import Brief, figures_in, plan_shots
from studio.errors import NotFoundError, PathNotAllowedError
from studio.settings import read_settings
from studio.storyboard import EventKind, TimedEvent
from studio.sync import Seconds
from tasks.carrying import carry_stage
from tasks.consistency import Claim, cast_of
from tasks.policy import RETRIED


@task(name="plan", **RETRIED)
def plan_scene(run: Run) -> dict[str, Any]:
    """Plan the clip: its storyboard, its seed, its music."""
    return carry_stage(run, "plan", _plan)


def _plan(run: Run, take: int) -> dict[str, Any]:
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        asked = generations.request(session, run.generation_id)
        scene_music = takes.scene_audio(session, job.branch_id, job.scene_id or 0)
    claim = Claim(job.project_id, job.branch_id, asked.prompt, tuple(asked.characters), job.scene_id)
    cast = cast_of(claim)
    with transaction() as session:
        sheets = casting.sheets(session, job.branch_id, cast)
    extras = [] if cast else [asdict(figure) for figure in figures_in(asked.prompt)]
    points = [] if scene_music is None else scene_music.sync_points
    audio_path = asked.audio_path or (scene_music.audio_path if scene_music else None)
    music = _music(audio_path, asked.duration_s)
    brief = Brief(
        prompt=asked.prompt,
        duration_s=asked.duration_s,
        fps=generations.frame_rate(asked),
        seed=_seed(job, asked, take, [sheet.likeness.seed for sheet in sheets.values()]),
        cast=(*cast, *(extra["name"] for extra in extras)),
        cues=tuple(TimedEvent(point["time"], EventKind.CUE, point["event"]) for point in points),
    )
    storyboard = plan_shots(brief, np.array(music["beats_s"]))
    return {
        "storyboard": storyboard.to_json(),
        "seed": brief.seed,
        "cast": cast,
        "extras": extras,
        "music": music,
    }


def _seed(job: ProductionJob, asked: GenerationRequest, take: int, of_cast: Sequence[int | None]) -> int:
    """For a first take the seed asked for, or that of the one character who has one.

    Else one that the scene, the seed asked for and the take's number decide.
    """
    own = [seed for seed in of_cast if seed is not None]
    fixed = own[0] if asked.seed is None and len(own) == 1 else asked.seed
    if fixed is not None and take == 1:
        return fixed
    made_of = f"{job.project_id}/{job.scene_id or job.id}/{asked.seed}/{take}"
    return int.from_bytes(hashlib.sha256(made_of.encode()).digest()[:6])


def _music(audio_path: str | None, duration_s: float) -> dict[str, Any]:
    """The clip's music and its beats within the clip; a file that is not there is said to be so."""
    if audio_path is None:
        return {"path": None, "bpm": None, "beats_s": [], "reason": "no music was asked for"}
    try:
        path = open_allowed(audio_path, read_settings().roots)
    except (NotFoundError, PathNotAllowedError) as error:
        return {"path": None, "bpm": None, "beats_s": [], "reason": error.message}
    bpm, beats_s = _beats_of_clip(path, duration_s)
    return {"path": str(path), "bpm": bpm, "beats_s": beats_s.round(6).tolist(), "reason": ""}


def _beats_of_clip(path: Path, duration_s: float) -> tuple[float | None, Seconds]:
    """Beats from the start of the track, begun again where the track is shorter than the clip."""
    settings = read_settings()
    track = analyse_track(path, backend=settings.music_backend, cache=settings.analyses)
    length_s, beats = track.duration_s, track.beats
    rounds = np.arange(0.0, max(duration_s, length_s), length_s)
    beats_s = (rounds[:, None] + beats.beat_times_s[None, :]).ravel()
    return beats.bpm, beats_s[beats_s < duration_s]
