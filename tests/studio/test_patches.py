from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from studio.patches import merge_patch

values = st.recursive(
    st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


def _applied(target: Any, patch: Any) -> Any:
    """RFC 7396, section 2, as written there."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = _applied(kept.get(name), value)
    return kept


@given(objects, objects)
def test_the_patch_between_two_objects_makes_the_second_of_the_first(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert _applied(before, merge_patch(before, after)) == after


@given(objects)
def test_what_has_not_changed_is_not_named(value: dict[str, Any]) -> None:
    assert merge_patch(value, value) == {}
