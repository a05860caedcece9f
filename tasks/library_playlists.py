"""Playlists and Apple's libraries among the music: read where they are new or have changed."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.queries import music_playlists, music_scan
from db.session import transaction
from studio.clients.music_folders import Seen, Tree, read_small
from studio.errors import FileMissingError, MediaError
from studio.music_library import apple_library, playlists
from studio.music_library.apple_library import CLOUD_ONLY, PROTECTED, AppleLibrary, ApplePlaylist, AppleTrack
from studio.music_library.changes import Stamp, compare
from studio.music_library.locations import Places, read_map
from studio.settings import Settings

log = logging.getLogger(__name__)
Count = Callable[..., None]
BATCH: Final = 500
GONE: Final = "There is no such file any more."
UNLISTED: Final = "Apple's library lists it no more."
NO_FILE: Final = "The file that Apple's library names is not there."


@dataclass(frozen=True, slots=True)
class Named:
    """A track of Apple's with the place under which the library keeps it."""

    track: AppleTrack
    location: str
    state: str
    reason: str | None


def import_playlists(tree: Tree, settings: Settings, count: Count) -> None:
    """Read what is new among playlist files, and give every open place its track."""
    seen = tree.playlists | tree.libraries
    with transaction() as session:
        known = music_playlists.known(session)
    changes = compare(known, {path: Stamp(one.size_bytes, one.mtime_ns) for path, one in seen.items()})
    places = read_map(settings.music_path_map, tree.roots)
    for path in changes.to_read:
        if path in tree.playlists:
            _import_playlist(tree.playlists[path], places, count)
    with transaction() as session:
        music_playlists.mark(session, changes.returned, state="present", reason=None)
        gone = [row.id for row in changes.vanished if row.state != "missing"]
        music_playlists.mark(session, gone, state="missing", reason=GONE)
        music_playlists.find_tracks(session)


def import_libraries(tree: Tree, settings: Settings, count: Count) -> None:
    """Read Apple's libraries that are new or have changed."""
    with transaction() as session:
        known = {row.location: row for row in music_playlists.known(session)}
    places = read_map(settings.music_path_map, tree.roots)
    for path, seen in tree.libraries.items():
        row = known.get(path)
        stamp = Stamp(seen.size_bytes, seen.mtime_ns)
        if row is None or row.stamp != stamp or row.state == "unreadable":
            _import_library(seen, places, tree, count)


def _import_playlist(seen: Seen, places: Places, count: Count) -> None:
    try:
        content = read_small(seen.path, most_bytes=playlists.MOST_BYTES)
        found = playlists.read_playlist(seen.suffix, content)
    except FileMissingError:
        return
    except MediaError as error:
        _write_unreadable(seen, error.message)
        count("unreadable_playlists")
        return
    reason = f"Longer than {playlists.MOST_ENTRIES} places: the rest is left out." if found.is_cut else None
    row = _file_row(seen, found.name or music_scan.name_of(seen.path), reason=reason)
    folder = seen.path.rpartition("/")[0]
    with transaction() as session:
        (number,) = music_playlists.write(session, [row]).values()
        entries = [_entry(number, *placed, places, folder) for placed in enumerate(found.entries, start=1)]
        music_playlists.fill(session, [number], entries)
    count("playlists")


def _entry(
    playlist: int, position: int, entry: playlists.Entry, places: Places, folder: str
) -> dict[str, Any]:
    located = places.locate(entry.written, folder=folder)
    return {
        "playlist_id": playlist,
        "position": position,
        "written": entry.written,
        "title": entry.title,
        "location": located.path,
        "reason": located.reason,
    }


def _file_row(
    seen: Seen,
    name: str,
    *,
    kind: str = "playlist",
    state: str = "present",
    reason: str | None = None,
) -> dict[str, Any]:
    source = "apple_music" if kind == "folder" else seen.suffix.removeprefix(".")
    return {
        "location": seen.path,
        "source": source,
        "kind": kind,
        "name": name,
        "state": state,
        "reason": reason,
        "size_bytes": seen.size_bytes,
        "mtime_ns": seen.mtime_ns,
    }


def _write_unreadable(seen: Seen, reason: str, *, kind: str = "playlist") -> None:
    name = music_scan.name_of(seen.path)
    with transaction() as session:
        music_playlists.write(session, [_file_row(seen, name, kind=kind, state="unreadable", reason=reason)])
    log.warning("%s: %s", seen.path, reason)


