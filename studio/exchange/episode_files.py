"""An episode's cut list as the files that other programs open."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from studio.assembly_document import read_document
from studio.assembly_exchange import as_timeline, episode_lines
from studio.errors import NotFoundError
from studio.exchange import subtitles
from studio.exchange.timeline import write_edl, write_fcpxml, write_otio

TimelineFormat = Literal["otio", "edl", "fcpxml"]
WRITERS: Final = {"otio": write_otio, "edl": write_edl, "fcpxml": write_fcpxml}


def timeline_file(document: Mapping[str, Any], music: str | None, form: TimelineFormat) -> str:
    """The cut list in that format.

    Raises:
        InvalidError: the format does not hold it.
    """
    audio_path = None if music is None else Path(music)
    return WRITERS[form](as_timeline(read_document(document), audio_path=audio_path))


def subtitle_file(document: Mapping[str, Any], form: subtitles.Format) -> str:
    """What is said in the episode, as subtitles.

    Raises:
        NotFoundError: nothing is, as far as is known.
    """
    assembly = read_document(document)
    lines = episode_lines(assembly)
    if not lines:
        raise NotFoundError(
            "Nobody speaks in this cut: no scene has `metadata.dialogue`.",
            field="episode_id",
            value=assembly.title,
        )
    return subtitles.write_subtitles(lines, form, width_px=assembly.width, height_px=assembly.height)
