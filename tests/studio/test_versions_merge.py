from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.versions.conflicts import ABSENT, Conflict, same
from studio.versions.merge import Merged, Resolution, field_changes, merge, virtual_base
from studio.versions.order import merge_order, merge_set
from studio.versions.state import checked

NAMES = ("Kai", "Rin", "Elder", "Sora")
WORDS = st.sampled_from(["", "a", "b", "c"])
FREE = st.dictionaries(
    st.sampled_from("xyz"),
    WORDS | st.integers(0, 1) | st.booleans() | st.none() | st.dictionaries(st.sampled_from("pq"), WORDS),
    max_size=2,
)
POINTS = st.lists(
    st.fixed_dictionaries({"time": st.integers(0, 3), "event": st.sampled_from(["cut", "enter"])}), max_size=3
)
AUDIO = st.none() | st.fixed_dictionaries(
    {
        "audio_path": st.sampled_from(["/a.mp3", "/b.mp3"]),
        "bpm": st.sampled_from([90, 120]),
        "sync_points": POINTS,
    }
)


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    state: dict[str, Any] = {"project": {"name": "P", "description": draw(WORDS), "metadata": draw(FREE)}}
    if draw(st.booleans()):
        state["bible"] = {"title": draw(st.sampled_from("ab")), "description": "", "content": draw(FREE)}
    state["scene_order"] = draw(st.lists(st.integers(1, 5), unique=True))
    names = draw(st.permutations(NAMES))
    for number in draw(st.sets(st.integers(1, 4))):
        state[f"characters/{number}"] = {"name": names[number - 1], "description": draw(WORDS)}
    numbers = draw(st.permutations(range(1, 6)))
    for number in draw(st.sets(st.integers(1, 5))):
        state[f"scenes/{number}"] = {
            "scene_number": numbers[number - 1],
            "description": draw(WORDS),
            "characters": draw(st.lists(st.sampled_from(NAMES), unique=True)),
            "audio": draw(AUDIO),
            "metadata": draw(FREE),
        }
    return {key: checked(key, value) for key, value in state.items()}


def whole(merged: Merged) -> dict[str, Any]:
    return {key: value for key, value in merged.entities.items() if value is not None}


def loose(value: Any) -> Any:
    """The value without the order of what merges as a set."""
    if isinstance(value, Mapping):
        return {key: sorted(inner) if key == "characters" else loose(inner) for key, inner in value.items()}
    return value


def keys_of(conflicts: Any) -> set[tuple[str, str, str]]:
    return {(each.entity, each.path, each.kind) for each in conflicts}


@given(states(), states())
def test_merge_with_an_untouched_side_returns_the_other(base: dict[str, Any], edited: dict[str, Any]) -> None:
    for merged in (merge(base, base, edited), merge(base, edited, base), merge(base, edited, edited)):
        assert not merged.conflicts
        assert same(whole(merged), edited)


