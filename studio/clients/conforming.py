"""What a finished file is held against: its pictures drawn anew from their clips, and its chapters."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter

from studio.assembly_parts import Assembly, Chapter
from studio.checks.assembled import Meant
from studio.clients import inspection, pyav
from studio.clients.assembling_h264 import colours_of
from studio.clients.assembling_pictures import Look, draw
from studio.errors import StudioError
from studio.pictures import THUMB_COLUMNS, THUMB_ROWS, thumb_of


def read_meant(laid: Assembly, path: Path, assembled: Mapping[str, Any]) -> Meant:
    """What a file was to be; one picture at a time is held, and of each only a thumb is kept.

    Args:
        laid: The cut list that it was made of.
        path: The file, for how its numbers are meant.
        assembled: `studio.clients.assembling.Assembled` as JSON.

    Raises:
        FileMissingError, MediaError: The file itself cannot be read.
    """
    with pyav.reading(path) as container:
        colours = colours_of(pyav.video_stream(container, path))
    try:
        thumbs: np.ndarray[Any, np.dtype[np.uint8]] | str = _thumbs(
            laid, Look(laid.width, laid.height, colours)
        )
    except StudioError as error:
        thumbs = f"its clips cannot be read any more: {error.message}"
    return Meant(
        laid,
        thumbs,
        mix_lufs=assembled["loudness_lufs"],
        av_offset_ms=assembled["av_offset_ms"],
        reason=assembled["reason"],
    )


def _thumbs(laid: Assembly, look: Look) -> np.ndarray[Any, np.dtype[np.uint8]]:
    thumbs = np.empty((laid.frames, THUMB_ROWS, THUMB_COLUMNS, 3), np.uint8)
    scaler = VideoReformatter()
    for number, frame in enumerate(draw(laid, look, 0, laid.frames)):
        thumbs[number] = thumb_of(inspection.small_picture(frame, scaler))
    return thumbs


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
