"""Playlists from anywhere, the hostile ones among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import MediaError
from studio.music_library.locations import Located, Places, read_map
from studio.music_library.playlists import MOST_ENTRIES, Entry, read_playlist

XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Mix</title><trackList>
<track><location>file:///music/a%20b.mp3</location><title>A &amp; B</title></track>
<track><title>nowhere</title></track><track><location>c%20d.mp3</location></track>
</trackList></playlist>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<playlist xmlns="http://xspf.org/ns/0/"><title>&b;</title></playlist>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<playlist xmlns="http://xspf.org/ns/0/"><title>&a;</title></playlist>"""


def test_m3u_with_titles() -> None:
    text = "\ufeff#EXTM3U\n#PLAYLIST:Mix\n#EXTINF:123,Artist - A\na.mp3\n\n# a remark\nb.mp3\n"
    found = read_playlist(".m3u8", text.encode())
    assert found.name == "Mix"
    assert found.entries == (Entry("a.mp3", "Artist - A"), Entry("b.mp3"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_m3u_in_any_encoding(encoding: str) -> None:
    found = read_playlist(".m3u", "Café.mp3\r\n".encode(encoding))
    assert found.entries == (Entry("Café.mp3"),)


def test_pls_is_in_the_order_of_its_numbers() -> None:
    text = "[playlist]\nFile2=b.mp3\nTitle1=A\nFile1=a.mp3\nLength1=12\nNumberOfEntries=2\nVersion=2\n"
    assert read_playlist(".pls", text.encode()).entries == (Entry("a.mp3", "A"), Entry("b.mp3"))


def test_xspf() -> None:
    found = read_playlist(".xspf", XSPF.encode())
    assert found.name == "Mix"
    assert [entry.written for entry in found.entries] == ["file:///music/a%20b.mp3", "-", "c d.mp3"]
    assert found.entries[0].title == "A & B"


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".xspf", BOMB.encode()),
        (".xspf", OUTSIDE.encode()),
        (".xspf", b"<html></html>"),
        (".xspf", b"no xml"),
        (".xspf", b"<a>" * 100_000),
        (".m3u", b"ID3\x04\0\0\0\0"),
    ],
)
def test_what_is_no_playlist_is_refused(suffix: str, content: bytes) -> None:
    with pytest.raises(MediaError):
        read_playlist(suffix, content)


@given(st.sampled_from([".m3u", ".pls", ".xspf"]), st.binary(max_size=300))
def test_whatever_it_holds_it_is_read_or_refused(suffix: str, content: bytes) -> None:
    try:
        found = read_playlist(suffix, content)
    except MediaError:
        return
    assert all("\0" not in entry.written and entry.written.encode() for entry in found.entries)


def test_a_huge_playlist_is_cut_and_says_so() -> None:
    found = read_playlist(".m3u", b"a.mp3\n" * (MOST_ENTRIES + 5))
    assert (len(found.entries), found.is_cut) == (MOST_ENTRIES, True)


PLACES = read_map(["/Users/ann/Music=/music/ann", "D:\\Music=/music/d"], ["/music"])


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("a.mp3", "/music/lists/a.mp3"),
        ("../b/a.mp3", "/music/b/a.mp3"),
        ("sub\\a.mp3", "/music/lists/sub/a.mp3"),
        ("/music/x/a.mp3", "/music/x/a.mp3"),
        ("file:///music/a%20b.mp3", "/music/a b.mp3"),
        ("file://localhost/music/%E9%A2%A8.mp3", "/music/風.mp3"),
        ("/Users/ann/Music/x.m4a", "/music/ann/x.m4a"),
        ("file:///Users/ann/Music/x.m4a", "/music/ann/x.m4a"),
        ("D:\\Music\\a\\b.mp3", "/music/d/a/b.mp3"),
    ],
)
def test_entries_within_the_music_folders_are_found(written: str, path: str) -> None:
    assert PLACES.locate(written, folder="/music/lists") == Located(path)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "/etc/passwd",
            "../../etc/passwd",
            "../../../../../../etc/passwd",
            "/music/../etc/passwd",
            "/musical/a.mp3",
        ),
        *(
            "http://example.org/a.mp3",
            "https://x/y",
            "file://server/share/a.mp3",
            "C:\\a.mp3",
            "file:///C:/a.mp3",
        ),
        *(
            "",
            " ",
            "a\0.mp3",
            "/music",
            "file:",
            "file:///music/%FF.mp3",
            "/music/" + "a" * 3000,
            "/Users/bob/x.mp3",
        ),
    ],
)
def test_entries_elsewhere_are_refused_with_a_reason(written: str) -> None:
    found = PLACES.locate(written, folder="/music/lists")
    assert found.path is None
    assert found.reason


@given(st.text(max_size=60))
def test_no_entry_leads_out_of_the_folders(written: str) -> None:
    found = Places(("/music",)).locate(written, folder="/music/lists")
    assert found.path is None or (found.path.startswith("/music/") and "/../" not in found.path)
