"""Pictures of a series and its episodes, made of frames of takes: which frame, which part, which title."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from studio.animatic.caption import AMBER, LABEL, NIGHT, bar_height
from studio.lettering.letters import SEMIBOLD, Letters, legible
from studio.lettering.lines import broken, is_whole, shortened
from studio.measures import texture
from studio.pictures import BLACK_BELOW, WHITE_FROM

Pixels = NDArray[np.uint8]
Planes = NDArray[np.float64]

POSTER_PX: Final = (800, 1200)
BACKDROP_PX: Final = (1280, 720)
THUMB_PX: Final = (960, 540)
JPEG_QUALITY: Final = 90
EMPTY_SHARE: Final = 0.5
"""A picture of which more than this is black, or white, is none to show."""

LEAST_SPREAD: Final = 16.0
PAPER: Final = (245, 246, 250)
_TITLE_SHARE: Final = 0.34
_LARGEST_PX, _SMALLEST_PX, _STEP_PX = 116, 28, 8
_LINE_SPACE: Final = 1.3
_BASELINE: Final = 0.98
"""Of a letter's size below the top of its line."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What is measured on a frame that might be shown."""

    is_empty: bool
    sharpness: float
    spread: float
    colour: float
    richness: float


def choose_frame(frames: Sequence[Pixels]) -> int | None:
    """The frame of one clip that shows most.

    Args:
        frames: RGB, uint8, each of shape (h, w, 3), of one size.

    Returns:
        The index of the frame that comes first when they are ranked by sharpness, contrast, colour and
        richness of tones, each measure having one vote (Borda 1781); the earlier of equals. None where every
        frame is nearly black, white or flat.
    """
    seen = [_look(frame) for frame in frames]
    kept = [index for index, look in enumerate(seen) if not look.is_empty]
    if not kept:
        return None
    marks = [(seen[at].sharpness, seen[at].spread, seen[at].colour, seen[at].richness) for at in kept]
    return kept[int(np.argmax(_votes(marks)))]


def choose_take(frames: Sequence[Pixels], scores: Sequence[float | None]) -> list[int]:
    """The order in which takes are to be shown, the best first, by one frame of each.

    Args:
        frames: One a take, RGB, uint8, shape (h, w, 3).
        scores: What the takes were judged to be worth, 0 to 10; None where that was not judged.

    Returns:
        Indices into `frames`, without those that show nothing. Sharpness has no vote here: it compares
        pictures of one clip alone. Takes that were not judged rank behind those that were.
    """
    seen = [_look(frame) for frame in frames]
    kept = [index for index, look in enumerate(seen) if not look.is_empty]
    marks = [(seen[at].spread, seen[at].colour, seen[at].richness, _worth(scores[at])) for at in kept]
    return [kept[index] for index in np.argsort(-_votes(marks), kind="stable")]


def without_caption(frame: Pixels) -> Pixels:
    """A frame of an animatic without the bar at its foot."""
    tall = bar_height((frame.shape[1], frame.shape[0])) + 1
    return np.ascontiguousarray(frame[:-tall])


def draw_poster(frame: Pixels, title: str, *, is_animatic: bool) -> bytes:
    """The upright picture, 2:3, with the title at its foot.

    Args:
        frame: RGB, uint8, shape (h, w, 3).
        title: What stands on it, in any script; letters that no font has are left off.
        is_animatic: Whether that is to be said on it.

    Returns:
        A JPEG of 800 x 1200 pixels, cut out where the frame has most detail.
    """
    picture = Image.fromarray(_cut(frame, POSTER_PX))
    shown = legible(" ".join(title.split()))
    if shown:
        picture = _titled(picture, shown)
    return _jpeg(_labelled(picture, is_animatic))


def draw_backdrop(frame: Pixels, *, is_animatic: bool) -> bytes:
    """The wide picture of a series, 16:9, as a JPEG of 1280 x 720 pixels."""
    return _jpeg(_labelled(Image.fromarray(_cut(frame, BACKDROP_PX)), is_animatic))


def draw_thumb(frame: Pixels, *, is_animatic: bool) -> bytes:
    """The picture of one episode, 16:9, as a JPEG of 960 x 540 pixels."""
    return _jpeg(_labelled(Image.fromarray(_cut(frame, THUMB_PX)), is_animatic))


def _look(frame: Pixels) -> _Look:
    """One look at a frame; its colours and levels are those of every third pixel."""
    luma, few = _luma(frame), frame[::3, ::3]
    levels = luma[::3, ::3]
    black, white = float((levels < BLACK_BELOW).mean()), float((levels >= WHITE_FROM).mean())
    spread = float(levels.std())
    return _Look(
        is_empty=max(black, white) > EMPTY_SHARE or spread < LEAST_SPREAD,
        sharpness=texture.sharpness(luma),
        spread=spread,
        colour=_colourfulness(few),
        richness=texture.tone_richness(luma),
    )


