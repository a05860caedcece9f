"""What metadata says of likeness and continuity, and what is passed over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.continuity import NO_LIKENESS, Likeness, Lora, continues, read_aliases, read_likeness

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("metadata", "likeness"),
    [
        ({}, NO_LIKENESS),
        ({"lora": None, "trigger_words": None, "seed": None, "mood": "calm"}, NO_LIKENESS),
        ({"lora": " kai.safetensors "}, Likeness(Lora("kai.safetensors", 1.0))),
        ({"lora": "kai.safetensors", "lora_strength": 0.7}, Likeness(Lora("kai.safetensors", 0.7))),
        ({"lora": {"file": "kai.safetensors"}, "lora_strength": 1}, Likeness(Lora("kai.safetensors", 1.0))),
        (
            {"lora": {"file": "kai.safetensors", "strength": -0.5}, "lora_strength": 2},
            Likeness(Lora("kai.safetensors", -0.5)),
        ),
        ({"trigger_words": "sks kai, blue coat,, sks kai"}, Likeness(trigger_words=("sks kai", "blue coat"))),
        ({"trigger_words": ["sks, kai", " "]}, Likeness(trigger_words=("sks, kai",))),
        ({"seed": 0}, Likeness(seed=0)),
        ({"seed": 2**63 - 1}, Likeness(seed=2**63 - 1)),
        ({"lora_strength": 0.4}, NO_LIKENESS),
    ],
)
def test_documented_keys_are_read(metadata: dict[str, Any], likeness: Likeness) -> None:
    assert read_likeness(metadata) == (likeness, ())


@pytest.mark.parametrize(
    ("metadata", "key", "likeness"),
    [
        ({"lora": 7}, "lora", NO_LIKENESS),
        ({"lora": " "}, "lora", NO_LIKENESS),
        ({"lora": {"name": "kai"}}, "lora", NO_LIKENESS),
        ({"lora": {"file": "kai", "weight": 1}}, "lora", NO_LIKENESS),
        ({"lora": "kai", "lora_strength": "strong"}, "lora_strength", Likeness(Lora("kai"))),
        ({"lora": "kai", "lora_strength": True}, "lora_strength", Likeness(Lora("kai"))),
        ({"lora": "kai", "lora_strength": 101}, "lora_strength", Likeness(Lora("kai"))),
        ({"lora": "kai", "lora_strength": float("nan")}, "lora_strength", Likeness(Lora("kai"))),
        ({"lora": {"file": "kai", "strength": []}}, "lora.strength", Likeness(Lora("kai"))),
        ({"trigger_words": {"kai": 1}}, "trigger_words", NO_LIKENESS),
        ({"trigger_words": ["kai", 1]}, "trigger_words", NO_LIKENESS),
        ({"seed": "7"}, "seed", NO_LIKENESS),
        ({"seed": True}, "seed", NO_LIKENESS),
        ({"seed": -1}, "seed", NO_LIKENESS),
        ({"seed": 2**63}, "seed", NO_LIKENESS),
    ],
)
def test_a_value_that_cannot_be_meant_is_told_and_the_rest_is_read(
    metadata: dict[str, Any], key: str, likeness: Likeness
) -> None:
    read, misread = read_likeness(metadata)
    assert (read, [each.key for each in misread]) == (likeness, [key])


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("lora", "lora_strength", "trigger_words", "seed", "continues"), ANYTHING)
    )
)
def test_no_metadata_is_too_odd_to_be_read(metadata: dict[str, Any]) -> None:
    likeness, misread = read_likeness(metadata)
    assert {each.key.partition(".")[0] for each in misread} <= metadata.keys()
    assert likeness.lora is None or "lora" in metadata
    asked, odd = continues(metadata)
    assert asked is (metadata.get("continues") is True)
    assert bool(odd) == (not isinstance(metadata.get("continues"), bool | None))


@pytest.mark.parametrize(
    ("value", "aliases"),
    [
        (["Ghost", " The Fox "], ("Ghost", "The Fox")),
        ("Ghost, The Fox,", ("Ghost", "The Fox")),
        (["Ghost", 7, ""], ("Ghost",)),
        ({"a": 1}, ()),
        (None, ()),
    ],
)
def test_aliases_are_a_list_or_a_string_with_commas(value: object, aliases: tuple[str, ...]) -> None:
    assert read_aliases(value) == aliases
