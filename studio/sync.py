"""Cuts and beats: where cuts should lie, and how far from the beat they do lie."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from studio.errors import InvalidError

Seconds = NDArray[np.float64]
Frames = NDArray[np.intp]

NO_TIMES: Seconds = np.zeros(0)
OFF_BEAT_COST = 0.5
ODD_BEATS_COST = 0.04
BROKEN_BAR_COST = 0.02
DOWNBEAT_BONUS = 0.05
SECTION_BONUS = 0.2
BEATS_A_BAR = 4
REACH_SHOTS = 2
NEAR_MS = 40.0
SIGMA_MS = 50.0
CHANCE_TRIALS = 1_000


def _nearest(times_s: Seconds, beats_s: Seconds) -> Frames:
    after = np.clip(np.searchsorted(beats_s, times_s), 1, max(len(beats_s) - 1, 1))
    if len(beats_s) == 1:
        return np.zeros(len(times_s), np.intp)
    earlier_is_nearer = times_s - beats_s[after - 1] <= beats_s[after] - times_s
    return np.asarray(after - earlier_is_nearer)


def lay_cuts(
    *,
    duration_s: float,
    fps: Fraction,
    shots: int,
    beats_s: Seconds,
    min_shot_s: float,
    downbeats_s: Seconds = NO_TIMES,
    sections_s: Seconds = NO_TIMES,
) -> tuple[int, ...]:
    """Choose the frames of a clip's cuts: on beats, shots of even length, whole bars where that is close.

    Args:
        duration_s: Length of the clip, seconds, > 0.
        fps: Frame rate, frames per second, > 0.
        shots: Number of shots wanted, >= 1; fewer where `min_shot_s` leaves no room.
        beats_s: Beat times from the clip's start, seconds, ascending, shape (n_beats,); may be empty.
        min_shot_s: Shortest shot, seconds, >= 0.
        downbeats_s: Those of the beats that begin a bar, where they are known.
        sections_s: Where the music changes, seconds, ascending.

    Returns:
        The first frame of each shot but the first, ascending, each the frame nearest to a beat; where
        no beat lies in reach, evenly spaced. No shot is shorter than `min_shot_s`, unless the clip is.

    Raises:
        InvalidError: Duration, rate or number of shots is not positive, or `min_shot_s` is negative.

    Source:
        Dynamic programming over the candidates of each cut: the squared relative deviation from even
        length, a price for a cut off the beat, small ones for odd numbers of beats and broken bars, and a
        bonus for a downbeat and for the start of a section.
    """
    if duration_s <= 0 or fps <= 0 or shots < 1 or min_shot_s < 0:
        raise InvalidError(
            "These shots cannot be laid out.",
            field="duration_s, fps, shots, min_shot_s",
            value=[duration_s, str(fps), shots, min_shot_s],
            expected="> 0, > 0, >= 1, >= 0",
        )
    frames = round(Fraction(duration_s) * fps)
    shortest = max(1, int(np.ceil(min_shot_s * float(fps) - 1e-6)))
    count = max(1, min(shots, frames // shortest))
    even = np.array([round(Fraction(cut * frames, count)) for cut in range(count + 1)])
    places = _places(beats_s, fps, even)
    places.bonus[np.isin(places.frames, _on_frames(downbeats_s, fps))] += DOWNBEAT_BONUS
    places.bonus[np.isin(places.frames, _on_frames(sections_s, fps))] += SECTION_BONUS
    return _cheapest_cuts(places, even, shortest)


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Frames where a cut may lie, the number of the beat there (NaN off the beat), and what it earns."""

    frames: Frames
    beats: NDArray[np.float64]
    bonus: NDArray[np.float64]


def _places(beats_s: Seconds, fps: Fraction, even: Frames) -> _Places:
    on_beat = _on_frames(beats_s, fps)
    frames, first = np.unique(np.concatenate([on_beat, even]), return_index=True)
    beats = np.where(first < len(on_beat), first, np.nan)
    inside = (frames > 0) & (frames < even[-1])
    return _Places(frames[inside], beats[inside], np.zeros(int(inside.sum())))


def _on_frames(times_s: Seconds, fps: Fraction) -> Frames:
    return np.round(times_s * float(fps)).astype(np.intp)


def _cheapest_cuts(places: _Places, even: Frames, shortest: int) -> tuple[int, ...]:
    ideal = float(even[-1] / (len(even) - 1))
    origin = _Places(np.array([0]), np.array([np.nan]), np.zeros(1))
    rows, cost, choices = origin, np.zeros(1), []
    for target in even[1:-1]:
        near = np.abs(places.frames - target) <= REACH_SHOTS * ideal
        here = _Places(places.frames[near], places.beats[near], places.bonus[near])
        options = cost[:, None] + _shot_cost(rows, here, ideal, shortest)
        best = np.argmin(options, axis=0)
        cost = options[best, np.arange(len(best))] + OFF_BEAT_COST * np.isnan(here.beats) - here.bonus
        choices.append((here.frames, best))
        rows = here
    end = _Places(even[-1:], np.array([np.nan]), np.zeros(1))
    last = _shot_cost(rows, end, ideal, shortest)[:, 0]
    chosen = int(np.argmin(cost + last))
    cuts = []
    for frames, best in reversed(choices):
        cuts.append(int(frames[chosen]))
        chosen = int(best[chosen])
    return tuple(reversed(cuts))


