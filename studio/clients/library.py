"""The folder that a media server scans: videos appear there whole, with their descriptions, or not at all."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from studio.clients.store import (
    Part,
    chunks,
    clear_parts,
    make_folder,
    reading,
    stage,
    storage_trouble,
    sync_folder,
)
from studio.library import nfo_path

SETTING: Final = "TOWER_LIBRARY_DIR"
Hashes = Mapping[Path, str]
_NOTHING: Final[Hashes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies in the library of an earlier publishing of the same: its video, and what was written with it.

    `files` holds SHA-256 by path: what has another by now is somebody else's.
    """

    video: Path | None = None
    files: Hashes = field(default_factory=lambda: _NOTHING)


def publish(
    source: Path, target: Path, *, sidecars: Mapping[Path, bytes], replaces: Path | None = None
) -> None:
    """Put a video and its sidecars into the library; a repeat finds it done.

    Args:
        source: The finished video.
        target: Where it is to lie.
        sidecars: Files that describe it, by path; they are there before the video is.
        replaces: Where the same clip lay before, under another title; removed at the end.

    Raises:
        FileMissingError: `source` is not there.
        StorageError: the disk is full, or the library cannot be written; nothing of this is left there.
    """
    with staging(source, target, sidecars=sidecars, stands=Standing(replaces)) as put_in_place:
        put_in_place()


@contextmanager
def staging(
    source: Path,
    target: Path,
    *,
    sidecars: Mapping[Path, bytes],
    stands: Standing | None = None,
    owner: str = "",
) -> Iterator[Callable[[], None]]:
    """Do the slow half of `publish`; the call that this yields does the other half, renaming.

    What a process that was killed has left of the same owner's goes. What stood there before goes too, but
    for what somebody else put beside it, which goes along with the video.
    """
    parts: dict[Path, Part] = {}
    made: list[Path] = []
    stage_as = partial(_stage, parts=parts, made=made, owner=owner)
    try:
        with storage_trouble(target.parent, setting=SETTING):
            for folder in {path.parent for path in (target, *sidecars)} if owner else ():
                clear_parts(folder, owner=owner)
            for path, content in sidecars.items():
                stage_as(path, [content], hashlib.sha256(content).hexdigest())
        with reading(source) as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            with storage_trouble(target.parent, setting=SETTING):
                stage_as(target, chunks(file), sha256)
        yield lambda: _put_in_place(target, parts, sidecars, stands or Standing())
    finally:
        _clear(parts, made)


def withdraw(stands: Standing, *, root: Path) -> None:
    """Take a video out of the library with what was written for it, and the folders that are empty then.

    What somebody else put there stays.

    Raises:
        StorageError: the library cannot be written.
    """
    with storage_trouble(root, setting=SETTING):
        _clear_away(stands, keep=(), to=None)
        for folder in _folders(stands, root):
            with suppress(OSError):
                folder.rmdir()
                sync_folder(folder.parent)


def is_anothers(path: Path, known: Iterable[str]) -> bool:
    """Whether there is a file that is none of those that were written there, by their hashes."""
    sha256 = hash_of(path)
    return sha256 is not None and sha256 not in known


def hash_of(path: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _stage(
    path: Path,
    content: Iterable[bytes],
    sha256: str,
    *,
    parts: dict[Path, Part],
    made: list[Path],
    owner: str,
) -> None:
    if hash_of(path) == sha256:
        return
    made += make_folder(path.parent)
    parts[path] = stage(content, path.parent, owner=owner)


def _put_in_place(
    target: Path, parts: Mapping[Path, Part], sidecars: Mapping[Path, bytes], stands: Standing
) -> None:
    with storage_trouble(target.parent, setting=SETTING):
        for path, content in sidecars.items():
            if path not in parts and not path.exists():  # withdrawn with another video since it was looked at
                make_folder(path.parent)
                stage([content], path.parent).settle(path)
        for path, part in parts.items():
            part.settle(path)
        _clear_away(stands, keep=(target, *sidecars), to=target)


def _clear_away(stands: Standing, *, keep: Iterable[Path], to: Path | None) -> None:
    """The video goes first, so that it is never there without its description."""
    kept, video = frozenset(keep), stands.video
    if video is not None and video not in kept:
        video.unlink(missing_ok=True)
        nfo = Path(nfo_path(video))
        if nfo not in kept:
            nfo.unlink(missing_ok=True)
    for path, sha256 in stands.files.items():
        if path not in kept and hash_of(path) == sha256:
            path.unlink(missing_ok=True)
    if video is not None and to is not None and video != to:
        _take_along(video, to)
    for folder in {path.parent for path in (*stands.files, *([video] if video else ()))}:
        with suppress(FileNotFoundError):
            sync_folder(folder)


def _take_along(video: Path, to: Path) -> None:
    """A picture or subtitles that a person put beside the video stay beside it."""
    with suppress(FileNotFoundError):
        for path in list(video.parent.iterdir()):
            rest = path.name.removeprefix(video.stem)
            if rest == path.name or rest[:1] not in (".", "-"):
                continue
            goal = to.with_name(to.stem + rest)
            if not goal.exists():
                path.rename(goal)


def _folders(stands: Standing, root: Path) -> list[Path]:
    """The folders that may have become empty, innermost first."""
    files = [*stands.files, *([stands.video] if stands.video else ())]
    homes = {folder for path in files for folder in path.parents if root in folder.parents}
    return sorted(homes, key=lambda folder: len(folder.parts), reverse=True)


def _clear(parts: Mapping[Path, Part], made: list[Path]) -> None:
    """Take away what did not settle, and the folders that were made for it and hold nothing."""
    for part in parts.values():
        part.discard()
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()
