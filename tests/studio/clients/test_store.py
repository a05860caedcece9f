import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from studio.clients import store
from studio.clients.store import open_allowed, put
from studio.errors import FileMissingError, PathNotAllowedError, StorageError

ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from studio.clients.store import put
from studio.errors import StorageError
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    put(Path(sys.argv[1]), root=Path(sys.argv[2]))
except StorageError as error:
    sys.exit(7 if error.details["setting"] == "TOWER_ASSETS_DIR" else 1)
"""


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_kept_under_the_hash_of_its_content(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    stored = put(_file(tmp_path, "clip.MP4", content), root=tmp_path / "assets")
    sha256 = hashlib.sha256(content).hexdigest()
    assert stored.sha256 == sha256
    assert stored.path == tmp_path / "assets" / "sha256" / sha256[:2] / f"{sha256[2:]}.mp4"
    assert stored.path.read_bytes() == content
    assert stored.size_bytes == len(content)
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o644


def test_equal_content_is_kept_once(tmp_path: Path) -> None:
    root = tmp_path / "assets"
    first = put(_file(tmp_path, "a.png", b"same"), root=root)
    second = put(_file(tmp_path, "b.jpg", b"same"), root=root)
    assert first == second
    assert [path for path in root.rglob("*") if path.is_file()] == [first.path]


def test_a_damaged_copy_is_replaced(tmp_path: Path) -> None:
    first = put(_file(tmp_path, "a.png", b"whole"), root=tmp_path / "assets")
    first.path.write_bytes(b"wh")
    assert put(tmp_path / "a.png", root=tmp_path / "assets").path.read_bytes() == b"whole"


def test_a_strange_suffix_is_left_out(tmp_path: Path) -> None:
    assert put(_file(tmp_path, "a.b c$", b"x"), root=tmp_path / "assets").path.suffix == ""


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        put(tmp_path / "gone.mp4", root=tmp_path / "assets")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    source, root = _file(tmp_path, "clip.mp4", bytes(100_000)), tmp_path / "assets"
    done = subprocess.run([sys.executable, "-c", ON_A_FULL_DISK, source, root], check=False)
    assert done.returncode == 7
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_a_store_that_cannot_be_written_says_which_setting_moves_it(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="TOWER_ASSETS_DIR"):
        put(_file(tmp_path, "clip.mp4", b"x"), root=_file(tmp_path, "no folder", b"") / "assets")


def test_a_file_within_the_roots_is_opened_by_its_real_path(tmp_path: Path) -> None:
    song = _file(tmp_path, "song.mp3", b"x")
    (tmp_path / "link.mp3").symlink_to(song)
    (tmp_path / "root").symlink_to(tmp_path)
    assert open_allowed(str(tmp_path / "link.mp3"), [tmp_path / "root"]) == song.resolve()


def test_a_missing_file_within_the_roots_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        open_allowed(str(tmp_path / "gone" / "song.mp3"), [tmp_path])


def test_nothing_but_plain_files_within_the_roots_is_opened(tmp_path: Path) -> None:
    root, outside = tmp_path / "media", _file(tmp_path, "secret.txt", b"x")
    root.mkdir()
    (root / "leads_out").symlink_to(outside)
    (root / "leads_up").symlink_to(tmp_path)
    (root / "circle").symlink_to(root / "circle")
    (root / "device").symlink_to("/dev/zero")
    os.mkfifo(root / "pipe")
    names = [
        "leads_out",
        "leads_up/secret.txt",
        "../secret.txt",
        "circle",
        "device",
        "pipe",
        "",
        "\0",
        "\ud800",
    ]
    for name in [*names, "x" * 300, "x/" * 4000]:
        with pytest.raises(PathNotAllowedError):
            open_allowed(f"{root}/{name}", [root])
    for path in [
        "/dev/zero",
        "/etc/passwd",
        "/proc/self/environ",
        "song.mp3",
        "",
        f"{root}evil/song.mp3",
        "~/x",
    ]:
        with pytest.raises(PathNotAllowedError):
            open_allowed(path, [root])


def test_an_answer_does_not_tell_what_lies_outside(tmp_path: Path) -> None:
    for path in (str(_file(tmp_path, "there", b"")), str(tmp_path / "not there")):
        with pytest.raises(PathNotAllowedError):
            open_allowed(path, [tmp_path / "media"])


def test_a_path_into_the_store_as_it_lay_elsewhere_is_opened_where_it_lies_now(tmp_path: Path) -> None:
    (tmp_path / "file.png").write_bytes(b"content")
    stored = store.put(tmp_path / "file.png", root=tmp_path / "assets")
    before = f"/gone/home/assets/sha256/{stored.sha256[:2]}/{stored.sha256[2:]}.png"
    assert store.open_allowed(before, [tmp_path / "assets"]) == stored.path.resolve()
    other = before.replace(stored.sha256[2:], "0" * 62)
    with pytest.raises(PathNotAllowedError):
        store.open_allowed(other, [tmp_path / "assets"])
    outside = store.put(tmp_path / "file.png", root=tmp_path / "elsewhere")
    with pytest.raises(PathNotAllowedError):
        store.open_allowed(str(outside.path), [tmp_path / "media"])


def test_what_is_stored_again_counts_as_stored_lately(tmp_path: Path) -> None:
    (tmp_path / "file.png").write_bytes(b"content")
    stored = store.put(tmp_path / "file.png", root=tmp_path / "assets")
    os.utime(stored.path, (1, 1))
    assert store.put(tmp_path / "file.png", root=tmp_path / "assets") == stored
    assert stored.path.stat().st_mtime > 1


def test_a_file_of_the_store_is_found_by_its_content_and_walked_over(tmp_path: Path) -> None:
    (tmp_path / "file.png").write_bytes(b"content")
    stored = store.put(tmp_path / "file.png", root=tmp_path / "assets")
    assert store.find(stored.sha256, root=tmp_path / "assets") == stored.path
    assert store.find("0" * 64, root=tmp_path / "assets") is None
    assert list(store.walk(tmp_path / "assets")) == [stored]
    assert store.place(stored.sha256, ".png", root=tmp_path / "assets") == stored.path
