"""What kind of media a file from outside is, found out by opening it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from studio.clients import media, pyav
from studio.errors import MediaError

LARGEST_PX: Final = 64_000_000
_PICTURES: Final = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp"}
_SUFFIXES: Final = {"mov": ".mp4", "matroska": ".mkv", "mpegts": ".ts"}
_OF_SOUND: Final = {"mov": ".m4a", "matroska": ".mka"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file's kind (picture, video or sound), and the suffix that fits its content."""

    kind: str
    suffix: str
    facts: dict[str, Any]


def recognise(path: Path) -> Found:
    """Open a file as what it is, and decode the beginning of it.

    Raises:
        MediaError: It is no picture, video or sound that can be decoded.
    """
    picture = _picture(path)
    if picture is not None:
        return picture
    try:
        with pyav.reading(path) as container:
            form = container.format.name.partition(",")[0]
            has_video = any(not pyav.is_cover(stream) for stream in container.streams.video)
        return _video(path, form) if has_video else _sound(path, form)
    except MediaError as error:
        raise _refused() from error


def _picture(path: Path) -> Found | None:
    """The file as a still picture, decoded; None where it is something else."""
    try:
        with Image.open(path, formats=list(_PICTURES)) as image:
            if image.width * image.height > LARGEST_PX:
                raise MediaError(
                    "The picture is too large.",
                    field="file",
                    value=f"{image.width}x{image.height}",
                    expected=f"at most {LARGEST_PX} pixels",
                )
            image.load()
            facts = {"width": image.width, "height": image.height}
            return Found("picture", _PICTURES[str(image.format)], facts)
    except UnidentifiedImageError:
        return None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _refused() from error


def _video(path: Path, form: str) -> Found:
    clip = media.probe_clip(path)
    if next(iter(media.read_clip(path)), None) is None:
        raise _refused()
    facts = {"width": clip.width, "height": clip.height, "fps": str(clip.fps), "duration_s": clip.duration_s}
    return Found("video", _SUFFIXES.get(form, f".{form}"), {**facts, "codec": clip.video_codec})


def _sound(path: Path, form: str) -> Found:
    sound = media.probe_audio(path)
    facts = {"duration_s": sound.duration_s, "rate_hz": sound.rate_hz, "channels": sound.channels}
    return Found("sound", _OF_SOUND.get(form, f".{form}"), {**facts, "codec": sound.codec})


def _refused() -> MediaError:
    return MediaError(
        "The file cannot be opened as a picture, a sound or a video.",
        field="file",
        value=None,
        expected=f"a picture ({', '.join(_PICTURES)}), a sound or a video ({pyav.FORMATS})",
    )
