"""Measuring a clip in one pass over its pictures, however many: none is kept, only some numbers of each."""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.cuts import CutFinder
from studio.measures import texture
from studio.measures.flashes import FlashMeter
from studio.measures.light import disagreement, flicker, light_changes
from studio.measures.motion import FlowMeter, Hold, Movement, Profile, camera_shifts, profile
from studio.pictures import (
    BLACK_BELOW,
    STILL_EVERY_FRAMES,
    THUMB_COLUMNS,
    THUMB_ROWS,
    WHITE_FROM,
    ClipInfo,
    Luma,
    Measurements,
    Picture,
    Thumbs,
    Values,
    light_of,
    thumb_of,
)

AT_ONCE_FRAMES = 512
FLOW_PX = 128
FLOWS_HZ = 8
TEXTURE_EVERY = 4
STILL_PX = 128
MOST_STILLS = 512
TAIL = 0.005
LEVELS = np.arange(256, dtype=np.float64)
UNSEEN = float("nan")
STILL = Movement(0.0, 0.0, 0.0)


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


def measure_pictures(
    info: ClipInfo, pictures: Iterable[Picture], *, watch: Callable[[Thumbs], None] | None = None
) -> Measurements:
    """Measure pictures as they come, one at a time, keeping none of them.

    Args:
        info: What their file says of itself.
        pictures: The clip's n frames, in order.
        watch: Is given their thumbs, some hundred at a time, in order; else these are kept, 1.7 kB a frame.
            All else that grows with the clip is some two hundred bytes a frame.
    """
    kept: list[Thumbs] = [np.zeros((0, THUMB_ROWS, THUMB_COLUMNS, 3), np.uint8)]
    meter = _Meter(info.fps, _Course(info.fps, watch or kept.append))
    for picture in pictures:
        meter.add(picture)
    meter.course.look()
    return _measured(info, meter, np.concatenate(kept))


def _measured(info: ClipInfo, meter: "_Meter", thumbs: Thumbs) -> Measurements:
    seen = dict(zip(Row._fields, _table(meter.rows, len(Row._fields)), strict=True))
    speed, roughness, between = _table(meter.moves, 3)
    course = meter.course
    steps = np.concatenate([np.zeros(0), *course.steps])
    amplitude, light = flicker(steps, info.fps, np.concatenate([np.zeros(0), *course.unsure]))
    return Measurements(
        **seen,
        info=info,
        speed=speed * float(info.fps),
        roughness=roughness,
        between=between,
        thumbs=thumbs,
        cuts=course.cuts.cuts(),
        light=light if np.isfinite(steps).sum() >= len(steps) / 2 else np.full(len(steps), UNSEEN),
        flicker=amplitude,
        flashing=course.flashes.flashing(),
        shifts=np.concatenate([np.zeros((0, 2)), *course.shifts]),
        stills=np.array(meter.stills.taken) if meter.stills.taken else np.zeros((0, 1, 1, 3), np.uint8),
        still_every=meter.stills.every,
    )


def _table(values: "array[float]", columns: int) -> Values:
    """Values that were noted row by row, shape (columns, n)."""
    return np.frombuffer(values, np.float64).reshape(-1, columns).T if values else np.zeros((columns, 0))


