"""Trees in the database: nodes and blobs under their hashes, a statement a level."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from studio.canonical import canonical_json, digest
from studio.versions.state import Entity
from studio.versions.tree import EMPTY, EMPTY_ROOT, Node, Read, diff, entries, lookup, node_of, update

Changes = Mapping[str, Entity | None]
"""Entities by key; None where one is taken out."""


def grow(session: Session, root: str, changes: Changes) -> str:
    """The root after `changes`; what is new of the tree is written."""
    hashes = {key: None if value is None else digest(value) for key, value in changes.items()}
    keep(session, [value for value in changes.values() if value is not None])
    grown, made = update(root, hashes, reader(session))
    _write(session, "tree_nodes", {name: node.content() for name, node in made.items()})
    return grown


def keep(session: Session, values: Iterable[Entity]) -> None:
    """Write what entities are, each value once."""
    _write(session, "tree_blobs", {digest(value): value for value in values})


def state(session: Session, root: str, keys: Collection[str] | None = None) -> dict[str, Entity]:
    """The entities of a tree: all of them, or those of `keys` that it has."""
    read = reader(session)
    found = entries(root, read) if keys is None else lookup(root, keys, read)
    values = blobs(session, found.values())
    return {key: values[name] for key, name in found.items()}


def names(session: Session, root: str) -> dict[str, str]:
    """All keys of a tree, with the hashes under them."""
    return entries(root, reader(session))


def between(session: Session, base: str, head: str) -> dict[str, tuple[str | None, str | None]]:
    """What differs between two trees, as hashes of blobs by key."""
    return diff(base, head, reader(session))


def blobs(session: Session, hashes: Iterable[str | None]) -> dict[str, Entity]:
    """The values of those hashes."""
    return contents(session, "tree_blobs", {name for name in hashes if name})


def reader(session: Session) -> Read:
    """Reads nodes; what a hash stands for never changes, so a session reads each once."""
    known: dict[str, Node] = session.info.setdefault("tree nodes", {EMPTY_ROOT: EMPTY})

    def read(hashes: Collection[str]) -> dict[str, Node]:
        missing = set(hashes) - known.keys()
        found = contents(session, "tree_nodes", missing)
        known.update({name: node_of(content) for name, content in found.items()})
        return {name: known[name] for name in hashes}

    return read


def contents(session: Session, table: str, hashes: Collection[str]) -> dict[str, Any]:
    """Nodes (`tree_nodes`) or values (`tree_blobs`), by their hashes."""
    if not hashes:
        return {}
    query = text(f"SELECT hash, content FROM anime_api.{table} WHERE hash = ANY(:hashes)")  # noqa: S608
    rows = session.execute(query, {"hashes": list(hashes)})
    return {row.hash: json.loads(row.content) for row in rows}


def _write(session: Session, table: str, contents: Mapping[str, Any]) -> None:
    """In the order of their hashes, so that two writers of equal ones wait for each other in one order."""
    if not contents:
        return
    query = text(
        f"INSERT INTO anime_api.{table} (hash, content) "  # noqa: S608
        "SELECT key, value FROM json_each_text(CAST(:contents AS json)) ORDER BY key ON CONFLICT DO NOTHING"
    )
    texts = {name: canonical_json(content).decode() for name, content in contents.items()}
    session.execute(query, {"contents": json.dumps(texts)})
