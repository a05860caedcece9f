"""The music under a clip: from where in the track, looped on a bar, trimmed and faded to its length."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.errors import InvalidError

Seconds = NDArray[np.float64]
Samples = NDArray[np.float32]

BEATS_A_BAR: Final = 4
CROSSFADE_S: Final = 0.03
START_FADE_S: Final = 0.005
TAIL_S: Final = 0.05
"""So much of a last bar may be missing at the end of a track that is cut a little short."""

SHORTEST_FADE_S, LONGEST_FADE_S = 0.1, 1.0
FADE_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Loop:
    """The track is played to `end_s` and goes on at `start_s`: both downbeats where there are beats."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How much later everything comes in the next round."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Bed:
    """What is heard under a clip: the track from `start_s` on, looped where there is a loop, then faded."""

    start_s: float
    duration_s: float
    fade_s: float
    loop: Loop | None = None


def plan_bed(
    *,
    track_s: float,
    duration_s: float,
    beats_s: Seconds,
    downbeats_s: Seconds,
    beats_a_bar: int | None = None,
    start_s: float = 0.0,
) -> Bed:
    """Choose how a track is laid under a clip.

    Args:
        track_s: Length of the track, seconds, > 0.
        duration_s: Length of the clip, seconds, > 0.
        beats_s: Beats of the track, seconds, ascending, shape (n,); may be empty.
        downbeats_s: Those of them that begin a bar; may be empty.
        beats_a_bar: How many beats a bar has, > 0; None: four.
        start_s: What is heard at the clip's time 0, seconds of the track, >= 0.

    Returns:
        The bed. A track that ends before the clip is looped over as many whole bars as it has from its first
        downbeat on; a bar that ends with the track counts as whole. Without downbeats, bars are counted from
        the first beat; without a bar of beats the whole track is repeated.

    Raises:
        InvalidError: a length is not positive, or the track ends before it is to start.
    """
    if track_s <= 0 or duration_s <= 0 or not 0 <= start_s < track_s:
        raise InvalidError(
            "The track cannot be laid from there.",
            field="start_s",
            value=start_s,
            expected=f"0 to {track_s:.3f} s, the track's length",
        )
    is_short = track_s - start_s < duration_s
    loop = _loop(track_s, beats_s, downbeats_s, beats_a_bar or BEATS_A_BAR) if is_short else None
    return Bed(start_s, duration_s, _fade_s(duration_s), loop)


def _fade_s(duration_s: float) -> float:
    """A tenth of the clip, between a tenth of a second and a second, and never more than half of it."""
    return min(float(np.clip(FADE_SHARE * duration_s, SHORTEST_FADE_S, LONGEST_FADE_S)), duration_s / 2)


def _loop(track_s: float, beats_s: Seconds, downbeats_s: Seconds, beats_a_bar: int) -> Loop:
    """From the first bar line to the last that the track reaches; else all of the track."""
    lines = downbeats_s if len(downbeats_s) > 1 else beats_s[::beats_a_bar]
    if not len(lines):
        return Loop(0.0, track_s)
    lines = _with_the_end(lines, beats_s, beats_a_bar, track_s)
    return Loop(float(lines[0]), float(lines[-1])) if len(lines) > 1 else Loop(0.0, track_s)


def _with_the_end(lines: Seconds, beats_s: Seconds, beats_a_bar: int, track_s: float) -> Seconds:
    """The bar lines, and the next one after the last where the track lasts until then."""
    intervals = np.diff(beats_s[-beats_a_bar - 1 :])
    bar_s = beats_a_bar * float(np.median(intervals)) if len(intervals) else np.inf
    after_s = float(lines[-1]) + bar_s
    return np.append(lines, after_s) if after_s <= track_s + TAIL_S else lines


def times_in_clip(bed: Bed, times_s: Seconds) -> Seconds:
    """When times of the track are heard in the clip.

    Args:
        bed: How the track is laid.
        times_s: Seconds of the track, ascending, shape (n,).

    Returns:
        Seconds of the clip, ascending, in [0, duration), shape (m,): once a round; what lies at the loop's
        end is heard as its start.
    """
    heard = [
        times_s[(times_s >= start_s - 1e-9) & (times_s < end_s - 1e-9)] - start_s + at_s
        for at_s, start_s, end_s in _rounds(bed)
    ]
    every = np.concatenate(heard) if heard else np.zeros(0)
    return np.asarray(every[every < bed.duration_s])


