"""Clips as the measuring sees them: small pictures from one decoding pass, and what is measured on them."""

from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.measures.flashes import Flashing
from studio.measures.sound import Sound

Luma = NDArray[np.uint8]
Thumbs = NDArray[np.uint8]
Values = NDArray[np.float64]

THUMB_COLUMNS, THUMB_ROWS = 32, 18
STILL_EVERY_FRAMES = 6
BLACK_BELOW, WHITE_FROM = 25, 250


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """What a video file says of itself; a clip without sound has no audio codec."""

    width: int
    height: int
    fps: Fraction
    frames: int
    duration_s: float
    video_codec: str
    audio_codec: str | None
    audio_duration_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One decoded frame, made small for measuring.

    `luma` is full range (0 black, 255 white), shape (h, w); `chroma` holds Cb and Cr about
    128 at half that size, shape (h / 2, w / 2, 2). `full_luma` is the luma plane in the
    clip's own size and is kept for a few frames only.
    """

    time_s: float
    luma: Luma
    chroma: NDArray[np.uint8]
    full_luma: Luma | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """What one pass over a clip's n frames has measured; arrays have shape (n,) unless said otherwise.

    `mean` and `spread` (standard deviation) of luma, and `darkest` and `brightest`, beyond which half a
    percent of the picture lies, 0 to 255; `black_share` and `white_share` of the picture, 0 to 1;
    `change`: mean absolute difference of luma to the frame before, 0 to 255, NaN for the first; `held`:
    frames for which the picture has been on screen before. NaN for frames that were not looked at:
    `sharpness`, `noise`, `blockiness`, `richness` of tones (see `measures.texture`), `speed`, `roughness`
    and `between` (`measures.motion`). `thumbs`: luma, Cb, Cr, uint8, shape (n, 18, 32, 3), none where they
    were not kept; `cuts`: frames that begin a shot; `light`: relative to the first frame, NaN throughout
    where it is too dark to tell; `flicker`: amplitude, a share; `shifts`: shares of the height down and of
    the width right that the picture travels, shape (n, 2); `stills`: every sixth frame, in clips of more than
    3,072 frames every twelfth and so on (`still_every`), luma, Cb, Cr, uint8, shape (k, h, w, 3), at most
    128 pixels long. `sound` is None where it was not measured.
    """

    info: ClipInfo
    time_s: Values
    mean: Values
    spread: Values
    darkest: Values
    brightest: Values
    black_share: Values
    white_share: Values
    change: Values
    held: Values
    sharpness: Values
    noise: Values
    blockiness: Values
    richness: Values
    speed: Values
    roughness: Values
    between: Values
    thumbs: Thumbs
    cuts: NDArray[np.intp]
    light: Values
    flicker: Values
    flashing: Flashing
    shifts: Values
    stills: NDArray[np.uint8]
    still_every: int
    sound: Sound | None = None

    @property
    def frames(self) -> int:
        """How many frames were decoded."""
        return len(self.time_s)

    def with_sound(self, sound: Sound | None) -> "Measurements":
        """These measurements with those of the sound."""
        return replace(self, sound=sound)


def thumb_of(picture: Picture) -> Thumbs:
    """A picture as `Measurements.thumbs` has it, shape (18, 32, 3)."""
    planes = (picture.luma, picture.chroma[..., 0], picture.chroma[..., 1])
    return np.asarray(cv2.merge([_pooled(np.ascontiguousarray(plane)) for plane in planes]), np.uint8)


def light_of(luma: Luma) -> NDArray[np.float32]:
    """Mean luma of the cells of a thumb, unrounded, shape (18, 32)."""
    return np.asarray(_pooled(luma.astype(np.float32)), np.float32)


def _pooled(plane: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.integer | np.floating]:
    """Means over a grid of thumbs; a plane that is smaller is spread over it."""
    is_smaller = plane.shape[0] < THUMB_ROWS or plane.shape[1] < THUMB_COLUMNS
    how = cv2.INTER_NEAREST if is_smaller else cv2.INTER_AREA
    return np.asarray(cv2.resize(plane, (THUMB_COLUMNS, THUMB_ROWS), interpolation=how))
