"""Playlists as files hold them: M3U, PLS and XSPF; from anywhere, so nothing in them is trusted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat

from studio.errors import MediaError
from studio.music_library.facts import clean

MOST_BYTES: Final = 16 * 1024 * 1024
MOST_ENTRIES: Final = 10_000
LONGEST_WRITTEN: Final = 4_000
_DEEPEST: Final = 64
_PLS: Final = re.compile(r"\s*(File|Title)(\d{1,6})\s*=(.*)", re.IGNORECASE)
_EXTINF: Final = re.compile(r"#EXTINF:\s*-?[\d.]*[^,]*,(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a playlist, as it is written."""

    written: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist's entries, in order; `name` is what it calls itself."""

    name: str | None
    entries: tuple[Entry, ...]
    is_cut: bool = False


def read_playlist(suffix: str, content: bytes) -> Playlist:
    """Read a playlist by its suffix: .m3u, .m3u8, .pls or .xspf.

    Raises:
        MediaError: it is not what its suffix says.
    """
    name, entries = _READERS[suffix](content)
    bounded = tuple(
        Entry(held, clean(entry.title or "") or None)
        for entry in entries[: MOST_ENTRIES + 1]
        if (held := _held(entry.written))
    )
    return Playlist(clean(name or "") or None, bounded[:MOST_ENTRIES], is_cut=len(entries) > MOST_ENTRIES)


def decode(content: bytes) -> str:
    """Text of whatever encoding: by its mark, else UTF-8, else Windows' Western one.

    Raises:
        MediaError: it holds NUL, as no text does.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise _no_playlist("it is no text")
    return text


def _m3u(content: bytes) -> tuple[str | None, list[Entry]]:
    name, title = None, None
    entries: list[Entry] = []
    for line in _lines(content):
        if line.upper().startswith("#PLAYLIST:"):
            name = line[10:]
        elif line.startswith("#"):
            described = _EXTINF.fullmatch(line)
            title = described[1] if described else title
        elif len(entries) <= MOST_ENTRIES:
            entries.append(Entry(line, title))
            title = None
    return name, entries


def _pls(content: bytes) -> tuple[str | None, list[Entry]]:
    found: dict[str, dict[int, str]] = {"file": {}, "title": {}}
    for line in _lines(content):
        if said := _PLS.fullmatch(line):
            found[said[1].lower()][int(said[2])] = said[3].strip()
    numbers = sorted(found["file"])[: MOST_ENTRIES + 1]
    return None, [Entry(found["file"][number], found["title"].get(number)) for number in numbers]


def _lines(content: bytes) -> Iterator[str]:
    return (line for raw in decode(content).splitlines() if (line := raw.strip()))


def _xspf(content: bytes) -> tuple[str | None, list[Entry]]:
    reader = _Xspf()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise _no_playlist(f"it is no XML that can be read ({str(error)[:100]})") from error
    if not reader.is_playlist:
        raise _no_playlist("it is no XSPF")
    return reader.name, reader.entries


def _refuse_entities(*_declared: object) -> None:
    """A playlist needs none of its own; with them a few lines unfold into gigabytes."""
    raise _no_playlist("it declares entities")


class _Xspf:
    """Takes in `playlist/title` and of each `playlist/trackList/track` the first location and the title."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.entries: list[Entry] = []
        self.is_playlist = False
        self._path: list[str] = []
        self._said: dict[str, str] = {}
        self._text: list[str] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name.rpartition(" ")[2])
        self._text = []
        if len(self._path) > _DEEPEST:
            raise _no_playlist("it is nested too deeply")
        if self._path == ["playlist"]:
            self.is_playlist = True
        elif self._path == ["playlist", "trackList", "track"]:
            self._said = {}

    def text(self, text: str) -> None:
        if self._path[-1] in ("location", "title"):
            self._text.append(text)

    def end(self, _name: str) -> None:
        match self._path:
            case ["playlist", "title"]:
                self.name = "".join(self._text)
            case ["playlist", "trackList", "track", "location" | "title" as what]:
                self._said.setdefault(what, "".join(self._text).strip())
            case ["playlist", "trackList", "track"] if len(self.entries) <= MOST_ENTRIES:
                self.entries.append(_of_xspf(self._said))
        self._path.pop()
        self._text = []


def _of_xspf(said: dict[str, str]) -> Entry:
    """XSPF's locations are addresses, relative ones too; many programs write plain paths all the same."""
    written = said.get("location", "")
    if "%" in written and "://" not in written and not written.lower().startswith("file:"):
        written = unquote(written)
    return Entry(written or "-", said.get("title"))


def _held(written: str) -> str:
    return written[:LONGEST_WRITTEN].encode("utf-8", "replace").decode()


def _no_playlist(why: str) -> MediaError:
    return MediaError(f"The playlist cannot be read: {why}.", field="path", expected="a playlist")


_READERS: Final[dict[str, Callable[[bytes], tuple[str | None, list[Entry]]]]] = {
    ".m3u": _m3u,
    ".m3u8": _m3u,
    ".pls": _pls,
    ".xspf": _xspf,
}
