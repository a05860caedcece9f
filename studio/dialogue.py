"""What a scene says, with times: those it was given, or such as one takes to read it."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from studio.exchange.subtitles import Line

CHARACTERS_A_SECOND: Final = 17.0
"""Reading speed: what Netflix's Timed Text Style Guide allows for children, of English (20 for adults)."""

SHORTEST_S: Final = 1.0
PAUSE_S: Final = 0.1
SPOKEN_SHARE: Final = 0.9
"""Of a clip, what lines without times take at most: the rest lets a cut come earlier."""

_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def timed_lines(told: object, *, length_s: float) -> tuple[Line, ...]:
    """The lines of a scene's `metadata.dialogue`, in seconds of its clip.

    Args:
        told: A list of objects with `text`, and where they are known `character`, `start` and `end` in
            seconds; what is none of that is passed over.
        length_s: Of the clip, seconds, > 0.

    Returns:
        By their starts. Where every line says its `start`, they stand as they say, up to the clip's end
        (without `end` for as long as one reads); else they follow one another at reading speed, faster
        where the clip is short.
    """
    said = [each for each in told if _is_said(each)] if isinstance(told, Sequence) else []
    if said and all(_seconds(each.get("start")) is not None for each in said):
        lines = [_given(each, length_s) for each in said]
        return tuple(sorted((line for line in lines if line.end_s > line.start_s), key=_start_s))
    return tuple(_laid(said, length_s))


def language_of(lines: Sequence[Line], told: object = None) -> str:
    """The language that subtitles are marked with: what is `told` as a tag, else ja or en by letters."""
    if isinstance(told, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", told):
        return told
    return "ja" if any(_JAPANESE.search(line.text) for line in lines) else "en"


def _is_said(each: object) -> bool:
    text = each.get("text") if isinstance(each, Mapping) else None
    return isinstance(text, str) and bool(text.strip())


def _start_s(line: Line) -> float:
    return line.start_s


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) and value >= 0 else None  # type: ignore[arg-type, operator]


def _reading_s(text: str) -> float:
    return max(SHORTEST_S, len(text) / CHARACTERS_A_SECOND)


def _given(each: Mapping[str, Any], length_s: float) -> Line:
    start_s, text = _seconds(each["start"]) or 0.0, each["text"].strip()
    end_s = _seconds(each.get("end")) or start_s + _reading_s(text)
    return Line(start_s, min(end_s, length_s), text, _speaker(each))


def _laid(said: Sequence[Mapping[str, Any]], length_s: float) -> Iterator[Line]:
    lasts_s = [_reading_s(each["text"].strip()) + PAUSE_S for each in said]
    pace = min(1.0, SPOKEN_SHARE * length_s / sum(lasts_s)) if said else 1.0
    at_s = 0.0
    for each, whole_s in zip(said, lasts_s, strict=True):
        yield Line(at_s, at_s + pace * (whole_s - PAUSE_S), each["text"].strip(), _speaker(each))
        at_s += pace * whole_s


def _speaker(each: Mapping[str, Any]) -> str | None:
    name = each.get("character")
    return name if isinstance(name, str) and name.strip() else None
