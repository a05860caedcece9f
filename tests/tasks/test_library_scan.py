"""The music folders, scanned into the real database."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from db.models.music_library import MusicTrack
from db.queries import library_scans
from db.session import transaction
from studio.clients.music_tags import read_cover
from tasks.library_scan import BATCH, scan_folders
from tests.fakes import library
from tests.fakes.music import CODECS, PNG, make_sound, tag

ROOT = Path(__file__).parents[2]


@pytest.fixture
def music(connected: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of music, and a library that knows nothing."""
    folder = connected / "music"
    folder.mkdir()
    monkeypatch.setenv("TOWER_MUSIC_DIRS", str(folder))
    yield folder
    library.empty()


def scan() -> dict[str, int]:
    with transaction() as session:
        number = library_scans.create(session).id
    assert number is not None
    return {what: count for what, count in scan_folders.fn(number).items() if count}


def tracks() -> dict[str, MusicTrack]:
    with transaction() as session:
        return {Path(row.location).name: row for row in session.scalars(select(MusicTrack))}


def change(name: str, **values: object) -> None:
    with transaction() as session:
        for row in session.scalars(select(MusicTrack)):
            if row.location.endswith(name):
                for field, value in values.items():
                    setattr(row, field, value)


def test_a_file_is_listed_with_what_its_tags_say(music: Path) -> None:
    song = make_sound(music / "Ghibli" / "01.mp3")
    tag(
        song,
        title="Kaze no Tani",
        artist="Hisaishi",
        genre="Epic; Orchestral",
        bpm="120.5",
        key="Am",
        cover=PNG,
    )
    assert scan() == {"added": 1}
    row = tracks()["01.mp3"]
    assert (row.title, row.artist, row.tags) == ("Kaze no Tani", "Hisaishi", ["epic", "orchestral"])
    assert (row.bpm, row.bpm_source, row.key, row.key_source) == (120.5, "tag", "8A", "tag")
    assert (row.state, row.cover, row.codec) == ("present", "embedded", "mp3")
    assert row.duration_s == pytest.approx(0.2, abs=0.1)


def test_an_unchanged_file_is_not_opened_again(music: Path) -> None:
    song = make_sound(music / "a.mp3")
    scan()
    when = song.stat()
    song.write_bytes(bytes(song.stat().st_size))
    os.utime(song, ns=(when.st_atime_ns, when.st_mtime_ns))
    assert scan() == {"unchanged": 1}
    assert tracks()["a.mp3"].state == "present"


def test_a_retagged_file_is_read_again_and_a_persons_words_hold(music: Path) -> None:
    song = tag(make_sound(music / "a.flac"), title="Old", bpm="100")
    scan()
    change("a.flac", bpm_user=101.0, edited={"artist": "By hand"})
    tag(song, title="New", bpm="140", artist="By tag")
    assert scan() == {"changed": 1}
    row = tracks()["a.flac"]
    assert (row.title, row.artist) == ("New", "By hand")
    assert (row.bpm, row.bpm_source, row.bpm_tag) == (101.0, "user", 140.0)


def test_a_moved_file_stays_the_same_track(music: Path) -> None:
    song = make_sound(music / "a.mp3")
    scan()
    before = tracks()["a.mp3"].id
    change("a.mp3", bpm_user=99.0)
    (music / "deep").mkdir()
    song.rename(music / "deep" / "b.mp3")
    assert scan() == {"moved": 1}
    row = tracks()["b.mp3"]
    assert (row.id, row.bpm_user, row.title, row.state) == (before, 99.0, "b", "present")


def test_a_copy_is_a_track_of_its_own(music: Path) -> None:
    song = make_sound(music / "a.mp3")
    scan()
    shutil.copy(song, music / "b.mp3")
    assert scan() == {"unchanged": 1, "added": 1}
    assert len({row.id for row in tracks().values()}) == 2


def test_a_file_that_is_gone_is_missing_until_it_is_back(music: Path) -> None:
    song = make_sound(music / "a.mp3")
    scan()
    hidden = song.rename(music / ".hidden")
    assert scan() == {"missing": 1}
    assert tracks()["a.mp3"].state == "missing"
    assert scan() == {}
    hidden.rename(song)
    assert scan() == {"returned": 1}
    assert tracks()["a.mp3"].state == "present"


