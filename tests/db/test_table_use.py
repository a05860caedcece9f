"""Every promised table is written and read by code that can be set going; the page names by which."""

import re
from collections.abc import Iterator

import pytest

from db.models.base import Table
from tests.db.reach import Access, Code, read
from tests.db.test_schema import DOCUMENTED, ROOT

PACKAGES = ("db", "tasks", "flows", "api")
PROMISED = [f"{schema}.{name}" for schema, names in DOCUMENTED.items() for name in names.split()]
ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \|.*\|(.*)\|(.*)\|$", re.MULTILINE)


def models() -> dict[str, tuple[str, str]]:
    """By table: the name and module of its model."""
    mapped = {mapper.class_: mapper.local_table for mapper in Table._sa_registry.mappers}
    return {
        f"{getattr(table, 'schema', None) or 'public'}.{table.name}": (model.__name__, model.__module__)
        for model, table in mapped.items()
    }


@pytest.fixture(scope="module")
def code() -> Code:
    return read(ROOT, PACKAGES, dict(models().values()))


@pytest.fixture(scope="module")
def reached(code: Code) -> dict[str, set[Access]]:
    """What each route and flow comes to."""
    return {start: code.reached(start) for start in (*code.routes, *code.flows)}


@pytest.mark.parametrize("table", PROMISED)
def test_a_promised_table_has_a_writer_and_a_reader(reached: dict[str, set[Access]], table: str) -> None:
    model, _ = models()[table]
    for how in ("writes", "reads"):
        assert [start for start, uses in reached.items() if (model, how) in uses], f"nothing {how} {table}"


def named(cell: str) -> Iterator[tuple[str, str]]:
    """The calls that a cell of the page names: `POST`, `PUT /scenes` are two."""
    waiting: list[str] = []
    for token in re.findall(r"`([^`]*)`", cell):
        found = re.fullmatch(r"(?:(GET|POST|PUT|PATCH|DELETE) ?)?((?:\.\.\.)?/[^?\s]*)?(?:\?\S*)?", token)
        if found is None:
            continue
        method, path = found.groups()
        waiting += [method] if method else []
        if path:
            yield from ((each, path) for each in waiting)
            waiting = []


def routes_of(code: Code, method: str, path: str) -> list[str]:
    """What answers a call of the page, which leaves out the service's prefix and an entity's id."""
    wanted = re.sub(r"\{[^}]*\}", "{}", path).removeprefix("/api")
    found = []
    for start, calls in code.routes.items():
        for verb, route in calls:
            bare = re.sub(r"\{[^}]*\}", "{}", route)
            same = (
                bare.endswith(wanted[3:]) if wanted.startswith("...") else bare in (wanted, f"{wanted}/{{}}")
            )
            found += [start] if same and method == verb else []
    return found


def test_the_page_names_calls_that_there_are_and_that_use_the_table(
    code: Code, reached: dict[str, set[Access]]
) -> None:
    """A row that is changed after it was read shows as read alone: whether it is written is not asked."""
    page = (ROOT / "docs" / "schema.md").read_text()
    wrong = []
    count = 0
    for table, writers, readers in ROW.findall(page):
        model = models()[table][0]
        for method, path in (*named(writers), *named(readers)):
            count += 1
            starts = routes_of(code, method, path)
            if not any(model in {used for used, _ in reached[start]} for start in starts):
                wrong.append((table, method, path, starts))
    assert wrong == []
    assert count > 100
