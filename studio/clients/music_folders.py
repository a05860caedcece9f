"""The folders of music: what lies in them, by name, size and time, and the content of the small files."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from studio.clients.store import reading
from studio.errors import FileMissingError, MediaError

TRACKS: Final = frozenset(
    (
        *(".mp3", ".m4a", ".m4b", ".m4p", ".aac", ".flac", ".ogg", ".oga", ".opus", ".wav"),
        *(".aif", ".aiff", ".aifc", ".wma", ".ape", ".wv", ".mpc", ".tta"),
    )
)
PLAYLISTS: Final = frozenset({".m3u", ".m3u8", ".pls", ".xspf"})
APPLE_LIBRARIES: Final = frozenset({"library.xml", "itunes library.xml", "itunes music library.xml"})
COVERS: Final = tuple(
    f"{name}.{form}" for name in ("cover", "folder", "front") for form in ("jpg", "jpeg", "png", "webp")
)
LONGEST_PATH_BYTES: Final = 2_000
"""What an index of the database takes."""
MOST_NOTES: Final = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as its folder shows it."""

    path: str
    size_bytes: int
    mtime_ns: int
    cover: str | None = None

    @property
    def suffix(self) -> str:
        return os.path.splitext(self.path)[1].lower()  # noqa: PTH122  (50,000 of them: Path is ten times slower)


@dataclass(slots=True)
class Tree:
    """What lies in the music folders; `notes` say what was passed over, and why."""

    roots: tuple[str, ...] = ()
    tracks: dict[str, Seen] = field(default_factory=dict)
    playlists: dict[str, Seen] = field(default_factory=dict)
    libraries: dict[str, Seen] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    passed_over: int = 0

    def note(self, what: str) -> None:
        """Say that something was passed over; the first of such notes are kept."""
        self.passed_over += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(what.encode("utf-8", "backslashreplace").decode())


def walk(roots: Sequence[Path]) -> Tree:
    """Look through the folders of music.

    Links are not followed: what they lead to within the roots is found there, and nothing else is opened.
    Files whose names begin with a dot are nobody's music.
    """
    tree = Tree(roots=tuple(dict.fromkeys(os.path.realpath(root) for root in roots)))
    for root in tree.roots:
        if Path(root).is_dir():
            for folder, files in _folders(root, tree):
                _take_in(folder, files, tree)
        else:
            tree.note(f"There is no folder {root}.")
    return tree


def read_small(path: str, *, most_bytes: int) -> bytes:
    """The content of a playlist or a library.

    Raises:
        MediaError: it is larger than such a file is.
        FileMissingError: it cannot be read.
    """
    with reading(Path(path)) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise MediaError(
            f"The file is larger than {most_bytes // 2**20} MiB.", field="path", value=path, expected="less"
        )
    return content


def cover_beside(path: str, name: str) -> Path:
    """The picture of that name in a track's folder.

    Raises:
        FileMissingError: it is gone, or no plain file.
    """
    cover = Path(path).parent / Path(name).name
    with suppress(OSError):
        if stat.S_ISREG(cover.lstat().st_mode):
            return cover
    raise FileMissingError("The cover is no longer there.", path=str(cover))


def _folders(root: str, tree: Tree) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Each folder with its plain files; an unreadable one is noted."""
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                shown = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            tree.note(f"{folder} cannot be read: {error.strerror}.")
            continue
        pending += [entry.path for entry in shown if entry.is_dir(follow_symlinks=False)]
        yield folder, [entry for entry in shown if entry.is_file(follow_symlinks=False)]


def _take_in(folder: str, files: Sequence[os.DirEntry[str]], tree: Tree) -> None:
    names = {entry.name.lower(): entry.name for entry in files}
    cover = next((names[name] for name in COVERS if name in names), None)
    for entry in files:
        kind = _kind(entry.name, tree)
        if kind is None:
            continue
        if (fault := _fault(entry.path)) is not None:
            tree.note(f"{entry.path}: {fault}")
            continue
        with suppress(OSError):  # gone between one look and the next
            found = entry.stat(follow_symlinks=False)
            kind[entry.path] = Seen(entry.path, found.st_size, found.st_mtime_ns, cover)


def _kind(name: str, tree: Tree) -> dict[str, Seen] | None:
    lower = name.lower()
    suffix = lower[lower.rfind(".") :] if "." in lower else ""
    if suffix in TRACKS:
        return tree.tracks
    if suffix in PLAYLISTS:
        return tree.playlists
    return tree.libraries if lower in APPLE_LIBRARIES else None


def _fault(path: str) -> str | None:
    try:
        return "the path is too long." if len(path.encode()) > LONGEST_PATH_BYTES else None
    except UnicodeEncodeError:
        return "the name is no Unicode."
