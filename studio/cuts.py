"""Where one shot ends and the next begins, found in the pictures alone."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

NEIGHBOURHOOD_S = 0.5
NEIGHBOUR_PERCENTILE = 85
LEAST_CHANGE = 4.0
CHANGE_RATIO = 2.5
RETURN_RATIO = 0.4
FEWEST_FRAMES = 4
SHIFT_ROWS, SHIFT_COLUMNS = 2, 3
PULSE_TONE = 20.0
AT_ONCE_FRAMES = 512


def find_cuts(frames: NDArray[np.uint8], fps: Fraction) -> NDArray[np.intp]:
    """Find the frames that start a new shot.

    A cut changes the picture at once, and for good: more than the frames around it change (so that
    pans, push-ins, rain and animation held on twos and threes are no cuts, and neither are fades),
    and without coming back (so that a flash is none).

    Args:
        frames: Small pictures, uint8, shape (n, h, w, channels), of any colour space; some 32
            pixels wide is best, for rain and grain are then averaged out.
        fps: Frame rate, frames per second, > 0.

    Returns:
        Frame numbers, ascending, shape (n_cuts,); never 0. Fewer than four frames give none. A shot
        that returns to its predecessor within half a second is taken for a flash.

    Source:
        The adaptive threshold over a sliding window of Yusoff, Christmas and Kittler, "Video shot cut
        detection using adaptive thresholding", BMVC 2000, with a percentile instead of the mean.
    """
    finder = CutFinder(fps)
    finder.add(frames)
    return finder.cuts()


class CutFinder:
    """Finds the cuts of `find_cuts` in pictures that come block by block, and holds a second of them."""

    def __init__(self, fps: Fraction) -> None:
        self._reach = max(2, round(NEIGHBOURHOOD_S * float(fps)))
        self._frames: NDArray[np.uint8] | None = None
        self._change = np.zeros(0)
        self._first = self._decided = 0
        self._found: list[int] = []

    @property
    def _seen(self) -> int:
        return self._first + len(self._change)

    def add(self, frames: NDArray[np.uint8]) -> None:
        """Look at the pictures that come next, shape (n, h, w, channels)."""
        for at in range(0, len(frames), AT_ONCE_FRAMES):
            self._take(frames[at : at + AT_ONCE_FRAMES])
            self._decide(self._seen - self._reach)
            self._forget()

    def cuts(self) -> NDArray[np.intp]:
        """Frames that begin a shot, of all that were added; nothing more can be."""
        self._decide(self._seen)
        return np.array(self._found if self._seen >= FEWEST_FRAMES else [], np.intp)

    def _take(self, block: NDArray[np.uint8]) -> None:
        kept = block[:0] if self._frames is None else self._frames
        ready = np.concatenate([kept[-1:], block])
        unknown = np.full(0 if len(kept) else 1, np.nan)
        self._change = np.concatenate([self._change, unknown, _distances(ready[1:], ready[:-1])])
        self._frames = np.concatenate([kept, block])

    def _decide(self, end: int) -> None:
        """Find the cuts before frame `end`; half a second behind it is known, or there is no more."""
        for at in np.flatnonzero(self._change > LEAST_CHANGE).tolist():
            if self._decided <= self._first + at < end and self._is_cut(at):
                self._found.append(self._first + at)
        self._decided = max(self._decided, end)

    def _is_cut(self, at: int) -> bool:
        change = float(self._change[at])
        if self._frames is None or change <= CHANGE_RATIO * _usual_change(self._change, at, self._reach):
            return False
        return not _is_flash(self._frames, at, self._reach, change)

    def _forget(self) -> None:
        """Hold on to half a second before the first frame that is not decided."""
        spent = max(0, self._decided - self._reach - self._first)
        self._first += spent
        self._change = self._change[spent:]
        self._frames = None if self._frames is None else self._frames[spent:]


def _distances(ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean absolute difference of pictures at the shift that suits them best, shape (n,).

    Channels are added up, 0 to 255 a channel. The shift takes a pan out of the difference; a change of
    the whole picture's tone counts only beyond what a pulse of light on a beat makes. Some hundred pictures
    are held as numbers at a time.
    """
    bounds = range(0, len(ones), AT_ONCE_FRAMES)
    parts = [_apart(*(each[at : at + AT_ONCE_FRAMES] for each in (ones, others))) for at in bounds]
    return np.concatenate([np.zeros(0), *parts])


def _apart(ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    channels = ones.shape[-1]
    one_tones, other_tones = (frames.mean(axis=(1, 2), keepdims=True) for frames in (ones, others))
    evened, other_evened = ((ones - one_tones).astype(np.float32), (others - other_tones).astype(np.float32))
    least = np.full(len(ones), np.inf)
    for down in range(-SHIFT_ROWS, SHIFT_ROWS + 1):
        for right in range(-SHIFT_COLUMNS, SHIFT_COLUMNS + 1):
            part, other = _overlap(evened, down, right), _overlap(other_evened, -down, -right)
            least = np.minimum(least, np.abs(part - other).mean(axis=(1, 2, 3)))
    tone = np.abs(one_tones - other_tones).sum(axis=(1, 2, 3))
    return np.asarray(channels * least + np.maximum(0.0, tone - PULSE_TONE))


def _overlap(frames: NDArray[np.float32], down: int, right: int) -> NDArray[np.float32]:
    rows, columns = frames.shape[1:3]
    return frames[:, max(down, 0) : rows + min(down, 0), max(right, 0) : columns + min(right, 0)]


def _usual_change(change: NDArray[np.float64], at: int, reach: int) -> float:
    """How much the frames around one change, itself counted as still; held frames weigh little."""
    window = change[max(0, at - reach) : at + reach + 1].copy()
    window[min(at, reach)] = 0.0
    return float(np.nanpercentile(window, NEIGHBOUR_PERCENTILE))


def _is_flash(frames: NDArray[np.uint8], jump: int, reach: int, change: float) -> bool:
    """Whether some picture from before the jump is there again after it."""
    before, after = frames[max(0, jump - reach) : jump], frames[jump : jump + reach]
    alike = _distances(np.repeat(before, len(after), axis=0), np.tile(after, (len(before), 1, 1, 1)))
    return bool(np.min(alike) < RETURN_RATIO * change)
