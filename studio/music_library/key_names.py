"""Keys as tags write them, brought to their Camelot code."""

import re
from typing import Final

from studio.keys import camelot_of

_CAMELOT: Final = re.compile(r"0?([1-9]|1[0-2])([AB])")
_OPEN_KEY: Final = re.compile(r"0?([1-9]|1[0-2])([MD])")
_NAMED: Final = re.compile(r"([A-G])([#♯B♭]?)(M|MIN|MINOR|MOLL|MAJ|MAJOR|DUR|)")
_PITCHES: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS: Final = {"": 0, "#": 1, "♯": 1, "B": -1, "♭": -1}
_MINOR: Final = frozenset({"MIN", "MINOR", "MOLL"})


def read_key(text: str) -> str | None:
    """The Camelot code of a key: of "8A", "8m" (Open Key), "Am", "A minor" or "F#".

    Returns:
        "1A" to "12B"; None where the text names no key, as ID3's "o" for off key.

    Source:
        8B is C major, 8A A minor, and a fifth up is one further; Open Key's 1d is C major. An "m" after a
        note is minor, an "M" major, as ID3v2.4's TKEY has it.
    """
    said = text.strip()
    upper = said.upper().replace(" ", "")
    if wheel := _CAMELOT.fullmatch(upper):
        return f"{int(wheel[1])}{wheel[2]}"
    if wheel := _OPEN_KEY.fullmatch(upper):
        return f"{(int(wheel[1]) + 6) % 12 + 1}{'A' if wheel[2] == 'M' else 'B'}"
    if named := _NAMED.fullmatch(upper):
        is_minor = named[3] in _MINOR or (named[3] == "M" and said.endswith("m"))
        tonic = (_PITCHES[named[1]] + _ACCIDENTALS[named[2]]) % 12
        return camelot_of(tonic, "minor" if is_minor else "major")
    return None
