"""The folder that a media server scans: videos appear there whole, with their descriptions, or not at all."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
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
from studio.library import nfo_path, thumb_path

SETTING: Final = "TOWER_LIBRARY_DIR"


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
    with staging(source, target, sidecars=sidecars, replaces=replaces) as put_in_place:
        put_in_place()


@contextmanager
def staging(
    source: Path,
    target: Path,
    *,
    sidecars: Mapping[Path, bytes],
    replaces: Path | None = None,
    owner: str = "",
) -> Iterator[Callable[[], None]]:
    """Do the slow half of `publish`; the call that this yields does the other half, renaming.

    What a process that was killed has left of the same owner's goes.
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
        yield lambda: _put_in_place(target, parts, replaces, keep=[target, *sidecars])
    finally:
        _clear(parts, made)


def _stage(
    path: Path,
    content: Iterable[bytes],
    sha256: str,
    *,
    parts: dict[Path, Part],
    made: list[Path],
    owner: str,
) -> None:
    if _holds(path, sha256):
        return
    made += make_folder(path.parent)
    parts[path] = stage(content, path.parent, owner=owner)


def _holds(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except (FileNotFoundError, NotADirectoryError):
        return False


def _put_in_place(target: Path, parts: Mapping[Path, Part], replaces: Path | None, keep: list[Path]) -> None:
    with storage_trouble(target.parent, setting=SETTING):
        for path, part in parts.items():
            part.settle(path)
        if replaces is not None and replaces != target:
            _remove(replaces, keep)


def _remove(video: Path, keep: list[Path]) -> None:
    """The video goes first, so that it is never there without its description."""
    for path in (video, Path(thumb_path(video)), Path(nfo_path(video))):
        if path not in keep:
            path.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        sync_folder(video.parent)


def _clear(parts: Mapping[Path, Part], made: list[Path]) -> None:
    """Take away what did not settle, and the folders that were made for it and hold nothing."""
    for part in parts.values():
        part.discard()
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()
