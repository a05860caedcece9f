"""The content-addressed store, and the folders from which a path named in a request may be opened."""

import errno
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from studio.errors import FileMissingError, PathNotAllowedError, StorageError

_CHUNK_BYTES: Final = 1024 * 1024
_LONGEST_SUFFIX: Final = 10
ABANDONED_S: Final = 24 * 3600.0
"""A dot-file as old as this is nobody's."""

_SHA256: Final = re.compile("[0-9a-f]{64}")
_IN_STORE: Final = re.compile(r"/sha256/([0-9a-f]{2})/([0-9a-f]{62})(\.[a-z0-9]+)?$")
_MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR})


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store: its content's hash is its name."""

    sha256: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is whole and on disk, still under a name that nobody looks at."""

    path: Path
    sha256: str
    size_bytes: int

    def settle(self, target: Path) -> None:
        """Take the place of `target`, in one step that survives a power cut."""
        self.path.replace(target)
        sync_folder(target.parent)

    def discard(self) -> None:
        """Go away, where this has not settled."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def put(path: Path, *, root: Path) -> Stored:
    """Copy a file into the store; equal content is kept once, under the suffix it first came with.

    Raises:
        FileMissingError: there is no such file.
        StorageError: the disk is full, or the store cannot be written.
    """
    home = root / "sha256"
    with reading(path) as source, storage_trouble(root):
        make_folder(home)
        part = stage(chunks(source), home)
        try:
            return _keep(part, home, _suffix(path))
        finally:
            part.discard()


def take_in(source: BinaryIO, *, root: Path, suffix_of: Callable[[Path], str]) -> Stored:
    """Take a file of a client's into the store, once it has been looked at; what is refused leaves nothing.

    Args:
        source: The file, open.
        root: The store.
        suffix_of: Looks at the file, whole and on disk, and gives its suffix, or raises.

    Raises:
        StorageError: the disk is full, or the store cannot be written.
    """
    home = root / "sha256"
    with storage_trouble(root):
        make_folder(home)
        part = stage(chunks(source), home)
    try:
        suffix = suffix_of(part.path)
        with storage_trouble(root):
            return _keep(part, home, suffix)
    finally:
        part.discard()


def find(sha256: str, *, root: Path) -> Path | None:
    """The file of that content, where the store has it."""
    return next((root / "sha256" / sha256[:2]).glob(f"{sha256[2:]}*"), None)


def walk(root: Path) -> Iterator[Stored]:
    """All files of the store."""
    for folder in sorted((root / "sha256").glob("[0-9a-f][0-9a-f]")):
        for path in sorted(folder.iterdir()):
            sha256 = f"{folder.name}{path.name.partition('.')[0]}"
            with suppress(FileNotFoundError):
                if _SHA256.fullmatch(sha256) and path.is_file():
                    yield Stored(sha256, path, path.stat().st_size)


def place(sha256: str, suffix: str, *, root: Path) -> Path:
    """Where a file of that content lies, or would."""
    return root / "sha256" / sha256[:2] / f"{sha256[2:]}{suffix}"


def stage(content: Iterable[bytes], folder: Path, *, owner: str = "") -> Part:
    """Write `content` to a dot-file in `folder`, hashed on the way and synced; nothing is left on failure.

    A process that is killed leaves its file; `clear_parts` takes it away for its owner, and whoever stages
    there a day later does so too.
    """
    clear_parts(folder, older_than_s=ABANDONED_S)
    path = folder / f".{owner}-{uuid4().hex}.part"
    sha256, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for chunk in content:
                file.write(chunk)
                sha256.update(chunk)
                size += len(chunk)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return Part(path, sha256.hexdigest(), size)


