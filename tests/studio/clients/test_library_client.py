import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.clients.library import Standing, hash_of, publish, staging, withdraw
from studio.clients.store import ABANDONED_S
from studio.errors import FileMissingError, StorageError

ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from studio.clients.library import publish
from studio.errors import StorageError
source, library = map(Path, sys.argv[1:])
folder = library / "Kaze (2026)" / "Season 00"
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    publish(source, folder / "a.mp4", sidecars={folder / "a.nfo": b"<x/>"})
except StorageError as error:
    sys.exit(7 if "TOWER_LIBRARY_DIR" in str(error) else 1)
"""


@pytest.fixture
def season(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    return tmp_path / "library" / "Kaze (2026)" / "Season 00"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(os.urandom(50_000))
    return path


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_clip_is_published_with_its_description(season: Path, clip: Path) -> None:
    publish(
        clip, season / "a.mp4", sidecars={season.parent / "tvshow.nfo": b"show", season / "a.nfo": b"clip"}
    )
    assert (season / "a.mp4").read_bytes() == clip.read_bytes()
    assert (season / "a.nfo").read_bytes() == b"clip"
    assert _files(season.parent) == ["a.mp4", "a.nfo", "tvshow.nfo"]


def test_the_video_is_never_there_without_its_description(season: Path, clip: Path) -> None:
    with staging(clip, season / "a.mp4", sidecars={season / "a.nfo": b"clip"}) as put_in_place:
        assert [name for name in _files(season) if not name.startswith(".")] == []
        (season / "a.nfo").mkdir()  # it cannot be written
        with pytest.raises(StorageError):
            put_in_place()
    assert _files(season) == []


def test_a_repeat_finds_it_done(season: Path, clip: Path) -> None:
    sidecars = {season / "a.nfo": b"clip"}
    publish(clip, season / "a.mp4", sidecars=sidecars)
    before = [(season / name).stat() for name in ("a.mp4", "a.nfo")]
    publish(clip, season / "a.mp4", sidecars=sidecars)
    after = [(season / name).stat() for name in ("a.mp4", "a.nfo")]
    assert [(s.st_ino, s.st_mtime_ns) for s in after] == [(s.st_ino, s.st_mtime_ns) for s in before]


def test_another_take_replaces_the_file(season: Path, clip: Path) -> None:
    publish(clip, season / "a.mp4", sidecars={season / "a.nfo": b"clip"})
    clip.write_bytes(b"another take")
    publish(clip, season / "a.mp4", sidecars={season / "a.nfo": b"clip"}, replaces=season / "a.mp4")
    assert (season / "a.mp4").read_bytes() == b"another take"
    assert _files(season) == ["a.mp4", "a.nfo"]


def _moved(clip: Path, season: Path, *files: str) -> list[str]:
    """A clip goes by another title; `files` are what was written with it under the old one."""
    stood = Standing(season / "a.mp4", {season / name: str(hash_of(season / name)) for name in files})
    for _ in range(2):
        with staging(clip, season / "b.mp4", sidecars={season / "b.nfo": b"3"}, stands=stood) as put_in_place:
            put_in_place()
    return _files(season)


def test_another_title_removes_what_the_old_one_left(season: Path, clip: Path) -> None:
    publish(clip, season / "a.mp4", sidecars={season / "a.nfo": b"1", season / "a-thumb.jpg": b"2"})
    assert _moved(clip, season, "a-thumb.jpg") == ["b.mp4", "b.nfo"]


def test_what_a_person_put_beside_a_video_goes_along_with_it(season: Path, clip: Path) -> None:
    publish(clip, season / "a.mp4", sidecars={season / "a.nfo": b"1", season / "a.en.srt": b"2"})
    for name in ("a-thumb.jpg", "a.de.srt", "another.jpg"):
        (season / name).write_bytes(b"a person's")
    wanted = ["another.jpg", "b-thumb.jpg", "b.de.srt", "b.mp4", "b.nfo"]
    assert _moved(clip, season, "a.en.srt") == wanted


def test_what_was_written_and_changed_by_a_person_since_is_theirs(season: Path, clip: Path) -> None:
    publish(clip, season / "a.mp4", sidecars={season / "a.nfo": b"1", season / "a.en.srt": b"2"})
    ours = Standing(season / "a.mp4", {season / "a.en.srt": "0" * 64})
    withdraw(ours, root=season.parent.parent)
    assert _files(season) == ["a.en.srt"]


def test_what_is_withdrawn_leaves_no_empty_folder(season: Path, clip: Path) -> None:
    root, show = season.parent.parent, season.parent / "tvshow.nfo"
    publish(clip, season / "a.mp4", sidecars={season / "a.nfo": b"1", show: b"2"})
    withdraw(Standing(season / "a.mp4"), root=root)
    assert _files(root) == ["tvshow.nfo"]
    assert not season.exists()
    withdraw(Standing(season / "a.mp4", {show: str(hash_of(show))}), root=root)
    assert list(root.iterdir()) == []


def test_a_description_that_went_meanwhile_is_written_again(season: Path, clip: Path) -> None:
    show = season.parent / "tvshow.nfo"
    publish(clip, season / "a.mp4", sidecars={show: b"show"})
    with staging(clip, season / "b.mp4", sidecars={show: b"show"}) as put_in_place:
        withdraw(Standing(season / "a.mp4", {show: str(hash_of(show))}), root=season.parent.parent)
        put_in_place()
    assert _files(season.parent) == ["b.mp4", "tvshow.nfo"]


def test_a_full_disk_leaves_nothing_behind(season: Path, clip: Path) -> None:
    library = season.parent.parent
    done = subprocess.run([sys.executable, "-c", ON_A_FULL_DISK, clip, library], check=False)
    assert done.returncode == 7
    assert list(library.iterdir()) == []


def test_a_full_disk_leaves_what_was_published_before(season: Path, clip: Path) -> None:
    publish(Path(__file__), season / "a.mp4", sidecars={season / "a.nfo": b"<x/>"})
    done = subprocess.run([sys.executable, "-c", ON_A_FULL_DISK, clip, season.parent.parent], check=False)
    assert done.returncode == 7
    assert (season / "a.mp4").read_bytes() == Path(__file__).read_bytes()
    assert _files(season) == ["a.mp4", "a.nfo"]


def test_a_library_that_cannot_be_written_says_which_setting_moves_it(clip: Path) -> None:
    folder = Path("/proc/library/Season 00")
    with pytest.raises(StorageError, match=r"/proc/library/Season 00.*TOWER_LIBRARY_DIR"):
        publish(clip, folder / "a.mp4", sidecars={})


def test_a_missing_source_leaves_nothing_behind(season: Path, clip: Path) -> None:
    with pytest.raises(FileMissingError):
        publish(clip.with_name("gone.mp4"), season / "a.mp4", sidecars={season / "a.nfo": b"x"})
    assert not season.parent.exists()


def test_what_a_killed_process_left_goes_with_its_owners_next_publishing_and_no_others(
    season: Path, clip: Path
) -> None:
    season.mkdir(parents=True)
    for name in (".gen_a-1.part", ".gen_b-1.part"):
        (season / name).write_bytes(b"half a clip")
    with staging(clip, season / "a.mp4", sidecars={}, owner="gen_a") as put_in_place:
        put_in_place()
    assert _files(season) == [".gen_b-1.part", "a.mp4"]


def test_what_nobody_wants_any_more_goes_after_a_day(season: Path, clip: Path) -> None:
    season.mkdir(parents=True)
    for age_s, name in ((ABANDONED_S + 60, ".gen_a-1.part"), (ABANDONED_S - 60, ".gen_b-1.part")):
        (season / name).write_bytes(b"half a clip")
        os.utime(season / name, (time.time() - age_s,) * 2)
    publish(clip, season / "a.mp4", sidecars={})
    assert _files(season) == [".gen_b-1.part", "a.mp4"]
