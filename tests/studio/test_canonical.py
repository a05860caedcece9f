import hashlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.canonical import canonical_json, digest
from studio.errors import InvalidError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_canonical_json_is_json_of_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert digest(dict(reversed(value.items()))) == digest(value)


def test_keys_are_sorted_and_nothing_is_spaced_or_escaped() -> None:
    assert canonical_json({"b": [1, 2.5], "a": {"名": "雨"}}) == '{"a":{"名":"雨"},"b":[1,2.5]}'.encode()


def test_a_tuple_is_a_list() -> None:
    assert canonical_json((1, (2,))) == b"[1,[2]]"


def test_the_digest_is_the_sha_256_of_the_canonical_json() -> None:
    assert digest({}) == hashlib.sha256(b"{}").hexdigest()


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"a": {1: 2}}, [{None: 1}], "\ud800"])
def test_a_value_without_one_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidError):
        canonical_json(value)
