"""Three states made one, field by field: base, ours, theirs, always in that order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from studio.canonical import canonical_json
from studio.versions.conflicts import ABSENT, Conflict, Kind, Sides, State, broken, same
from studio.versions.order import merge_order, merge_set
from studio.versions.state import Entity, checked, kind_of


@dataclass(frozen=True, slots=True)
class Resolution:
    """What somebody decided about a conflict; `of` marks the one that was meant, where that is known."""

    entity: str
    path: str
    choose: Literal["base", "ours", "theirs", "value"]
    value: Any = None
    of: str | None = None

    def chosen(self, conflict: Conflict) -> Any:
        """The value that the field is to have."""
        return self.value if self.choose == "value" else getattr(conflict, self.choose)


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of each entity, and what is left to decide (what is in conflict stands as ours)."""

    entities: Mapping[str, Entity | None]
    conflicts: Sequence[Conflict]


def merge(base: State, ours: State, theirs: State, resolutions: Iterable[Resolution] = ()) -> Merged:
    """Both sides' changes of the entities that are given.

    Args:
        base: What both started from. Entities that neither side changed may be left out of all three.
        ours: The branch that is merged into.
        theirs: What is merged into it.
        resolutions: Decisions on conflicts, of which the last counts; those that fit none are passed over.

    Raises:
        InvalidError: a field cannot be what was decided.
    """
    decisions = _Decisions({(each.entity, each.path): each for each in resolutions})
    sides = Sides(base, ours, theirs)
    for key in sorted(base.keys() | ours.keys() | theirs.keys()):
        found: list[Conflict] = []
        value = _merged(key, (), *sides.of(key), found)
        decisions.settle(key, value, found)
    _keep_rules(sides, decisions)
    return Merged(decisions.entities, decisions.open)


def virtual_base(base: State, ours: State, theirs: State) -> dict[str, Entity | None]:
    """What two bases of a criss-cross merge stand for: both merged, and where they conflict, neither.

    A field on which the bases conflict holds a marker that no side's value equals. Where the two sides of the
    merge differ on that field, it is a conflict of theirs, so that no edit is passed over.
    """
    sides = Sides(base, ours, theirs)
    together: dict[str, Entity | None] = {}
    for key in sorted(base.keys() | ours.keys() | theirs.keys()):
        found: list[Conflict] = []
        value = _merged(key, (), *sides.of(key), found)
        for conflict in found:
            value = _with(value, conflict.at, {"undecided": conflict.shown()})
        together[key] = None if value is ABSENT else value
    return together


def _keep_rules(sides: Sides, decisions: "_Decisions") -> None:
    """What fields cannot see: settle what was decided on it, and report what still breaks a rule."""
    pending = frozenset((conflict.entity, conflict.at) for conflict in decisions.open)
    accepted = set()
    for conflict in broken(sides, decisions.entities, pending):
        if decisions.answer(conflict):
            decisions.settle(conflict.entity, decisions.entities[conflict.entity], [conflict])
            if conflict.kind == "dangling":
                accepted.add(conflict.entity)
    decisions.open += [
        conflict
        for conflict in broken(sides, decisions.entities, pending)
        if conflict.kind != "dangling" or conflict.entity not in accepted
    ]


@dataclass(slots=True)
class _Decisions:
    """Decisions at hand, and what they have led to so far."""

    at_hand: Mapping[tuple[str, str], Resolution]
    entities: dict[str, Entity | None] = field(default_factory=dict)
    open: list[Conflict] = field(default_factory=list)

    def answer(self, conflict: Conflict) -> Resolution | None:
        resolution = self.at_hand.get((conflict.entity, conflict.path))
        return resolution if resolution and resolution.of in (None, conflict.mark) else None

    def settle(self, key: str, value: Any, found: Iterable[Conflict]) -> None:
        """What becomes of an entity, with those of its conflicts that somebody decided."""
        is_decided = False
        for conflict in found:
            if resolution := self.answer(conflict):
                value, is_decided = _with(value, conflict.at, resolution.chosen(conflict)), True
            else:
                self.open.append(conflict)
        gone = value is ABSENT or value is None
        self.entities[key] = None if gone else checked(key, value) if is_decided else value


def field_changes(base: Any, head: Any, at: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any, Any]]:
    """The fields in which two values differ, with what each has; objects are looked into."""
    if same(base, head):
        return []
    if not (isinstance(base, Mapping) and isinstance(head, Mapping)):
        return [(at, base, head)]
    return [
        change
        for name in sorted(base.keys() | head.keys())
        for change in field_changes(base.get(name, ABSENT), head.get(name, ABSENT), (*at, name))
    ]


def _merged(key: str, at: tuple[str, ...], base: Any, ours: Any, theirs: Any, found: list[Conflict]) -> Any:
    if same(ours, theirs) or same(base, theirs):
        return ours
    if same(base, ours):
        return theirs
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return _merged_object(key, at, base, ours, theirs, found)
    if (together := _merged_list(key, at, base, ours, theirs)) is not None:
        return together
    found.append(Conflict(key, at, base, ours, theirs, _kind(base, ours, theirs)))
    return ours


def _merged_object(
    key: str, at: tuple[str, ...], base: Any, ours: Any, theirs: Any, found: list[Conflict]
) -> dict[str, Any]:
    start = base if isinstance(base, Mapping) else {}
    together = {}
    for name in sorted({*start, *ours, *theirs}):
        mine, other = ours.get(name, ABSENT), theirs.get(name, ABSENT)
        value = _merged(key, (*at, name), start.get(name, ABSENT), mine, other, found)
        if value is not ABSENT:
            together[name] = value
    return together


def _kind(base: Any, ours: Any, theirs: Any) -> Kind:
    if ours is ABSENT or theirs is ABSENT:
        return "delete/modify"
    return "add/add" if base is ABSENT else "modify/modify"


_ListMerge = Callable[[Sequence[Any], Sequence[Any], Sequence[Any]], list[Any] | None]


def _merge_points(base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """Sync points are one where time and event are; they stand in the order of their times."""
    sides = [{(point["time"], point["event"]): point for point in side} for side in (base, ours, theirs)]
    kept = merge_set(*([*side] for side in sides))
    return sorted(({**sides[2], **sides[1]}[name] for name in kept), key=lambda point: point["time"])


_LISTS: Final[Mapping[tuple[str, tuple[str, ...]], _ListMerge]] = {
    ("scenes", ("characters",)): merge_set,
    ("scenes", ("audio", "sync_points")): _merge_points,
    ("episodes", ("audio", "sync_points")): _merge_points,
    ("scene_order", ()): merge_order,
    ("episodes", ("scene_ids",)): merge_order,
}


def _merged_list(key: str, at: tuple[str, ...], base: Any, ours: Any, theirs: Any) -> list[Any] | None:
    way = _LISTS.get((kind_of(key), at))
    sides = [[] if side is ABSENT else side for side in (base, ours, theirs)]
    if way is None or not all(_is_list_of_distinct(side) for side in sides):
        return None
    return way(*sides)


def _is_list_of_distinct(side: Any) -> bool:
    return isinstance(side, list) and len({canonical_json(item) for item in side}) == len(side)


def _with(value: Any, at: tuple[str, ...], chosen: Any) -> Any:
    if not at:
        return chosen
    kept = dict(value)
    inner = _with(kept.get(at[0], {}), at[1:], chosen)
    if inner is ABSENT:
        kept.pop(at[0], None)
    else:
        kept[at[0]] = inner
    return kept
