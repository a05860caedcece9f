"""What scenes say of their clips is read as it is meant, and what cannot be meant is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.scene_terms import read_terms

SAID = {"duration": 2.5, "style": "ink", "seed": 7, "negative_prompt": "", "workflow": "wan"}


def test_terms_are_read_and_other_keys_are_left() -> None:
    assert read_terms({**SAID, "mood": "calm", "continues": True}) == (SAID, ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("duration", 0), ("duration", 601), ("duration", "5"), ("duration", True), ("duration", float("nan")),
        ("style", " "), ("style", 3), ("seed", -1), ("seed", 1.5), ("seed", 2**63), ("workflow", ""),
        ("negative_prompt", ["x"]), ("negative_prompt", "x" * 4001),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_and_the_rest_holds(key: str, value: object) -> None:
    read, misread = read_terms({**SAID, key: value})
    assert read == {name: said for name, said in SAID.items() if name != key}
    assert [each.key for each in misread] == [key]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*SAID, "other"]), JSON))
def test_whatever_is_written_by_hand_is_read_or_told(metadata: dict[str, Any]) -> None:
    read, misread = read_terms(metadata)
    said = {key for key, value in metadata.items() if value is not None and key in SAID}
    assert read.keys() | {each.key for each in misread} == said
