"""The pictures of an episode that are drawn: decoded, brought to one size and rate, dissolved and faded."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from studio.assembly_cards import draw_card
from studio.assembly_copy import source_frames, transition_at
from studio.assembly_parts import Assembly, Part
from studio.clients import pyav
from studio.clients.assembling_h264 import Colours
from studio.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

Planes = NDArray[np.uint8]
"""A picture in 4:2:0, shape (3/2 height, width): luma above, the colours below."""

UNSAID: Final = 2
_UNSAID_SPACES: Final = (Colorspace.DEFAULT, UNSAID)
_GREY: Final = 128


@dataclass(frozen=True, slots=True)
class Look:
    """What all pictures of an episode have in common: size in pixels, and how their numbers are meant."""

    width: int
    height: int
    colours: Colours

    @property
    def black(self) -> int:
        """Luma of black."""
        return 0 if self.colours.range == ColorRange.JPEG else 16


def draw(assembly: Assembly, look: Look, begin: int, end: int) -> Iterator[av.VideoFrame]:
    """Frames `[begin, end)` of an episode, in 4:2:0, without times.

    Raises:
        FileMissingError: A clip is missing.
        MediaError: A clip cannot be decoded, or has fewer frames than the cut list shows of it.
    """
    readers: dict[int, Iterator[av.VideoFrame]] = {}
    index = next(number for number, part in enumerate(assembly.parts) if part.at <= begin < part.end)
    for at in range(begin, end):
        if at >= assembly.parts[index].end:
            readers.pop(index - 1, None)
            index += 1
        bright, other, share = transition_at(assembly, index, at)
        frame = _next(readers, assembly, look, index, at)
        if other is not None:
            frame = _mixed(frame, _next(readers, assembly, look, other, at), share)
        yield frame if bright >= 1 else _dimmed(frame, look, bright)


def _next(
    readers: dict[int, Iterator[av.VideoFrame]], assembly: Assembly, look: Look, index: int, at: int
) -> av.VideoFrame:
    if index not in readers:
        readers[index] = _part_frames(assembly, look, assembly.parts[index], at)
    frame = next(readers[index], None)
    if frame is None:
        path = assembly.clips[assembly.parts[index].clip or 0].path
        raise MediaError(f"{path.name} has fewer frames than the episode shows of it.", path=str(path))
    return frame


def _part_frames(assembly: Assembly, look: Look, part: Part, at: int) -> Iterator[av.VideoFrame]:
    """What is seen of a part from a frame of the episode on."""
    if part.card is not None:
        card = draw_card(part.card, (look.width, look.height))
        shown = _in_look(av.VideoFrame.from_ndarray(card, format="rgb24"), look)
        for _ in range(at, part.seen_until):
            yield shown
        return
    wanted = source_frames(assembly, part)[at - part.seen_from :]
    clip = assembly.clips[part.clip or 0]
    shown_before, frame, reading = -1, None, decoded_from(clip.path, int(wanted[0]), clip.frames)
    for number, source in enumerate(wanted.tolist()):
        if number == 0 or source != shown_before:
            frame = _ahead(reading, source - shown_before if number else 1)
            frame = None if frame is None else _in_look(frame, look)
            shown_before = source
        if frame is None:
            return
        yield frame


def _ahead(frames: Iterator[av.VideoFrame], count: int) -> av.VideoFrame | None:
    frame = None
    for _ in range(count):
        frame = next(frames, None)
    return frame


def decoded_from(path: Path, first: int, frames: int) -> Iterator[av.VideoFrame]:
    """A clip's frames from number `first` on; of those before it only what others refer to is decoded.

    Raises:
        FileMissingError: There is no such clip.
        MediaError: It is no video file, or cannot be decoded.
    """
    with pyav.reading(path) as container:
        stream = pyav.video_stream(container, path)
        stream.thread_type = "AUTO"
        times = _times(container, stream) if first else []
        if not first or len(times) != frames:
            yield from _after(container.decode(stream), first)
            return
        container.seek(times[first], stream=stream)
        yield from _decoded_since(container, stream, times[first])


def _times(container: "InputContainer", stream: "VideoStream") -> list[int]:
    """When each frame is shown, in the stream's own units, ascending."""
    return sorted(packet.pts for packet in container.demux(stream) if packet.size and packet.pts is not None)


