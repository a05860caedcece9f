"""Playlists and Apple's libraries among the music, imported into the real database."""

import plistlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.models.music_library import MusicPlaylist, MusicTrack
from db.queries import library_scans, music_playlists
from db.session import transaction
from tasks.library_scan import scan_folders
from tests.fakes import library
from tests.fakes.music import make_sound, tag


@pytest.fixture
def music(connected: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = (connected / "music").resolve()
    tag(make_sound(folder / "a.mp3"), title="A", bpm="100")
    make_sound(folder / "sub" / "b.mp3", pitch_hz=500.0)
    monkeypatch.setenv("TOWER_MUSIC_DIRS", str(folder))
    monkeypatch.setenv("TOWER_MUSIC_PATH_MAP", f"/Users/ann/Music={folder}")
    yield folder
    library.empty()


def scan() -> dict[str, int]:
    with transaction() as session:
        number = library_scans.create(session).id
    assert number is not None
    return scan_folders.fn(number)


def playlists() -> dict[str, MusicPlaylist]:
    with transaction() as session:
        return {row.name: row for row in session.scalars(select(MusicPlaylist))}


def entries(name: str) -> list[tuple[str | None, str | None]]:
    """Titles of tracks, and reasons."""
    with transaction() as session:
        (row,) = (row for row in session.scalars(select(MusicPlaylist)) if row.name == name)
        placed = music_playlists.entries(session, row.id or 0, limit=100, after=0)
        return [(each.track and each.track.title, each.entry.reason) for each in placed]


def tracks() -> dict[str, MusicTrack]:
    with transaction() as session:
        return {row.title: row for row in session.scalars(select(MusicTrack))}


def test_a_playlist_holds_tracks_and_says_why_a_place_has_none(music: Path) -> None:
    lines = ["../a.mp3", "b.mp3", "/etc/passwd", "http://example.org/x.mp3", "later.mp3"]
    (music / "sub" / "mix.m3u8").write_text("\n".join(lines))
    scan()
    assert entries("mix") == [
        ("A", None), ("b", None), (None, "It lies outside of the music folders."),
        (None, "An address on the network is no file."), (None, None),
    ]  # fmt: skip
    make_sound(music / "sub" / "later.mp3", pitch_hz=600.0)
    scan()
    assert entries("mix")[-1] == ("later", None)


def test_a_playlist_that_changes_is_read_again_and_one_that_goes_is_missing(music: Path) -> None:
    mix = music / "mix.pls"
    mix.write_text("[playlist]\nFile1=a.mp3\n")
    scan()
    mix.write_text("[playlist]\nFile1=sub/b.mp3\nFile2=a.mp3\n")
    scan()
    assert [title for title, _ in entries("mix")] == ["b", "A"]
    mix.unlink()
    scan()
    assert playlists()["mix"].state == "missing"


def test_a_track_that_moves_keeps_its_places(music: Path) -> None:
    (music / "mix.m3u").write_text("a.mp3\n")
    scan()
    (music / "a.mp3").rename(music / "sub" / "z.mp3")
    scan()
    assert entries("mix") == [("A", None)]


def test_a_playlist_that_cannot_be_read_says_so(music: Path) -> None:
    (music / "bad.xspf").write_text("<playlist")
    assert scan()["unreadable_playlists"] == 1
    assert "no XML" in str(playlists()["bad"].reason)


def export(music: Path, tracks: list[dict[str, Any]], listed: list[dict[str, Any]]) -> None:
    numbered = {str(number): {"Track ID": number, **track} for number, track in enumerate(tracks, start=1)}
    (music / "Library.xml").write_bytes(plistlib.dumps({"Tracks": numbered, "Playlists": listed}))


SONG = {"Persistent ID": "A1", "Name": "Apple's A", "Genre": "Epic", "BPM": 90}
CLOUD = {"Persistent ID": "C1", "Name": "In the cloud", "BPM": 77}


def test_apples_library_joins_the_files(music: Path) -> None:
    items = [{"Track ID": number} for number in (2, 1, 3)]
    listed = [
        {"Name": "Folder", "Folder": True, "Playlist Persistent ID": "F1"},
        {
            "Name": "Fast",
            "Playlist Persistent ID": "P1",
            "Parent Persistent ID": "F1",
            "Playlist Items": items,
        },
    ]
    lost = {"Persistent ID": "L1", "Name": "Lost", "Location": "file:///Users/ann/Music/lost.mp3"}
    export(music, [{**SONG, "Location": "file:///Users/ann/Music/a.mp3"}, CLOUD, lost], listed)
    scan()
    found = tracks()
    assert (found["A"].persistent_id, found["A"].genre, found["A"].state) == ("A1", "Epic", "present")
    assert (found["A"].bpm, found["A"].bpm_source, found["A"].bpm_listed) == (100.0, "tag", 90.0)
    cloud = found["In the cloud"]
    assert (cloud.state, cloud.bpm, cloud.bpm_source) == ("cloud_only", 77.0, "apple_music")
    assert "cloud only" in str(cloud.reason)
    assert (found["Lost"].state, found["Lost"].location) == ("missing", f"{music}/lost.mp3")
    assert [title for title, _ in entries("Fast")] == ["In the cloud", "A", "Lost"]
    named = playlists()
    assert named["Fast"].parent_id == named["Folder"].id
    assert named["Folder"].parent_id == named["Apple Music"].id


def test_a_track_that_comes_down_from_the_cloud_stays_the_same(music: Path) -> None:
    export(
        music,
        [CLOUD],
        [{"Name": "Fast", "Playlist Persistent ID": "P1", "Playlist Items": [{"Track ID": 1}]}],
    )
    scan()
    with transaction() as session:
        (row,) = session.scalars(select(MusicTrack).where(MusicTrack.persistent_id == "C1"))
        row.bpm_user = 78.0
    make_sound(music / "down.mp3", pitch_hz=700.0)
    export(
        music,
        [{**CLOUD, "Location": "file:///Users/ann/Music/down.mp3"}],
        [{"Name": "Fast", "Playlist Persistent ID": "P1", "Playlist Items": [{"Track ID": 1}]}],
    )
    scan()
    row = tracks()["In the cloud"]
    assert (row.location, row.state, row.bpm) == (f"{music}/down.mp3", "present", 78.0)
    assert len(tracks()) == 3
    assert entries("Fast") == [("In the cloud", None)]


def test_what_apple_lists_no_more_is_missing(music: Path) -> None:
    export(music, [CLOUD], [{"Name": "Old", "Playlist Persistent ID": "P1"}])
    scan()
    export(music, [], [])
    scan()
    assert tracks()["In the cloud"].state == "missing"
    assert playlists()["Old"].state == "missing"
    assert playlists()["Apple Music"].state == "present"


def test_a_library_with_entities_is_refused(music: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaa">]><plist><string>&a;</string></plist>'
    (music / "Library.xml").write_text(bomb)
    assert scan()["unreadable_playlists"] == 1
    assert playlists()["Library"].state == "unreadable"
