"""An episode's cut list for other programs: as a timeline, and its dialogue as subtitles."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from studio.assembly_copy import source_frames
from studio.assembly_parts import CUT, Assembly, Part, Transition
from studio.exchange.subtitles import Line
from studio.exchange.timeline import Clip, Timeline
from studio.sync_grid import nearest_frames

SHORTEST_S: Final = 0.2
"""What is left of a line after its scene's end is not shown for less."""


def as_timeline(assembly: Assembly, *, audio_path: Path | None = None) -> Timeline:
    """A cut list as `studio.exchange` writes it; `audio_path` is the music's."""
    beats = np.unique(nearest_frames(np.array(assembly.beats_s), assembly.fps))
    return Timeline(
        name=assembly.title,
        rate=assembly.fps,
        clips=tuple(_clip(assembly, part) for part in assembly.parts),
        beats_frames=tuple(beats[beats < assembly.frames].tolist()),
        audio_path=None if audio_path is None else str(audio_path),
        details=_details(assembly),
        closing=_leading(assembly.closing),
    )


def _leading(transition: Transition) -> Transition | None:
    return None if transition.kind == CUT.kind else transition


def _details(assembly: Assembly) -> dict[str, Any]:
    report = asdict(assembly.report)
    return {
        "size": [assembly.width, assembly.height],
        "loudness_lufs": assembly.loudness_lufs,
        "chapters": [asdict(chapter) for chapter in assembly.chapters],
        "report": {
            name: list(value) if isinstance(value, tuple) else value for name, value in report.items()
        },
    }


def _clip(assembly: Assembly, part: Part) -> Clip:
    if part.clip is None:
        text = "" if part.card is None else part.card.text
        name = "card" if part.card is None else f"{part.card.kind} card"
        return Clip(name, None, 0, part.frames, part.frames, into=_leading(part.into), card=text)
    source = assembly.clips[part.clip]
    told = {"scene_id": source.scene_id, "number": source.number, "generation_id": source.generation_id}
    return Clip(
        name=source.title or f"Scene {source.number}",
        path=str(source.path.absolute()),
        start_frames=int(source_frames(assembly, part)[part.head]),
        length_frames=part.frames,
        take_frames=source.frames,
        details={**source.details, **told, "quality": source.quality},
        take_rate=None if source.fps == assembly.fps else source.fps,
        into=_leading(part.into),
    )


def episode_lines(assembly: Assembly) -> list[Line]:
    """What the scenes say, in seconds of the episode, by their starts; as far as each scene is seen."""
    return sorted(_lines(assembly), key=lambda line: (line.start_s, line.end_s))


def _lines(assembly: Assembly) -> Iterator[Line]:
    for part in assembly.parts:
        if part.clip is None:
            continue
        clip = assembly.clips[part.clip]
        later_s = float(part.seen_from / assembly.fps - part.begin / clip.fps)
        first_s, last_s = (float(frame / assembly.fps) for frame in (part.at, part.end))
        for line in clip.dialogue:
            start_s, end_s = max(line.start_s + later_s, first_s), min(line.end_s + later_s, last_s)
            if end_s - start_s >= min(SHORTEST_S, line.end_s - line.start_s) and end_s > start_s:
                yield replace(line, start_s=start_s, end_s=end_s)
