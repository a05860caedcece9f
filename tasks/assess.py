"""The assess stage: one decoding pass over the take, its measurements, the verdict and the sheet on them."""

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prefect import task

from db.queries import generations, ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.checks.character import References
from studio.clients import inspection, store
from studio.errors import MediaError, RenderError
from studio.pictures import Measurements
from studio.quality import AskedClip, Assessment, Metric, Verdict, assess_clip
from studio.settings import read_settings
from studio.storyboard import Camera, Storyboard
from tasks.carrying import carry_stage, stage_result
from tasks.pictures import Picture
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
        preset = generations.request(session, run.generation_id).quality
        path = Path(takes.asset_path(session, sha256))
    clip = _measured(path)
    references = _references(stage_result(run, "check", take))
    assessment = assess_clip(clip, _asked(storyboard, drawn), preset=preset, references=references)
    sheet = _drawn_sheet(path, clip, assessment, title=f"{run.generation_id}, take {take}")
    _note(run, take, assessment, sheet)
    return {
        "verdict": assessment.verdict,
        "score": assessment.score,
        "reasons": list(assessment.reasons),
        "hard": _named(assessment, Verdict.FAIL),
        "soft": _named(assessment, Verdict.WARN),
        "report_path": None if sheet is None else str(sheet.path),
    }


def _measured(path: Path) -> Measurements:
    try:
        return inspection.inspect_clip(path)
    except MediaError as error:
        raise RenderError(f"The renderer delivered no video: {error.message}", path=str(path)) from error


def _asked(storyboard: Storyboard, drawn: Mapping[str, Any]) -> AskedClip:
    """Where the camera was meant to stand still a standstill is no fault; a shot begins with a cut."""
    return AskedClip(
        width=drawn["width"],
        height=drawn["height"],
        fps=Fraction(storyboard.fps),
        frames=storyboard.frames,
        holds=tuple(
            (shot.start_frame, shot.end_frame_exclusive)
            for shot in storyboard.shots
            if shot.camera is Camera.HOLD
        ),
        cuts=tuple(shot.start_frame for shot in storyboard.shots[1:]),
    )


def _references(check: Mapping[str, Any]) -> References:
    """The cast's pictures by name; one that cannot be read any more is nothing to judge by."""
    found = {}
    for member in check["cast"]:
        picture = Picture.from_json(member["image"])
        if picture is not None:
            with suppress(MediaError):
                found[member["name"]] = [inspection.read_picture(Path(picture.path))]
    return found


def _drawn_sheet(
    path: Path, clip: Measurements, assessment: Assessment, *, title: str
) -> store.Stored | None:
    """The report on the take, in the store; none of a clip without a frame."""
    if clip.frames == 0:
        return None
    with TemporaryDirectory(prefix="tower-report-") as folder:
        sheet = Path(folder) / "report.svg"
        inspection.write_report(path, clip, assessment, sheet, title=title)
        return store.put(sheet, root=read_settings().assets)


def _note(run: Run, take: int, assessment: Assessment, sheet: store.Stored | None) -> None:
    with transaction() as session:
        job = ownership.own(session, run)
        if sheet is not None:
            takes.keep(
                session,
                sha256=sheet.sha256,
                path=str(sheet.path),
                kind="report",
                size_bytes=sheet.size_bytes,
                project_id=job.project_id,
            )
        takes.judge(
            session,
            run,
            take,
            verdict=assessment.verdict,
            score=assessment.score,
            reasons=assessment.reasons,
            metrics=[_row(metric) for metric in assessment.metrics],
        )


def _named(assessment: Assessment, verdict: Verdict) -> list[str]:
    return [metric.name for metric in assessment.metrics if metric.verdict is verdict]


def _row(metric: Metric) -> dict[str, Any]:
    kept = ("value", "unit", "threshold", "verdict", "source", "reason")
    return {
        "metric": metric.name,
        "frames": list(metric.frames),
        **{key: getattr(metric, key) for key in kept},
    }
