"""The caption bar: what this picture is, which shot it shows, and where in the clip it stands."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from studio.animatic.raster import Picture, lay_over
from studio.lettering.letters import Letters, legible
from studio.lettering.lines import shortened
from studio.storyboard import Shot

LABEL = "ANIMATIC"
AMBER = (255, 196, 92, 255)
PAPER = (238, 240, 246, 255)
FAINT = (178, 184, 200, 255)
NIGHT = (12, 14, 24)

BASELINE = 0.69
"""Of the bar's height: capitals stand in its middle, and no script's marks reach beyond it."""


@dataclass(frozen=True, slots=True)
class Caption:
    """The bar of one shot; only its time code changes from frame to frame."""

    bar: Picture
    code_left: int
    letters: Letters
    fps: Fraction

    def show(self, frame: Picture, number: int) -> None:
        """Lay the bar over the foot of an RGB frame, in place; `number` counts the clip's frames."""
        top = frame.shape[0] - self.bar.shape[0]
        lay_over(frame, self.bar, 0, top)
        code = _text(self.letters, time_code(number, self.fps), PAPER, self.bar.shape[0])
        if self.code_left >= 0:
            lay_over(frame, code, self.code_left, top)


def time_code(number: int, fps: Fraction) -> str:
    """The time code `MM:SS:FF` of a frame, counted at the nearest whole rate (29.97 counts 30, non-drop)."""
    rate = max(1, ceil(fps - Fraction(1, 100)))
    return f"{number // rate // 60:02d}:{number // rate % 60:02d}:{number % rate:02d}"


def make_caption(size_px: tuple[int, int], prompt: str, shot: Shot, number: int, fps: Fraction) -> Caption:
    """The bar for shot `number` (from 1) of a clip of (width, height) `size_px`."""
    width, _ = size_px
    tall = bar_height(size_px)
    letters = Letters(max(6, round(tall * 0.5)))
    bar = _strip(width, tall)
    gap = round(tall * 0.55)
    left = _set(bar, letters, LABEL, AMBER, gap) + gap
    code = "00:00:00"
    code_left = width - gap - round(letters.width(code))
    if code_left < left:
        return Caption(bar, -1, letters, fps)
    notes = f"SHOT {number}  {shot.framing.value.upper()}  {shot.camera.value.replace('_', ' ').upper()}"
    notes_end = left + round(letters.width(notes)) + gap
    if notes_end < code_left:
        left = _set(bar, letters, notes, FAINT, left) + gap
        told = legible(prompt[:width].replace("\n", " "))  # a letter takes a pixel at least
        _set(bar, letters, shortened(told, letters, code_left - gap - left), PAPER, left)
    return Caption(bar, code_left, letters, fps)


def bar_height(size_px: tuple[int, int]) -> int:
    """How much of the foot of a picture of (width, height) `size_px` the bar takes, pixels."""
    width, height = size_px
    return max(9, round(min(height * 0.062, width * 0.05)))


def _strip(width: int, tall: int) -> Picture:
    """A dark translucent strip, premultiplied, with a thin bright line on top."""
    bar = np.empty((tall, width, 4), np.uint8)
    bar[:] = (*(int(c * 0.78) for c in NIGHT), 199)
    bar[0] = (70, 66, 66, 220)
    return bar


def _set(bar: Picture, letters: Letters, text: str, colour: tuple[int, int, int, int], left: int) -> int:
    """Set `text` on the bar and return where it ends."""
    words = _text(letters, text, colour, bar.shape[0])
    lay_over(bar, words, left, 0)
    return left + int(words.shape[1])


def _text(letters: Letters, text: str, colour: tuple[int, int, int, int], tall: int) -> Picture:
    cover = letters.cover(text, tall, tall * BASELINE).astype(np.float32)[..., None] / 255
    return (cover * np.array(colour, np.float32) + 0.5).astype(np.uint8)
