"""A scene held against the story and the culture."""

import pytest

from studio.canon.checking import Bible
from studio.canon.sheets import Canon
from studio.canon.slots import Slot, Weight
from studio.canon.story import Context, check_culture, check_story
from studio.culture import Element

BIBLE = Bible([Canon("Mira"), Canon("Ren"), Canon("Kai Nakamura")])
CONTEXTS = [
    Context("Ren", 8, "introduced", "storyline_context/6"),
    Context("Ren", 5, "dead", "storyline_context/4"),
    Context("Mira", 3, "introduced", "storyline_context/5"),
    Context("Kai", 2, "absent", "storyline_context/7"),
    Context("Kai Nakamura", 4, None, "storyline_context/8", "broods"),
    Context("Kai Nakamura", 6, "unknown", "storyline_context/9"),
]


@pytest.mark.parametrize(
    ("text", "cast", "number", "away"),
    [
        ("Ren walks", [], 4, []),
        ("Ren walks", [], 5, ["Ren"]),
        ("an empty room", ["Ren"], 7, ["Ren"]),
        ("Ren walks", [], 8, []),
        ("Mira waves", [], 2, ["Mira"]),
        ("Mira waves", [], 3, []),
        ("Kai waves", [], 1, []),
        ("Kai waves", [], 4, ["Kai Nakamura"]),
        ("Kai waves", [], 6, []),
        ("Mira visits Ren's grave", [], 6, []),
        ("Mira holds a portrait of Ren", [], 6, []),
        ("Ren's eyes open", [], 6, ["Ren"]),
    ],
)
def test_who_is_dead_absent_or_not_introduced_is_no_part_of_a_scene(
    text: str, cast: list[str], number: int, away: list[str]
) -> None:
    findings = check_story(BIBLE, text, cast, number, CONTEXTS)
    assert [found.character for found in findings] == away
    assert all(found.weight is Weight.CONTRADICTION and found.slot is Slot.STORY for found in findings)


def test_a_finding_names_its_source_and_its_place() -> None:
    (found,) = check_story(BIBLE, "At dawn Ren walks", [], 5, CONTEXTS)
    assert (found.quote, found.start, found.end) == ("Ren", 8, 11)
    assert (found.source, found.stated) == ("storyline_context/4", "dead from scene 5 on")
    assert found.message == "Ren is dead in scene 5 (storyline_context/4)"


def test_a_flashback_brings_back_the_dead() -> None:
    (found,) = check_story(BIBLE, "Flashback: Ren walks", [], 6, CONTEXTS)
    assert found.weight is Weight.OVERRIDDEN
    assert found.message.endswith('"flashback" allows it')


def test_terms_to_avoid_are_found_with_what_to_prefer() -> None:
    tea = Element("Tea", prefer=("chawan",), avoid=("mug",))
    (found,) = check_culture("Mira lifts a mug", [tea], {"Tea": "cultural_elements/2"})
    assert (found.slot, found.quote, found.start, found.stated) == (Slot.CULTURE, "mug", 13, "chawan")
    assert found.source == "cultural_elements/2"
    assert check_culture("Mira lifts a chawan", [tea], {}) == ()