def test_a_folder_that_is_not_mounted_loses_nothing(music: Path) -> None:
    make_sound(music / "a.mp3")
    scan()
    away = music.rename(music.with_name("away"))
    assert scan() == {"missing": 1, "passed_over": 1}
    away.rename(music)
    assert scan() == {"returned": 1}


def test_what_cannot_be_read_says_why(music: Path) -> None:
    (music / "noise.mp3").write_bytes(b"no music at all" * 100)
    (music / "empty.flac").touch()
    assert scan() == {"added": 2, "unreadable": 2}
    for row in tracks().values():
        assert row.state == "unreadable"
        assert "no music" in str(row.reason)
    assert tracks()["noise.mp3"].title == "noise"


def test_a_protected_file_says_so(music: Path) -> None:
    make_sound(music / "a.m4a").rename(music / "a.m4p")
    assert scan() == {"added": 1, "protected": 1}
    assert "Protected by Apple" in str(tracks()["a.m4p"].reason)


def test_links_and_dot_files_are_not_followed(music: Path, tmp_path: Path) -> None:
    elsewhere = make_sound(tmp_path / "elsewhere" / "secret.mp3")
    (music / "link.mp3").symlink_to(elsewhere)
    (music / "folder").symlink_to(elsewhere.parent)
    (music / "loop").symlink_to(music)
    make_sound(music / "a.mp3").rename(music / "._a.mp3")
    assert scan() == {}


def test_a_name_that_is_no_unicode_is_passed_over_and_told(music: Path) -> None:
    song = make_sound(music / "a.mp3")
    os.rename(os.fsencode(song), os.fsencode(music) + b"/\xff.mp3")  # noqa: PTH104
    assert scan() == {"passed_over": 1}
    with transaction() as session:
        assert "no Unicode" in library_scans.latest(session).notes[0]


def test_a_cover_beside_the_files_is_seen_when_it_comes_later(music: Path) -> None:
    make_sound(music / "a.mp3")
    scan()
    (music / "Folder.png").write_bytes(PNG)
    scan()
    assert tracks()["a.mp3"].cover == "Folder.png"


@pytest.mark.parametrize("suffix", CODECS)
def test_tags_of_each_format_are_read(music: Path, suffix: str) -> None:
    said = {
        "title": "Kaze",
        "artist": "Joe",
        "album": "Tani",
        "genre": "Epic",
        "date": "1984",
        "mood": "Calm",
    }
    tag(make_sound(music / f"a{suffix}"), cover=PNG, bpm="128", key="Am", **said)
    scan()
    (row,) = tracks().values()
    assert (row.title, row.artist, row.album, row.year) == ("Kaze", "Joe", "Tani", 1984)
    assert (row.tags, row.bpm_tag, row.key, row.cover) == (["epic", "calm"], 128.0, "8A", "embedded")
    assert row.rate_hz == 48_000
    assert read_cover(Path(row.location)).content == PNG


def test_a_scan_that_is_killed_is_carried_on_by_the_next(music: Path) -> None:
    for number in range(1_500):
        (music / f"{number:04}.wav").write_bytes(_wave(number))
    with transaction() as session:
        number = library_scans.create(session).id
    code = f"from tasks.library_scan import scan_folders; scan_folders.fn({number})"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    deadline = time.monotonic() + 60
    while _scanned() < BATCH and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    kept = len(tracks())
    assert BATCH <= kept < 1_500
    assert scan() == {"unchanged": kept, "added": 1_500 - kept}
    assert len(tracks()) == 1_500


def _scanned() -> int:
    with transaction() as session:
        return library_scans.latest(session).scanned


def _wave(number: int) -> bytes:
    content = number.to_bytes(4, "little")
    form = b"WAVEfmt " + (16).to_bytes(4, "little") + bytes.fromhex("01000100401f0000803e000002001000")
    body = form + b"data" + len(content).to_bytes(4, "little") + content
    return b"RIFF" + len(body).to_bytes(4, "little") + body
