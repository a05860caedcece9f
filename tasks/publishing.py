"""Putting a video out: into the library with all that describes it, and read back where it is shown."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePath

from studio import library
from studio.clients.library import Standing, is_anothers, staging
from studio.errors import FileMissingError
from studio.library import Place
from studio.publication import Publication
from studio.settings import read_settings
from tasks.media_server import tell_and_read_back

__all__ = ["Before", "Written", "publication_at", "put_out", "putting_out", "tell_and_read_back"]

Contents = Mapping[PurePath, bytes]


@dataclass(frozen=True, slots=True)
class Before:
    """What was published under the same number before, and every hash that was ever written, by path.

    Paths are those within the library.
    """

    path: PurePath | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Collection[str]] = field(default_factory=dict)

    @classmethod
    def at(
        cls,
        path: str | None,
        *,
        files: Mapping[str, str] | None = None,
        known: Mapping[str, Collection[str]] | None = None,
    ) -> "Before":
        """What stood at a path of this machine; no path, where that is not in the library of today."""
        root = read_settings().library
        is_here = path is not None and root in Path(path).parents
        inside = Path(path).relative_to(root) if path is not None and is_here else None
        return cls(inside, files or {}, known or {})

    def is_own(self, path: str) -> bool:
        """Whether a file belongs to the video alone, and not to its season or series."""
        return self.path is not None and PurePath(path).name.startswith(self.path.stem)


@dataclass(frozen=True, slots=True)
class Written:
    """A video in the library, and the hashes of what was written with it, by path within the library."""

    path: Path
    files: Mapping[str, str]


def publication_at(path: Path, season: int, number: int) -> Publication:
    """What is to be read back of a video in the library.

    Raises:
        FileMissingError: it is no longer there.
    """
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise FileMissingError("The video is no longer in the library.", path=str(path)) from error
    return Publication(path, path.parents[1], season, number, size_bytes)


def put_out(
    video: Path,
    place: Place,
    *,
    sidecars: Contents,
    artwork: Contents | None = None,
    subtitles: Mapping[str, bytes] | None = None,
    owner: str = "",
    before: Before | None = None,
) -> Path:
    """Put a video into the library in one step; a repeat finds it done. Arguments as of `putting_out`."""
    with putting_out(
        video, place, sidecars=sidecars, artwork=artwork, subtitles=subtitles, owner=owner, before=before
    ) as put_in_place:
        return put_in_place().path


@contextmanager
def putting_out(
    video: Path,
    place: Place,
    *,
    sidecars: Contents,
    artwork: Contents | None = None,
    subtitles: Mapping[str, bytes] | None = None,
    owner: str = "",
    before: Before | None = None,
) -> Iterator[Callable[[], Written]]:
    """Do the slow half of `put_out`; the call that this yields does the other half, renaming.

    Args:
        video: The finished video.
        place: Where it belongs; its title and number name it.
        sidecars: Descriptions, by path within the library.
        artwork: Pictures likewise; one that somebody else put there is left alone.
        subtitles: By language and format, as `en.srt`.
        owner: Who stages; what a killed process of the same owner's left goes.
        before: What stands there of an earlier publishing; it is replaced or moved.

    Raises:
        FileMissingError: the video is not there.
        StorageError: the library cannot be written; nothing of this is left there.
    """
    root, before = read_settings().library, before or Before()
    beside = {library.subtitle_path(place.video, kind): text for kind, text in (subtitles or {}).items()}
    pictures = {
        path: picture
        for path, picture in (artwork or {}).items()
        if not is_anothers(root / path, before.known.get(str(path), ()))
    }
    contents = {**sidecars, **beside, **pictures}
    stands = Standing(
        None if before.path is None else root / before.path,
        {root / path: digest for path, digest in before.files.items() if before.is_own(path)},
    )
    files = {str(path): sha256(content).hexdigest() for path, content in contents.items()}
    staged = {root / path: content for path, content in contents.items()}
    target = root / place.video
    with staging(video, target, sidecars=staged, stands=stands, owner=owner) as put_in_place:

        def put() -> Written:
            put_in_place()
            return Written(target, files)

        yield put
