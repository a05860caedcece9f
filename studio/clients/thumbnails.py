"""Small pictures of clips and pictures, kept where they are found again, and no more of them than fit."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from studio.canonical import digest
from studio.clients import pyav
from studio.errors import MediaError

WIDTHS_PX: Final = (160, 320, 640)
MOST_IN_A_FOLDER: Final = 64
"""Of 256 folders: 16,384 thumbnails of about 15 kB in all."""

_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})
_QUALITY: Final = 80
_MOST_PIXELS: Final = 64_000_000


def thumbnail(source: Path, *, width_px: int, cache: Path) -> Path:
    """A JPEG of a picture, or of the key frame at the middle of a clip, at most `width_px` wide.

    Args:
        source: A picture or a clip.
        width_px: One of `WIDTHS_PX`; what is smaller stays as it is.
        cache: The folder in which thumbnails are kept, by the file's path, size and time.

    Raises:
        MediaError: It is neither, or cannot be decoded.
        StorageError: The folder cannot be written.
    """
    stamp = source.stat()
    name = digest([str(source), stamp.st_size, stamp.st_mtime_ns, width_px])
    kept = cache / name[:2] / f"{name[2:40]}.jpg"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        picture = _still(source) if source.suffix.lower() in _PICTURES else _frame(source)
        picture.thumbnail((width_px, 2 * width_px))
        with pyav.replacing(kept) as part:
            picture.save(part, format="JPEG", quality=_QUALITY)
        _thin_out(kept.parent)
    return kept


def _still(source: Path) -> Image.Image:
    try:
        with Image.open(source) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise MediaError(f"{source.name} is too large a picture.", path=str(source))
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise MediaError(f"{source.name} cannot be read as a picture.", path=str(source)) from error


def _frame(source: Path) -> Image.Image:
    """The last key frame before the middle: one frame is decoded, wherever it lies."""
    with pyav.reading(source) as container:
        stream = pyav.video_stream(container, source)
        middle_s = pyav.duration_s(container, stream) / 2
        if stream.time_base is not None and middle_s > 0:
            container.seek(int(middle_s / stream.time_base), stream=stream)
        for frame in container.decode(stream):
            return Image.fromarray(frame.to_ndarray(format="rgb24"))
    raise MediaError(f"{source.name} has no frame that can be decoded.", path=str(source))


def _thin_out(folder: Path) -> None:
    """The oldest go first; another process may be doing the same."""
    for path in sorted(folder.glob("*.jpg"), key=_age_ns, reverse=True)[MOST_IN_A_FOLDER:]:
        path.unlink(missing_ok=True)


def _age_ns(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime_ns
    return 0