@given(states(), states(), states())
@settings(max_examples=60)
def test_merge_is_symmetric_up_to_ours_and_theirs(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert keys_of(one.conflicts) == keys_of(other.conflicts)
    swapped = {(each.entity, each.path): (each.base, each.theirs, each.ours) for each in other.conflicts}
    for each in one.conflicts:
        values = zip((each.base, each.ours, each.theirs), swapped[each.entity, each.path], strict=True)
        assert all(same(left, right) for left, right in values)
    if not one.conflicts:
        assert same(loose(whole(one)), loose(whole(other)))


def at_place(value: Any, at: tuple[str, ...]) -> Any:
    for step in at:
        value = value.get(step, ABSENT) if isinstance(value, Mapping) else ABSENT
    return value


def is_covered(conflicts: list[Conflict], key: str, at: tuple[str, ...]) -> bool:
    return any(
        each.entity == key and (each.at[: len(at)] == at or at[: len(each.at)] == each.at)
        for each in conflicts
    )


def holds(merged: Any, wanted: Any, base: Any) -> bool:
    """Whether an edit from `base` to `wanted` shows in what became of it."""
    if isinstance(wanted, Mapping) and isinstance(merged, Mapping):
        return all(holds(merged.get(name, ABSENT), inner, ABSENT) for name, inner in wanted.items())
    if isinstance(wanted, list) and isinstance(merged, list):
        before = base if isinstance(base, list) else []
        added = all(item in merged for item in wanted if item not in before)
        return added and not any(item in merged for item in before if item not in wanted)
    return same(merged, wanted)


@given(states(), states(), states())
@settings(max_examples=80)
def test_no_edit_of_either_side_is_lost_silently(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merged = merge(base, ours, theirs)
    for side in (ours, theirs):
        for key in base.keys() | side.keys():
            start = base.get(key, ABSENT)
            for at, before, after in field_changes(start, side.get(key, ABSENT)):
                if not is_covered(list(merged.conflicts), key, at):
                    became = merged.entities[key]
                    assert holds(at_place(ABSENT if became is None else became, at), after, before)


@given(states(), states(), states(), st.sampled_from(["base", "ours", "theirs"]))
@settings(max_examples=60)
def test_decisions_on_fields_leave_only_what_breaks_a_rule(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], choose: Any
) -> None:
    first = merge(base, ours, theirs)
    decided = [
        Resolution(each.entity, each.path, choose, of=each.mark)
        for each in first.conflicts
        if each.kind != "duplicate" and not (each.at and getattr(each, choose) is ABSENT)
    ]
    second = merge(base, ours, theirs, decided)
    fields = {(each.entity, each.path) for each in decided}
    assert not [each for each in second.conflicts if (each.entity, each.path) in fields
                and each.kind not in ("duplicate", "dangling")]  # fmt: skip
    for each in first.conflicts:
        if (each.entity, each.path) in fields and each.kind != "dangling":
            became = second.entities[each.entity]
            if not is_covered(list(second.conflicts), each.entity, each.at):
                assert same(at_place(ABSENT if became is None else became, each.at), getattr(each, choose))


@given(states(), states(), states())
def test_what_is_merged_without_conflict_keeps_the_rules(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merged = merge(base, ours, theirs)
    if not merged.conflicts:
        for kind, label in (("characters", "name"), ("scenes", "scene_number")):
            labels = [value[label] for key, value in whole(merged).items() if key.startswith(f"{kind}/")]
            assert len(labels) == len(set(labels))
        for key, value in whole(merged).items():
            assert same(checked(key, value), value)


@given(states(), states())
def test_reverting_a_commit_on_its_own_state_gives_the_state_before(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    merged = merge(after, after, before)
    assert (same(whole(merged), before), merged.conflicts) == (True, [])


@given(states(), states(), states(), states())
@settings(max_examples=60)
def test_no_edit_is_lost_over_two_bases(
    root: dict[str, Any], one: dict[str, Any], other: dict[str, Any], edited: dict[str, Any]
) -> None:
    between = {key: value for key, value in virtual_base(root, one, other).items() if value is not None}
    merged = merge(between, edited, between)
    for conflict in merged.conflicts:
        assert conflict.kind == "dangling" or "undecided" in str(conflict.theirs)
    agreed = merge(between, edited, edited)
    assert (same(whole(agreed), edited), agreed.conflicts) == (True, [])


SCENE = checked("scenes/1", {"scene_number": 1, "description": "a", "characters": ["Kai", "Rin"]})
TRACK = {"audio_path": "/a.mp3", "bpm": 120.0, "sync_points": [{"time": 0.0, "event": "start"}]}


def scene(**fields: Any) -> dict[str, Any]:
    return {"scenes/1": checked("scenes/1", {**SCENE, **fields})}


def test_two_fields_of_one_scene_merge() -> None:
    merged = merge(scene(), scene(description="b"), scene(scene_number=2))
    assert (merged.conflicts, merged.entities) == ([], scene(description="b", scene_number=2))


def test_one_field_changed_in_two_ways_is_a_conflict_with_its_three_values() -> None:
    (conflict,) = merge(scene(), scene(description="b"), scene(description="c")).conflicts
    assert conflict.shown() == {
        "entity": "scenes/1",
        "path": "/description",
        "base": "a",
        "ours": "b",
        "theirs": "c",
        "kind": "modify/modify",
    }


def test_characters_of_a_scene_merge_as_a_set() -> None:
    merged = merge(scene(), scene(characters=["Rin", "Kai", "Elder"]), scene(characters=["Kai", "Sora"]))
    assert (merged.conflicts, merged.entities) == ([], scene(characters=["Kai", "Elder", "Sora"]))


def test_sync_points_are_one_where_time_and_event_are() -> None:
    base = scene(audio=TRACK)
    ours = scene(audio={**TRACK, "sync_points": [{"time": 2.5, "event": "cut"}, *TRACK["sync_points"]]})  # type: ignore[misc]
    theirs = scene(audio={**TRACK, "bpm": 90, "sync_points": [{"time": 1, "event": "cut"}]})
    merged = merge(base, ours, theirs)
    assert merged.conflicts == []
    points = [{"time": 1, "event": "cut"}, {"time": 2.5, "event": "cut"}]
    assert merged.entities == scene(audio={**TRACK, "bpm": 90, "sync_points": points})


@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_scene_deleted_on_one_side_and_changed_on_the_other_is_a_conflict(is_swapped: bool) -> None:
    sides = [scene(description="b"), {}]
    (conflict,) = merge(scene(), *(sides[::-1] if is_swapped else sides)).conflicts
    assert (conflict.path, conflict.kind) == ("", "delete/modify")


def test_a_scene_that_names_a_deleted_character_is_a_conflict_until_somebody_decides() -> None:
    kai = {"characters/1": checked("characters/1", {"name": "Kai"})}
    base = {**scene(characters=[]), **kai}
    ours, theirs = {**scene(characters=["Kai"]), **kai}, scene(characters=[])
    (conflict,) = merge(base, ours, theirs).conflicts
    assert (conflict.entity, conflict.path, conflict.kind) == ("scenes/1", "/characters", "dangling")
    kept = merge(base, ours, theirs, [Resolution("scenes/1", "/characters", "ours")])
    assert (kept.conflicts, kept.entities["scenes/1"]["characters"]) == ([], ["Kai"])  # type: ignore[index]


def test_a_name_left_behind_by_the_side_that_deleted_the_character_is_none() -> None:
    kai = {"characters/1": checked("characters/1", {"name": "Kai"})}
    merged = merge({**scene(), **kai}, {**scene(description="b"), **kai}, scene())
    assert merged.conflicts == []


def test_two_scenes_of_one_number_are_a_conflict_until_one_has_another() -> None:
    ours = {"scenes/1": checked("scenes/1", {"scene_number": 5})}
    theirs = {"scenes/2": checked("scenes/2", {"scene_number": 5})}
    found = merge({}, ours, theirs).conflicts
    assert keys_of(found) == {(f"scenes/{number}", "/scene_number", "duplicate") for number in (1, 2)}
    moved = merge({}, ours, theirs, [Resolution("scenes/2", "/scene_number", "value", 6)])
    assert (moved.conflicts, moved.entities["scenes/2"]["scene_number"]) == ([], 6)  # type: ignore[index]
    assert merge({}, ours, theirs, [Resolution("scenes/2", "/scene_number", "theirs")]).conflicts


def test_a_decision_on_other_values_is_passed_over() -> None:
    (conflict,) = merge(scene(), scene(description="b"), scene(description="c")).conflicts
    decided = [Resolution("scenes/1", "/description", "theirs", of=conflict.mark)]
    assert not merge(scene(), scene(description="b"), scene(description="c"), decided).conflicts
    assert merge(scene(), scene(description="x"), scene(description="c"), decided).conflicts


def test_true_is_not_one() -> None:
    ours, theirs = scene(metadata={"x": True}), scene(metadata={"x": 1})
    (conflict,) = merge(scene(metadata={"x": 0}), ours, theirs).conflicts
    assert conflict.path == "/metadata/x"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ([1, 2, 3], [2, 1, 3], [1, 2, 3, 4], [2, 1, 3, 4]),
        ([1, 2, 3, 4], [2, 1, 3, 4], [1, 2, 4, 3], [2, 1, 4, 3]),
        ([1, 2, 3], [1, 3], [1, 2, 9, 3], [1, 9, 3]),
        ([1], [5, 1], [4, 1], [4, 5, 1]),
        ([1, 2, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]),
        ([1, 2, 3], [2, 1, 3], [1, 3, 2], None),
        ([], [2, 3], [1], [1, 2, 3]),
    ],
)
def test_orders_merge_move_by_move(base: Any, ours: Any, theirs: Any, merged: Any) -> None:
    assert merge_order(base, ours, theirs) == merge_order(base, theirs, ours) == merged


ORDERS = st.lists(st.integers(0, 8), unique=True)


@given(ORDERS, ORDERS, ORDERS)
@settings(max_examples=150)
def test_an_order_has_each_item_once_and_nothing_that_was_taken_out(
    base: list[int], ours: list[int], theirs: list[int]
) -> None:
    expected = (set(ours) & set(theirs)) | (set(ours) - set(base)) | (set(theirs) - set(base))
    for merged in (merge_order(base, ours, theirs), merge_set(base, ours, theirs)):
        if merged is not None:
            assert sorted(merged) == sorted(expected)


@given(ORDERS, ORDERS, ORDERS)
@settings(max_examples=150)
def test_orders_merge_the_same_from_either_side(base: list[int], ours: list[int], theirs: list[int]) -> None:
    assert merge_order(base, ours, theirs) == merge_order(base, theirs, ours)


@given(st.permutations(range(6)), st.permutations(range(6)), st.permutations(range(6)))
def test_no_move_is_lost_in_a_merged_order(base: list[int], ours: list[int], theirs: list[int]) -> None:
    merged = merge_order(base, ours, theirs)
    for side in (ours, theirs):
        for left in range(6) if merged else ():
            for right in range(6):
                was, became = base.index(left) < base.index(right), side.index(left) < side.index(right)
                assert was == became or (merged.index(left) < merged.index(right)) == became  # type: ignore[union-attr]
