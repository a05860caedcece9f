"""Whether a clip is what was asked for: stages of checks, the verdict and the score over all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from studio.assembly_parts import Chapter
from studio.checks import character, motion, picture, safety, sound, technical
from studio.checks.assembled import Meant as Meant
from studio.checks.assembled import check_assembled, cuts_meant, fades
from studio.checks.character import Identities, References
from studio.metrics import AskedClip as AskedClip
from studio.metrics import Metric as Metric
from studio.metrics import Verdict as Verdict
from studio.metrics import not_judged
from studio.pictures import Measurements
from studio.thresholds import STANDARD, THRESHOLDS, Limits

BEST_SCORE = 10.0
WARNING_COSTS = 0.5
LEAST_PASSING = 5.0
FAILED_SCORE = 4.0
FAILURE_COSTS = 1.0
NEVER_LEFT_OUT = ("safety", "assembly")


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on a clip, and all that it rests on; `reasons` are of what failed, then of warnings."""

    verdict: Verdict
    score: float | None
    metrics: tuple[Metric, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Checks that belong together; a failure in one stage ends the assessment after it."""

    name: str
    checks: tuple[Callable[[], Metric], ...]


def assess_clip(
    clip: Measurements,
    asked: AskedClip | None,
    *,
    preset: str = STANDARD,
    references: References | None = None,
    identities: Identities = "",
    story: Sequence[Metric] = (),
    assembled: Sequence[Metric] = (),
) -> Assessment:
    """Judge a clip by what one decoding pass has measured.

    Args:
        clip: The measurements of the clip's n frames.
        asked: What it should be; None where nobody asked: what depends on it is then not judged.
        preset: Whose thresholds hold: draft, standard or high.
        references: Pictures by character, for palette consistency.
        identities: Likeness by character, by learned features, or why there is none.
        story: Metrics of the scene against the story, made by whoever knows the story.
        assembled: Metrics of a finished file against its cut list.

    Returns:
        Verdict "fail" when a gate fails, "not judged" when no frame could be decoded, else "pass";
        warnings don't fail a clip. After a stage with a failure the later ones are not judged, but for
        safety, as what can hurt is always told, and for what a finished file was to be. The score:
        10 less 0.5 a warning, at least 5, where nothing failed; else 4, less 1 for each failure beyond
        the first and 0.5 a warning, at least 0; None when nothing was judged.

    Raises:
        KeyError: There is no such preset.
    """
    limits = THRESHOLDS[preset]
    if clip.frames == 0:
        return Assessment(Verdict.NOT_JUDGED, None, (), ("no frame could be decoded",))
    metrics = tuple(_judge(_stages(clip, asked, limits, references or {}, identities, story, assembled)))
    failed = [metric.reason for metric in metrics if metric.verdict is Verdict.FAIL]
    warned = [metric.reason for metric in metrics if metric.verdict is Verdict.WARN]
    verdict = Verdict.FAIL if failed else Verdict.PASS
    return Assessment(verdict, _score(metrics), metrics, (*failed, *warned))


def assess_assembled(
    clip: Measurements, meant: Meant, chapters: Sequence[Chapter], *, preset: str = STANDARD
) -> Assessment:
    """Judge a finished episode or trailer against the cut list that it was made of.

    That a scene stands still is no fault here: it was judged with its take, by its own plan.

    Args:
        clip: The measurements of the file.
        meant: What it was to be.
        chapters: Those that the file has.
        preset: Whose thresholds hold.
    """
    laid = meant.laid
    asked = AskedClip(
        laid.width,
        laid.height,
        laid.fps,
        laid.frames,
        moving=False,
        audio=meant.mix_lufs is not None,
        cuts=cuts_meant(meant),
        fades=fades(laid),
        loudness_lufs=laid.loudness_lufs,
    )
    found = check_assembled(clip, meant, chapters, THRESHOLDS[preset])
    return assess_clip(clip, asked, preset=preset, assembled=found)


def as_document(assessment: Assessment) -> dict[str, Any]:
    """An assessment as JSON values: verdict, score, reasons, and each metric in full."""
    return {
        "verdict": str(assessment.verdict),
        "score": assessment.score,
        "reasons": list(assessment.reasons),
        "metrics": [_as_values(metric) for metric in assessment.metrics],
    }


def _as_values(metric: Metric) -> dict[str, Any]:
    return {
        "name": metric.name,
        "value": metric.value if metric.value is None else float(metric.value),
        "unit": metric.unit,
        "range": list(metric.range),
        "threshold": metric.threshold,
        "verdict": str(metric.verdict),
        "frames": list(metric.frames),
        "reason": metric.reason,
        "source": metric.source,
    }


def _stages(
    clip: Measurements,
    asked: AskedClip | None,
    limits: Limits,
    references: References,
    identities: Identities,
    story: Sequence[Metric],
    assembled: Sequence[Metric],
) -> Iterator[Stage]:
    rooms = (
        ("technical", technical.CHECKS),
        ("picture", picture.CHECKS),
        ("motion", motion.CHECKS),
        ("safety", safety.CHECKS),
        ("sound", sound.CHECKS),
    )
    for name, checks in rooms:
        yield Stage(name, tuple(_bound(check, clip, asked, limits) for check in checks))
    palettes = lambda: character.palettes(clip, references, limits)  # noqa: E731
    yield Stage("character", (palettes, lambda: character.identity(identities, limits)))
    yield Stage("story", tuple(_given(metric) for metric in story))
    yield Stage("assembly", tuple(_given(metric) for metric in assembled))


def _bound(
    check: Callable[[Measurements, AskedClip | None, Limits], Metric],
    clip: Measurements,
    asked: AskedClip | None,
    limits: Limits,
) -> Callable[[], Metric]:
    return lambda: check(clip, asked, limits)


def _given(metric: Metric) -> Callable[[], Metric]:
    return lambda: metric


def _judge(stages: Iterator[Stage]) -> Iterator[Metric]:
    failed = ""
    for stage in stages:
        metrics = [check() for check in stage.checks]
        for metric in metrics:
            yield _left_out(metric, failed) if failed and stage.name not in NEVER_LEFT_OUT else metric
        if not failed and any(metric.verdict is Verdict.FAIL for metric in metrics):
            failed = stage.name


def _left_out(metric: Metric, failed: str) -> Metric:
    return not_judged(metric.name, metric.unit, metric.source, f"the {failed} stage failed")


def _score(metrics: tuple[Metric, ...]) -> float | None:
    verdicts = [metric.verdict for metric in metrics]
    failures, warnings = verdicts.count(Verdict.FAIL), verdicts.count(Verdict.WARN)
    if all(verdict is Verdict.NOT_JUDGED for verdict in verdicts):
        return None
    if failures:
        return max(FAILED_SCORE - FAILURE_COSTS * (failures - 1) - WARNING_COSTS * warnings, 0.0)
    return max(BEST_SCORE - WARNING_COSTS * warnings, LEAST_PASSING)
