"""One file of many: what was packed comes back, and what others made up does not get in."""

import json
import stat
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.clients.packing import is_inside, packing, unpacking
from studio.errors import ArchiveError, NewerArchiveError

Write = Callable[[zipfile.ZipFile], None]


def pack(target: Path, parts: dict[str, bytes]) -> None:
    with packing(target, form="box", version=2, says={"title": "Kaze"}) as made:
        for name, content in parts.items():
            made.add(name, BytesIO(content), shrinks=name.endswith(".json"))


def test_what_is_packed_is_what_is_unpacked(tmp_path: Path) -> None:
    parts = {"a.json": b"{}" * 1000, "assets/ab/c.mp4": b"\0\1" * 1000, "empty": b""}
    pack(tmp_path / "box.zip", parts)
    with unpacking(tmp_path / "box.zip", form="box", version=2, stored="assets") as box:
        box.verify()
        assert box.manifest["title"] == "Kaze"
        assert box.under("assets") == {"ab/c.mp4": "assets/ab/c.mp4"}
        for name, content in parts.items():
            with box.reading(name) as source:
                assert source.read() == content
    assert [path.name for path in tmp_path.iterdir()] == ["box.zip"]


def test_equal_contents_are_equal_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        pack(tmp_path / name, {"a.json": b"{}", "b": b"content"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_packing_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "box.zip"
    target.write_bytes(b"before")
    with pytest.raises(UnicodeEncodeError), packing(target, form="box", version=1, says={}) as made:
        made.add("\ud800", BytesIO(b"a"))
    assert [path.name for path in tmp_path.iterdir()] == ["box.zip"]
    assert target.read_bytes() == b"before"


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("a", True), ("a/b.mp4", True), ("Häuser ＊/…", True), ("..a", True),
        ("", False), ("/a", False), ("a//b", False), ("../a", False), ("a/../b", False), ("a/.", False),
        ("a\\b", False), ("C:a", False), ("a\0b", False), ("a/", False), ("a\nb", False),
    ],
)  # fmt: skip
def test_only_names_that_stay_inside_are_taken(name: str, is_good: bool) -> None:
    assert is_inside(name) is is_good


@given(st.text())
def test_a_name_that_is_taken_leads_nowhere_else(name: str) -> None:
    root = Path("/somewhere")
    if is_inside(name):
        assert (root / name).is_relative_to(root)
        assert root in (root / name).parents
        assert ".." not in (root / name).parts


def _manifest(**parts: bytes) -> str:
    listed = {name: {"sha256": "0" * 64, "size_bytes": len(content)} for name, content in parts.items()}
    return json.dumps({"format": "box", "version": 1, "parts": listed})


def _climbs(file: zipfile.ZipFile) -> None:
    file.writestr("../../evil", b"x")
    file.writestr("manifest.json", _manifest(**{"../../evil": b"x"}))


def _links(file: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    file.writestr(info, b"/etc/passwd")
    file.writestr("manifest.json", _manifest(link=b"/etc/passwd"))


def _bomb(file: zipfile.ZipFile) -> None:
    file.writestr("assets/bomb", b"\0" * 10_000_000, zipfile.ZIP_DEFLATED)
    file.writestr("manifest.json", _manifest(**{"assets/bomb": b"\0" * 10_000_000}))


def _bz2(file: zipfile.ZipFile) -> None:
    file.writestr("a", b"a", zipfile.ZIP_BZIP2)
    file.writestr("manifest.json", _manifest(a=b"a"))


def _unlisted(file: zipfile.ZipFile) -> None:
    file.writestr("a", b"a")
    file.writestr("manifest.json", _manifest())


def _absent(file: zipfile.ZipFile) -> None:
    file.writestr("manifest.json", _manifest(a=b"a"))


def _no_manifest(file: zipfile.ZipFile) -> None:
    file.writestr("a", b"a")


def _no_json(file: zipfile.ZipFile) -> None:
    file.writestr("manifest.json", "{")


def _no_object(file: zipfile.ZipFile) -> None:
    file.writestr("manifest.json", "[]")


def _no_parts(file: zipfile.ZipFile) -> None:
    file.writestr("manifest.json", '{"format": "box", "version": 1, "parts": [1]}')


def _other_form(file: zipfile.ZipFile) -> None:
    file.writestr("manifest.json", '{"format": "crate", "version": 1, "parts": {}}')


@pytest.mark.parametrize(
    "write",
    [
        *(_climbs, _links, _bomb, _bz2, _unlisted, _absent),
        *(_no_manifest, _no_json, _no_object, _no_parts, _other_form),
    ],
)
def test_what_others_made_up_is_refused(write: Write, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "box.zip", "w") as file:
        write(file)
    with (
        pytest.raises(ArchiveError),
        unpacking(tmp_path / "box.zip", form="box", version=1, stored="assets"),
    ):
        pass


def test_a_part_that_is_not_what_the_manifest_says_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "box.zip", "w") as file:
        file.writestr("a", b"a")
        file.writestr("manifest.json", _manifest(a=b"a"))
    with unpacking(tmp_path / "box.zip", form="box", version=1) as box:
        with pytest.raises(ArchiveError, match="not what the manifest says"):
            box.verify()
        with pytest.raises(ArchiveError, match="not what the manifest says"):
            box.text("a", largest_bytes=10)
        with pytest.raises(ArchiveError, match="larger than"):
            box.text("a", largest_bytes=0)
        with pytest.raises(ArchiveError, match="no part"):
            box.text("b", largest_bytes=10)


def test_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    pack(tmp_path / "box.zip", {})
    with (
        pytest.raises(NewerArchiveError, match="version 2; this Tower reads up to 1"),
        unpacking(tmp_path / "box.zip", form="box", version=1),
    ):
        pass
