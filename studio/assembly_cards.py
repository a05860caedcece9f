"""Title and end cards: text on a dark ground, within the margins that every screen shows."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.assembly_parts import Card
from studio.lettering.letters import REGULAR, SEMIBOLD, Letters, legible
from studio.lettering.lines import broken

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
PAPER, FAINT, AMBER = (238, 240, 246), (178, 184, 200), (255, 196, 92)
TOP, FOOT = (22, 26, 44), (8, 9, 16)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of one size."""

    lines: tuple[str, ...]
    letters: Letters
    colour: Colour

    @property
    def line_px(self) -> float:
        return self.letters.size_px * LINE_SPACE

    @property
    def tall(self) -> float:
        return len(self.lines) * self.line_px

    @property
    def wide(self) -> float:
        return max(map(self.letters.width, self.lines), default=0.0)


def draw_card(card: Card, size_px: tuple[int, int]) -> Picture:
    """A card of (width, height) pixels, RGB, shape (height, width, 3).

    The first line of its text is the title, set large over a thin rule; the rest is set smaller beneath it.
    Lines that are too long are broken as their script allows, and letters shrink, to eight pixels at least,
    until all of it lies in the safe area. Letters that no font has are left out.
    """
    picture = _ground(*size_px)
    title, _, rest = legible(card.text).partition("\n")
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


def _wide(blocks: list[_Block]) -> float:
    return max((block.wide for block in blocks), default=0.0)


def _rule_px(blocks: list[_Block]) -> float:
    """How much the rule under the title takes."""
    return RULE_SPACE * blocks[0].letters.size_px


def _block(text: str, size_px: float, weight: int, colour: Colour, room_px: float) -> _Block:
    letters = Letters(round(size_px), weight)
    return _Block(tuple(broken(text, letters, room_px)), letters, colour)


def _write(picture: Picture, blocks: list[_Block]) -> None:
    y = (picture.shape[0] - _tall(blocks)) / 2
    for number, block in enumerate(blocks):
        for line in block.lines:
            _write_line(picture, block, line, y)
            y += block.line_px
        if number == 0 and len(blocks) > 1:
            _rule(picture, y + _rule_px(blocks) / 2)
            y += _rule_px(blocks)


def _write_line(picture: Picture, block: _Block, line: str, y: float) -> None:
    """Lay a line in the middle; what reaches beyond the picture, where no size fits, is cut off."""
    cover = block.letters.cover(line, round(block.line_px), block.letters.size_px * BASELINE)
    top, left = max(0, round(y)), max(0, (picture.shape[1] - cover.shape[1]) // 2)
    ground = picture[top : top + cover.shape[0], left : left + cover.shape[1]]
    share = cover[: ground.shape[0], : ground.shape[1], None].astype(np.float32) / 255
    ground[:] = np.round(ground + (np.array(block.colour, np.float32) - ground) * share).astype(np.uint8)


def _rule(picture: Picture, y: float) -> None:
    height, width = picture.shape[:2]
    half, thick = round(width * RULE_SHARE / 2), max(1, height // 240)
    picture[round(y) : round(y) + thick, width // 2 - half : width // 2 + half] = AMBER
