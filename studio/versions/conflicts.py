"""Where two sides' changes do not go together: in a field, or in a rule that holds between entities."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from studio.canonical import canonical_json, digest
from studio.versions.state import LABELS, Entity, id_of, kind_of

Kind = Literal["modify/modify", "delete/modify", "add/add", "duplicate", "dangling"]
State = Mapping[str, Entity | None]
"""Entities by key; what is not there, or None, does not exist."""
Place = tuple[str, tuple[str, ...]]


class _Absent:
    """Not there, which is not the same as null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both sides changed, each in its way, or a rule that their changes break together."""

    entity: str
    at: tuple[str, ...]
    base: Any
    ours: Any
    theirs: Any
    kind: Kind

    @property
    def path(self) -> str:
        """The field, as a JSON Pointer (RFC 6901)."""
        return pointer(self.at)

    @property
    def mark(self) -> str:
        """What tells this conflict from one of the same field with other values."""
        return digest([each is ABSENT or [each] for each in (self.base, self.ours, self.theirs)])

    def shown(self) -> dict[str, Any]:
        """The conflict as it is reported; what is not there is null."""
        sides = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        values = {side: None if value is ABSENT else value for side, value in sides.items()}
        return {"entity": self.entity, "path": self.path, **values, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Sides:
    """The three states of a merge."""

    base: State
    ours: State
    theirs: State

    def of(self, key: str) -> tuple[Any, Any, Any]:
        """What each has under a key."""
        values = [state.get(key) for state in (self.base, self.ours, self.theirs)]
        base, ours, theirs = (ABSENT if value is None else value for value in values)
        return base, ours, theirs

    def conflict(self, key: str, name: str, kind: Kind) -> Conflict:
        """A conflict about one field of an entity."""
        base, ours, theirs = (
            value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT for value in self.of(key)
        )
        return Conflict(key, (name,), base, ours, theirs, kind)


def pointer(at: Iterable[str]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in at)


def broken(sides: Sides, merged: State, pending: Collection[Place]) -> list[Conflict]:
    """Rules that hold on either side and not of what became of both.

    Two entities of one name or number, and an entity that names another which one side took away. Both can
    only come about between entities that a side changed, so that no others need be given.

    Args:
        sides: What was merged.
        merged: What became of it.
        pending: Fields that are in conflict anyway; what they will be is not known yet.
    """
    return [*_duplicates(sides, merged, pending), *_dangling(sides, merged, pending)]


def same(left: Any, right: Any) -> bool:
    """Whether two values are one in JSON, where 1 is not true; a value that is absent equals only itself."""
    if left is right:
        return True
    if left is ABSENT or right is ABSENT:
        return False
    return canonical_json(left) == canonical_json(right)


def _duplicates(sides: Sides, merged: State, pending: Collection[Place]) -> list[Conflict]:
    holders: dict[tuple[str, str], list[str]] = {}
    for key, value in merged.items():
        label = LABELS.get(kind_of(key))
        if label and value is not None and not {(key, ()), (key, (label,))} & set(pending):
            holders.setdefault((kind_of(key), str(value.get(label))), []).append(key)
    return [
        sides.conflict(key, LABELS[kind], "duplicate")
        for (kind, _), keys in holders.items()
        if len(keys) > 1
        for key in keys
    ]


_REFERENCES: Final = (("scenes", "characters", "characters"), ("episodes", "scene_ids", "scenes"))
"""Which field of which kind names entities of which other kind."""


def _dangling(sides: Sides, merged: State, pending: Collection[Place]) -> list[Conflict]:
    found = {}
    for kind, name, target in _REFERENCES:
        there = _there(target, sides, merged, pending)
        users = [
            (key, value)
            for key, value in merged.items()
            if kind_of(key) == kind and value and not {(key, ()), (key, (name,))} & set(pending)
        ]
        for side in (sides.ours, sides.theirs):
            gone = _taken_away(target, sides.base, side) - there
            for key, value in users:
                if gone and _names(value, name, gone, side.get(key)):
                    found[key] = sides.conflict(key, name, "dangling")
    return [found[key] for key in sorted(found)]


def _there(kind: str, sides: Sides, merged: State, pending: Collection[Place]) -> set[str]:
    """What entities are called, or may yet be."""
    undecided = {key for key, at in pending if at in ((), (LABELS[kind],))}
    states = (sides.ours, sides.theirs)
    return {_called(key, value) for key, value in merged.items() if kind_of(key) == kind and value} | {
        _called(key, value)
        for key in undecided
        if kind_of(key) == kind
        for state in states
        if (value := state.get(key))
    }


def _taken_away(kind: str, base: State, side: State) -> set[str]:
    """What entities were called that a side deleted or renamed."""
    called = {(key, _called(key, value)) for key, value in base.items() if kind_of(key) == kind and value}
    return {name for key, name in called if not (now := side.get(key)) or _called(key, now) != name}


def _called(key: str, value: Entity) -> str:
    return str(value.get("name")) if kind_of(key) == "characters" else id_of(key)


def _names(value: Entity, name: str, gone: set[str], before: Entity | None) -> bool:
    """Whether an entity names what is gone, which the side that took it away did not do itself."""
    known = () if before is None else before[name]
    return bool((_named(value[name]) & gone) - _named(known))


def _named(references: Iterable[Any]) -> set[str]:
    return {str(reference) for reference in references}
