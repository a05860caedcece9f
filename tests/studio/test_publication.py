from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.publication import (
    Item,
    PathMap,
    Publication,
    differs,
    find_item,
    is_same,
    is_within,
    read_path_map,
)

PUBLISHED = Publication(Path("/lib/Kaze (2026)/Season 01/a.mp4"), Path("/lib/Kaze (2026)"), 1, 2, 1000)
NAMES = st.text(st.characters(codec="ascii", exclude_characters="/\\\0=,"), min_size=1).filter(
    lambda name: name == name.strip(" .") and name
)


@pytest.mark.parametrize(
    ("pairs", "path", "theirs"),
    [
        ([], "/lib/a.mp4", "/lib/a.mp4"),
        (["/lib=/media/anime"], "/lib/Kaze/a.mp4", "/media/anime/Kaze/a.mp4"),
        (["/lib/=/media/anime/"], "/lib/Kaze/a.mp4", "/media/anime/Kaze/a.mp4"),
        (["/lib=/media"], "/library/a.mp4", "/library/a.mp4"),  # another folder
        (["/lib=/media"], "/lib", "/media"),
        (["/=/outside"], "/lib/a.mp4", "/outside/lib/a.mp4"),
        (["/lib=/"], "/lib/a.mp4", "/a.mp4"),
        (["/lib=/media", "/lib/Kaze=/wind"], "/lib/Kaze/a.mp4", "/wind/a.mp4"),  # the innermost decides
        (["/lib=D:\\Anime"], "/lib/Kaze/a.mp4", "D:\\Anime\\Kaze\\a.mp4"),
        (["/lib=\\\\nas\\anime"], "/lib/Kaze/a.mp4", "\\\\nas\\anime\\Kaze\\a.mp4"),
        (["no pair", "=x", "/lib="], "/lib/a.mp4", "/lib/a.mp4"),
    ],
)
def test_the_server_has_names_of_its_own_for_our_folders(pairs: list[str], path: str, theirs: str) -> None:
    assert read_path_map(pairs).theirs(PurePath(path)) == theirs


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_what_lies_in_a_mapped_folder_lies_in_the_servers(parts: list[str]) -> None:
    theirs = PathMap((("/lib", "/media/anime"),)).theirs(PurePath("/lib", *parts))
    assert is_within(theirs, "/media/anime")
    assert is_same(theirs, f"/media/anime/{'/'.join(parts)}/")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/media/a.mp4", "/media//a.mp4", True),
        ("/media/a.mp4", "/media/A.mp4", False),
        ("D:\\Anime\\a.mp4", "d:/anime/A.mp4", True),
        ("/media/u\u0308.mp4", "/media/\u00fc.mp4", True),  # as Macs write it
        (None, "/media/a.mp4", False),
    ],
)
def test_paths_of_the_server_are_told_apart_as_it_does(one: str | None, other: str, same: bool) -> None:
    assert is_same(one, other) is same


def test_a_folder_whose_name_begins_alike_is_another() -> None:
    assert is_within("/media/anime/Kaze", "/media/anime")
    assert not is_within("/media/anime2/Kaze", "/media/anime")


def _item(**said: object) -> Item:
    plain: dict[str, object] = {"id": "1", "name": "a", "path": "/m/a.mp4", "season": 1, "number": 2}
    return Item(**{**plain, **said})  # type: ignore[arg-type]


def test_an_item_is_found_by_its_path_alone() -> None:
    items = [_item(path=None), _item(id="2", path="/m/b.mp4"), _item(id="3")]
    found = find_item(items, "/m/a.mp4")
    assert found is not None
    assert found.id == "3"
    assert find_item(items, "/m/c.mp4") is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, None),
        ({"size_bytes": 1000}, None),
        ({"size_bytes": 999}, "before"),
        ({"season": 2}, "season 2, episode 2, not as season 1, episode 2"),
        ({"number": None}, "episode None"),
    ],
)
def test_a_wrong_number_or_the_file_of_before_is_told(said: dict[str, object], reason: str | None) -> None:
    told = differs(_item(**said), PUBLISHED)
    assert (told is None) is (reason is None)
    assert (reason or "") in (told or "")
