"""A clip's prompt and its scene held against all that is known, and its prompt filled up."""

import pytest

from studio.canon.checking import Bible
from studio.canon.clips import Clip, Text, check_clip
from studio.canon.filling import Portrait, introduce
from studio.canon.sheets import Canon, Statement
from studio.canon.slots import Slot, Weight
from studio.canon.story import Context
from studio.culture import Element

LOOKS = "A girl of sixteen with long silver hair, blue eyes, a scar on her chin. Wears a red coat."
PROSE = Statement(LOOKS, "bible_characters/1 v1")
KEYED = Statement("carries a katana", "characters/1 v1")
MIRA = Portrait(Canon("Mira", (PROSE, KEYED)), (PROSE,))
BIBLE = Bible([MIRA.canon, Canon("Ren Mori"), Canon("Kai Mori")])


def found(clip: Clip, weight: Weight) -> list[tuple[Text, Slot]]:
    return [(one.text, one.finding.slot) for one in check_clip(BIBLE, clip) if one.finding.weight is weight]


def introduced(prompt: str, scene: str = "") -> str:
    findings = [one.finding for one in check_clip(BIBLE, Clip(prompt, scene=scene))]
    return introduce(MIRA, BIBLE.sheet("Mira"), findings)


@pytest.mark.parametrize("scene", ["Mira wears a black wig", "a flashback", "Mira, disguised, enters"])
def test_what_a_scene_allows_holds_for_its_prompt(scene: str) -> None:
    clip = Clip("Mira with black hair", scene=scene)
    assert found(clip, Weight.CONTRADICTION) == []
    assert (Text.PROMPT, Slot.HAIR_COLOUR) in found(clip, Weight.OVERRIDDEN)


def test_a_scene_that_allows_nothing_excuses_nothing() -> None:
    clip = Clip("Mira with black hair", scene="Mira with green eyes")
    assert found(clip, Weight.CONTRADICTION) == [
        (Text.SCENE, Slot.EYE_COLOUR),
        (Text.PROMPT, Slot.HAIR_COLOUR),
    ]


def test_only_a_prompt_misses_anything_and_nothing_that_its_scene_departs_from() -> None:
    clip = Clip("Mira at the pier", scene="Mira in a black wig")
    missing = found(clip, Weight.MISSING)
    assert (Text.PROMPT, Slot.EYE_COLOUR) in missing
    assert not {(Text.PROMPT, Slot.HAIR_COLOUR), (Text.SCENE, Slot.EYE_COLOUR)} & {*missing}


def test_who_cannot_be_there_is_found_once_where_the_prompt_names_them() -> None:
    dead = [Context("Ren Mori", 2, "dead", "storyline_context/1")]
    clip = Clip("Ren Mori walks", ("Ren Mori",), "Ren Mori waits", 3)
    (one,) = (one for one in check_clip(BIBLE, clip, dead) if one.finding.slot is Slot.STORY)
    assert (one.text, one.finding.quote) == (Text.PROMPT, "Ren Mori")


def test_a_name_that_two_share_shows_neither_of_them() -> None:
    assert BIBLE.standing_in("Mori walks") == {}
    assert list(BIBLE.standing_in("Ren Mori walks, Mori smiles")) == ["Ren Mori"]


def test_culture_is_looked_for_in_both_texts() -> None:
    tea = {"cultural_elements/1": Element("Tea", ("chawan",), ("mug",))}
    said = check_clip(BIBLE, Clip("a mug", scene="another mug"), elements=tea)
    assert [(one.text, one.finding.source) for one in said] == [
        (Text.PROMPT, "cultural_elements/1"),
        (Text.SCENE, "cultural_elements/1"),
    ]


def test_a_silent_prompt_is_told_all_as_it_is_written() -> None:
    assert introduced("Mira at the pier") == f"{LOOKS} katana"


def test_what_a_prompt_says_itself_is_not_said_again() -> None:
    said = introduced("Mira with blue eyes and a katana")
    assert said == LOOKS.replace(" blue eyes,", "").rstrip(".")


def test_what_is_lost_with_a_part_of_a_sentence_follows_in_a_few_words() -> None:
    said = introduced("sixteen-year-old Mira")
    assert "sixteen" not in said
    assert said.endswith("Wears a red coat. long silver hair, katana")


def test_nothing_is_told_from_which_prompt_or_scene_departs() -> None:
    assert "silver" not in introduced("Mira with short black hair")
    assert "silver" not in introduced("Mira at the pier", "Mira in a black wig")
    assert "coat" not in introduced("Mira in a swimsuit at the beach")
