"""An episode's cut as other programs read it: OpenTimelineIO, CMX 3600 (EDL), Final Cut Pro X (FCPXML)."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from studio.assembly_parts import Transition
from studio.errors import InvalidError

MOST_EDL_EVENTS: Final = 999
"""An event of an EDL has three digits."""
FCPXML_RATES: Final = (24, 25, 30, 50, 60)
"""Whole rates that the programs know which read it, and that the adapter writes as they read them."""
_UNSET: Final = ("Cc", "Cs", "Cn", "Zl", "Zp")
_OURS: Final = "tower"
_BEAT: Final = "beat"
_CARD: Final = "card"
_RATE: Final = "tower_take_rate"
_KINDS: Final = {"dissolve": "SMPTE_Dissolve", "fade": "Custom_Transition"}
"""OpenTimelineIO has a name for no other transition."""


@dataclass(frozen=True, slots=True)
class Clip:
    """So many frames of a take, from one of its frames on, between the cuts before and after it.

    `path` is absolute; None: it is a card with the text `card`. `details` are JSON: what the take is worth,
    and what made it. `start_frames` and `take_frames` are counted at `take_rate`; None: at the timeline's.
    `into` is how it follows what is before it: a dissolve shows frames of both beyond the cut.
    """

    name: str
    path: str | None
    start_frames: int
    length_frames: int
    take_frames: int
    details: Mapping[str, Any] = field(default_factory=dict)
    take_rate: Fraction | None = None
    into: Transition | None = None
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Clips one after another at one rate, ending with `closing`; beats in frames from the beginning."""

    name: str
    rate: Fraction
    clips: tuple[Clip, ...]
    beats_frames: tuple[int, ...] = ()
    audio_path: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    closing: Transition | None = None

    @property
    def length_frames(self) -> int:
        return sum(clip.length_frames for clip in self.clips)


def write_otio(timeline: Timeline) -> str:
    """The timeline as OpenTimelineIO's JSON; `read_otio` has all of it again.

    Quality and provenance are the metadata `tower` of clips and timeline; beats are markers of the timeline;
    dissolves and fades are transitions, with their halves as offsets; cards are generators.

    Raises:
        InvalidError: a clip is none of its take's frames, or a path is not absolute.
    """
    made = _timeline(timeline)
    _with_transitions(made.tracks[0], timeline)
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

    It has no music, no details and no transitions, of a path no more than a comment and eight letters, and
    cards are gaps. Takes of another rate are counted at that of the timeline.

    Raises:
        InvalidError: there are more than 999 clips, or the rate has no timecode.
    """
    rate = float(timeline.rate)
    if not RationalTime.is_valid_timecode_rate(rate):
        raise _does_not_hold("rate", str(timeline.rate), "a rate that has a timecode, as 24 or 24000/1001")
    if len(timeline.clips) > MOST_EDL_EVENTS:
        raise _does_not_hold("clips", len(timeline.clips), f"at most {MOST_EDL_EVENTS} clips")
    return str(otio.adapters.write_to_string(_cuts_alone(timeline), "cmx_3600", rate=rate))


def write_fcpxml(timeline: Timeline) -> str:
    """The pictures as FCPXML 1.8, beats as markers of the clips they fall on; cuts alone, cards as gaps.

    Raises:
        InvalidError: the rate is none of 24, 25, 30, 50 and 60; the adapter writes others as nobody reads.
    """
    if timeline.rate not in FCPXML_RATES:
        raise _does_not_hold("rate", str(timeline.rate), f"one of {FCPXML_RATES} frames a second")
    return str(otio.adapters.write_to_string(_cuts_alone(timeline), "fcpx_xml"))


def _timeline(timeline: Timeline) -> Any:
    made = otio.schema.Timeline(timeline.name)
    made.metadata[_OURS] = {"rate": str(timeline.rate), "details": dict(timeline.details)}
    track = otio.schema.Track("pictures", kind=otio.schema.TrackKind.Video)
    track.extend(_clip(clip, timeline.rate) for clip in timeline.clips)
    made.tracks.append(track)
    made.tracks.markers.extend(_marker(at, timeline.rate) for at in timeline.beats_frames)
    return made


def _clip(clip: Clip, rate: Fraction) -> Any:
    own = clip.take_rate or rate
    _require_inside(clip, own, rate)
    available = _range(0, clip.take_frames, own)
    media = _card(clip, available) if clip.path is None else _reference(clip.path, available)
    seen = TimeRange(_time(clip.start_frames, own), _time(clip.length_frames, rate))
    made = otio.schema.Clip(clip.name, media, seen)
    made.metadata[_OURS] = dict(clip.details)
    if clip.take_rate is not None:
        made.metadata[_RATE] = str(own)
    return made


def _require_inside(clip: Clip, own: Fraction, rate: Fraction) -> None:
    """A take of another rate begins with a whole frame of its own, which may be up to one too late."""
    end = clip.start_frames + clip.length_frames * own / rate
    most = clip.take_frames if own == rate else clip.take_frames + 1
    if not 0 <= clip.start_frames < end <= most:
        asked = f"{clip.start_frames} to {float(end):g}"
        raise _does_not_hold("clips", asked, f"frames of the take's {clip.take_frames}")


def _card(clip: Clip, available: Any) -> Any:
    return otio.schema.GeneratorReference(_CARD, _CARD, available, {"text": clip.card or ""})


def _with_transitions(track: Any, timeline: Timeline) -> None:
    """Put each transition before the clip that it leads into; the closing one at the end."""
    intos = [*(clip.into for clip in timeline.clips), timeline.closing]
    for place in range(len(intos) - 1, -1, -1):
        into = intos[place]
        if into is not None:
            track.insert(place, _transition(into, timeline.rate))


def _transition(into: Transition, rate: Fraction) -> Any:
    offsets = (_time(frames, rate) for frames in (into.before, into.after))
    return otio.schema.Transition(into.kind, _KINDS.get(into.kind, "Custom_Transition"), *offsets)


def _cuts_alone(timeline: Timeline) -> Any:
    """The pictures as a format has them that knows cuts at one rate alone."""
    clips = (replace(clip, name=_in_a_line(clip.name)) for clip in timeline.clips)
    counted = tuple(_counted(clip, timeline.rate) for clip in clips)
    at_one_rate = replace(timeline, name=_in_a_line(timeline.name), clips=counted)
    made = _timeline(at_one_rate)
    _onto_clips(made, at_one_rate)
    for place, clip in enumerate(timeline.clips):
        if clip.path is None:
            made.tracks[0][place] = otio.schema.Gap(source_range=_range(0, clip.length_frames, timeline.rate))
    return made


def _in_a_line(name: str) -> str:
    """A name without line ends and controls, which an EDL takes for other lines and XML has not."""
    shown = (" " if unicodedata.category(letter) in _UNSET else letter for letter in name)
    return "".join(shown)


def _counted(clip: Clip, rate: Fraction) -> Clip:
    """A take counted at the timeline's rate, which has no other one."""
    if clip.take_rate is None:
        return clip
    start, take = (round(frames * rate / clip.take_rate) for frames in (clip.start_frames, clip.take_frames))
    take = max(take, start + clip.length_frames)
    return replace(clip, start_frames=start, take_frames=take, take_rate=None)


