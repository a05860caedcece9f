"""An episode's cut as other programs read it: OpenTimelineIO, CMX 3600 (EDL), Final Cut Pro X (FCPXML)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from studio.errors import InvalidError

MOST_EDL_EVENTS: Final = 999
"""An event of an EDL has three digits."""
_OURS: Final = "tower"
_BEAT: Final = "beat"


@dataclass(frozen=True, slots=True)
class Clip:
    """So many frames of a take, from one of its frames on.

    `path` is absolute; `details` are JSON: what the take is worth, and what made it.
    """

    name: str
    path: str
    start_frames: int
    length_frames: int
    take_frames: int
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Clips one after another at one rate; beats in frames from the beginning, ascending."""

    name: str
    rate: Fraction
    clips: tuple[Clip, ...]
    beats_frames: tuple[int, ...] = ()
    audio_path: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def length_frames(self) -> int:
        return sum(clip.length_frames for clip in self.clips)


def write_otio(timeline: Timeline) -> str:
    """The timeline as OpenTimelineIO's JSON; `read_otio` has all of it again.

    Quality and provenance are the metadata `tower` of clips and timeline; beats are markers of the timeline.

    Raises:
        InvalidError: a clip is none of its take's frames, or a path is not absolute.
    """
    made = _timeline(timeline)
    if timeline.audio_path is not None:
        track = otio.schema.Track("music", kind=otio.schema.TrackKind.Audio)
        whole = _range(0, timeline.length_frames, timeline.rate)
        track.append(otio.schema.Clip("music", _reference(timeline.audio_path), whole))
        made.tracks.append(track)
    return str(made.to_json_string())


def read_otio(text: str) -> Timeline:
    """A timeline that `write_otio` wrote.

    Raises:
        InvalidError: it is none.
    """
    try:
        found = otio.core.deserialize_json_from_string(text)
        return _read(found, json.loads(text))  # whose numbers are exact to the last digit
    except (otio.exceptions.OTIOError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InvalidError(
            "This is no timeline of ours.", field="text", value="text", expected="OpenTimelineIO's JSON"
        ) from error


def write_edl(timeline: Timeline) -> str:
    """The pictures as a CMX 3600 edit decision list, beats as locators of the clips they fall on.

    It has no music and no details, and of a path no more than a comment and eight letters.

    Raises:
        InvalidError: there are more than 999 clips, or the rate has no timecode.
    """
    rate = float(timeline.rate)
    if not RationalTime.is_valid_timecode_rate(rate):
        raise _does_not_hold("rate", str(timeline.rate), "a rate that has a timecode, as 24 or 24000/1001")
    if len(timeline.clips) > MOST_EDL_EVENTS:
        raise _does_not_hold("clips", len(timeline.clips), f"at most {MOST_EDL_EVENTS} clips")
    made = _timeline(timeline)
    _onto_clips(made, timeline)
    return str(otio.adapters.write_to_string(made, "cmx_3600", rate=rate))


def write_fcpxml(timeline: Timeline) -> str:
    """The pictures as FCPXML 1.8, beats as markers of the clips they fall on.

    Raises:
        InvalidError: the rate is no whole number; the adapter writes those that no program reads.
    """
    if timeline.rate.denominator != 1:
        raise _does_not_hold("rate", str(timeline.rate), "a whole number of frames a second")
    made = _timeline(timeline)
    _onto_clips(made, timeline)
    return str(otio.adapters.write_to_string(made, "fcpx_xml"))


def _timeline(timeline: Timeline) -> Any:
    made = otio.schema.Timeline(timeline.name)
    made.metadata[_OURS] = {"rate": str(timeline.rate), "details": dict(timeline.details)}
    track = otio.schema.Track("pictures", kind=otio.schema.TrackKind.Video)
    track.extend(_clip(clip, timeline.rate) for clip in timeline.clips)
    made.tracks.append(track)
    made.tracks.markers.extend(_marker(at, timeline.rate) for at in timeline.beats_frames)
    return made


def _clip(clip: Clip, rate: Fraction) -> Any:
    end_frames = clip.start_frames + clip.length_frames
    if not 0 <= clip.start_frames < end_frames <= clip.take_frames:
        asked = f"{clip.start_frames} to {end_frames}"
        raise _does_not_hold("clips", asked, f"frames of the take's {clip.take_frames}")
    take = _reference(clip.path, _range(0, clip.take_frames, rate))
    made = otio.schema.Clip(clip.name, take, _range(clip.start_frames, clip.length_frames, rate))
    made.metadata[_OURS] = dict(clip.details)
    return made


def _reference(path: str, available: Any = None) -> Any:
    if not path.startswith("/"):
        raise _does_not_hold("path", path, "an absolute path")
    return otio.schema.ExternalReference(f"file://{quote(path)}", available)


def _range(start_frames: int, length_frames: int, rate: Fraction) -> Any:
    return TimeRange(RationalTime(start_frames, float(rate)), RationalTime(length_frames, float(rate)))


def _marker(at_frames: int, rate: Fraction) -> Any:
    return otio.schema.Marker(name=_BEAT, marked_range=_range(at_frames, 0, rate))


def _onto_clips(made: Any, timeline: Timeline) -> None:
    """Beats as these formats have them: in the take's own frames, on the clip that is seen then."""
    del made.tracks.markers[:]
    begins = 0
    for clip, shown in zip(timeline.clips, made.tracks[0], strict=True):
        ends = begins + clip.length_frames
        own = [at - begins + clip.start_frames for at in timeline.beats_frames if begins <= at < ends]
        shown.markers.extend(_marker(at, timeline.rate) for at in own)
        begins = ends


def _read(found: Any, said: Mapping[str, Any]) -> Timeline:
    ours = said["metadata"][_OURS]
    pictures, *music = found.tracks
    told = said["tracks"]["children"][0]["children"]
    return Timeline(
        name=found.name,
        rate=Fraction(ours["rate"]),
        clips=tuple(_read_clip(clip, each) for clip, each in zip(pictures, told, strict=True)),
        beats_frames=tuple(_frames(each.marked_range.start_time) for each in found.tracks.markers),
        audio_path=_path(music[0][0]) if music else None,
        details=ours["details"],
    )


def _read_clip(clip: Any, said: Mapping[str, Any]) -> Clip:
    return Clip(
        name=clip.name,
        path=_path(clip),
        start_frames=_frames(clip.source_range.start_time),
        length_frames=_frames(clip.source_range.duration),
        take_frames=_frames(clip.media_reference.available_range.duration),
        details=said["metadata"][_OURS],
    )


def _frames(time: Any) -> int:
    return int(time.to_frames())


def _path(clip: Any) -> str:
    return unquote(urlsplit(clip.media_reference.target_url).path)


def _does_not_hold(field_name: str, value: object, expected: str) -> InvalidError:
    return InvalidError(
        f"This format does not hold {value}.", field=field_name, value=value, expected=expected
    )
