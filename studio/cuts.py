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
    if len(frames) < FEWEST_FRAMES:
        return np.zeros(0, np.intp)
    change = np.concatenate([[np.nan], _distances(frames[1:], frames[:-1])])
    reach = max(2, round(NEIGHBOURHOOD_S * float(fps)))
    usual = _usual_change(change, reach)
    jumps = np.flatnonzero(change > np.maximum(LEAST_CHANGE, CHANGE_RATIO * usual))
    return np.array(
        [jump for jump in jumps if not _is_flash(frames, int(jump), reach, float(change[jump]))], np.intp
    )


def _distances(ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean absolute difference of pictures at the shift that suits them best, shape (n,).

    Channels are added up, 0 to 255 a channel. The shift takes a pan out of the difference; a change of
    the whole picture's tone counts only beyond what a pulse of light on a beat makes. Some hundred pictures
    are held as numbers at a time.
    """
    bounds = range(0, len(ones), AT_ONCE_FRAMES)
    return np.concatenate(
        [_apart(*(each[at : at + AT_ONCE_FRAMES] for each in (ones, others))) for at in bounds]
    )


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


def _usual_change(change: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """How much the frames around each frame change, itself counted as still; held frames weigh little."""
    padded = np.pad(change, reach, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).copy()
    windows[:, reach] = 0.0
    return np.asarray(np.nanpercentile(windows, NEIGHBOUR_PERCENTILE, axis=1))


def _is_flash(frames: NDArray[np.uint8], jump: int, reach: int, change: float) -> bool:
    """Whether some picture from before the jump is there again after it."""
    before, after = frames[max(0, jump - reach) : jump], frames[jump : jump + reach]
    alike = _distances(np.repeat(before, len(after), axis=0), np.tile(after, (len(before), 1, 1, 1)))
    return bool(np.min(alike) < RETURN_RATIO * change)
