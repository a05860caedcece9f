from typing import Any

import pytest

from studio.errors import InvalidError
from studio.versions.patch import merge_patch, patched, taken_apart
from studio.versions.state import checked, shown


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_does_what_the_rfc_says(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


def test_a_patch_is_taken_apart_by_what_it_touches() -> None:
    patch = taken_apart(
        {"bible": {"title": "B", "characters": {"Kai": None}}, "scenes": {"7": {}}, "author": "me"}
    )
    assert patch.parts == {"bible": {"title": "B"}}
    assert patch.called == {"bible/characters": {"Kai": None}, "scenes": {"7": {}}}
    assert patch.notes == {"author": "me"}


def test_a_field_that_a_character_does_not_have_is_kept_with_its_metadata() -> None:
    kai = checked("characters/1", {"name": "Kai", "metadata": {"age": 20}})
    told = patched("characters/1", kai, {"backstory": "long", "description": "d"})
    assert told == {**kai, "description": "d", "metadata": {"age": 20, "backstory": "long"}}


def test_a_new_entity_is_called_as_the_patch_calls_it() -> None:
    assert patched("characters/1", None, {}, called="Rin") == checked("characters/1", {"name": "Rin"})
    assert patched("scenes/9", None, {}, called="4") == checked("scenes/9", {"scene_number": 4})
    with pytest.raises(InvalidError, match="scenes/9"):
        patched("scenes/9", None, {}, called="the last one")


def test_the_state_is_shown_as_one_tree() -> None:
    kai, spoken = checked("characters/1", {"name": "Kai"}), checked("bible/characters/2", {"name": "Kai"})
    bible = checked("bible", {"title": "B"})
    tree = shown({"characters/1": kai, "bible/characters/2": spoken, "bible": bible, "scene_order": [3]})
    assert tree["characters"] == {"1": kai}
    assert tree["bible"] == {**bible, "characters": {"2": spoken}}
    assert (tree["scene_order"], tree["scenes"], tree["episodes"]) == ([3], {}, {})


def test_whole_numbers_are_one_value_however_they_are_written() -> None:
    audio = {"audio_path": "/a.mp3", "bpm": 120.0, "sync_points": [{"time": 1.0, "event": "b"}]}
    assert repr(checked("scenes/1", {"scene_number": 1, "audio": audio})["audio"]["bpm"]) == "120"