def _shot_cost(starts: _Places, ends: _Places, ideal: float, shortest: int) -> NDArray[np.float64]:
    length = ends.frames[None, :] - starts.frames[:, None]
    beats = ends.beats[None, :] - starts.beats[:, None]
    cost = ((length - ideal) / ideal) ** 2
    cost += np.where(np.isnan(beats), 0.0, ODD_BEATS_COST * (beats % 2 != 0))
    cost += np.where(np.isnan(beats), 0.0, BROKEN_BAR_COST * (beats % BEATS_A_BAR != 0))
    return np.where(length >= shortest, cost, np.inf)


def offsets_ms(cuts_s: Seconds, beats_s: Seconds) -> NDArray[np.float64]:
    """How late each cut comes after its nearest beat.

    Args:
        cuts_s: Cut times, seconds, shape (n_cuts,).
        beats_s: Beat times, seconds, ascending, shape (n_beats,), n_beats >= 1.

    Returns:
        Cut less nearest beat, milliseconds, shape (n_cuts,); positive: the cut is late.

    Raises:
        InvalidError: There are cuts, and no beats to hold them against.
    """
    if len(cuts_s) and not len(beats_s):
        raise InvalidError(
            "There are no beats to hold the cuts against.", field="beats_s", value=[], expected="a beat"
        )
    if not len(cuts_s):
        return np.zeros(0)
    return np.asarray(1e3 * (cuts_s - beats_s[_nearest(cuts_s, beats_s)]))


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How a clip's cuts lie to its beats; what could not be measured is None, and `reason` says why.

    Offsets are cut less nearest beat, positive when the cut is late. Hit rates and shares, 0 to 1; those of
    `chance` are of the same cuts shifted at random. `beat_alignment`: mean of exp(-d^2 / 2 sigma^2) over the
    cuts, d the distance to the nearest beat, sigma 50 ms: from cuts to beats, so that a beat without a cut
    costs nothing. Retimes are shares of the own speed; `av_offset_ms` is positive when the sound is late.
    """

    bpm: float | None
    cuts_s: tuple[float, ...]
    beats_s: tuple[float, ...]
    offsets_ms: tuple[float, ...] = ()
    hit_rate_1_frame: float | None = None
    hit_rate_40ms: float | None = None
    median_ms: float | None = None
    p95_abs_ms: float | None = None
    chance_hit_rate_40ms: float | None = None
    reason: str = ""
    chance_hit_rate_1_frame: float | None = None
    downbeat_share: float | None = None
    beat_alignment: float | None = None
    largest_retime: float | None = None
    mean_retime: float | None = None
    av_offset_ms: float | None = None


def sync_report(
    cuts_s: Seconds,
    beats_s: Seconds,
    *,
    fps: Fraction,
    duration_s: float,
    bpm: float | None = None,
    seed: int = 0,
    downbeats_s: Seconds | None = None,
) -> SyncReport:
    """Hold a clip's cuts against its beats.

    Args:
        cuts_s: Cut times, seconds, ascending, shape (n_cuts,); none gives the reason "no cuts".
        beats_s: Beat times, seconds, ascending, shape (n_beats,); none gives the reason "no beats".
        fps: Frame rate, frames per second, > 0.
        duration_s: Length of the clip, seconds, > 0; random shifts wrap around it.
        bpm: Tempo if known, beats per minute; else that of the median interval.
        seed: Of the random shifts.
        downbeats_s: Beats that begin a bar, seconds, ascending; none: their share is not judged.

    Returns:
        The report; equal arguments give equal reports. Its retimes and A/V offset are for others to measure.
    """
    if bpm is None and len(beats_s) > 1:
        bpm = float(60.0 / np.median(np.diff(beats_s)))
    cuts, beats = tuple(map(float, cuts_s)), tuple(map(float, beats_s))
    if not cuts or not beats:
        return SyncReport(bpm, cuts, beats, reason="no cuts" if not cuts else "no beats")
    offsets = offsets_ms(cuts_s, beats_s)
    shifts_s = np.random.default_rng(seed).uniform(0.0, duration_s, CHANCE_TRIALS)
    shifted_s = np.mod(cuts_s[None, :] + shifts_s[:, None], duration_s).ravel()
    by_chance, frame_ms = offsets_ms(shifted_s, beats_s), 1e3 / float(fps)
    return SyncReport(
        bpm,
        cuts,
        beats,
        offsets_ms=tuple(map(float, offsets)),
        hit_rate_1_frame=_share_within(offsets, frame_ms),
        hit_rate_40ms=_share_within(offsets, NEAR_MS),
        median_ms=float(np.median(offsets)),
        p95_abs_ms=float(np.percentile(np.abs(offsets), 95)),
        chance_hit_rate_40ms=_share_within(by_chance, NEAR_MS),
        chance_hit_rate_1_frame=_share_within(by_chance, frame_ms),
        downbeat_share=_downbeat_share(cuts_s, downbeats_s),
        beat_alignment=float(np.mean(np.exp(-(offsets**2) / (2 * SIGMA_MS**2)))),
    )


def _downbeat_share(cuts_s: Seconds, downbeats_s: Seconds | None) -> float | None:
    """The share of cuts within 40 ms of a downbeat."""
    if downbeats_s is None or not len(downbeats_s):
        return None
    return _share_within(offsets_ms(cuts_s, downbeats_s), NEAR_MS)


def _share_within(offsets: NDArray[np.float64], limit_ms: float) -> float:
    return float(np.mean(np.abs(offsets) <= limit_ms + 1e-6))
