"""Still pictures taken out of clips."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray
from PIL import Image

from studio.clients import pyav
from studio.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_LAST_S: Final = 2.0
"""So far before the end decoding begins, where the container can be sought in."""

_SOUGHT_FROM_S: Final = 30.0
"""Shorter clips are decoded whole, which costs less than seeking to one of their few key frames each time."""

_UNSAID: Final = (Colorspace.DEFAULT, 2)
"""Frames that do not say how their colours are meant; ComfyUI writes such, in the converter's default."""


def save_last_frame(video: Path, to: Path) -> None:
    """Write the frame that a clip ends with as PNG, at the clip's size.

    Raises:
        FileMissingError: There is no such clip.
        MediaError: It is no video file, or its end cannot be decoded.
        StorageError: The disk is full, or the folder cannot be written.
    """
    with pyav.reading(video) as container:
        stream = pyav.video_stream(container, video)
        frame = _last_after_seeking(container, stream) or _last(container, stream)
        if frame is None:
            raise MediaError(f"{video.name} has no frame that can be decoded.", path=str(video))
        picture = Image.fromarray(_rgb(frame))
    with pyav.replacing(to) as part:
        picture.save(part, format="PNG")


def sample_frames(video: Path, count: int) -> list[NDArray[np.uint8]]:
    """Frames spread over a clip, its very beginning and end left out: RGB, uint8, shape (h, w, 3).

    A long one is sought in, and gives the key frames before those moments; one of them may come twice.

    Raises:
        FileMissingError: There is no such clip.
        MediaError: It is no video file, or cannot be decoded.
    """
    with pyav.reading(video) as container:
        stream = pyav.video_stream(container, video)
        length_s = pyav.duration_s(container, stream)
        times_s = [length_s * (2 * index + 1) / (2 * count) for index in range(count)]
        if length_s > _SOUGHT_FROM_S and stream.time_base is not None:
            found = [_at_key(container, stream, time_s) for time_s in times_s]
        else:
            found = list(_passing(container, stream, times_s))
        return [_rgb(frame) for frame in found if frame is not None]


def _at_key(container: "InputContainer", stream: "VideoStream", time_s: float) -> "VideoFrame | None":
    container.seek(int(time_s / (stream.time_base or 1)), stream=stream)
    return next(container.decode(stream), None)


def _passing(
    container: "InputContainer", stream: "VideoStream", times_s: Sequence[float]
) -> "Iterator[VideoFrame]":
    """The frame on screen at each time, once, in one pass; times ascend."""
    waiting, shown, zero_s = list(times_s), None, pyav.zero_s(container)
    for frame in container.decode(stream):
        now_s = (frame.time or 0.0) - zero_s
        if shown is not None and now_s > waiting[0]:
            yield shown
            waiting = [time_s for time_s in waiting if time_s >= now_s]
            if not waiting:
                return
        shown = frame
    if shown is not None:
        yield shown


def _rgb(frame: "VideoFrame") -> NDArray[np.uint8]:
    space = None if frame.colorspace in _UNSAID else frame.colorspace
    return np.asarray(frame.reformat(format="rgb24", src_colorspace=space).to_ndarray(), np.uint8)


def _last_after_seeking(container: "InputContainer", stream: "VideoStream") -> "VideoFrame | None":
    """The last frame, found from a key frame well before the end; None where that leads nowhere."""
    end_s = pyav.duration_s(container, stream)
    if stream.time_base is None or end_s <= _LAST_S:
        return None
    container.seek(int((end_s - _LAST_S) / stream.time_base), stream=stream)
    return _last(container, stream)


def _last(container: "InputContainer", stream: "VideoStream") -> "VideoFrame | None":
    last = None
    for frame in container.decode(stream):
        last = frame
    return last
