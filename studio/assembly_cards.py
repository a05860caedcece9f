"""Title and end cards: text on a dark ground, within the margins that every screen shows."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.assembly_parts import Card

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

SAFE: Final = 0.8
"""Of width and height; the title-safe area of SMPTE ST 2046-1 is 90% of each."""

TITLE_SHARE, TEXT_SHARE = 0.115, 0.06
"""How tall letters are, of the picture's height; less where the text would not fit otherwise."""

SMALLEST_PX: Final = 8.0
SHRINK: Final = 0.9
LINE_SPACE: Final = 1.4
BASELINE: Final = 0.95
RULE_SPACE: Final = 0.5
RULE_SHARE: Final = 0.14
SEMIBOLD, REGULAR = 600, 400
PAPER, FAINT, AMBER = (238, 240, 246), (178, 184, 200), (255, 196, 92)
TOP, FOOT = (22, 26, 44), (8, 9, 16)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of one size."""

    lines: tuple[str, ...]
    size_px: int
    weight: int
    colour: Colour

    @property
    def tall(self) -> float:
        return len(self.lines) * self.size_px * LINE_SPACE

    @property
    def wide(self) -> int:
        return max((_width(line, self.size_px, self.weight) for line in self.lines), default=0)


def draw_card(card: Card, size_px: tuple[int, int]) -> Picture:
    """A card of (width, height) pixels, RGB, shape (height, width, 3).

    The first line of its text is the title, set large over a thin rule; the rest is set smaller beneath it.
    Lines that are too long are broken between words, or between letters where a word is too long, and letters
    shrink, to eight pixels at least, until all of it lies in the safe area. They are OpenCV's own: Latin,
    Cyrillic, Chinese, Japanese and Korean.
    """
    picture = _ground(*size_px)
    title, _, rest = card.text.strip().partition("\n")
    _write(picture, _fitted(title, rest, size_px))
    return picture


def _ground(width: int, height: int) -> Picture:
    share = np.linspace(0.0, 1.0, height)[:, None, None]
    rows = np.round(np.array(TOP) * (1 - share) + np.array(FOOT) * share).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(rows, (height, width, 3)))


def _fitted(title: str, rest: str, size_px: tuple[int, int]) -> list[_Block]:
    """Title and text, as large as they fit."""
    room = (size_px[0] * SAFE, size_px[1] * SAFE)
    scale = 1.0
    while True:
        title_px, text_px = (
            max(SMALLEST_PX, share * size_px[1] * scale) for share in (TITLE_SHARE, TEXT_SHARE)
        )
        blocks = [
            _block(title, title_px, SEMIBOLD, PAPER, room[0]),
            _block(rest, text_px, REGULAR, FAINT, room[0]),
        ]
        blocks = [block for block in blocks if block.lines]
        if title_px <= SMALLEST_PX or (_tall(blocks) <= room[1] and _wide(blocks) <= room[0]):
            return blocks
        scale *= SHRINK


def _tall(blocks: list[_Block]) -> float:
    return sum(block.tall for block in blocks) + (_rule_px(blocks) if len(blocks) > 1 else 0.0)


def _wide(blocks: list[_Block]) -> int:
    return max((block.wide for block in blocks), default=0)


def _rule_px(blocks: list[_Block]) -> float:
    """How much the rule under the title takes."""
    return RULE_SPACE * blocks[0].size_px


def _block(text: str, size_px: float, weight: int, colour: Colour, room_px: float) -> _Block:
    size = round(size_px)
    lines = tuple(part for line in text.splitlines() for part in _broken(line, size, weight, room_px))
    return _Block(lines, size, weight, colour)


def _broken(line: str, size_px: int, weight: int, room_px: float) -> list[str]:
    lines: list[str] = []
    for word in line.split():
        for part, joint in _pieces(word, size_px, weight, room_px):
            longer = f"{lines[-1]}{joint}{part}" if lines else part
            if lines and _width(longer, size_px, weight) <= room_px:
                lines[-1] = longer
            else:
                lines.append(part)
    return lines


def _pieces(word: str, size_px: int, weight: int, room_px: float) -> list[tuple[str, str]]:
    """A word, and what joins it to the one before; by letters where it is too long for a line."""
    if _width(word, size_px, weight) <= room_px:
        return [(word, " ")]
    return [(letter, " " if number == 0 else "") for number, letter in enumerate(word)]


def _width(text: str, size_px: int, weight: int) -> int:
    box = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), size_px, weight)
    return int(box[2])


def _write(picture: Picture, blocks: list[_Block]) -> None:
    height, width = picture.shape[:2]
    y = (height - _tall(blocks)) / 2
    for number, block in enumerate(blocks):
        for line in block.lines:
            left = (width - _width(line, block.size_px, block.weight)) // 2
            foot = round(y + block.size_px * BASELINE)
            cv2.putText(
                picture, line, (left, foot), block.colour, cv2.FontFace("sans"), block.size_px, block.weight
            )
            y += block.size_px * LINE_SPACE
        if number == 0 and len(blocks) > 1:
            _rule(picture, y + _rule_px(blocks) / 2)
            y += _rule_px(blocks)


def _rule(picture: Picture, y: float) -> None:
    height, width = picture.shape[:2]
    half, thick = round(width * RULE_SHARE / 2), max(1, height // 240)
    picture[round(y) : round(y) + thick, width // 2 - half : width // 2 + half] = AMBER
