"""Looking through the music folders: what is new is read, what moved is known again, what is gone is told."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from prefect import task

from db.queries import library_scans, music_scan
from db.session import transaction
from studio.clients import music_folders
from studio.clients.analysis_cache import content_hash
from studio.clients.music_folders import Seen, Tree
from studio.clients.music_tags import Tagged, read_tags
from studio.errors import FileMissingError, MediaError
from studio.music_library.apple_library import PROTECTED
from studio.music_library.changes import Changes, Known, Moves, Stamp, compare
from studio.music_library.facts import read_facts
from studio.settings import read_settings
from tasks.library_playlists import import_libraries, import_playlists
from tasks.policy import RETRIED

log = logging.getLogger(__name__)
BATCH: Final = 200
"""Files that are read before they are written: what a scan that is killed reads again at most."""
EMBEDDED: Final = "embedded"
"""What `cover` says of a picture that the file itself brings; otherwise it names one in its folder."""
GONE: Final = "There is no such file any more."


@dataclass(slots=True)
class Progress:
    """How far a scan is; told through its row after each batch."""

    scan_id: int
    total: int = 0
    scanned: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def tell(self, **further: Any) -> None:
        with transaction() as session:
            library_scans.note(
                session,
                self.scan_id,
                total=self.total,
                scanned=self.scanned,
                counts=dict(self.counts),
                **further,
            )
        log.info("library scan %d: %d of %d files", self.scan_id, self.scanned, self.total)


@task(name="scan folders", **RETRIED)
def scan_folders(scan_id: int) -> dict[str, int]:
    """Bring the library up to what lies in the music folders: tracks, Apple's libraries, playlists."""
    settings = read_settings()
    progress = Progress(scan_id)
    tree = music_folders.walk(settings.music)
    scan_tracks(tree, progress)
    import_libraries(tree, settings, progress.count)
    import_playlists(tree, settings, progress.count)
    progress.count("passed_over", tree.passed_over)
    progress.tell(notes=tree.notes)
    return dict(progress.counts)


def scan_tracks(tree: Tree, progress: Progress) -> None:
    """Read what is new or has changed, batch by batch; a batch that is written stays written."""
    with transaction() as session:
        known = music_scan.known(session)
    changes = compare(known, {path: _stamp(seen) for path, seen in tree.tracks.items()})
    moves = Moves(changes.vanished)
    progress.total = len(tree.tracks)
    progress.scanned = changes.unchanged + len(changes.returned)
    progress.count("unchanged", changes.unchanged)
    _come_and_go(known, changes, tree, progress)
    progress.tell()
    is_new = set(changes.new)
    for start in range(0, len(changes.to_read), BATCH):
        paths = changes.to_read[start : start + BATCH]
        _take_in([tree.tracks[path] for path in paths], is_new, moves, progress)
    _say_gone(moves.left(), progress)


def _stamp(seen: Seen) -> Stamp:
    return Stamp(seen.size_bytes, seen.mtime_ns)


def _come_and_go(known: Iterable[Known], changes: Changes, tree: Tree, progress: Progress) -> None:
    """Files that came back as they were, and pictures that came or went beside unchanged files."""
    read = set(changes.to_read)
    covers = {
        row.id: tree.tracks[row.location].cover
        for row in known
        if row.location in tree.tracks and row.location not in read and row.cover != EMBEDDED
        if row.cover != tree.tracks[row.location].cover
    }
    with transaction() as session:
        music_scan.mark(session, changes.returned, state="present", reason=None)
        music_scan.recover(session, covers)
    progress.count("returned", len(changes.returned))


def _take_in(files: Sequence[Seen], new: set[str], moves: Moves, progress: Progress) -> None:
    """Read a batch of files and write it, those first that have moved to where they are now."""
    rows = [row for seen in files if (row := file_row(seen)) is not None]
    moved: dict[int, str] = {}
    for row in rows:
        origin = moves.origin(row["location"], row["content_hash"] or "") if row["location"] in new else None
        if origin is not None:
            moved[origin.id] = row["location"]
        progress.count("moved" if origin else "added" if row["location"] in new else "changed")
        progress.count(row["state"], int(row["state"] != "present"))
    with transaction() as session:
        music_scan.relocate(session, moved)
        music_scan.write_files(session, rows)
    progress.scanned += len(files)
    progress.tell()


def file_row(seen: Seen) -> dict[str, Any] | None:
    """A file as a row: what it says of itself, or why it does not; None when it is gone meanwhile."""
    hashed, path = None, Path(seen.path)
    try:
        hashed = content_hash(path)
        tagged = read_tags(path)
    except FileMissingError:
        return None
    except MediaError as error:
        return _unread(seen, hashed, error.message)
    facts = read_facts(tagged.raw).to_json()
    return {
        **_of(seen, hashed),
        **_stream(tagged),
        "cover": EMBEDDED if tagged.has_cover else seen.cover,
        "tagged": facts,
        "bpm_tag": facts.get("bpm"),
        "key_tag": facts.get("key"),
        "state": "protected" if tagged.is_protected else "present",
        "reason": PROTECTED if tagged.is_protected else None,
    }


def _of(seen: Seen, hashed: str | None) -> dict[str, Any]:
    return {
        "location": seen.path,
        "source": "folder",
        "size_bytes": seen.size_bytes,
        "mtime_ns": seen.mtime_ns,
        "content_hash": hashed,
    }


def _stream(tagged: Tagged) -> dict[str, Any]:
    names = ("duration_s", "codec", "bit_rate", "rate_hz", "channels")
    return {name: getattr(tagged, name) for name in names}


def _unread(seen: Seen, hashed: str | None, reason: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("duration_s", "codec", "bit_rate", "rate_hz", "channels", "bpm_tag", "key_tag"))
    told: dict[str, Any] = {"tagged": {}, "cover": seen.cover, "state": "unreadable", "reason": reason}
    return {**_of(seen, hashed), **nothing, **told}


def _say_gone(vanished: Iterable[Known], progress: Progress) -> None:
    gone = [row.id for row in vanished if row.state != "missing"]
    with transaction() as session:
        music_scan.mark(session, gone, state="missing", reason=GONE)
    progress.count("missing", len(gone))