def _reference(path: str, available: Any = None) -> Any:
    if not path.startswith("/"):
        raise _does_not_hold("path", path, "an absolute path")
    return otio.schema.ExternalReference(f"file://{quote(path)}", available)


def _range(start_frames: int, length_frames: int, rate: Fraction) -> Any:
    return TimeRange(_time(start_frames, rate), _time(length_frames, rate))


def _time(frames: int, rate: Fraction) -> Any:
    return RationalTime(frames, float(rate))


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
    clips, closing = _read_pictures(pictures, told)
    return Timeline(
        name=found.name,
        rate=Fraction(ours["rate"]),
        clips=clips,
        closing=closing,
        beats_frames=tuple(_frames(each.marked_range.start_time) for each in found.tracks.markers),
        audio_path=_path(music[0][0]) if music else None,
        details=ours["details"],
    )


def _read_pictures(
    pictures: Any, told: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Clip, ...], Transition | None]:
    """The clips with what leads into each, and what comes after the last."""
    clips, into = [], None
    for item, said in zip(pictures, told, strict=True):
        if isinstance(item, otio.schema.Transition):
            into = Transition(item.name, _frames(item.in_offset) + _frames(item.out_offset))
        else:
            clips.append(_read_clip(item, said, into))
            into = None
    return tuple(clips), into


def _read_clip(clip: Any, said: Mapping[str, Any], into: Transition | None) -> Clip:
    rate = said["metadata"].get(_RATE)
    is_card = isinstance(clip.media_reference, otio.schema.GeneratorReference)
    return Clip(
        name=clip.name,
        path=None if is_card else _path(clip),
        start_frames=_frames(clip.source_range.start_time),
        length_frames=_frames(clip.source_range.duration),
        take_frames=_frames(clip.media_reference.available_range.duration),
        details=said["metadata"][_OURS],
        take_rate=None if rate is None else Fraction(rate),
        into=into,
        card=str(clip.media_reference.parameters["text"]) if is_card else None,
    )


def _frames(time: Any) -> int:
    return int(time.to_frames())


def _path(clip: Any) -> str:
    return unquote(urlsplit(clip.media_reference.target_url).path)


def _does_not_hold(field_name: str, value: object, expected: str) -> InvalidError:
    return InvalidError(
        f"This format does not hold {value}.", field=field_name, value=value, expected=expected
    )
