"""The tree a state is kept in: nodes named by their content, split by the hashes of their keys.

An entry is an entity's key and the hash of what the entity is. The digits of SHA-256(key) lead from the root
to the leaf that holds it. A subtree of at most 32 entries is one leaf, a larger one forks into 16: the shape
follows from the entries alone, so equal states have equal roots, whatever the order of the edits.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from studio.canonical import digest

LEAF_MOST: Final = 32


@dataclass(frozen=True, slots=True)
class Leaf:
    """Entities and the hashes of their values."""

    entries: Mapping[str, str]

    @property
    def count(self) -> int:
        return len(self.entries)

    def content(self) -> dict[str, Any]:
        return {"entries": dict(self.entries)}


@dataclass(frozen=True, slots=True)
class Fork:
    """Subtrees by the next digit, and how many entries they hold together."""

    count: int
    children: Mapping[str, str]

    def content(self) -> dict[str, Any]:
        return {"count": self.count, "children": dict(self.children)}


Node = Leaf | Fork
Read = Callable[[Collection[str]], Mapping[str, Node]]
"""Nodes by their hashes; called once for each level of a tree."""


@dataclass(slots=True)
class _Growing:
    """A fork under way: subtrees that changed as nodes, the others by hash."""

    count: int
    children: dict[str, "_Draft | str"]


_Draft = Leaf | _Growing
EMPTY: Final = Leaf({})
EMPTY_ROOT: Final = digest(EMPTY.content())


def node_of(content: Mapping[str, Any]) -> Node:
    """The node that `content` was made from."""
    if "entries" in content:
        return Leaf(content["entries"])
    return Fork(content["count"], content["children"])


def update(root: str, changes: Mapping[str, str | None], read: Read) -> tuple[str, dict[str, Node]]:
    """The root after `changes` (None takes an entry out), and the nodes that it needs beside the old ones."""
    known = _along(root, changes, read)
    while True:
        missing: set[str] = set()
        draft = _changed(known[root], 0, changes, known, missing)
        if not missing:
            break
        known.update(read(missing))
    made: dict[str, Node] = {}
    return _sealed(draft, made), made


def lookup(root: str, keys: Collection[str], read: Read) -> dict[str, str]:
    """The hashes under those of `keys` that there are."""
    leaves = (node for node in _along(root, dict.fromkeys(keys), read).values() if isinstance(node, Leaf))
    return {key: leaf.entries[key] for leaf in leaves for key in leaf.entries.keys() & set(keys)}


def diff(base: str, head: str, read: Read) -> dict[str, tuple[str | None, str | None]]:
    """What differs, as the hashes under `base` and `head`; equal subtrees are not read."""
    found: dict[str, tuple[str | None, str | None]] = {}
    pairs: list[tuple[str | Leaf, str | Leaf]] = [(base, head)] if base != head else []
    depth = 0
    while pairs:
        named = {side for pair in pairs for side in pair if isinstance(side, str)}
        known = read(named) if named else {}
        below: list[tuple[str | Leaf, str | Leaf]] = []
        for pair in pairs:
            old, new = (known[side] if isinstance(side, str) else side for side in pair)
            if isinstance(old, Leaf) and isinstance(new, Leaf):
                found.update(_leaf_diff(old, new))
            else:
                below += _unequal(_below(old, depth), _below(new, depth))
        pairs, depth = below, depth + 1
    return found


def entries(root: str, read: Read) -> dict[str, str]:
    """All that a tree holds."""
    return {key: new for key, (_, new) in diff(EMPTY_ROOT, root, _with_empty(read)).items() if new}


def _with_empty(read: Read) -> Read:
    return lambda hashes: {EMPTY_ROOT: EMPTY, **read([each for each in hashes if each != EMPTY_ROOT])}


@lru_cache(maxsize=1 << 17)
def _digits(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _split(changes: Mapping[str, Any], depth: int) -> dict[str, dict[str, Any]]:
    parts: dict[str, dict[str, Any]] = {}
    for key, value in changes.items():
        parts.setdefault(_digits(key)[depth], {})[key] = value
    return parts


def _along(root: str, keys: Mapping[str, Any], read: Read) -> dict[str, Node]:
    """The nodes on the ways from the root to `keys`."""
    known: dict[str, Node] = {}
    ways: dict[str, Mapping[str, Any]] = {root: keys}
    depth = 0
    while ways:
        nodes = read(ways.keys())
        known.update(nodes)
        below: dict[str, Mapping[str, Any]] = {}
        for name, here in ways.items():
            node = nodes[name]
            if isinstance(node, Fork):
                for digit, part in _split(here, depth).items():
                    if digit in node.children:
                        child = node.children[digit]
                        below[child] = {**below.get(child, {}), **part}
        ways, depth = below, depth + 1
    return known


def _changed(
    node: Node, depth: int, changes: Mapping[str, str | None], known: Mapping[str, Node], missing: set[str]
) -> _Draft:
    if isinstance(node, Leaf):
        after = {**node.entries, **changes}
        return _grown({key: value for key, value in after.items() if value is not None}, depth)
    fork = _Growing(node.count, dict(node.children))
    for digit, part in _split(changes, depth).items():
        old = known[node.children[digit]] if digit in node.children else EMPTY
        new = _changed(old, depth + 1, part, known, missing)
        fork.count += new.count - old.count
        fork.children[digit] = new
        if not new.count:
            del fork.children[digit]
    return _joined(fork, known, missing) if fork.count <= LEAF_MOST else fork


def _grown(all_entries: Mapping[str, str], depth: int) -> _Draft:
    if len(all_entries) <= LEAF_MOST:
        return Leaf(all_entries)
    parts = _split(all_entries, depth)
    return _Growing(len(all_entries), {digit: _grown(part, depth + 1) for digit, part in parts.items()})


def _joined(fork: _Growing, known: Mapping[str, Node], missing: set[str]) -> Leaf:
    """The one leaf that a fork has shrunk to; its subtrees, no larger than it, are leaves too."""
    together: dict[str, str] = {}
    for child in fork.children.values():
        if isinstance(child, str) and child not in known:
            missing.add(child)
            continue
        leaf = known[child] if isinstance(child, str) else child
        assert isinstance(leaf, Leaf)
        together.update(leaf.entries)
    return Leaf(together)


def _sealed(draft: _Draft, made: dict[str, Node]) -> str:
    node: Node = draft if isinstance(draft, Leaf) else Fork(
        draft.count,
        {
            digit: child if isinstance(child, str) else _sealed(child, made)
            for digit, child in draft.children.items()
        },
    )  # fmt: skip
    name = digest(node.content())
    made[name] = node
    return name


def _below(node: Node, depth: int) -> Mapping[str, str | Leaf]:
    if isinstance(node, Fork):
        return node.children
    return {digit: Leaf(part) for digit, part in _split(node.entries, depth).items()}


def _unequal(
    old: Mapping[str, str | Leaf], new: Mapping[str, str | Leaf]
) -> list[tuple[str | Leaf, str | Leaf]]:
    both = ((old.get(digit, EMPTY), new.get(digit, EMPTY)) for digit in sorted(old.keys() | new.keys()))
    return [pair for pair in both if pair[0] != pair[1]]


def _leaf_diff(old: Leaf, new: Leaf) -> dict[str, tuple[str | None, str | None]]:
    return {
        key: (old.entries.get(key), new.entries.get(key))
        for key in old.entries.keys() | new.entries.keys()
        if old.entries.get(key) != new.entries.get(key)
    }
