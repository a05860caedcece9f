"""A finished file measured and held against what it was to be: its pictures drawn anew, and its chapters."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter

from studio.assembly_parts import Assembly, Chapter
from studio.checks.assembled import Comparing, Drawn, Meant
from studio.clients import inspection, pyav
from studio.clients.assembling_h264 import colours_of
from studio.clients.assembling_pictures import Look, draw
from studio.errors import StudioError
from studio.pictures import THUMB_COLUMNS, THUMB_ROWS, Measurements, Thumbs, thumb_of

AT_ONCE_FRAMES = 512


def conform(laid: Assembly, path: Path, assembled: Mapping[str, Any]) -> tuple[Measurements, Meant]:
    """Measure a file while its pictures are drawn anew beside it; no thumb of either is kept.

    Args:
        laid: The cut list that it was made of.
        path: The file.
        assembled: `studio.clients.assembling.Assembled` as JSON.

    Raises:
        FileMissingError, MediaError: The file itself cannot be read.
    """
    with pyav.reading(path) as container:
        colours = colours_of(pyav.video_stream(container, path))
    beside = _Beside(laid, Look(laid.width, laid.height, colours))
    clip = inspection.inspect_clip(path, watch=beside.watch)
    return clip, Meant(
        laid,
        beside.drawn(),
        mix_lufs=assembled["loudness_lufs"],
        av_offset_ms=assembled["av_offset_ms"],
        reason=assembled["reason"],
    )


class _Beside:
    """Draws what a file was to show while the file is measured, until a clip cannot be read any more."""

    def __init__(self, laid: Assembly, look: Look) -> None:
        self._comparing = Comparing(laid.fps)
        self._thumbs = _thumbs(laid, look)
        self._missing = ""

    def watch(self, seen: Thumbs) -> None:
        """The file's next thumbs, which are held against as many that were meant."""
        self._add(seen, len(seen))

    def drawn(self) -> Drawn | str:
        """What was meant, to its end, or why that cannot be told."""
        while self._add(np.zeros((0, THUMB_ROWS, THUMB_COLUMNS, 3), np.uint8), AT_ONCE_FRAMES):
            pass
        return self._missing or self._comparing.drawn()

    def _add(self, seen: Thumbs, count: int) -> int:
        """How many more could be drawn."""
        try:
            meant = list(islice(self._thumbs, count))
        except StudioError as error:
            self._missing = f"its clips cannot be read any more: {error.message}"
            return 0
        if meant:
            self._comparing.add(seen, np.array(meant))
        return len(meant)


def _thumbs(laid: Assembly, look: Look) -> Iterator[Thumbs]:
    scaler = VideoReformatter()
    for frame in draw(laid, look, 0, laid.frames):
        yield thumb_of(inspection.small_picture(frame, scaler))


def read_chapters(path: Path, laid: Assembly) -> tuple[Chapter, ...]:
    """The chapters of a file, in frames.

    Raises:
        FileMissingError, MediaError: The file cannot be read.
    """
    with pyav.reading(path) as container:
        found = container.chapters()
    return tuple(
        Chapter(
            each["metadata"].get("title", ""),
            *(round(each[edge] * (each["time_base"] or 1) * laid.fps) for edge in ("start", "end")),
        )
        for each in found
    )
