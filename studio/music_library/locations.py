"""Where playlists and libraries say that music lies, and which of it may be looked at."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE: Final = re.compile(r"/?[A-Za-z]:[\\/]")
_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Located:
    """A file within the music folders, or the reason why there is none to be looked for."""

    path: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """The music folders, and how paths of other machines are brought to them."""

    roots: tuple[str, ...]
    mapped: tuple[tuple[str, str], ...] = ()

    def locate(self, written: str, *, folder: str | None = None) -> Located:
        """Where an entry's file lies.

        Args:
            written: A path or a `file:` address, as the entry has it.
            folder: What a relative path starts from; without it such a path is refused.

        Returns:
            A path within the music folders; not looked at whether there is a file.
        """
        path, reason = _plain(written)
        if reason is not None:
            return Located(None, reason)
        path = self._mapped(path)
        if _DRIVE.match(path):
            return Located(None, "A path of another machine; TOWER_MUSIC_PATH_MAP can say where that lies.")
        if not path.startswith("/"):
            if folder is None:
                return Located(None, "A relative path that starts nowhere.")
            path = f"{folder}/{path}"
        return self._within(posixpath.normpath(path))

    def _mapped(self, path: str) -> str:
        for theirs, ours in self.mapped:
            if path == theirs or path.startswith((f"{theirs}/", f"{theirs}\\")):
                return ours + path[len(theirs) :].replace("\\", "/")
        return path

    def _within(self, path: str) -> Located:
        if not any(path.startswith(f"{root.rstrip('/')}/") for root in self.roots):
            return Located(None, "It lies outside of the music folders.")
        if len(path.encode("utf-8", "replace")) > _LONGEST:
            return Located(None, "The path is too long.")
        return Located(path)


def read_map(pairs: Sequence[str], roots: Sequence[str]) -> Places:
    """The music folders, with a map of folders as `TOWER_MUSIC_PATH_MAP` has it: pairs `theirs=ours`."""
    split = (pair.partition("=") for pair in pairs)
    mapped = tuple(
        (theirs.strip().rstrip("/\\"), posixpath.normpath(ours.strip()))
        for theirs, equals, ours in split
        if equals and theirs.strip().rstrip("/\\") and ours.strip()
    )
    return Places(tuple(roots), mapped)


def _plain(written: str) -> tuple[str, str | None]:
    """An entry as a path, or why it is none."""
    text = written.strip()
    if not text or "\0" in text:
        return "", "There is no path."
    if text.lower().startswith("file:"):
        return _of_address(text)
    if _SCHEME.match(text) and not _DRIVE.match(text):
        return "", "An address on the network is no file."
    is_windows = "\\" in text and "/" not in text and not _DRIVE.match(text)
    return (text.replace("\\", "/") if is_windows else text), None


def _of_address(text: str) -> tuple[str, str | None]:
    try:
        address = urlsplit(text)
        path = unquote(address.path, errors="strict")
    except (ValueError, UnicodeDecodeError):
        return "", "This is no address of a file."
    if address.netloc.lower() not in ("", "localhost"):
        return "", "A file of another machine."
    if not path or "\0" in path:
        return "", "There is no path."
    return (path[1:] if re.match(r"/[A-Za-z]:/", path) else path), None
