"""Letters of every common script, as wide as they are set and as dark as they are drawn."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import ceil
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from studio.lettering.typefaces import CAN_SHAPE, JOINERS, Typeface, font, forms_of, typeface_of

Cover = NDArray[np.uint8]
REGULAR, SEMIBOLD = 400, 600
_MIRRORED: Final = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_IGNORED: Final = ("Cc", "Cf", "Cs", "Co", "Cn")


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one size (pixels of the em square) and weight."""

    size_px: int
    weight: int = REGULAR

    def width(self, text: str) -> float:
        """How wide a line is set, pixels; widths of words and of the spaces between them add up to it."""
        return _width(self, text)

    def cover(self, text: str, tall_px: int, baseline_px: float) -> Cover:
        """A line of text, 0 to 255, shape (tall_px, at least 1); `baseline_px` is counted from the top.

        Letters that no font has are left out.
        """
        image = Image.new("L", (max(1, ceil(self.width(text))), max(1, tall_px)))
        draw, left = ImageDraw.Draw(image), 0.0
        for run in _runs(text):
            letters = font(run.face, self.size_px, self.weight)
            draw.text((left, baseline_px), run.text, fill=255, font=letters, anchor="ls", **_direction(run))
            left += letters.getlength(run.text, **_direction(run))
        return np.array(image, np.uint8)


class _Run(NamedTuple):
    """Letters of one face in one direction."""

    text: str
    face: Typeface
    is_leftward: bool


def legible(text: str) -> str:
    """A text as it can be set: in composed letters, without outer and repeated spaces and unknown letters.

    Line ends stay. Emoji keep their own form and lose their colours.
    """
    lines = (_known(line) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(" ".join(line.split()) for line in lines).strip("\n")


def _known(line: str) -> str:
    spaced = "".join(" " if letter.isspace() else letter for letter in line)
    return "".join(letter for letter, face in _faced(spaced) if face is not None)


@lru_cache(maxsize=8192)
def _width(letters: Letters, text: str) -> float:
    return sum(
        font(run.face, letters.size_px, letters.weight).getlength(run.text, **_direction(run))
        for run in _runs(text)
    )


def _direction(run: _Run) -> dict[str, Any]:
    shaped = run.face.is_shaped and CAN_SHAPE
    return {"direction": "rtl" if run.is_leftward else "ltr"} if shaped else {}


def _faced(text: str) -> Iterator[tuple[str, Typeface | None]]:
    """Each letter with its face; joiners have that of the letter before them, if its letters join at all."""
    forms = forms_of(text)
    is_eastern = any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    before: Typeface | None = None
    for letter in text:
        if letter in JOINERS:
            yield letter, before if before is not None and before.is_shaped else None
        elif unicodedata.category(letter) in _IGNORED or "VARIATION SEL" in unicodedata.name(letter, ""):
            yield letter, None
        else:
            before = typeface_of(letter, forms, is_eastern=is_eastern)
            yield letter, before


@lru_cache(maxsize=1024)
def _runs(text: str) -> tuple[_Run, ...]:
    """Runs from left to right, as Unicode's bidirectional algorithm (UAX #9) has them in plain text."""
    known = [(letter, face) for letter, face in _faced(text) if face is not None]
    ways = [_way(letter) for letter, _ in known]
    base = next((way for way in ways if way is not None), False)
    told = [(*each, way) for each, way in zip(known, _resolved(ways, base), strict=True)]
    stretches = [list(part) for _, part in groupby(told, key=lambda each: each[2])]
    ordered = reversed(stretches) if base else stretches
    return tuple(run for stretch in ordered for run in _stretch(stretch))


def _stretch(told: list[tuple[str, Typeface, bool]]) -> list[_Run]:
    """The runs of one direction, the leftmost first."""
    is_leftward = told[0][2]
    parts = groupby(told, key=lambda each: each[1])
    runs = [_Run("".join(letter for letter, _, _ in part), face, is_leftward) for face, part in parts]
    return [_turned(run) for run in reversed(runs)] if is_leftward else runs


def _turned(run: _Run) -> _Run:
    """Signs among leftward letters, the last first and its mirror image; shaping turns letters by itself."""
    return run if run.face.is_shaped else run._replace(text=run.text[::-1].translate(_MIRRORED))


def _way(letter: str) -> bool | None:
    """Whether a letter runs leftward; None: as those about it do."""
    kind = unicodedata.bidirectional(letter)
    if kind in ("R", "AL"):
        return True
    return False if kind in ("L", "EN", "AN") else None


def _resolved(ways: list[bool | None], base: bool) -> list[bool]:
    """Signs and spaces go as the letters on both sides do, else as the text does (rules N1 and N2)."""
    before = _carried(ways, base)
    after = _carried(ways[::-1], base)[::-1]
    pairs = zip(ways, before, after, strict=True)
    return [way if way is not None else (one if one == other else base) for way, one, other in pairs]


def _carried(ways: list[bool | None], base: bool) -> list[bool]:
    """The last known direction at each place."""
    carried, last = [], base
    for way in ways:
        last = last if way is None else way
        carried.append(last)
    return carried
