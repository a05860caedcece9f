"""Still pictures taken out of clips."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from av.video.reformatter import Colorspace
from PIL import Image

from studio.clients import pyav
from studio.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_LAST_S: Final = 2.0
"""So far before the end decoding begins, where the container can be sought in."""

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
        space = None if frame.colorspace in _UNSAID else frame.colorspace
        picture = Image.fromarray(frame.reformat(format="rgb24", src_colorspace=space).to_ndarray())
    with pyav.replacing(to) as part:
        picture.save(part, format="PNG")


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
