"""Apple Music's exported library (Library.xml): its tracks, playlists and folders of playlists."""

import plistlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers.expat import ExpatError

from studio.errors import MediaError
from studio.music_library.facts import FASTEST_BPM, SLOWEST_BPM, Facts, clean, read_tags

MOST_BYTES: Final = 256 * 1024 * 1024
MOST_ENTRIES: Final = 10_000
CLOUD_ONLY: Final = "It is in the cloud only: Apple's library names no file."
PROTECTED: Final = "Protected by Apple (FairPlay): it cannot be decoded."


@dataclass(frozen=True, slots=True)
class AppleTrack:
    """A track as Apple's library lists it; without `written` there is no file."""

    persistent_id: str
    facts: Facts
    duration_s: float | None
    written: str | None
    is_protected: bool


@dataclass(frozen=True, slots=True)
class ApplePlaylist:
    """A playlist, or a folder of playlists; `entries` are persistent ids of tracks."""

    persistent_id: str
    name: str
    kind: str
    parent: str | None
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppleLibrary:
    """All of a library."""

    tracks: tuple[AppleTrack, ...]
    playlists: tuple[ApplePlaylist, ...]


def read_library(content: bytes) -> AppleLibrary:
    """Read an exported library.

    `plistlib` refuses documents that declare entities, so that none can unfold.

    Raises:
        MediaError: it is no library of Apple's.
    """
    try:
        said = plistlib.loads(content, fmt=plistlib.FMT_XML)
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        LookupError,
        TypeError,
        OverflowError,
    ) as error:
        raise _no_library(str(error)[:200]) from error
    tracks = said.get("Tracks") if isinstance(said, Mapping) else None
    if not isinstance(tracks, Mapping):
        raise _no_library("it lists no tracks")
    by_id = {number: track for number, each in tracks.items() if (track := _track(each)) is not None}
    return AppleLibrary(
        tuple({track.persistent_id: track for track in by_id.values()}.values()),
        tuple({one.persistent_id: one for one in _playlists(said.get("Playlists"), by_id)}.values()),
    )


def _track(said: Any) -> AppleTrack | None:
    """A track of music; films and podcasts are none."""
    if not isinstance(said, Mapping) or said.get("Has Video") or said.get("Podcast"):
        return None
    persistent_id, written = said.get("Persistent ID"), said.get("Location")
    if not isinstance(persistent_id, str) or not persistent_id.isalnum():
        return None
    held = written if isinstance(written, str) and written else None
    length_ms = _number(said, "Total Time")
    return AppleTrack(
        persistent_id=persistent_id[:64],
        facts=_facts(said),
        duration_s=None if length_ms is None else length_ms / 1000,
        written=held,
        is_protected=bool(said.get("Protected")) or (held or "").lower().endswith(".m4p"),
    )


def _facts(said: Mapping[str, Any]) -> Facts:
    bpm, year = _number(said, "BPM"), _number(said, "Year")
    genre = _text(said, "Genre")
    return Facts(
        title=_text(said, "Name"),
        artist=_text(said, "Artist") or _text(said, "Album Artist"),
        album=_text(said, "Album"),
        genre=genre,
        year=int(year) if year is not None and 1800 <= year < 2200 else None,
        tags=read_tags(text for text in (genre, _text(said, "Grouping")) if text),
        bpm=bpm if bpm is not None and SLOWEST_BPM <= bpm <= FASTEST_BPM else None,
    )


def _playlists(said: Any, tracks: Mapping[str, AppleTrack]) -> Iterator[ApplePlaylist]:
    """Those that people made; the ones that stand for the whole library are passed over."""
    for each in said if isinstance(said, list) else ():
        if not isinstance(each, Mapping) or each.get("Master") or "Distinguished Kind" in each:
            continue
        persistent_id, parent = each.get("Playlist Persistent ID"), each.get("Parent Persistent ID")
        if isinstance(persistent_id, str) and persistent_id.isalnum():
            yield ApplePlaylist(
                persistent_id=persistent_id[:64],
                name=_text(each, "Name") or "untitled",
                kind=_kind(each),
                parent=parent if isinstance(parent, str) else None,
                entries=tuple(_entries(each.get("Playlist Items"), tracks))[:MOST_ENTRIES],
            )


def _kind(said: Mapping[str, Any]) -> str:
    if said.get("Folder"):
        return "folder"
    return "smart" if "Smart Info" in said or "Smart Criteria" in said else "playlist"


def _entries(said: Any, tracks: Mapping[str, AppleTrack]) -> Iterator[str]:
    for each in said if isinstance(said, list) else ():
        track = tracks.get(str(each.get("Track ID"))) if isinstance(each, Mapping) else None
        if track is not None:
            yield track.persistent_id


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return (clean(value) or None) if isinstance(value, str) else None


def _number(said: Mapping[str, Any], name: str) -> float | None:
    value = said.get(name)
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9
        else None
    )


def _no_library(why: str) -> MediaError:
    return MediaError(
        f"This is no library that Apple Music exported: {why}.", field="path", expected="Library.xml"
    )
