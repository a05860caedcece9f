import random
from collections.abc import Collection, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.versions.tree import EMPTY, EMPTY_ROOT, LEAF_MOST, Fork, Leaf, Node, diff, entries, lookup, update

KEYS = st.integers(0, 400).map(lambda number: f"scenes/{number}")
HASHES = st.integers(0, 3).map(str)
STATES = st.dictionaries(KEYS, HASHES, max_size=200)


class Store:
    """Nodes in memory; counts the reads."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {EMPTY_ROOT: EMPTY}
        self.reads: list[int] = []

    def read(self, hashes: Collection[str]) -> Mapping[str, Node]:
        self.reads.append(len(hashes))
        return {name: self.nodes[name] for name in hashes}

    def grow(self, root: str, changes: Mapping[str, str | None]) -> str:
        new, made = update(root, changes, self.read)
        self.nodes |= made
        return new

    def tree(self, state: Mapping[str, str]) -> str:
        return self.grow(EMPTY_ROOT, state)


def state_of(size: int) -> dict[str, str]:
    return {f"scenes/{number}": "a" for number in range(size)}


@given(STATES, st.integers())
def test_a_tree_built_in_any_order_and_in_any_steps_has_the_same_root(
    state: dict[str, str], seed: int
) -> None:
    store, items = Store(), list(state.items())
    random.Random(seed).shuffle(items)
    root, step = EMPTY_ROOT, random.Random(seed).randint(1, 60)
    for start in range(0, len(items), step):
        root = store.grow(root, dict(items[start : start + step]))
    assert root == store.tree(state)
    assert entries(root, store.read) == state


@given(STATES, STATES)
def test_a_diff_is_what_differs_and_applying_it_gives_the_other_state(
    base: dict[str, str], head: dict[str, str]
) -> None:
    store = Store()
    old, new = store.tree(base), store.tree(head)
    found = diff(old, new, store.read)
    assert found == {
        key: (base.get(key), head.get(key))
        for key in base.keys() | head.keys()
        if base.get(key) != head.get(key)
    }
    assert store.grow(old, {key: after for key, (_, after) in found.items()}) == new
    assert store.grow(new, {key: before for key, (before, _) in found.items()}) == old


@given(STATES, st.lists(KEYS, max_size=10))
def test_what_is_looked_up_is_what_is_there(state: dict[str, str], keys: list[str]) -> None:
    store = Store()
    root = store.tree(state)
    assert lookup(root, keys, store.read) == {key: state[key] for key in keys if key in state}


@given(st.integers(0, 300))
@settings(max_examples=30)
def test_leaves_hold_32_entries_at_most_and_forks_more(size: int) -> None:
    store = Store()
    store.tree(state_of(size))
    for node in store.nodes.values():
        if isinstance(node, Leaf):
            assert node.count <= LEAF_MOST
        else:
            assert node.count > LEAF_MOST
            assert node.count == sum(store.nodes[child].count for child in node.children.values())


def test_taking_out_all_but_a_few_leaves_one_leaf() -> None:
    store, state = Store(), state_of(5_000)
    kept = dict(list(state.items())[:20])
    root = store.grow(store.tree(state), dict.fromkeys(state.keys() - kept.keys()))
    assert store.nodes[root] == Leaf(kept)


def test_one_change_of_many_reads_and_writes_one_node_a_level() -> None:
    store = Store()
    root = store.tree(state_of(20_000))
    store.reads.clear()
    new, made = update(root, {"scenes/77": "b"}, store.read)
    store.nodes |= made
    assert store.reads == [1] * len(made)
    assert len(made) <= 5
    store.reads.clear()
    assert diff(root, new, store.read) == {"scenes/77": ("a", "b")}
    assert store.reads == [2] * len(made)


def test_equal_trees_are_not_read() -> None:
    store = Store()
    root = store.tree(state_of(100))
    store.reads.clear()
    assert diff(root, root, store.read) == {}
    assert store.reads == []


def test_subtrees_under_several_digits_are_descended_together() -> None:
    store = Store()
    root = store.tree(state_of(20_000))
    assert isinstance(store.nodes[root], Fork)
    store.reads.clear()
    update(root, {f"scenes/{number}": "b" for number in range(100)}, store.read)
    assert len(store.reads) <= 5
