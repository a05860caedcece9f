"""The reading of code: what a route comes to, and that what nobody calls counts for nothing."""

from pathlib import Path

import pytest

from tests.db.reach import Access, read

ROUTES = """
from app.queries import notes
from fastapi import APIRouter
BASE = "/notes"
router = APIRouter(prefix=BASE)

@router.post("")
def add(body): return notes.create(body)

@router.get("/{note_id}")
def show(note_id): return _found(note_id)

def _found(note_id): return notes.find(note_id)

@router.delete("/{note_id}")
def drop(commands): commands.drop()
"""
QUERIES = """
from sqlalchemy import delete, select
from app.models import Note
def create(body): return Note(text=body)
def find(note_id): return select(Note).where(Note.id == note_id)
def drop(): return delete(Note)
"""
SERVICE = """
from app.commands import Commands
from app.queries import notes
REAL = Commands(drop=notes.drop)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in (("routes", ROUTES), ("queries/notes", QUERIES), ("service", SERVICE)):
        file = tmp_path / "app" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def uses(root: Path) -> dict[str, set[Access]]:
    code = read(root, ["app"], {"Note": "app.models"})
    return {start.rpartition(":")[2]: code.reached(start) for start in code.routes}


def test_routes_come_to_what_their_callees_do(root: Path) -> None:
    found = uses(root)
    assert found["add"] == {("Note", "writes")}
    assert found["show"] == {("Note", "reads")}
    assert found["drop"] == {("Note", "writes")}


def test_paths_are_read_with_their_prefix(root: Path) -> None:
    routes = read(root, ["app"], {"Note": "app.models"}).routes
    assert routes["app.routes:add"] == [("POST", "/notes")]
    assert routes["app.routes:show"] == [("GET", "/notes/{note_id}")]


@pytest.mark.parametrize(
    ("file", "gone", "route"),
    [
        ("routes", "return notes.create(body)", "add"),
        ("routes", "return _found(note_id)", "show"),
        ("queries/notes", "return Note(text=body)", "add"),
        ("service", "drop=notes.drop", "drop"),
    ],
)
def test_what_nobody_calls_any_more_is_not_reached(root: Path, file: str, gone: str, route: str) -> None:
    path = root / "app" / f"{file}.py"
    path.write_text(path.read_text().replace(gone, "pass" if gone.startswith("return") else ""))
    assert uses(root)[route] == set()
