"""Whether a clip is what was asked for: the verdict and the score over all checks."""

from dataclasses import dataclass

from studio.checks import CHECKS
from studio.metrics import AskedClip as AskedClip
from studio.metrics import Metric as Metric
from studio.metrics import Verdict as Verdict
from studio.pictures import Measurements

FAILED_SCORE = 4.0


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on a clip, and all that it rests on; `reasons` are of what failed, then of warnings."""

    verdict: Verdict
    score: float | None
    metrics: tuple[Metric, ...]
    reasons: tuple[str, ...]


def assess_clip(clip: Measurements, asked: AskedClip) -> Assessment:
    """Judge a clip by what one decoding pass has measured.

    Args:
        clip: The measurements of the clip's n frames.
        asked: What it should be.

    Returns:
        Verdict "fail" when a gate fails, "not judged" when no frame could be decoded, else "pass";
        warnings don't fail a clip. The score, 0 to 10, is ten times the mean over the judged metrics
        of 1 for a pass, 0.5 for a warning and 0 for a failure, and 4 at most when a gate failed; None
        when nothing was judged.

    Source:
        Black frames as ffmpeg's blackdetect (98% of the picture below 10% luma). Frozen: held
        animation is legitimate up to `checks.FROZEN_S`: on twos and threes most frames are duplicates.
    """
    if clip.frames == 0:
        return Assessment(Verdict.NOT_JUDGED, None, (), ("no frame could be decoded",))
    metrics = tuple(check(clip, asked) for check in CHECKS)
    failed = [metric.reason for metric in metrics if metric.verdict is Verdict.FAIL]
    warned = [metric.reason for metric in metrics if metric.verdict is Verdict.WARN]
    verdict = Verdict.FAIL if failed else Verdict.PASS
    return Assessment(verdict, _score(metrics), metrics, (*failed, *warned))


def _score(metrics: tuple[Metric, ...]) -> float | None:
    grades = {Verdict.PASS: 1.0, Verdict.WARN: 0.5, Verdict.FAIL: 0.0}
    judged = [grades[metric.verdict] for metric in metrics if metric.verdict in grades]
    if not judged:
        return None
    score = 10.0 * sum(judged) / len(judged)
    return round(min(score, FAILED_SCORE) if 0.0 in judged else score, 2)