def _rounds(bed: Bed) -> list[tuple[float, float, float]]:
    """The stretches that are heard: clip time, and start and end in the track."""
    if bed.loop is None:
        return [(0.0, bed.start_s, bed.start_s + bed.duration_s)]
    loop, begins_s = bed.loop, bed.start_s
    if begins_s >= loop.end_s:
        begins_s = loop.start_s + (begins_s - loop.start_s) % loop.length_s
    first_s = loop.end_s - begins_s
    count = max(0, int(np.ceil((bed.duration_s - first_s) / loop.length_s)))
    again = [(first_s + number * loop.length_s, loop.start_s, loop.end_s) for number in range(count)]
    return [(0.0, begins_s, loop.end_s), *again]


def lay_bed(bed: Bed, track: Samples, rate_hz: int, *, begin: int = 0, end: int | None = None) -> Samples:
    """The sound of a bed, or a stretch of it.

    Args:
        bed: How the track is laid.
        track: The whole track, full scale 1, shape (n, channels), n >= 1; of one on disk no more is read than
            the stretch needs.
        rate_hz: Its sampling rate, Hz, > 0.
        begin: First sample of the stretch, >= 0.
        end: The sample after its last; None: to the bed's end.

    Returns:
        Samples, shape (duration, channels). Each round begins on the sample nearest to its time, so that no
        error adds up. Where the track goes back, the last 30 ms before the bar line are cross-faded at equal
        power into what precedes the loop's start; from the bar line on the loop's start is heard untouched.
    """
    wanted = round(bed.duration_s * rate_hz)
    until = wanted if end is None else min(end, wanted)
    place = _Place(np.zeros((max(0, until - begin), track.shape[1]), np.float32), begin)
    rounds = _rounds(bed)
    for at_s, start_s, end_s in rounds:
        at, first = round(at_s * rate_hz), round(start_s * rate_hz)
        inside = place.within(at, round((at_s + end_s - start_s) * rate_hz))
        part = track[first + inside.start - at : first + inside.stop - at]
        place.sound[inside.start - begin : inside.start - begin + len(part)] = part
    for at_s, start_s, _ in rounds[1:]:
        _crossfade(place, track, round(at_s * rate_hz), round(start_s * rate_hz), rate_hz)
    _fade(place, wanted, bed.fade_s, rate_hz)
    return place.sound


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A stretch of a bed, from its sample `begin` on."""

    sound: Samples
    begin: int

    def within(self, first: int, until: int) -> range:
        """Which of the bed's samples `[first, until)` lie in the stretch."""
        start = max(first, self.begin)
        return range(start, max(start, min(until, self.begin + len(self.sound))))

    def of(self, samples: range) -> Samples:
        """Samples of the bed that lie in the stretch, to be changed in place."""
        return self.sound[samples.start - self.begin : samples.stop - self.begin]


def _crossfade(place: _Place, track: Samples, at: int, first: int, rate_hz: int) -> None:
    """Fade what ends at `at` out and what precedes `first` in; nothing precedes the track's own start."""
    length = min(round(CROSSFADE_S * rate_hz), at)
    inside = place.within(at - length, at)
    if not inside:
        return
    before = np.zeros((length, track.shape[1]), np.float32)
    there = min(length, first)
    before[length - there :] = track[first - there : first]
    own = slice(inside.start - at + length, inside.stop - at + length)
    ramp = (np.pi / 2 * (np.arange(length) + 0.5) / length)[own, None]
    sound = place.of(inside)
    sound *= np.cos(ramp).astype(np.float32)
    sound += before[own] * np.sin(ramp).astype(np.float32)


def _fade(place: _Place, wanted: int, fade_s: float, rate_hz: int) -> None:
    """At most 5 ms at the start, for the sake of a first beat."""
    for ramp_s, is_end in ((min(fade_s, START_FADE_S), False), (fade_s, True)):
        length = min(wanted, round(ramp_s * rate_hz))
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(length, 1))
        first = wanted - length if is_end else 0
        inside = place.within(first, first + length)
        own = slice(inside.start - first, inside.stop - first)
        place.of(inside)[:] *= (ramp[::-1] if is_end else ramp)[own, None].astype(np.float32)
