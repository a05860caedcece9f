"""An archive as a project of this tower: everything is checked, named anew, and written at once."""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from db.queries.archive_import import Contents, Moved, is_known, refused, write_project
from db.session import transaction
from studio.archive import TABLES, Row
from studio.canonical import digest
from studio.clients import store
from studio.clients.packing import Pack, unpacking
from studio.versions.state import checked
from tasks.archiving import ASSETS, BLOBS, FORM, NODES, PROJECT, VERSION, part_of

LARGEST_BYTES: Final = 512 * 1024 * 1024
"""The most that the text of an archive may be, all parts together, unpacked."""
_NEEDED: Final = ("name", "description", "metadata", "status", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Imported:
    """The project that came of an archive."""

    project_id: int
    name: str
    rows: int
    assets: int
    missing: tuple[str, ...] = ()


def import_project(path: Path, root: Path) -> Imported:
    """Make a project of an archive; all of it or nothing.

    Raises:
        ArchiveError: it is none, is damaged, or holds what cannot be.
        NewerArchiveError: a newer Tower wrote it.
    """
    with unpacking(path, form=FORM, version=VERSION, stored="assets") as pack:
        _check_sizes(pack)
        pack.verify()
        told = _project(pack)
        rows = {table.name: _lines(pack, part_of(table.name)) for table in TABLES}
        nodes, blobs = _contents(pack, NODES), _contents(pack, BLOBS)
        found = Contents(rows, _lines(pack, ASSETS), nodes, blobs)
        kept = _put_assets(pack, root)
        with transaction() as session:
            project_id = write_project(session, told, found, kept, _moved(pack, root))
        count = sum(map(len, rows.values()))
        missing = tuple(str(each) for each in pack.manifest.get("missing", []))
    return Imported(project_id, told["anime_projects"]["name"], count, len(kept), missing)


def _check_sizes(pack: Pack) -> None:
    """What shrinks may be small in the file and large outside of it."""
    texts = [part.size_bytes for name, part in pack.parts.items() if not name.startswith("assets/")]
    if sum(texts) > LARGEST_BYTES:
        raise refused(f"Its text is larger than {LARGEST_BYTES} bytes.", "parts")


def _project(pack: Pack) -> dict[str, Row]:
    told = _json(pack.text(PROJECT, largest_bytes=LARGEST_BYTES), PROJECT)
    is_whole = isinstance(told, dict) and set(told) == {"anime_projects", "projects"}
    if not is_whole or not all(isinstance(each, dict) for each in told.values()):
        raise refused("It does not say what project it is.", PROJECT)
    own = told["anime_projects"]
    if any(name not in own for name in _NEEDED) or not isinstance(own["metadata"], dict):
        raise refused("It does not say what project it is.", PROJECT)
    if any(name not in told["projects"] for name in ("created_at", "updated_at")):
        raise refused("It does not say how the project is produced.", PROJECT)
    named = {name: own[name] for name in ("name", "description", "metadata")}
    checked("project", named)
    return dict(told)


def _lines(pack: Pack, name: str) -> list[Row]:
    if name not in pack.parts:
        return []
    found = [_json(line, name) for line in pack.text(name, largest_bytes=LARGEST_BYTES).split("\n") if line]
    if not all(isinstance(row, dict) for row in found):
        raise refused(f"The part {name} does not hold rows.", name)
    return found


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(f"The part {name} is no JSON.", name) from error


def _contents(pack: Pack, name: str) -> dict[str, Any]:
    """Nodes or values by their hashes, which must be theirs."""
    found = {str(row.get("hash")): row.get("content") for row in _lines(pack, name)}
    for sha256, content in found.items():
        if digest(content) != sha256:
            raise refused(f"A version in {name} is not what its hash says.", name)
    return found


def _put_assets(pack: Pack, root: Path) -> dict[str, Path]:
    """Files go into the store first: what no row names in the end is nobody's there."""
    kept = {}
    for inside, name in pack.under("assets").items():
        path = PurePosixPath(inside)
        sha256 = f"{path.parent.name}{path.name.partition('.')[0]}"
        if pack.parts[name].sha256 != sha256 or not is_known(path.suffix):
            raise refused(f"The file {inside[:200]} is not what its name says.", inside[:200])
        with pack.reading(name) as source:
            kept[sha256] = _kept(source, path.suffix, root)
    return kept


def _kept(source: BinaryIO, suffix: str, root: Path) -> Path:
    return store.take_in(source, root=root, suffix_of=lambda _: suffix).path


def _moved(pack: Pack, root: Path) -> Moved:
    return Moved(str(pack.manifest.get("assets_folder") or ""), root.resolve())