def _import_library(seen: Seen, places: Places, tree: Tree, count: Count) -> None:
    """Tracks first, in batches; the library's own row comes last, so that half an import is begun anew."""
    try:
        library = apple_library.read_library(read_small(seen.path, most_bytes=apple_library.MOST_BYTES))
    except FileMissingError:
        return
    except MediaError as error:
        _write_unreadable(seen, error.message, kind="folder")
        count("unreadable_playlists")
        return
    named = [_named(track, places, tree) for track in library.tracks]
    for start in range(0, len(named), BATCH):
        _write_tracks(named[start : start + BATCH], seen.path, tree)
    with transaction() as session:
        ids = [each.track.persistent_id for each in named]
        unlisted = music_scan.unlisted(session, seen.path, ids)
        music_scan.mark(session, unlisted, state="missing", reason=UNLISTED)
    _write_playlists(library, seen, {each.track.persistent_id: each.location for each in named})
    count("apple_tracks", len(named))
    count("playlists", len(library.playlists))


def _named(track: AppleTrack, places: Places, tree: Tree) -> Named:
    """Where a track is kept: at its file within the music folders, else under Apple's own id."""
    own = f"apple:{track.persistent_id}"
    if track.written is None:
        return Named(track, own, "cloud_only", CLOUD_ONLY)
    located = places.locate(track.written)
    if located.path is None:
        return Named(track, own, "missing", located.reason)
    if track.is_protected:
        return Named(track, located.path, "protected", PROTECTED)
    return Named(track, located.path, "missing", None if located.path in tree.tracks else NO_FILE)


def _write_tracks(named: Sequence[Named], library: str, tree: Tree) -> None:
    """Write a batch; two of Apple's tracks with one file are the first of them."""
    by_place = {each.location: each for each in reversed(named)}
    with transaction() as session:
        there = music_scan.identified(session, [each.track.persistent_id for each in by_place.values()])
        settled = [_settled(each, there, tree) for each in by_place.values()]
        taken = music_scan.at(session, [each.location for each in settled])
        moved: dict[int, str] = {}
        merged: dict[int, int] = {}
        for each in settled:
            number, location = there.get(each.track.persistent_id, (0, each.location))
            if location == each.location:
                continue
            if each.location in taken:
                merged[number] = taken[each.location]
            else:
                moved[number] = each.location
        music_scan.merge(session, merged)
        music_scan.relocate(session, moved)
        music_scan.write_listed(session, [_listed_row(each, library) for each in settled])


def _settled(each: Named, there: Mapping[str, tuple[int, str]], tree: Tree) -> Named:
    """A file that lies elsewhere in the folders than Apple thinks stays where it was found."""
    known = there.get(each.track.persistent_id)
    if known is not None and known[1] in tree.tracks and each.location not in tree.tracks:
        return Named(each.track, known[1], "missing", None)
    return each


def _listed_row(each: Named, library: str) -> dict[str, Any]:
    facts = each.track.facts.to_json()
    return {
        "location": each.location,
        "source": "apple_music",
        "state": each.state,
        "reason": each.reason,
        "persistent_id": each.track.persistent_id,
        "duration_s": each.track.duration_s,
        "bpm_listed": facts.get("bpm"),
        "listed": {**facts, "location": each.track.written, "library": library},
    }


def _write_playlists(library: AppleLibrary, seen: Seen, locations: Mapping[str, str]) -> None:
    own = [_playlist_row(one) for one in library.playlists]
    with transaction() as session:
        root = music_playlists.write(session, [_file_row(seen, "Apple Music", kind="folder")])[seen.path]
        ids = music_playlists.write(session, own)
        by_id = {one.persistent_id: ids[_location(one.persistent_id)] for one in library.playlists}
        music_playlists.nest(session, _parents(library.playlists, by_id, root))
        gone = music_playlists.unlisted(session, root, by_id.values())
        music_playlists.mark(session, gone, state="missing", reason=UNLISTED)
        entries = [entry for one in library.playlists for entry in _entries(one, by_id, locations)]
        music_playlists.fill(session, by_id.values(), entries)


def _location(persistent_id: str) -> str:
    return f"apple:{persistent_id}"


def _playlist_row(one: ApplePlaylist) -> dict[str, Any]:
    return {
        "location": _location(one.persistent_id),
        "source": "apple_music",
        "kind": one.kind,
        "name": one.name,
        "state": "present",
        "reason": None,
        "size_bytes": None,
        "mtime_ns": None,
    }


def _parents(listed: Iterable[ApplePlaylist], by_id: Mapping[str, int], root: int) -> dict[int, int | None]:
    """The folder of each playlist; one that is in none, or in itself, lies at the top."""
    return {
        by_id[one.persistent_id]: root
        if one.parent in (None, one.persistent_id)
        else by_id.get(one.parent or "", root)
        for one in listed
    }


def _entries(
    one: ApplePlaylist, by_id: Mapping[str, int], locations: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "playlist_id": by_id[one.persistent_id],
            "position": position,
            "written": _location(persistent_id),
            "title": None,
            "location": locations[persistent_id],
            "reason": None,
        }
        for position, persistent_id in enumerate(one.entries, start=1)
    ]
