"""Timed dialogue and captions as subtitles: SubRip (SRT) and Advanced SubStation Alpha (ASS)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import pysubs2

from studio.errors import InvalidError

Format = Literal["srt", "ass"]
Kind = Literal["dialogue", "caption"]
LONGEST_S: Final = 10 * 3600.0
"""ASS has one digit for the hours."""
_GRAIN_MS: Final[dict[Format, int]] = {"srt": 1, "ass": 10}
_SAFE: Final = str.maketrans({"{": "｛", "}": "｝", "<": "＜", ">": "＞", "\\": "＼"})
"""What either format, or its players, take for markup; the wide forms look alike and are none."""
_CAPTION_LAYOUT: Final = pysubs2.Alignment.TOP_CENTER


@dataclass(frozen=True, slots=True)
class Line:
    """Something said or shown from `start_s` until `end_s`, seconds from the episode's beginning."""

    start_s: float
    end_s: float
    text: str
    speaker: str | None = None
    kind: Kind = "dialogue"


def write_subtitles(lines: Iterable[Line], form: Format, *, width_px: int, height_px: int) -> str:
    """The file's text, in the order of the lines' starts.

    Args:
        lines: Each with 0 <= start_s < end_s <= 36,000 and a text that is not blank.
        form: `srt` keeps times in milliseconds and neither speakers nor kinds; `ass` keeps both, and times in
            hundredths of a second.
        width_px: Of the picture, pixels; letters are sized against it. Only `ass` has it.
        height_px: Of the picture, pixels.

    Raises:
        InvalidError: a line ends before it begins, or has nothing to read.
    """
    file = pysubs2.SSAFile()
    file.info |= {"PlayResX": str(width_px), "PlayResY": str(height_px)}
    file.styles = {kind: _style(kind, height_px) for kind in ("dialogue", "caption")}
    file.events = [_event(line, _GRAIN_MS[form]) for line in sorted(lines, key=lambda each: each.start_s)]
    return file.to_string(form)


def read_subtitles(text: str, form: Format) -> list[Line]:
    """The lines of a file.

    Raises:
        InvalidError: it is no such file.
    """
    try:
        file = pysubs2.SSAFile.from_string(text, format_=form)
    except (pysubs2.Pysubs2Error, ValueError) as error:
        raise _no_subtitles(form) from error
    if text.strip() and not file.events and "[Events]" not in text:
        raise _no_subtitles(form)
    return [_line(event) for event in file if event.is_text]


def _no_subtitles(form: Format) -> InvalidError:
    return InvalidError("These are no subtitles.", field="text", value=form, expected=f"a file of {form}")


def shown_text(text: str) -> str:
    """A text as subtitles can hold it: without blank lines, outer spaces and what reads as markup."""
    lines = (" ".join(line.split()) for line in text.translate(_SAFE).splitlines())
    return "\n".join(line for line in lines if line)


def _style(kind: str, height_px: int) -> pysubs2.SSAStyle:
    style = pysubs2.SSAStyle(fontsize=round(height_px / 16), marginv=round(height_px / 24))
    if kind == "caption":
        style.alignment = _CAPTION_LAYOUT
    return style


def _event(line: Line, grain_ms: int) -> pysubs2.SSAEvent:
    text = shown_text(line.text)
    if not 0 <= line.start_s < line.end_s <= LONGEST_S - 1 or not text:
        raise InvalidError(
            "A line is read from its start until its end.",
            field="lines",
            value=f"{line.start_s} to {line.end_s} s: {line.text[:80]!r}",
            expected="0 <= start < end < 10 h, and a text",
        )
    start_ms = _on_grain(line.start_s, grain_ms)
    return pysubs2.SSAEvent(
        start=start_ms,
        end=max(_on_grain(line.end_s, grain_ms), start_ms + grain_ms),
        text=text.replace("\n", r"\N"),
        name=shown_text(line.speaker or "").replace("\n", " ").replace(",", "，"),
        style=line.kind,
    )


def _on_grain(time_s: float, grain_ms: int) -> int:
    return round(time_s * 1000 / grain_ms) * grain_ms


def _line(event: pysubs2.SSAEvent) -> Line:
    return Line(
        start_s=event.start / 1000,
        end_s=event.end / 1000,
        text=event.plaintext,
        speaker=event.name or None,
        kind="caption" if event.style == "caption" else "dialogue",
    )
