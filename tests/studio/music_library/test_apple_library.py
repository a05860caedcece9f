"""Apple Music's exported library."""

import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import MediaError
from studio.music_library.apple_library import read_library


def export(tracks: dict[str, Any], playlists: list[Any] | None = None) -> bytes:
    return plistlib.dumps({"Major Version": 1, "Tracks": tracks, "Playlists": playlists or []})


SONG = {
    "Track ID": 1, "Name": "Kaze", "Artist": "Hisaishi", "Genre": "Soundtrack", "BPM": 128, "Year": 1984,
    "Total Time": 180_500, "Persistent ID": "AB01", "Location": "file:///Users/ann/a%20b.m4a",
}  # fmt: skip


def test_a_track_with_its_file() -> None:
    (track,) = read_library(export({"1": SONG})).tracks
    assert (track.persistent_id, track.facts.title, track.facts.bpm) == ("AB01", "Kaze", 128.0)
    assert (track.duration_s, track.written, track.is_protected) == (180.5, SONG["Location"], False)


def test_cloud_only_and_protected_tracks_are_told_apart() -> None:
    cloud = {"Persistent ID": "C1", "Name": "in the cloud", "Apple Music": True}
    bought = {"Persistent ID": "P1", "Name": "bought", "Location": "file:///x/a.m4p"}
    listed = read_library(export({"1": cloud, "2": bought})).tracks
    assert [(track.written, track.is_protected) for track in listed] == [
        (None, False), ("file:///x/a.m4p", True),
    ]  # fmt: skip


def test_films_and_what_has_no_name_of_its_own_are_passed_over() -> None:
    film = {**SONG, "Persistent ID": "F1", "Has Video": True}
    assert read_library(export({"1": film, "2": {"Name": "x"}, "3": {"Persistent ID": "../x"}})).tracks == ()


def test_playlists_folders_and_smart_ones() -> None:
    listed = [
        {"Name": "Library", "Master": True, "Playlist Persistent ID": "0"},
        {"Name": "Music", "Distinguished Kind": 4, "Playlist Persistent ID": "1"},
        {"Name": "Films", "Folder": True, "Playlist Persistent ID": "F"},
        {
            "Name": "Fast", "Smart Info": b"x", "Playlist Persistent ID": "S", "Parent Persistent ID": "F",
            "Playlist Items": [{"Track ID": 1}, {"Track ID": 99}, "odd"],
        },
    ]  # fmt: skip
    found = read_library(export({"1": SONG}, listed)).playlists
    assert [(one.name, one.kind, one.parent) for one in found] == [
        ("Films", "folder", None), ("Fast", "smart", "F"),
    ]  # fmt: skip
    assert found[1].entries == ("AB01",)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no xml", plistlib.dumps([1, 2]), plistlib.dumps({"Tracks": 1}), b"bplist00\xff",
        b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaa">]><plist><dict><key>&a;</key></dict></plist>',
        export({"1": SONG})[:-40],
    ],
)  # fmt: skip
def test_what_is_no_library_is_refused(content: bytes) -> None:
    with pytest.raises(MediaError):
        read_library(content)


odd = st.recursive(
    st.integers(-(2**31), 2**31)
    | st.text("ab ;<&é", max_size=5)
    | st.booleans()
    | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SONG, "Playlist Items"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("123"), odd), st.lists(odd, max_size=3))
def test_values_of_the_wrong_kind_bring_nothing_down(tracks: dict[str, Any], playlists: list[Any]) -> None:
    for track in read_library(export(tracks, playlists)).tracks:
        assert track.facts.bpm is None or 20 <= track.facts.bpm <= 400
