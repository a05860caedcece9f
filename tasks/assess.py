"""The assess stage: one decoding pass over the take, its measurements, the verdict and the sheet on them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prefect import task

from db.queries import ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import inspection, store
from studio.pictures import Measurements
from studio.quality import Assessment, Metric, Verdict
from studio.report_sheet import curves, thinned
from studio.settings import read_settings
from tasks.carrying import carry_stage
from tasks.judging import inspected
from tasks.policy import RETRIED


@task(name="assess quality", **RETRIED)
def assess_take(run: Run) -> dict[str, Any]:
    """Measure the take and judge it."""
    return carry_stage(run, "assess", _assess)


def _assess(run: Run, take: int) -> dict[str, Any]:
    """Judge the take; what could be put right without rendering is said with the verdict."""
    seen = inspected(run, take)
    mending = seen.repairs()
    return {
        **noted(run, take, seen.path, seen.clip, seen.assessment),
        "identity": {}
        if isinstance(seen.identities, str)
        else {
            name: {"difference": each.difference, "embedding": each.feature}
            for name, each in seen.identities.items()
        },
        "repairs": [] if mending is None else [repair.fix for repair in mending.repairs],
    }


def noted(run: Run, take: int, path: Path, clip: Measurements, assessment: Assessment) -> dict[str, Any]:
    """The verdict on a file as stages hand it on; its measurements and the sheet on them are kept."""
    sheet = _drawn_sheet(path, clip, assessment, title=f"{run.generation_id}, take {take}")
    _note(run, take, assessment, sheet)
    return {
        "verdict": assessment.verdict,
        "score": assessment.score,
        "reasons": list(assessment.reasons),
        "hard": _named(assessment, Verdict.FAIL),
        "soft": _named(assessment, Verdict.WARN),
        "report_path": None if sheet is None else str(sheet.path),
        "frames": clip.frames,
        "curves": [thinned(curve) for curve in curves(clip)] if clip.frames else [],
    }


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
            takes.keep(session, sheet, kind="report", project_id=job.project_id)
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
