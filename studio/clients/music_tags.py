"""What a music file says of itself, read with mutagen: tags, stream, picture."""

import base64
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import mutagen
from mutagen.flac import Picture

from studio.errors import FileMissingError, MediaError
from studio.music_library.facts import Raw

_PROTECTED_CODECS: Final = ("drms", "drmi")
_PICTURES: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}
OPUS_HZ: Final = 48_000
"""What every Opus stream is decoded to (RFC 7845); mutagen does not say so."""
_MOST_TEXTS: Final = 30
_LONGEST_BYTES: Final = 4096
_FAULTS: Final = (mutagen.MutagenError, ValueError, LookupError, TypeError, ArithmeticError, struct.error)
"""What comes of files that are not what they say; mutagen lets some of its own slips through."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A file's tags and its stream."""

    raw: Raw
    duration_s: float | None
    codec: str
    bit_rate: int | None
    rate_hz: int | None
    channels: int | None
    has_cover: bool
    is_protected: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture, of a kind that browsers show and that carries no script."""

    content: bytes
    media_type: str


def read_tags(path: Path) -> Tagged:
    """Read what a file says of itself.

    Raises:
        MediaError: it is no music that can be read.
        FileMissingError: there is no such file.
    """
    with _faults(path):
        file = _opened(path)
        return Tagged(
            raw=_raw(file),
            duration_s=_number(file.info, "length"),
            codec=_codec(file),
            bit_rate=_whole(file.info, "bitrate"),
            rate_hz=_whole(file.info, "sample_rate") or (OPUS_HZ if _codec(file) == "opus" else None),
            channels=_whole(file.info, "channels"),
            has_cover=next(_pictures(file), None) is not None,
            is_protected=_is_protected(path, file),
        )


def read_cover(path: Path) -> Cover:
    """The picture that a file brings.

    Raises:
        FileMissingError: it brings none, or there is no such file.
        MediaError: it is no music that can be read.
    """
    with _faults(path):
        found = next(_pictures(_opened(path)), None)
    if found is None:
        raise FileMissingError("The file brings no picture.", path=str(path))
    return found


def as_cover(content: bytes) -> Cover | None:
    """A picture by its first bytes; None for what is none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Cover(content, "image/webp")
    media_type = next((name for magic, name in _PICTURES.items() if content.startswith(magic)), None)
    return None if media_type is None else Cover(content, media_type)


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissingError("There is no such file.", path=str(path)) from error
    except OSError as error:
        raise _unreadable(path, f"It cannot be opened: {error.strerror or error}.") from error
    except _FAULTS as error:
        if isinstance(error.__context__, FileNotFoundError):
            raise FileMissingError("There is no such file.", path=str(path)) from error
        raise _unreadable(
            path, f"It is no music that can be read: {str(error)[:200] or 'damaged'}"
        ) from error


def _unreadable(path: Path, why: str) -> MediaError:
    return MediaError(why, field="path", value=str(path), expected="a music file")


def _opened(path: Path) -> Any:
    file = mutagen.File(path)
    if file is None or file.info is None:
        raise ValueError("of no format that is known")
    return file


def _raw(file: Any) -> Raw:
    return dict(_named(file)) if file.tags else {}


def _named(file: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in dict.fromkeys(file.tags.keys()):
        if texts := tuple(_texts(file.tags[name])):
            yield _without_language(str(name).lower()), texts


def _without_language(name: str) -> str:
    """`COMM:desc:eng` and the like are told by their first part; `TXXX:bpm` and `----:...` by all of it."""
    return name if name.startswith(("txxx:", "----:")) else name.split(":")[0]


def _texts(value: Any) -> Iterator[str]:
    """The texts of a tag of any format; pictures and other bytes are none."""
    values = getattr(value, "text", value)
    for each in (values if isinstance(values, list | tuple) else [values])[:_MOST_TEXTS]:
        yield from _text(getattr(each, "value", each))


def _text(value: Any) -> Iterator[str]:
    if isinstance(value, bytes) and len(value) <= _LONGEST_BYTES:
        yield value.decode("utf-8", "replace")
    elif isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield str(value)
    elif isinstance(getattr(value, "text", None), str):  # a time stamp of ID3
        yield value.text


def _codec(file: Any) -> str:
    """What the stream is, as the container or the kind of file tells."""
    said = str(getattr(file.info, "codec", "")).split(".")[0]
    return said or type(file).__name__.removeprefix("Ogg").lower()


def _is_protected(path: Path, file: Any) -> bool:
    codec = str(getattr(file.info, "codec", "")).lower()
    return path.suffix.lower() == ".m4p" or codec.startswith(_PROTECTED_CODECS)


def _pictures(file: Any) -> Iterator[Cover]:
    """Front covers first would be finer; files with several pictures are rare, and theirs comes first."""
    for content in (*_attached(file), *_in_vorbis(file)):
        if (cover := as_cover(content)) is not None:
            yield cover


def _attached(file: Any) -> Iterator[bytes]:
    for picture in getattr(file, "pictures", ()):
        yield bytes(picture.data)
    tags = file.tags if file.tags is not None else {}
    if hasattr(tags, "getall"):
        yield from (bytes(frame.data) for frame in tags.getall("APIC"))
        return
    for name in ("covr", "Cover Art (Front)", "WM/Picture"):
        for value in _listed(tags, name):
            yield from _bare(getattr(value, "value", value))


def _bare(value: Any) -> Iterator[bytes]:
    """APE puts a file name before the picture, ASF a header."""
    if isinstance(value, bytes):
        content = bytes(value)
        yield content
        starts = [at for magic in _PICTURES if (at := content[:1024].find(magic)) >= 0]
        yield from (content[at:] for at in starts[:1])


def _in_vorbis(file: Any) -> Iterator[bytes]:
    for value in _listed(file.tags if file.tags is not None else {}, "metadata_block_picture"):
        if isinstance(value, str):
            picture: Any = Picture
            yield bytes(picture(base64.b64decode(value)).data)


def _listed(tags: Any, name: str) -> list[Any]:
    try:
        value = tags[name]
    except (LookupError, ValueError, TypeError):
        return []
    return value if isinstance(value, list) else [value]


def _number(info: Any, name: str) -> float | None:
    value = getattr(info, name, None)
    return float(value) if isinstance(value, int | float) and 0 < value < 1e7 else None


def _whole(info: Any, name: str) -> int | None:
    value = _number(info, name)
    return None if value is None else int(value)
