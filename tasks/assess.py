"""The assess stage: one decoding pass over the take, its measurements and the verdict on them."""

from pathlib import Path
from typing import Any

from prefect import task

from db.queries import takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import media
from studio.errors import MediaError, RenderError
from studio.pictures import Measurements
from studio.quality import AskedClip, Metric, assess_clip
from studio.storyboard import Camera, Storyboard
from tasks.carrying import carry_stage, stage_result
from tasks.policy import RETRIED


@task(name="assess quality", **RETRIED)
def assess_take(run: Run) -> dict[str, Any]:
    """Measure the take and judge it."""
    return carry_stage(run, "assess", _assess)


def _assess(run: Run, take: int) -> dict[str, Any]:
    """Hold the take against the size that its model was asked for last, and the plan's length and rate."""
    sha256 = stage_result(run, "render", take)["video_sha256"]
    storyboard = Storyboard.from_json(stage_result(run, "plan", take)["storyboard"])
    with transaction() as session:
        drawn = takes.get(session, run.generation_id, take).parameters
        path = Path(takes.asset_path(session, sha256))
    wanted = AskedClip(
        width=drawn["width"],
        height=drawn["height"],
        fps=storyboard.fps,
        frames=storyboard.frames,
        holds=_holds(storyboard),
    )
    assessment = assess_clip(_measured(path), wanted)
    with transaction() as session:
        takes.judge(
            session,
            run,
            take,
            verdict=assessment.verdict,
            score=assessment.score,
            reasons=assessment.reasons,
            metrics=[_row(metric) for metric in assessment.metrics],
        )
    return {"verdict": assessment.verdict, "score": assessment.score, "reasons": list(assessment.reasons)}


def _measured(path: Path) -> Measurements:
    try:
        return media.measure_clip(path)
    except MediaError as error:
        raise RenderError(f"The renderer delivered no video: {error.message}", path=str(path)) from error


def _holds(storyboard: Storyboard) -> tuple[tuple[int, int], ...]:
    """Shots whose camera was meant to stand still."""
    return tuple(
        (shot.start_frame, shot.end_frame_exclusive)
        for shot in storyboard.shots
        if shot.camera is Camera.HOLD
    )


def _row(metric: Metric) -> dict[str, Any]:
    kept = ("value", "unit", "threshold", "verdict", "source", "reason")
    return {
        "metric": metric.name,
        "frames": list(metric.frames),
        **{key: getattr(metric, key) for key in kept},
    }