def _decoded_since(container: "InputContainer", stream: "VideoStream", since: int) -> Iterator[av.VideoFrame]:
    context: Any = stream.codec_context
    for packet in container.demux(stream):
        is_early = packet.pts is not None and packet.pts < since
        context.skip_frame = "NONREF" if is_early else "DEFAULT"
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame) and frame.pts is not None and frame.pts >= since:
                yield frame


def _after(frames: Iterator[av.VideoFrame], first: int) -> Iterator[av.VideoFrame]:
    return (frame for number, frame in enumerate(frames) if number >= first)


def _in_look(frame: av.VideoFrame, look: Look) -> av.VideoFrame:
    """A picture in the episode's format and size: as large as fits, amid black, its shape kept."""
    scale = min(look.width / frame.width, look.height / frame.height)
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (frame.width, frame.height))
    width, height = min(width, look.width), min(height, look.height)
    ready = _converted(frame, look, width, height)
    return ready if (width, height) == (look.width, look.height) else _boxed(ready, look)


def _converted(frame: av.VideoFrame, look: Look, width: int, height: int) -> av.VideoFrame:
    ours = look.colours
    is_said = frame.colorspace not in _UNSAID_SPACES and ours.space not in _UNSAID_SPACES
    is_rgb = frame.format.is_rgb
    has_range = UNSAID >= ours.range > 0 and (
        is_rgb or frame.color_range in (ColorRange.MPEG, ColorRange.JPEG)
    )
    return frame.reformat(
        width=width,
        height=height,
        format="yuv420p",
        src_colorspace=frame.colorspace if is_said and not is_rgb else None,
        dst_colorspace=ours.space if is_said or (is_rgb and ours.space not in _UNSAID_SPACES) else None,
        dst_color_range=ours.range if has_range else None,
        interpolation=Interpolation.BICUBIC,
    )


def planes_of(frame: av.VideoFrame) -> Planes:
    """A picture's numbers."""
    return np.asarray(frame.to_ndarray(), np.uint8)


def _frame_of(planes: Planes) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(planes), format="yuv420p")


def _boxed(frame: av.VideoFrame, look: Look) -> av.VideoFrame:
    """A smaller picture amid black."""
    high, wide = look.height, look.width
    left, top = ((whole - part) // 4 * 2 for whole, part in ((wide, frame.width), (high, frame.height)))
    canvas = np.full((high * 3 // 2, wide), _GREY, np.uint8)
    canvas[:high] = look.black
    planes = planes_of(frame)
    canvas[top : top + frame.height, left : left + frame.width] = planes[: frame.height]
    whole, part = (_colours(each, height) for each, height in ((canvas, high), (planes, frame.height)))
    whole[:, top // 2 : (top + frame.height) // 2, left // 2 : (left + frame.width) // 2] = part
    return _frame_of(canvas)


def _colours(planes: Planes, height: int) -> Planes:
    """Both colours of a picture, shape (2, height / 2, width / 2), a view."""
    return planes[height:].reshape(2, height // 2, -1)


def _mixed(one: av.VideoFrame, other: av.VideoFrame, share: float) -> av.VideoFrame:
    """So much of the other as `share` says, 0 to 1."""
    weight = round(256 * share)
    ones, others = (planes_of(frame).astype(np.uint16) for frame in (one, other))
    return _frame_of(((ones * (256 - weight) + others * weight + 128) >> 8).astype(np.uint8))


def _dimmed(frame: av.VideoFrame, look: Look, bright: float) -> av.VideoFrame:
    """A picture so bright, 0 (black) to 1."""
    weight = round(256 * bright)
    planes = planes_of(frame).astype(np.int32)
    black = np.full((len(planes), 1), _GREY, np.int32)
    black[: frame.height] = look.black
    return _frame_of(((planes * weight + black * (256 - weight) + 128) >> 8).astype(np.uint8))


def ready_to_encode(frame: av.VideoFrame, number: int, time_base: Any) -> av.VideoFrame:
    """The same picture with a time, and without the type that its decoder gave it."""
    frame.pts, frame.time_base, frame.pict_type = number, time_base, PictureType.NONE
    return frame
