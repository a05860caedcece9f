"""Lists that are merged as lists: who or what is in them, and in which order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Items = Sequence[Any]
_Anchor = tuple[Any, ...]


def merge_order(base: Items, ours: Items, theirs: Items) -> list[Any] | None:
    """One list with both sides' additions, removals and moves; None where their moves contradict each other.

    Each pair of items that all three have stands as the side put it that changed it. That decides the order
    of them all, unless it goes round in a circle. What was added stands behind what it was put behind, and of
    two additions to one place the one with the smaller first item comes first: the same from either side.

    Args:
        base: What both sides started from; items are hashable and there once.
        ours: One side's list.
        theirs: The other side's list.
    """
    start = _with_common(base, ours, theirs)
    ordered = _survivors(start, ours, theirs)
    return None if ordered is None else _with_additions(ordered, start, ours, theirs)


def merge_set(base: Items, ours: Items, theirs: Items) -> list[Any]:
    """Like `merge_order`, for a list whose order nobody quarrels about: ours stands then."""
    start = _with_common(base, ours, theirs)
    ordered = _survivors(start, ours, theirs)
    if ordered is None:
        there = set(start) & set(theirs)
        ordered = [item for item in ours if item in there]
    return _with_additions(ordered, start, ours, theirs)


def _with_common(base: Items, ours: Items, theirs: Items) -> list[Any]:
    """What both sides added, they started from, as it were."""
    added = (set(ours) & set(theirs)) - set(base)
    return [*base, *sorted(added, key=str)]


def _survivors(base: Items, ours: Items, theirs: Items) -> list[Any] | None:
    there = set(ours) & set(theirs)
    kept = [item for item in base if item in there]
    ranks = _ranks(kept, ours), _ranks(kept, theirs)
    for mine, other in (ranks, ranks[::-1]):
        if bool((np.diff(other) > 0).all()):  # that side moved nothing
            return [kept[place] for place in np.argsort(mine)]
    return _agreed(kept, *ranks)


def _agreed(kept: Items, ours: npt.NDArray[np.int64], theirs: npt.NDArray[np.int64]) -> list[Any] | None:
    places = np.arange(len(kept))
    before = [rank[:, None] < rank[None, :] for rank in (places, ours, theirs)]
    stands = np.where(before[1] != before[0], before[1], before[2])
    followers = stands.sum(axis=1)
    if len(np.unique(followers)) < len(kept):
        return None
    return [kept[place] for place in np.argsort(-followers)]


def _ranks(kept: Items, side: Items) -> npt.NDArray[np.int64]:
    place = {item: number for number, item in enumerate(side)}
    return np.array([place[item] for item in kept], dtype=np.int64)


def _with_additions(ordered: Items, start: Items, ours: Items, theirs: Items) -> list[Any]:
    old = set(start)
    runs: dict[_Anchor, list[list[Any]]] = {}
    for side in (ours, theirs):
        for anchor, run in _runs(side, old, frozenset(ordered)):
            runs.setdefault(anchor, []).append(run)
    anchors: list[_Anchor] = [(), *((item,) for item in ordered)]
    return [item for anchor in anchors for item in (*anchor, *_behind(runs.get(anchor, [])))]


def _behind(runs: list[list[Any]]) -> list[Any]:
    return [item for run in sorted(runs, key=lambda run: str(run[0])) for item in run]


def _runs(side: Items, old: set[Any], placed: frozenset[Any]) -> list[tuple[_Anchor, list[Any]]]:
    """What a side added, by the item that it stands behind; by nothing, where it comes first."""
    found: list[tuple[_Anchor, list[Any]]] = [((), [])]
    for item in side:
        if item in placed:
            found.append(((item,), []))
        elif item not in old:
            found[-1][1].append(item)
    return [(anchor, run) for anchor, run in found if run]
