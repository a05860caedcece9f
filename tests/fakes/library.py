"""Rows of the music library, written as a scan writes them."""

from typing import Any

from sqlalchemy import delete
from sqlmodel import Session

from db.models.music_library import LibraryScan, MusicPlaylist, MusicTrack, MusicWord
from db.queries import music_scan
from db.session import transaction


def file_row(location: str, **facts: Any) -> dict[str, Any]:
    """A file that says this of itself: title, artist, album, genre, year, tags, bpm, key."""
    duration_s = facts.pop("duration_s", 180.0)
    said = {"source": "folder", "state": "present", "reason": None, "cover": facts.pop("cover", None)}
    said |= {"state": facts.pop("state", "present"), "reason": facts.pop("reason", None)}
    stream = {"codec": "mp3", "bit_rate": 320_000, "rate_hz": 44_100, "channels": 2}
    stamp = {"size_bytes": 1_000, "mtime_ns": 1, "content_hash": f"hash of {location}"}
    tags = {"tagged": facts, "bpm_tag": facts.get("bpm"), "key_tag": facts.get("key")}
    return {"location": location, "duration_s": duration_s, **said, **stream, **stamp, **tags}


def add(*rows: dict[str, Any]) -> dict[str, int]:
    """Write them; their ids by location."""
    with transaction() as session:
        music_scan.write_files(session, rows)
        return music_scan.at(session, [row["location"] for row in rows])


def empty() -> None:
    """A library that knows nothing."""
    with transaction() as session:
        clear(session)


def clear(session: Session) -> None:
    for kind in (MusicPlaylist, MusicTrack, MusicWord, LibraryScan):
        session.execute(delete(kind))
