"""Clips as the measuring sees them: small pictures from one decoding pass, and what is measured on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.cuts import find_cuts
from studio.measures import texture
from studio.measures.flashes import Flashing, count_flashes
from studio.measures.light import disagreement, flicker, light_changes
from studio.measures.motion import FlowMeter, Hold, Movement, Profile, camera_shifts, profile
from studio.measures.sound import Sound

Luma = NDArray[np.uint8]
Values = NDArray[np.float64]

THUMB_COLUMNS, THUMB_ROWS = 32, 18
FLOW_PX = 128
FLOWS_HZ = 8
TEXTURE_EVERY = 4
STILL_PX = 128
STILL_EVERY_FRAMES = 6
BLACK_BELOW, WHITE_FROM = 25, 250
TAIL = 0.005
LEVELS = np.arange(256, dtype=np.float64)
UNSEEN = float("nan")
STILL = Movement(0.0, 0.0, 0.0)
UNMEASURED = Movement(UNSEEN, UNSEEN, UNSEEN)


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
    and `between` (`measures.motion`). `thumbs`: luma, Cb, Cr, uint8, shape (n, 18, 32, 3); `cuts`:
    frames that begin a shot; `light`: relative to the first frame, NaN throughout where it is too dark
    to tell; `flicker`: amplitude, a share; `shifts`: shares of the height down and of the width right
    that the picture travels, shape (n, 2); `stills`: every sixth frame, luma, Cb, Cr, uint8, shape
    (k, h, w, 3) and at most 128 pixels long. `sound` is None where it was not measured.
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
    thumbs: NDArray[np.uint8]
    cuts: NDArray[np.intp]
    light: Values
    flicker: Values
    flashing: Flashing
    shifts: Values
    stills: NDArray[np.uint8]
    sound: Sound | None = None

    @property
    def frames(self) -> int:
        """How many frames were decoded."""
        return len(self.time_s)

    def with_sound(self, sound: Sound | None) -> "Measurements":
        """These measurements with those of the sound."""
        return replace(self, sound=sound)


class Row(NamedTuple):
    """What is measured on each picture by itself and against the one before."""

    time_s: float
    mean: float
    spread: float
    darkest: float
    brightest: float
    black_share: float
    white_share: float
    change: float
    held: float
    sharpness: float
    noise: float
    blockiness: float
    richness: float


@dataclass(slots=True)
class _Meter:
    """What is carried from frame to frame."""

    fps: Fraction
    flow: FlowMeter = field(default_factory=FlowMeter)
    hold: Hold = field(default_factory=Hold)
    rows: list[Row] = field(default_factory=list)
    thumbs: list[NDArray[np.uint8]] = field(default_factory=list)
    lights: list[NDArray[np.float32]] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    stills: list[NDArray[np.uint8]] = field(default_factory=list)
    moves: list[Movement] = field(default_factory=list)
    last: list[Luma] = field(default_factory=list)
    looked: int = 0

    def add(self, picture: Picture) -> None:
        before = self.last[-1] if self.last else None
        held = self.hold.add(picture.luma)
        levels, change = _levels(picture.luma), _change(picture.luma, before)
        self.rows.append(Row(picture.time_s, *levels, change, float(held), *self._textures(picture)))
        self.thumbs.append(thumb_of(picture))
        self.lights.append(_light(picture.luma))
        self.profiles.append(profile(picture.luma))
        if (len(self.rows) - 1) % STILL_EVERY_FRAMES == 0:
            self.stills.append(_still(picture, self.stills))
        self.last = [*self.last[-2:], picture.luma]
        self._move()

    def _textures(self, picture: Picture) -> tuple[float, float, float, float]:
        luma = picture.full_luma
        if luma is None:
            return UNSEEN, UNSEEN, UNSEEN, UNSEEN
        self.looked += 1
        if (self.looked - 1) % TEXTURE_EVERY:
            return texture.sharpness(luma), UNSEEN, UNSEEN, UNSEEN
        fine = texture.noise(luma), texture.blockiness(luma), texture.tone_richness(luma)
        return texture.sharpness(luma), *fine

    def _move(self) -> None:
        """Measure the movement about the frame before, for some frames of each second."""
        self.moves.append(UNMEASURED)
        middle = len(self.rows) - 2
        if len(self.last) < 3 or not self._is_looked_at(middle):
            return
        if len({luma.shape for luma in self.last}) > 1:
            return
        self.moves[middle] = STILL if self.rows[-1].held >= 2 else self.flow.measure(*map(_tiny, self.last))

    def _is_looked_at(self, frame: int) -> bool:
        """Some eight frames a second, at uneven steps: even ones would miss all motion drawn on threes."""
        every = max(1, round(float(self.fps) / FLOWS_HZ))
        return every == 1 or frame % (3 * every) in (1, every, 3 * every - 1)


def measure_pictures(info: ClipInfo, pictures: Iterable[Picture]) -> Measurements:
    """Measure pictures as they come, one at a time, keeping none of them."""
    meter = _Meter(info.fps)
    for picture in pictures:
        meter.add(picture)
    values = np.array(meter.rows, np.float64).reshape(-1, len(Row._fields)).T
    seen: dict[str, Values] = dict(zip(Row._fields, values, strict=True))
    moves = np.array([(move.speed, move.roughness, move.change) for move in meter.moves], np.float64)
    speed, roughness, between = moves.reshape(-1, 3).T
    thumbs = _taken(meter.thumbs, np.uint8).reshape(-1, THUMB_ROWS, THUMB_COLUMNS, 3)
    lights = _taken(meter.lights, np.float32).reshape(-1, THUMB_ROWS, THUMB_COLUMNS)
    steps = light_changes(lights.reshape(len(lights), THUMB_ROWS * THUMB_COLUMNS))
    amplitude, light = flicker(steps, info.fps, disagreement(lights))
    return Measurements(
        info=info,
        time_s=seen["time_s"],
        mean=seen["mean"],
        spread=seen["spread"],
        darkest=seen["darkest"],
        brightest=seen["brightest"],
        black_share=seen["black_share"],
        white_share=seen["white_share"],
        change=seen["change"],
        held=seen["held"],
        sharpness=seen["sharpness"],
        noise=seen["noise"],
        blockiness=seen["blockiness"],
        richness=seen["richness"],
        speed=speed * float(info.fps),
        roughness=roughness,
        between=between,
        thumbs=thumbs,
        cuts=find_cuts(thumbs, info.fps),
        light=light if np.isfinite(steps).sum() >= len(steps) / 2 else np.full(len(steps), UNSEEN),
        flicker=amplitude,
        flashing=count_flashes(thumbs, info.fps),
        shifts=camera_shifts(meter.profiles),
        stills=_taken(meter.stills, np.uint8) if meter.stills else np.zeros((0, 1, 1, 3), np.uint8),
    )


def _taken(pictures: list[NDArray[Any]], kind: type[np.uint8 | np.float32]) -> NDArray[Any]:
    """Small pictures as one array; the list is emptied, so that a long clip's are not held twice."""
    whole = np.array(pictures, kind)
    pictures.clear()
    return whole


