"""The rows of an archive, named anew, as a project of this tower."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session

from db.queries import archive, assets, trees
from studio.archive import TABLES, Rename, Row, Table, renamed, renamed_entity, renamed_state
from studio.canonical import digest
from studio.clients import store
from studio.errors import ArchiveError
from studio.versions.state import Entity
from studio.versions.tree import EMPTY, EMPTY_ROOT, Node, entries, node_of

SUFFIXES: Final = frozenset(
    {
        *("png", "jpg", "webp", "gif", "bmp", "svg", "mp4", "mkv", "webm", "mov", "ts", "avi"),
        *("wav", "mp3", "flac", "ogg", "opus", "m4a", "mka", "aac"),
    }
)
"""Kinds of files that a store holds; what else comes in an archive is none of Tower's."""
_STOPPED: Final = {"code": "IMPORTED", "message": "It was under way when it was exported.", "details": {}}


@dataclass(slots=True)
class Ids:
    """New ids for old: first all old ones are heard of, then each has a new one."""

    heard: dict[str, dict[Any, None]] = field(default_factory=dict)
    given: dict[str, dict[Any, Any]] = field(default_factory=dict)
    project_id: int = 0

    def hear(self, kind: str, old: Any) -> Any:
        """Note an id; those that are named by content need none of ours."""
        if kind not in ("tree", "commit", "project", "named generation") and not kind.startswith("blob/"):
            self.heard.setdefault(kind, {})[old] = None
        return old

    def allot(self, session: Session, project_id: int) -> None:
        """Give each a new one; they stay in their order, and so does what is listed by them."""
        for kind, old in self.heard.items():
            self.given[kind] = dict(zip(_sorted(old), archive.allot(session, kind, len(old)), strict=True))
        self.project_id = project_id

    def rename(self, kind: str, old: Any) -> Any:
        """The new id; a generation that is only spoken of, and is none of this archive, keeps its name."""
        if kind == "project":
            return self.project_id
        if kind == "named generation":
            return self.given.get("generation", {}).get(old, old)
        if old not in self.given.get(kind, {}):
            raise refused(f"It names a {kind.removesuffix('s')} that it does not hold: {old}.", kind)
        return self.given[kind][old]


def _sorted(old: Iterable[Any]) -> list[Any]:
    try:
        return sorted(old)
    except TypeError as error:
        raise refused("Its ids are of two kinds.", "rows") from error