@dataclass(slots=True)
class _Course:
    """What several pictures tell: they are looked at small, by the block, with the last of the one before."""

    fps: Fraction
    watch: Callable[[Thumbs], None]
    cuts: CutFinder = field(init=False)
    flashes: FlashMeter = field(init=False)
    steps: list[Values] = field(default_factory=list)
    unsure: list[Values] = field(default_factory=list)
    shifts: list[Values] = field(default_factory=list)
    _thumbs: list[Thumbs] = field(default_factory=list)
    _lights: list[NDArray[np.float32]] = field(default_factory=list)
    _profiles: list[Profile] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cuts, self.flashes = CutFinder(self.fps), FlashMeter(self.fps)

    def add(self, picture: Picture) -> None:
        self._thumbs.append(thumb_of(picture))
        self._lights.append(light_of(picture.luma))
        self._profiles.append(profile(picture.luma))
        if len(self._thumbs) == AT_ONCE_FRAMES:
            self.look()

    def look(self) -> None:
        """Measure what waits."""
        if not self._thumbs:
            return
        thumbs, lights = np.array(self._thumbs), np.array(self._lights)
        self.cuts.add(thumbs)
        self.flashes.add(thumbs)
        self.watch(thumbs)
        come = slice(-len(thumbs), None)
        self.steps.append(light_changes(lights.reshape(len(lights), -1))[come])
        self.unsure.append(disagreement(lights)[come])
        self.shifts.append(camera_shifts(self._profiles)[come])
        self._thumbs, self._lights, self._profiles = [], self._lights[-1:], self._profiles[-1:]


@dataclass(slots=True)
class _Stills:
    """Every sixth picture, made small; of a long clip every twelfth, and so on."""

    every: int = STILL_EVERY_FRAMES
    taken: list[Thumbs] = field(default_factory=list)
    _seen: int = 0

    def add(self, picture: Picture) -> None:
        if self._seen % self.every == 0:
            self.taken.append(_still(picture, self.taken))
        self._seen += 1
        if len(self.taken) > MOST_STILLS:
            self.taken, self.every = self.taken[::2], 2 * self.every


@dataclass(slots=True)
class _Meter:
    """What is carried from frame to frame."""

    fps: Fraction
    course: _Course
    stills: _Stills = field(default_factory=_Stills)
    flow: FlowMeter = field(default_factory=FlowMeter)
    hold: Hold = field(default_factory=Hold)
    rows: "array[float]" = field(default_factory=lambda: array("d"))
    moves: "array[float]" = field(default_factory=lambda: array("d"))
    last: list[Luma] = field(default_factory=list)
    frames: int = 0
    looked: int = 0

    def add(self, picture: Picture) -> None:
        before = self.last[-1] if self.last else None
        held = self.hold.add(picture.luma)
        levels, change = _levels(picture.luma), _change(picture.luma, before)
        self.rows.extend(Row(picture.time_s, *levels, change, float(held), *self._textures(picture)))
        self.course.add(picture)
        self.stills.add(picture)
        self.last = [*self.last[-2:], picture.luma]
        self.frames += 1
        self._move(held)

    def _textures(self, picture: Picture) -> tuple[float, float, float, float]:
        luma = picture.full_luma
        if luma is None:
            return UNSEEN, UNSEEN, UNSEEN, UNSEEN
        self.looked += 1
        if (self.looked - 1) % TEXTURE_EVERY:
            return texture.sharpness(luma), UNSEEN, UNSEEN, UNSEEN
        fine = texture.noise(luma), texture.blockiness(luma), texture.tone_richness(luma)
        return texture.sharpness(luma), *fine

    def _move(self, held: int) -> None:
        """Measure the movement about the frame before, for some frames of each second."""
        self.moves.extend((UNSEEN, UNSEEN, UNSEEN))
        middle = self.frames - 2
        if len(self.last) < 3 or not self._is_looked_at(middle):
            return
        if len({luma.shape for luma in self.last}) > 1:
            return
        move = STILL if held >= 2 else self.flow.measure(*map(_tiny, self.last))
        self.moves[3 * middle : 3 * middle + 3] = array("d", (move.speed, move.roughness, move.change))

    def _is_looked_at(self, frame: int) -> bool:
        """Some eight frames a second, at uneven steps: even ones would miss all motion drawn on threes."""
        every = max(1, round(float(self.fps) / FLOWS_HZ))
        return every == 1 or frame % (3 * every) in (1, every, 3 * every - 1)


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


def _still(picture: Picture, others: list[Thumbs]) -> Thumbs:
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
