"""A publication: what was put out, what the media server calls it, and whether that is what it lists."""

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final

_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\")


class State(StrEnum):
    """How far a publication has come."""

    FOLDER = "folder"
    PENDING = "pending"
    LISTED = "listed"
    NOT_LISTED = "not_listed"
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True, slots=True)
class Publication:
    """A video that lies in the library, as it is to be listed; `path` and `series` are this machine's."""

    path: Path
    series: Path
    season: int
    number: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was found out about a publication, and why it is not more."""

    state: State
    reason: str | None = None
    item_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the media server; what it does not say is None."""

    id: str
    name: str
    path: str | None
    season: int | None
    number: int | None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class PathMap:
    """What folders of this machine are called where the media server runs: pairs of ours and theirs."""

    pairs: tuple[tuple[str, str], ...] = ()

    def theirs(self, path: PurePath) -> str:
        """The server's name of a path; the innermost folder that is mapped decides, else it is the same."""
        for ours, theirs in self.pairs:
            if path == PurePath(ours) or PurePath(ours) in path.parents:
                return _joined(theirs, path.relative_to(ours).parts)
        return str(path)


def read_path_map(pairs: Sequence[str]) -> PathMap:
    """A map as `TOWER_JELLYFIN_PATH_MAP` has it: pairs `ours=theirs`."""
    split = (pair.partition("=") for pair in pairs)
    mapped = {
        posixpath.normpath(ours.strip()): theirs.strip()
        for ours, equals, theirs in split
        if equals and ours.strip() and theirs.strip()
    }
    return PathMap(tuple(sorted(mapped.items(), key=lambda pair: len(PurePath(pair[0]).parts), reverse=True)))


def is_same(one: str | None, other: str) -> bool:
    """Whether two paths of the server are one; Windows does not tell letters' case apart."""
    return one is not None and _plain(one) == _plain(other)


def is_within(path: str, folder: str) -> bool:
    """Whether a path of the server lies in a folder of it, or is that folder."""
    home, parts = _plain(folder), _plain(path)
    return parts[: len(home)] == home


def find_item(items: Iterable[Item], path: str) -> Item | None:
    """The item of that path, where the server has one."""
    return next((item for item in items if is_same(item.path, path)), None)


def differs(item: Item, published: Publication) -> str | None:
    """Why an item with the right path is not yet the publication; None where it is.

    A size that the server does not say is not held against it: it has not looked into the file yet.
    """
    if (item.season, item.number) != (published.season, published.number):
        return (
            f"Jellyfin lists the file as season {item.season}, episode {item.number}, "
            f"not as season {published.season}, episode {published.number}."
        )
    if item.size_bytes is not None and item.size_bytes != published.size_bytes:
        return "Jellyfin still lists the file that lay there before."
    return None


def _joined(folder: str, parts: Sequence[str]) -> str:
    separator = "\\" if _WINDOWS.match(folder) else "/"
    return separator.join([folder.rstrip("/\\"), *parts]) or separator


def _plain(path: str) -> tuple[str, ...]:
    """Macs write names decomposed, and a mount may end in a slash or not."""
    text = unicodedata.normalize("NFC", path)
    if _WINDOWS.match(text):
        return tuple(part.casefold() for part in PureWindowsPath(text).parts)
    return PurePath(posixpath.normpath(text)).parts
