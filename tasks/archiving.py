"""A project as one file: all that it is, with its history, its takes and their files."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from db.models.production import Asset
from db.queries import archive
from db.queries.archive import Seen
from db.references import PATTERN
from studio.archive import TABLES, Row
from studio.clients import store
from studio.clients.packing import Packing, packing
from studio.errors import FileMissingError

FORM: Final = "tower-project"
VERSION: Final = 1
PROJECT: Final = "project.json"
NODES: Final = "versions/nodes.jsonl"
BLOBS: Final = "versions/blobs.jsonl"
ASSETS: Final = "assets.jsonl"
_HASHES: Final = re.compile(PATTERN)


def export_project(project_id: int, root: Path, target: Path) -> dict[str, Any]:
    """Write a project's archive to `target`, as of one moment; returns what its manifest says besides parts.

    Raises:
        NotFoundError: there is no such project.
        StorageError: the disk is full.
    """
    says: dict[str, Any] = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tower": metadata.version("tower-anime"),
        "assets_folder": str(root.resolve()),
        "missing": [],
    }
    with archive.snapshot(project_id) as seen:
        told = seen.project()
        with packing(target, form=FORM, version=VERSION, says=says) as pack:
            _add(pack, PROJECT, json.dumps(told).encode())
            hashes, roots, blobs = _add_rows(pack, seen)
            nodes, values = seen.contents(roots, blobs)
            says["assets"] = _add_assets(pack, seen, hashes | _mentioned(values), root, says["missing"])
            _add_lines(pack, NODES, ({"hash": name, "content": nodes[name]} for name in sorted(nodes)))
            _add_lines(pack, BLOBS, ({"hash": name, "content": values[name]} for name in sorted(values)))
    says["name"] = told["anime_projects"]["name"]
    return says


def part_of(table: str) -> str:
    """The part that holds a table's rows."""
    return f"rows/{table}.jsonl"


def _add_rows(pack: Packing, seen: Seen) -> tuple[set[str], set[str], set[str]]:
    """All rows; the hashes that they name, the trees among these, and the values of branches' own parts."""
    hashes, roots, blobs = set[str](), set[str](), set[str]()

    def noted(rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            hashes.update(_mentioned(row))
            roots.update(filter(None, [row.get("tree_hash")]))
            blobs.update(filter(None, [row.get("blob_hash")]))
            yield row

    for table in TABLES:
        _add_lines(pack, part_of(table.name), noted(seen.rows(table)))
    return hashes, roots, blobs


def _mentioned(value: Any) -> set[str]:
    """The hashes that stand anywhere in a JSON value."""
    return {found.replace("/", "") for found in _HASHES.findall(json.dumps(value))}


def _add_assets(pack: Packing, seen: Seen, hashes: set[str], root: Path, missing: list[str]) -> int:
    """The files that rows and committed states name."""
    rows = seen.assets(hashes)
    _add_lines(pack, ASSETS, map(_asset, rows))
    count = 0
    for row in rows:
        path = store.find(row.sha256, root=root)
        if path is None:
            missing.extend([row.sha256] if row.removed_at is None else [])
            continue
        with suppress(FileMissingError), store.reading(path) as source:
            pack.add(f"assets/{row.sha256[:2]}/{path.name}", source)
            count += 1
    return count


def _asset(row: Asset) -> Row:
    told = row.model_dump(mode="json", exclude={"project_id", "path"})
    return {**told, "suffix": Path(row.path).suffix}


def _add(pack: Packing, name: str, content: bytes) -> None:
    pack.add(name, BytesIO(content), shrinks=True)


def _add_lines(pack: Packing, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """A line of JSON for each; however many, they are never all in memory."""
    with TemporaryFile() as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
            file.write(b"\n")
        file.seek(0)
        pack.add(name, file, shrinks=True)
