import re
from collections.abc import Iterator
from pathlib import Path

from api.envelope import STATUSES, plain
from studio.errors import StudioError

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def _catalogue(family: type[StudioError] = StudioError) -> Iterator[type[StudioError]]:
    yield family
    for member in family.__subclasses__():
        if member.__module__ == "studio.errors":
            yield from _catalogue(member)


def _status(error: type[StudioError]) -> int:
    return next(STATUSES[family] for family in error.__mro__ if family in STATUSES)


def test_the_page_of_errors_is_the_catalogue() -> None:
    catalogue = {(error.code, _status(error)) for error in _catalogue()}
    page, _, _ = PAGE.read_text().partition("## Codes of the doors")
    documented = {(code, int(status)) for code, status in re.findall(r"\| `(\w+)` \| (\d+) \|", page)}
    assert documented == catalogue


def test_whatever_a_detail_holds_becomes_json() -> None:
    details = {
        "path": Path("/a"),
        "odd": "\ud800",
        "nan": float("nan"),
        1: {2.5, None},
        "deep": [(True, b"x")],
    }
    assert plain(details)["path"] == "/a"
    assert plain(details)["odd"] == "\\ud800"
    assert plain(details)["nan"] == "nan"
    assert plain(details)["deep"] == [[True, "b'x'"]]
    assert sorted(map(str, plain(details)["1"])) == ["2.5", "None"]
