"""The plan stage: shots and timed events, laid on the beats of the music before anything is rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from prefect import task

from db.models.production import GenerationRequest, ProductionJob
from db.queries import casting, decisions, director, generations, takes
from db.queries.director import Decision
from db.queries.ownership import Run
from db.session import transaction
from studio.clients.store import open_allowed
from studio.director import Brief, figures_in, plan_shots
from studio.echo.plans import Terms
from studio.echo.producing import clip_plan
from studio.errors import NotFoundError, PathNotAllowedError
from studio.retakes import Knob, drawn_seed
from studio.settings import read_settings
from studio.storyboard import EventKind, TimedEvent
from tasks.carrying import carry_stage
from tasks.consistency import Claim, cast_of
from tasks.policy import RETRIED
from tasks.soundtrack import grid_of, soundtrack, start_of, without_music

LONGEST_PLANNED: Final = 4_000
"""So much of a prompt, with what its style adds, stands in the plan that people are shown."""


@task(name="plan", **RETRIED)
def plan_scene(run: Run) -> dict[str, Any]:
    """Plan the clip: its storyboard, its seed, its music."""
    return carry_stage(run, "plan", _plan)


def _plan(run: Run, take: int) -> dict[str, Any]:
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        asked = generations.request(session, run.generation_id)
        first = decisions.first_of_round(session, run.generation_id)
        turned = decisions.turned(session, run.generation_id, take)
    result = planned(job, asked, first, turned)
    _note_plan(job, asked, take, result["action_plan"])
    return result


def planned(
    job: ProductionJob, asked: GenerationRequest, first: int, turned: Mapping[str, Any]
) -> dict[str, Any]:
    """The plan of a clip: a function of what is asked and of the project as it is now.

    Args:
        job: Whose clip it is; it need not have been accepted.
        asked: What is asked for.
        first: The first take of its round, whose number has a part in its seed.
        turned: The knobs turned since.
    """
    with transaction() as session:
        scene_music = takes.scene_audio(session, job.branch_id, job.scene_id or 0)
    claim = Claim(job.project_id, job.branch_id, asked.prompt, tuple(asked.characters), job.scene_id)
    cast = cast_of(claim)
    with transaction() as session:
        sheets = casting.sheets(session, job.branch_id, cast)
    extras = [] if cast else [asdict(figure) for figure in figures_in(asked.prompt)]
    points = [] if scene_music is None else scene_music.sync_points
    starts_s = start_of(points)
    audio_path = asked.audio_path or (scene_music.audio_path if scene_music else None)
    music = _music(audio_path, asked.duration_s, 0.0 if asked.audio_path else starts_s)
    usual_seed = _seed(job, asked, first, [sheet.likeness.seed for sheet in sheets.values()])
    brief = Brief(
        prompt=asked.prompt,
        duration_s=asked.duration_s,
        fps=generations.frame_rate(asked),
        seed=turned.get(Knob.SEED, usual_seed),
        cast=(*cast, *(extra["name"] for extra in extras)),
        cues=tuple(
            TimedEvent(point["time"] - starts_s, EventKind.CUE, point["event"])
            for point in points
            if point["time"] >= starts_s
        ),
    )
    grid = grid_of(music)
    storyboard = plan_shots(brief, grid.beats_s, downbeats_s=grid.downbeats_s, sections_s=grid.sections_s)
    return {
        "storyboard": storyboard.to_json(),
        "action_plan": _action_plan(job, asked, cast),
        "seed": brief.seed,
        "cast": cast,
        "extras": extras,
        "music": music,
        "sync_points": [
            {"time_s": cue.time_s, "event": cue.name} for cue in brief.cues if cue.time_s < asked.duration_s
        ],
    }


def _action_plan(job: ProductionJob, asked: GenerationRequest, cast: Sequence[str]) -> list[dict[str, Any]]:
    """The director's steps for the clip, whether its service is up or not."""
    length = asked.duration_s
    terms = Terms(
        asked.prompt[:LONGEST_PLANNED],
        tuple(cast),
        int(length) if length.is_integer() else length,
        asked.style,
        asked.quality,
        asked.audio_path,
    )
    return clip_plan(terms, scene_id=job.scene_id, seed=asked.seed)


def _note_plan(job: ProductionJob, asked: GenerationRequest, take: int, steps: list[dict[str, Any]]) -> None:
    """The plan of a take in the director's log, once."""
    told = {"take": take, "request": asked.prompt}
    with transaction() as session:
        if not director.has_planned(session, job.id, take):
            decision = Decision(
                director.PRODUCE, told, steps, "planned", project_id=job.project_id, generation_id=job.id
            )
            director.note(session, decision)


def _seed(job: ProductionJob, asked: GenerationRequest, take: int, of_cast: Sequence[int | None]) -> int:
    """For a first take the seed asked for, or that of the one character who has one.

    Else one that the scene, the seed asked for and the take's number decide.
    """
    own = [seed for seed in of_cast if seed is not None]
    fixed = own[0] if asked.seed is None and len(own) == 1 else asked.seed
    if fixed is not None and take == 1:
        return fixed
    return drawn_seed(drawn_of(job), asked.seed, take)


def drawn_of(job: ProductionJob) -> str:
    """What seeds are drawn for: the scene where there is one."""
    return f"{job.project_id}/{job.scene_id or job.id}"


def _music(audio_path: str | None, duration_s: float, start_s: float) -> dict[str, Any]:
    """The clip's music and its beats within the clip; a file that is not there is said to be so."""
    if audio_path is None:
        return without_music("no music was asked for")
    settings = read_settings()
    try:
        path = open_allowed(audio_path, settings.roots)
    except (NotFoundError, PathNotAllowedError) as error:
        return without_music(error.message)
    return soundtrack(
        path,
        duration_s=duration_s,
        start_s=start_s,
        backend=settings.music_backend,
        cache=settings.analyses,
    )