def is_known(suffix: str) -> bool:
    """Whether files of the store bear this suffix, if any."""
    return not suffix or (suffix.startswith(".") and suffix[1:] in SUFFIXES)


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds beside its files: rows by table, nodes and values by their hashes."""

    rows: Mapping[str, list[Row]]
    assets: list[Row]
    nodes: Mapping[str, Any]
    blobs: Mapping[str, Any]


def write_project(
    session: Session, told: Mapping[str, Row], found: Contents, kept: Mapping[str, Path], moved: "Moved"
) -> int:
    """Write a project of this tower, under ids of its own; its number.

    Args:
        session: A transaction.
        told: The project's own two rows.
        found: The rest of it.
        kept: Where its files are in the store, by hash.
        moved: Where the store was, and is.

    Raises:
        ArchiveError: something of it cannot be.
    """
    project_id = archive.create(session, told)
    ids = Ids()
    _hear(ids, found)
    ids.allot(session, project_id)
    _note_assets(session, found.assets, moved.root, project_id, kept)
    _write(session, ids, found, moved)
    return project_id


def _note_assets(
    session: Session, rows: Iterable[Row], root: Path, project_id: int, kept: Mapping[str, Path]
) -> None:
    """A file that did not come along is noted as gone, unless this tower has it."""
    for row in rows:
        sha256, suffix, kind = str(row.get("sha256")), str(row.get("suffix")), str(row.get("kind"))
        if not re.fullmatch("[0-9a-f]{64}", sha256) or not is_known(suffix):
            raise refused("It names a file that cannot be.", "assets")
        path = kept.get(sha256) or store.find(sha256, root=root)
        where = path or store.place(sha256, suffix, root=root)
        size = int(row.get("size_bytes") or 0)
        noted = assets.add(
            session, sha256=sha256, path=str(where), kind=kind, size_bytes=size, project_id=project_id
        )
        if path is None:
            noted.removed_at = row.get("removed_at") or datetime.now(UTC)
            noted.removed_why = row.get("removed_why") or "missing"
    session.flush()


def _hear(ids: Ids, found: Contents) -> None:
    for table in TABLES:
        for row in found.rows[table.name]:
            _named(table, row, ids.hear)
    for node in found.nodes.values():
        held = node.get("entries", {})
        renamed_state({key: _blob(found.blobs, sha256) for key, sha256 in held.items()}, ids.hear)
    for row in found.rows["anime_api.branch_parts"]:
        renamed_entity(row["part"], _blob(found.blobs, row["blob_hash"]), ids.hear)


def _named(table: Table, row: Row, rename: Rename) -> Row:
    try:
        return renamed(table, row, rename)
    except (KeyError, TypeError, ValueError) as error:
        raise refused(f"A row of {table.name} cannot be read.", table.name) from error


def _write(session: Session, ids: Ids, found: Contents, moved: "Moved") -> None:
    _rename_versions(session, ids, found)
    heads: dict[int, str | None] = {}
    for table in TABLES:
        named = [_named(table, row, ids.rename) for row in found.rows[table.name]]
        if table.name == "anime_api.branches":
            heads = {row["id"]: row.pop("head_commit_id") for row in named}
        archive.write(session, table.name, moved.rows(table.name, map(_stopped, named)))
    archive.set_heads(session, {branch: head for branch, head in heads.items() if head})


def _rename_versions(session: Session, ids: Ids, found: Contents) -> None:
    """Each committed state under its new ids; a commit is named by its old name and the project."""
    commits = found.rows["anime_api.commits"]
    named = [*commits, *found.rows["anime_api.takes"]]
    roots = {str(row["tree_hash"]) for row in named if row.get("tree_hash")}
    ids.given["tree"] = {root: _grown(session, root, found, ids) for root in sorted(roots)}
    made = {"project": ids.project_id}
    ids.given["commit"] = {row["id"]: digest({**made, "imported": row["id"]}) for row in commits}
    for row in found.rows["anime_api.branch_parts"]:
        value = renamed_entity(row["part"], _blob(found.blobs, row["blob_hash"]), ids.rename)
        trees.keep(session, [value])
        ids.given.setdefault(f"blob/{row['part']}", {})[row["blob_hash"]] = digest(value)


def _grown(session: Session, root: str, found: Contents, ids: Ids) -> str:
    def read(hashes: Collection[str]) -> dict[str, Node]:
        return {each: EMPTY if each == EMPTY_ROOT else _node(found.nodes, each) for each in hashes}

    held = entries(root, read)
    state = {key: _blob(found.blobs, sha256) for key, sha256 in held.items()}
    return trees.grow(session, EMPTY_ROOT, renamed_state(state, ids.rename))


def _node(nodes: Mapping[str, Any], sha256: str) -> Node:
    if sha256 not in nodes:
        raise refused("It lacks a part of a version.", "nodes")
    return node_of(nodes[sha256])


def _blob(blobs: Mapping[str, Any], sha256: str) -> Entity:
    if sha256 not in blobs:
        raise refused("It lacks a part of a version.", "values")
    return blobs[sha256]


def _stopped(row: Row) -> Row:
    """What was under way there is not carried on here by itself; schedules wait to be switched on."""
    if "attempt" in row and row.get("status") == "processing":
        return {**row, "status": "cancelled", "error": _STOPPED, "finished_at": row["updated_at"]}
    return {**row, "enabled": False} if "time_zone" in row and "expression" in row else row


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the store was, and where it is: paths into it are changed where they are no versioned field."""

    was: str
    root: Path

    def rows(self, table: str, given: Iterable[Row]) -> Iterator[Row]:
        for row in given:
            yield row if table in VERSIONED or not self.was else self.inside(row)

    def inside(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(f"{self.was}/sha256/", f"{self.root}/sha256/")
        if isinstance(value, list):
            return [self.inside(each) for each in value]
        if isinstance(value, dict):
            return {name: self.inside(each) for name, each in value.items()}
        return value


VERSIONED: Final = frozenset(
    {"anime_api.characters", "anime_api.scenes", "anime_api.music_scene_sync", "public.episodes"}
)


def refused(message: str, part: str) -> ArchiveError:
    """What comes from elsewhere, and cannot be taken."""
    return ArchiveError(message, field="file", value=part, expected="an archive that Tower made")