def clear_parts(folder: Path, *, owner: str = "", older_than_s: float = 0.0) -> None:
    """Take away what processes that were killed left in `folder`: of one owner, or of a certain age."""
    for left in folder.glob(f".{owner}*.part"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime >= older_than_s:
                left.unlink()


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of an open file, piece by piece."""
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def make_folder(folder: Path) -> list[Path]:
    """Make a folder with those above it; returns the new ones, outermost first."""
    absent = [path for path in (folder, *folder.parents) if not path.exists()][::-1]
    folder.mkdir(parents=True, exist_ok=True)
    for path in absent:
        sync_folder(path.parent)
    return absent


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reading(path: Path) -> Iterator[BufferedReader]:
    """Open a file of our own for reading.

    Raises:
        FileMissingError: there is none.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileMissingError(f"{path.name} cannot be read: {error.strerror}.", path=str(path)) from error
    with file:
        yield file


@contextmanager
def storage_trouble(folder: Path, *, setting: str = "TOWER_ASSETS_DIR") -> Iterator[None]:
    """Turn the disk's refusals into `StorageError`, naming the folder and the setting that moves it."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be written: {error.strerror}. {setting} names another.",
            folder=str(folder),
            setting=setting,
            reason=error.strerror,
        ) from error


def open_allowed(path: str, roots: Sequence[Path]) -> Path:
    """The real path of a file that a request names, if it is a plain file within `roots`.

    Outside the roots nothing is looked at, so that an answer does not tell what is there.

    Raises:
        FileMissingError: the path lies within the roots, and there is nothing.
        PathNotAllowedError: it is relative, climbs with `..`, leads out of the roots, or is no plain file.
    """
    return open_within(path, real_roots(roots))


def real_roots(roots: Sequence[Path]) -> tuple[str, ...]:
    """The roots with their links resolved, for many a path to be held against."""
    return tuple(os.path.realpath(root) for root in roots)


def open_within(path: str, roots: Sequence[str]) -> Path:
    """Like `open_allowed`, for roots that are `real_roots`."""
    real = _real(path)
    if not any(real.startswith(f"{root.rstrip('/')}/") for root in roots):
        real = _moved(real, roots) or ""
    if not real:
        raise _refused(path, "a file inside the media roots")
    try:
        mode = Path(real).stat().st_mode
    except OSError as error:
        if error.errno in _MISSING:
            raise FileMissingError("There is no such file.", path=path) from error
        raise _refused(path, "a file that can be opened") from error
    if not stat.S_ISREG(mode) or not os.access(real, os.R_OK):
        raise _refused(path, "a plain file that can be read")
    return Path(real)


def _real(path: str) -> str:
    if not path.startswith("/") or ".." in path.split("/"):
        raise _refused(path, "an absolute path without `..`")
    try:
        return os.path.realpath(path)
    except (OSError, ValueError) as error:  # a NUL, or text that is no Unicode
        raise _refused(path, "a path that the file system can hold") from error


def _moved(path: str, roots: Sequence[str]) -> str | None:
    """Where the store lies now of which this path named a file; one that was restored may lie elsewhere."""
    named = _IN_STORE.search(path)
    if named is None:
        return None
    found = (find(f"{named[1]}{named[2]}", root=Path(root)) for root in roots)
    return next((os.path.realpath(each) for each in found if each is not None), None)


def _refused(path: str, expected: str) -> PathNotAllowedError:
    return PathNotAllowedError("This path is not opened.", field="path", value=path, expected=expected)


def _keep(part: Part, home: Path, suffix: str) -> Stored:
    folder, name = home / part.sha256[:2], part.sha256[2:]
    make_folder(folder)
    for there in folder.glob(f"{name}*"):
        with suppress(FileNotFoundError):  # somebody has just cleaned up
            if there.stat().st_size == part.size_bytes:
                os.utime(there)  # who cleans up passes over what was stored lately
                return Stored(part.sha256, there, part.size_bytes)
    target = folder / f"{name}{suffix}"
    part.settle(target)
    return Stored(part.sha256, target, part.size_bytes)


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if re.fullmatch(rf"\.[a-z0-9]{{1,{_LONGEST_SUFFIX}}}", suffix) else ""