def _worth(score: float | None) -> float:
    return -1.0 if score is None else score


def _votes(marks: Sequence[Sequence[float]]) -> Planes:
    """The sum of the ranks that each has by each of its marks."""
    return np.sum([_ranks(measure) for measure in zip(*marks, strict=True)], axis=0) if marks else np.zeros(0)


def _ranks(values: Sequence[float]) -> Planes:
    """How many of the others each value outdoes, equals counting half; what could not be measured, none."""
    seen = np.nan_to_num(np.array(values, np.float64), nan=-np.inf)
    above = (seen[:, None] > seen[None, :]).sum(axis=1)
    alike = (seen[:, None] == seen[None, :]).sum(axis=1) - 1
    return np.asarray(above + alike / 2, np.float64)


def _luma(frame: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def _colourfulness(frame: Pixels) -> float:
    """M3 of Hasler and Suesstrunk 2003, of RGB; about 0 (grey) to 110."""
    red, green, blue = (frame[..., index].astype(np.float64) for index in range(3))
    first, second = red - green, (red + green) / 2 - blue
    spread = np.hypot(first.std(), second.std())
    return float(spread + 0.3 * np.hypot(first.mean(), second.mean()))


def _cut(frame: Pixels, size_px: tuple[int, int]) -> Pixels:
    """The part of that shape with the most detail, at that size; as high or as wide as the frame allows."""
    (width, height), (rows, columns) = size_px, frame.shape[:2]
    high = min(rows, round(columns * height / width))
    wide = min(columns, round(rows * width / height))
    detail = cv2.Laplacian(cv2.GaussianBlur(_luma(frame), (0, 0), 2.0), cv2.CV_32F) ** 2
    top, left = _densest(detail.sum(axis=1), high), _densest(detail.sum(axis=0), wide)
    part = frame[top : top + high, left : left + wide]
    how = cv2.INTER_AREA if wide > width else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(np.ascontiguousarray(part), size_px, interpolation=how), np.uint8)


def _densest(weights: NDArray[np.float32], length: int) -> int:
    """Where a window of `length` begins that holds most of what is there; the middle one of equals."""
    sums = np.convolve(weights.astype(np.float64), np.ones(length), "valid")
    best = np.flatnonzero(sums >= sums.max() * (1 - 1e-9))
    return int(best[len(best) // 2])


def _titled(picture: Image.Image, title: str) -> Image.Image:
    width, height = picture.size
    shade = Image.new("L", (1, height), 0)
    from_row = round(height * (1 - 1.4 * _TITLE_SHARE))
    for row in range(from_row, height):
        shade.putpixel((0, row), round(215 * min(1.0, (row - from_row) / (height * _TITLE_SHARE))))
    picture.paste(Image.new("RGB", picture.size, NIGHT), mask=shade.resize(picture.size))
    lines, letters = _set(title, width - 2 * round(width * 0.08), round(height * _TITLE_SHARE * 0.75))
    tall = round(letters.size_px * _LINE_SPACE)
    top = round(height * (1 - _TITLE_SHARE / 2) - tall * len(lines) / 2)
    for number, line in enumerate(lines):
        _write(picture, line, letters, top + number * tall)
    return picture


def _set(title: str, room_px: int, tall_px: int) -> tuple[list[str], Letters]:
    """The title in as few and as large lines as fit; what does not fit in small ones is cut."""
    for size in range(_LARGEST_PX, _SMALLEST_PX - 1, -_STEP_PX):
        letters = Letters(size, SEMIBOLD)
        lines, most = broken(title, letters, room_px), int(tall_px / (size * _LINE_SPACE))
        if len(lines) <= most and (size == _SMALLEST_PX or is_whole(title, letters, room_px)):
            return lines, letters
    return [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), letters, room_px)], letters


def _write(picture: Image.Image, line: str, letters: Letters, top: int) -> None:
    cover = letters.cover(line, round(letters.size_px * _LINE_SPACE), letters.size_px * _BASELINE)
    left = (picture.width - cover.shape[1]) // 2
    picture.paste(PAPER, (left, top), Image.fromarray(cover))


def _labelled(picture: Image.Image, is_animatic: bool) -> Image.Image:
    if not is_animatic:
        return picture
    tall = max(14, picture.height // 34)
    letters = Letters(round(tall * 0.6))
    cover = letters.cover(LABEL, tall, tall * 0.72)
    ImageDraw.Draw(picture).rectangle((0, 0, cover.shape[1] + tall, tall), fill=NIGHT)
    picture.paste(AMBER[:3], (tall // 2, 0), Image.fromarray(cover))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    pixels = cv2.cvtColor(np.asarray(picture, np.uint8), cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())
