"""What is wrong with pictures one by one: missing, too dark, soft, noisy, cut into blocks."""

from itertools import pairwise

import numpy as np

from studio.checks.runs import Flags, Run, is_faded, longest, runs, spread, worst
from studio.metrics import AskedClip, Metric, judged, not_judged
from studio.pictures import Measurements, Values
from studio.thresholds import Limits

Asked = AskedClip | None

BLACK_SHARE = 0.999
BLACK_SPREAD = 4.0
BLANK_SPREAD = 2.0
FADED_S = 1.0
MIDDLE_LUMA = 128.0


def black(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    first, length = longest(_unasked(black_runs(clip), asked))
    return judged(
        "black",
        length,
        limits["black"],
        unit="frames",
        reason=f"black for {length} frames from frame {first}",
        source="luma below 10% over 99.9% of the picture, unless faded into and out of within a second",
        frames=spread(first, length),
    )


def blank(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    first, length = longest(_unasked(blank_runs(clip), asked))
    return judged(
        "blank",
        length,
        limits["blank"],
        unit="frames",
        reason=f"one flat tone for {length} frames from frame {first}",
        source="standard deviation of luma below 2 of 255; faded ones as with black",
        frames=spread(first, length),
    )


def _unasked(found: list[Run], asked: Asked) -> list[Run]:
    """Those that do not lie within a fade that was asked for."""
    fades = () if asked is None else asked.fades
    return [run for run in found if not any(at <= run[0] and sum(run) <= at + length for at, length in fades)]


def black_runs(clip: Measurements) -> list[Run]:
    """Stretches of black, first frame and length, but for those that are faded into and out of."""
    return _unfaded(clip, (clip.black_share >= BLACK_SHARE) & (clip.spread < BLACK_SPREAD), clip.mean)


def blank_runs(clip: Measurements) -> list[Run]:
    """Stretches of one flat tone that is not black, first frame and length; fades are left out."""
    return _unfaded(clip, (clip.spread < BLANK_SPREAD) & (clip.black_share < BLACK_SHARE), clip.spread)


def _unfaded(clip: Measurements, flags: Flags, level: Values) -> list[Run]:
    allowed = FADED_S * float(clip.info.fps)
    return [run for run in runs(flags) if run[1] > allowed or not is_faded(level, run)]


def exposure(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    mean = float(np.median(clip.mean))
    return judged(
        "exposure",
        abs(mean - MIDDLE_LUMA),
        limits["exposure"],
        unit="luma",
        value_range=(0.0, MIDDLE_LUMA),
        reason=f"very {'dark' if mean < MIDDLE_LUMA else 'bright'}: median luma {mean:.0f} of 255",
        source="median over frames of mean luma, away from the middle",
        frames=worst(np.abs(clip.mean - MIDDLE_LUMA)),
    )


def visible(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    lit, shaded = float(np.median(clip.brightest)), 255.0 - float(np.median(clip.darkest))
    says = f"too dark to see: nothing is brighter than {lit:.0f} of 255"
    if shaded < lit:
        says = f"too bright to see: nothing is darker than {255 - shaded:.0f} of 255"
    return judged(
        "visible",
        min(lit, shaded),
        limits["visible"],
        unit="luma",
        value_range=(0.0, 255.0),
        reason=says,
        source="distance to black, or to white, of all but half a percent of the picture, median over frames",
        frames=worst(-np.minimum(clip.brightest, 255.0 - clip.darkest)),
    )


def highlights(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    share = float(np.mean(clip.white_share))
    return judged(
        "clipped_highlights",
        share,
        limits["clipped_highlights"],
        unit="share",
        value_range=(0.0, 1.0),
        reason=f"{share:.0%} of the picture is burnt out",
        source="luma of 250 and more, mean over frames",
        frames=worst(clip.white_share),
    )


def sharpness(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "mean square Laplacian over variance, against the shot's median"
    ratios = _within_shots(clip)
    if np.isfinite(ratios).sum() < 3:
        return not_judged("sharpness", "ratio", source, "too few frames with contrast")
    frames = [frame for frame in worst(-ratios) if ratios[frame] < (limits["sharpness"].warn or 0.0)]
    return judged(
        "sharpness",
        float(np.nanmin(ratios)),
        limits["sharpness"],
        unit="ratio",
        reason=f"frame {frames[0] if frames else 0} is much softer than the rest of its shot",
        source=source,
        frames=frames,
    )


def _within_shots(clip: Measurements) -> Values:
    """Sharpness against the median of the shot, of the clip where a shot has too few frames to tell."""
    seen = np.isfinite(clip.sharpness)
    everywhere = float(np.median(clip.sharpness[seen])) if seen.any() else 1.0
    ratios = np.full(clip.frames, np.nan)
    bounds = [0, *clip.cuts, clip.frames]
    for first, end in pairwise(bounds):
        own = clip.sharpness[first:end][seen[first:end]]
        usual = float(np.median(own)) if len(own) >= 3 else everywhere
        ratios[first:end] = clip.sharpness[first:end] / max(usual, 1e-12)
    return ratios


def noise(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "Immerkaer 1996 on the flatter half of the picture, median over frames"
    if not np.isfinite(clip.noise).any():
        return not_judged("noise", "levels", source, "no frame was looked at in full")
    found = float(np.nanmedian(clip.noise))
    return judged(
        "noise",
        found,
        limits["noise"],
        unit="levels",
        reason=f"noise of {found:.1f} levels",
        source=source,
        frames=worst(clip.noise),
    )


def blockiness(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "fine cosine coefficients off the 8 x 8 grid against those on it, median over frames"
    if not np.isfinite(clip.blockiness).any():
        return not_judged("blockiness", "ratio", source, "no frame was looked at in full")
    found = float(np.nanmedian(clip.blockiness))
    return judged(
        "blockiness",
        found,
        limits["blockiness"],
        unit="ratio",
        reason=f"the codec's blocks show: {found:.2f} against 1 without",
        source=source,
        frames=worst(clip.blockiness),
    )


def banding(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "tones that gradients use, of those they span, median over frames"
    if not np.isfinite(clip.richness).any():
        return not_judged("banding", "share", source, "the pictures have no gradients")
    found = float(np.nanmedian(clip.richness))
    return judged(
        "banding",
        found,
        limits["banding"],
        unit="share",
        value_range=(0.0, 1.0),
        reason=f"gradients have {found:.0%} of their tones: they show bands",
        source=source,
        frames=worst(-clip.richness),
    )


CHECKS = (black, blank, exposure, visible, highlights, sharpness, noise, blockiness, banding)
