"""What is wrong between pictures: frozen, jerky, shown twice, left out, flickering, cut unasked."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from studio.checks.runs import Run, longest, pictures_shown, spread, worst
from studio.metrics import AskedClip, Metric, judged, not_judged
from studio.pictures import Measurements
from studio.thresholds import Limit, Limits

Asked = AskedClip | None

SLOW_FILM_S = 1 / 3
ON_TWOS_S = 1 / 12 + 1e-6
LONGEST_HOLD_S = 1.0
MOVES_FROM = 1.0
REPEATED = 0.25
LIMITED_SHARE = 0.2
STEADY = 0.25
LEAST_SHIFT = 0.004
DOUBLED = (1.7, 3.6)
NEAR = 3
CUT_SLACK = 1


def frozen(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "longest time that one picture is on screen, codec noise left out"
    if asked is not None and not asked.moving:
        return not_judged("frozen", "s", source, "no motion was asked for")
    if clip.frames < 2:
        return not_judged("frozen", "s", source, "a single frame cannot move")
    shown = _unheld(clip, asked)
    first, length = longest(shown)
    fps = float(clip.info.fps)
    limit = _hold_limit(shown, (first, length), limits["frozen"], fps)
    said = "though motion was asked for" if asked is not None else "longer than drawings are held"
    return judged(
        "frozen",
        length / fps,
        limit if asked is not None else replace(limit, fail=None),
        unit="s",
        reason=f"frozen for {length / fps:.2f} s from frame {first}, {said}",
        source=source,
        frames=spread(first, length),
    )


def _unheld(clip: Measurements, asked: Asked) -> list[Run]:
    """Pictures and how long they are on screen, holds that were asked for and missing pictures left out."""
    held = clip.held.copy()
    for first, end in asked.holds if asked is not None else ():
        held[first : end + 1] = 0
    held[clip.spread < 2.0] = 0
    return pictures_shown(held)


def _hold_limit(shown: list[Run], suspect: Run, limit: Limit, fps: float) -> Limit:
    """How long a picture may be on screen, seconds, by the rhythm in which the rest is drawn.

    Drawings are held for two, three, in limited animation for eight frames; ten is beyond the rhythm of
    drawing. Where the rest is drawn on ones and twos it is a fault; where it is drawn on threes and
    slower, poses are held for most of a second by intent.
    """
    warn_s = max((limit.warn or 0.0) / fps, SLOW_FILM_S if fps > 30 else 0.0)
    rest = np.array([run[1] for run in shown if run != suspect], float)
    usual = _usual(rest) if len(rest) else 1.0
    is_full_motion = usual <= 1 or usual / fps <= ON_TWOS_S
    return Limit(warn=warn_s, fail=warn_s if is_full_motion else max(warn_s, LONGEST_HOLD_S))


def _usual(lengths: NDArray[np.float64]) -> float:
    """The hold during which three quarters of the time have passed, shortest holds first."""
    ascending = np.sort(lengths)
    passed = np.cumsum(ascending)
    return float(ascending[np.searchsorted(passed, 0.75 * passed[-1])])


def motion(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "90th percentile of the fastest 5% of optical flow, 8 frames a second (VBench's dynamic degree)"
    unit = "heights/s"
    if asked is None or not asked.moving:
        return not_judged("motion", unit, source, "no motion was asked for")
    moves = _moves(clip, asked)
    if not moves.any():
        return not_judged("motion", unit, source, "too few frames that were meant to move")
    speed = float(np.percentile(clip.speed[moves], 90))
    return judged(
        "motion",
        speed,
        limits["motion"],
        unit=unit,
        reason=f"hardly anything moves: {speed:.3f} of the height a second",
        source=source,
    )


def _moves(clip: Measurements, asked: Asked) -> NDArray[np.bool_]:
    """Frames whose motion was looked at, within a shot and outside of holds."""
    looked = np.isfinite(clip.speed)
    for cut in clip.cuts:
        looked[max(0, cut - 1) : cut + 1] = False
    for first, end in asked.holds if asked is not None else ():
        looked[first:end] = False
    return np.asarray(looked)


def smoothness(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "mean error of frames interpolated by optical flow, of 255 (1 - VBench's motion smoothness)"
    moves = _moves(clip, asked) & (clip.between >= MOVES_FROM)
    if moves.sum() < 3:
        return not_judged("smoothness", "share", source, "too few frames that move")
    rough = clip.roughness / 255.0
    error = float(np.mean(rough[moves]))
    return judged(
        "smoothness",
        error,
        limits["smoothness"],
        unit="share",
        value_range=(0.0, 1.0),
        reason=f"motion is jerky: in-between frames are off by {error:.0%}",
        source=source,
        frames=worst(np.where(moves, rough, np.nan)),
    )


def duplicates(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "pictures shown twice where every frame around them is new"
    repeated = clip.held > 0
    if clip.frames < 2 * NEAR or repeated.mean() > LIMITED_SHARE:
        return not_judged("duplicates", "frames", source, "the clip is drawn on twos or slower, or too short")
    found = [int(index) for index in np.flatnonzero(repeated) if _is_lone(clip, int(index))]
    return judged(
        "duplicates",
        len(found),
        limits["duplicates"],
        unit="frames",
        reason=f"{len(found)} frames are shown twice, the first at {found[0] if found else 0}",
        source=source,
        frames=found,
    )


def _is_lone(clip: Measurements, frame: int) -> bool:
    around = [n for n in range(frame - NEAR, frame + NEAR + 1) if 0 < n < clip.frames and n != frame]
    usual = float(np.median(clip.change[around]))
    is_repeat = clip.change[frame] <= REPEATED * usual
    return bool(is_repeat and all(clip.held[n] == 0 and clip.change[n] >= MOVES_FROM for n in around))


def drops(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "steps of a steady camera move that are twice as long as those around them"
    found = leaps(clip)
    return judged(
        "drops",
        len(found),
        limits["drops"],
        unit="frames",
        reason=f"{len(found)} frames seem left out, the first at {found[0] if found else 0}",
        source=source,
        frames=found,
    )


def leaps(clip: Measurements) -> list[int]:
    """Frames before which one seems left out, ascending."""
    return [frame for frame in range(NEAR, clip.frames - NEAR) if _is_leap(clip.shifts, frame)]


def _is_leap(shifts: NDArray[np.float64], frame: int) -> bool:
    around = np.concatenate([shifts[frame - NEAR : frame], shifts[frame + 1 : frame + 1 + NEAR]])
    usual = around.mean(axis=0)
    way = float(np.hypot(*usual))
    if not np.isfinite(way) or way < LEAST_SHIFT or not np.isfinite(shifts[frame]).all():
        return False
    if float(np.abs(around - usual).max()) > STEADY * way:
        return False
    along = float(shifts[frame] @ usual) / way**2
    return DOUBLED[0] <= along <= DOUBLED[1]


def flicker(clip: Measurements, _asked: Asked, limits: Limits) -> Metric:
    source = "median over cells of the light's change; half the eighth greatest swing within a second"
    if not np.isfinite(clip.light).any():
        return not_judged("flicker", "share", source, "too dark, too bright or too short to tell")
    amplitude = float(clip.flicker.max())
    frames = worst(np.where(clip.flicker > 0, clip.flicker, np.nan))
    return judged(
        "flicker",
        amplitude,
        limits["flicker"],
        unit="share",
        reason=f"the light flickers by {amplitude:.1%} about frame {frames[0] if frames else 0}",
        source=source,
        frames=frames,
    )


def cuts(clip: Measurements, asked: Asked, limits: Limits) -> Metric:
    source = "scene changes of find_cuts that were not asked for"
    if asked is None or asked.cuts is None:
        return not_judged("cuts", "cuts", source, "nobody said where cuts were meant")
    meant = np.array(asked.cuts, int)
    unasked = [int(cut) for cut in clip.cuts if not (np.abs(meant - cut) <= CUT_SLACK).any()]
    return judged(
        "cuts",
        len(unasked),
        limits["cuts"],
        unit="cuts",
        reason=f"{len(unasked)} cuts nobody asked for, at frame {', '.join(map(str, unasked[:4]))}",
        source=source,
        frames=unasked,
    )


CHECKS = (frozen, motion, smoothness, duplicates, drops, flicker, cuts)
