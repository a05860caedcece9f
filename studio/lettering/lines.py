"""Where a line of text may be broken, and how much of it fits."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from studio.lettering.letters import Letters
from studio.lettering.typefaces import JOINERS

NOT_FIRST: Final = frozenset(
    "、。，．・：；？！ー々〻ゝゞヽヾ…‥—～〜’”）］｝〕〉》」』】〗〙〟％℃,.!?:;)]}%"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
)
"""What begins no line (kinsoku of JIS X 4051, and its western fellows)."""

NOT_LAST: Final = frozenset("（［｛〔〈《「『【〖〘〝‘“([{¥￥＄＃")
"""What ends no line."""

ELLIPSIS: Final = "..."
MIDDLE_DOT: Final = "・"


def broken(text: str, letters: Letters, room_px: float) -> list[str]:
    """A text in lines that fit: broken between words, and between characters where a script has no spaces.

    Line ends in the text stay. A word that is too long for a line is broken between letters; a letter that is
    has a line of its own.
    """
    return [line for part in text.splitlines() for line in _filled(part, letters, room_px)]


def is_whole(text: str, letters: Letters, room_px: float) -> bool:
    """Whether a line holds each word, so that none has to be broken."""
    return all(letters.width(unit) <= room_px for word in text.split() for unit in _units(word))


def shortened(text: str, letters: Letters, room_px: float) -> str:
    """As much of a line as fits, of whole words where it can, and dots for the rest; or nothing."""
    if letters.width(text) <= room_px:
        return text
    room = room_px - letters.width(ELLIPSIS)
    line = next(iter(_filled(text, letters, room)), "")
    while line and letters.width(line) > room:
        line = "".join(_clusters(line)[:-1])
    line = line.rstrip(" ,.;:、。，・")
    return f"{line}{ELLIPSIS}" if line else ""


def _filled(line: str, letters: Letters, room_px: float) -> list[str]:
    lines: list[str] = []
    taken = 0.0
    for joint, part in _fitting(line, letters, room_px):
        wide = letters.width(joint) + letters.width(part)
        if lines and taken + wide <= room_px:
            lines[-1] += joint + part
            taken += wide
        else:
            lines.append(part)
            taken = letters.width(part)
    return lines


def _fitting(line: str, letters: Letters, room_px: float) -> Iterator[tuple[str, str]]:
    """Parts that stay together, each with what joins it to the one before."""
    for word in line.split():
        joint = " "
        for unit in _units(word):
            fits = letters.width(unit) <= room_px
            for part in [unit] if fits else _clusters(unit):
                yield joint, part
                joint = ""


def _units(word: str) -> list[str]:
    """A word in the parts between which a line may end."""
    units: list[str] = []
    for cluster in _clusters(word):
        if units and not _may_break(units[-1][-1], cluster[0]):
            units[-1] += cluster
        else:
            units.append(cluster)
    return units


def _may_break(before: str, after: str) -> bool:
    """Katakana, which write names and foreign words, stay together; their middle dot stands between two."""
    if after in NOT_FIRST or before in NOT_LAST or (_is_katakana(before) and _is_katakana(after)):
        return False
    return _is_spaceless(before) or _is_spaceless(after)


def _is_spaceless(letter: str) -> bool:
    """Chinese characters, kana and their signs; Korean has spaces."""
    is_wide = unicodedata.east_asian_width(letter) in "WF"
    return is_wide and not unicodedata.name(letter, "").startswith("HANGUL")


def _is_katakana(letter: str) -> bool:
    return letter != MIDDLE_DOT and unicodedata.name(letter, "").startswith("KATAKANA")


def _clusters(text: str) -> list[str]:
    """Letters with the marks that belong to them."""
    clusters: list[str] = []
    for letter in text:
        joins = letter in JOINERS or unicodedata.category(letter)[0] == "M"
        if clusters and (joins or clusters[-1][-1] == JOINERS[1]):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters
