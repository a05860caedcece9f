"""What has changed since the last look."""

from hypothesis import given
from hypothesis import strategies as st

from studio.music_library.changes import Known, Moves, Stamp, compare


def row(number: int, path: str, stamp: int = 1, state: str = "present", content: str = "x") -> Known:
    return Known(number, path, Stamp(stamp, stamp), state, content_hash=content)


def test_each_kind_of_change_is_told() -> None:
    known = [row(1, "/same"), row(2, "/changed"), row(3, "/gone"), row(4, "/back", state="missing")]
    known.append(row(5, "/bad", state="unreadable"))
    seen = {path: Stamp(1, 1) for path in ("/same", "/back", "/bad", "/new")} | {"/changed": Stamp(2, 1)}
    found = compare(known, seen)
    assert (found.new, found.changed) == (("/new",), ("/bad", "/changed"))
    assert (found.returned, found.unchanged) == ((4,), 1)
    assert [each.id for each in found.vanished] == [3]


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 9)))
def test_what_was_seen_is_unchanged_when_it_is_seen_again(files: dict[str, int]) -> None:
    known = [row(number, path, stamp) for number, (path, stamp) in enumerate(files.items())]
    found = compare(known, {path: Stamp(stamp, stamp) for path, stamp in files.items()})
    assert found.unchanged == len(files)
    assert found.to_read == found.returned == found.vanished == ()


def test_of_two_equal_files_the_one_of_that_name_has_moved() -> None:
    moves = Moves([row(1, "/a/one.mp3"), row(2, "/a/two.mp3"), row(3, "/a/other.mp3", content="y")])
    found = [moves.origin(f"/b/{name}.mp3", "x") for name in ("two", "three", "four")]
    assert [each and each.id for each in found] == [2, 1, None]
    assert [each.id for each in moves.left()] == [3]