def _levels(luma: Luma) -> tuple[float, float, float, float, float, float]:
    counts = cv2.calcHist([luma], [0], None, [256], [0, 256]).ravel().astype(np.float64) / luma.size
    mean = float(counts @ LEVELS)
    spread = max(float(counts @ LEVELS**2) - mean**2, 0.0) ** 0.5
    darkest, brightest = np.searchsorted(np.cumsum(counts), (TAIL, 1 - TAIL))
    black, white = float(counts[:BLACK_BELOW].sum()), float(counts[WHITE_FROM:].sum())
    return mean, spread, float(darkest), float(brightest), black, white


def _change(luma: Luma, before: Luma | None) -> float:
    if before is None or before.shape != luma.shape:
        return UNSEEN
    return cv2.norm(luma, before, cv2.NORM_L1) / luma.size


def _still(picture: Picture, others: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    rows, columns = picture.luma.shape
    scale = min(1.0, STILL_PX / max(rows, columns))
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    size = (others[0].shape[1], others[0].shape[0]) if others else size
    planes = (picture.luma, picture.chroma[..., 0], picture.chroma[..., 1])
    small = [cv2.resize(np.ascontiguousarray(one), size, interpolation=cv2.INTER_AREA) for one in planes]
    return np.asarray(cv2.merge(small), np.uint8)


def _tiny(luma: Luma) -> Luma:
    scale = min(1.0, FLOW_PX / max(luma.shape))
    size = (max(1, round(luma.shape[1] * scale)), max(1, round(luma.shape[0] * scale)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def thumb_of(picture: Picture) -> NDArray[np.uint8]:
    """A picture as `Measurements.thumbs` has it, shape (18, 32, 3)."""
    planes = (picture.luma, picture.chroma[..., 0], picture.chroma[..., 1])
    return np.asarray(cv2.merge([_pooled(np.ascontiguousarray(plane)) for plane in planes]), np.uint8)


def _light(luma: Luma) -> NDArray[np.float32]:
    return np.asarray(_pooled(luma.astype(np.float32)), np.float32).ravel()


def _pooled(plane: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.integer | np.floating]:
    """Means over a grid of thumbs; a plane that is smaller is spread over it."""
    is_smaller = plane.shape[0] < THUMB_ROWS or plane.shape[1] < THUMB_COLUMNS
    how = cv2.INTER_NEAREST if is_smaller else cv2.INTER_AREA
    return np.asarray(cv2.resize(plane, (THUMB_COLUMNS, THUMB_ROWS), interpolation=how))
