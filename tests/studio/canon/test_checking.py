"""Findings as values: their words, places, sources and weights, and what is filled in."""

import time

import pytest

from studio.canon.checking import Bible, filled
from studio.canon.sheets import Canon, Statement, told
from studio.canon.slots import Finding, Slot, Weight

MIRA = Canon(
    "Mira",
    [
        Statement("A girl of sixteen with long silver hair, blue or grey eyes.", "bible_characters/3 v2"),
        Statement("Short red hair. Wears a navy sailor uniform and round glasses.", "characters/7 v1"),
    ],
)
KAI = Canon(
    "Kai Nakamura", [Statement("A man with red hair. He has no beard.", "bible_characters/4 v1")], ["Red Kai"]
)
SILENT = Canon("Yuki")
BIBLE = Bible([MIRA, KAI, SILENT])


def _of(weight: Weight, prompt: str, *cast: str) -> list[Finding]:
    return [found for found in BIBLE.check(prompt, cast) if found.weight is weight]


def _slots(weight: Weight, prompt: str, *cast: str) -> list[tuple[str, Slot]]:
    return [(found.character, found.slot) for found in _of(weight, prompt, *cast)]


def test_a_finding_quotes_the_prompt_and_the_bible_with_its_source() -> None:
    (found,) = _of(Weight.CONTRADICTION, "At dawn Mira, her hair dyed black, runs")
    assert found == Finding(
        Weight.CONTRADICTION,
        "Mira",
        Slot.HAIR_COLOUR,
        "hair dyed black",
        18,
        33,
        "long silver hair",
        "bible_characters/3 v2",
        'the prompt says "hair dyed black" of Mira, '
        'the bible says "long silver hair" (bible_characters/3 v2)',
    )


def test_of_two_statements_on_a_slot_the_first_holds() -> None:
    assert _of(Weight.CONTRADICTION, "Mira with long silver hair in a sailor uniform") == []
    (found,) = _of(Weight.CONTRADICTION, "Mira in a green sailor uniform")
    assert (found.slot, found.source) == (Slot.OUTFIT, "characters/7 v1")


def test_either_of_the_alternatives_of_the_bible_agrees() -> None:
    assert _of(Weight.CONTRADICTION, "Mira with blue eyes. Mira with grey eyes") == []
    assert _slots(Weight.CONTRADICTION, "Mira with green eyes") == [("Mira", Slot.EYE_COLOUR)]


def test_where_the_bible_is_silent_nothing_contradicts_it() -> None:
    everything = (
        "an old elf with long pink hair in braids, red eyes, a beard, an eyepatch, a blue dress and an axe"
    )
    assert BIBLE.check(f"Yuki, {everything}") == ()


def test_what_the_bible_denies_contradicts_it() -> None:
    assert _slots(Weight.CONTRADICTION, "Kai with a bushy beard") == [("Kai Nakamura", Slot.BEARD)]
    assert _of(Weight.CONTRADICTION, "Kai, clean-shaven, smiles") == []


@pytest.mark.parametrize(
    "called", ["Kai Nakamura", "kai nakamura", "KAI", "Nakamura", "Kai-san", "Red Kai", "Kai Nakaumra"]
)
def test_a_character_is_known_by_its_names(called: str) -> None:
    assert _slots(Weight.CONTRADICTION, f"{called} with blue hair") == [("Kai Nakamura", Slot.HAIR_COLOUR)]


@pytest.mark.parametrize(
    ("prompt", "by"),
    [
        ("Flashback. Mira with short brown hair", "flashback"),
        ("Mira, disguised as a boy, with short brown hair", "disguised as"),
        ("Mira in a brown wig, short hair", "wig"),
        ("Ten years later Mira has brown hair", "years later"),
    ],
)
def test_a_licensed_departure_says_what_licenses_it(prompt: str, by: str) -> None:
    assert _of(Weight.CONTRADICTION, prompt) == []
    found = _of(Weight.OVERRIDDEN, prompt)
    assert {one.character for one in found} == {"Mira"}
    assert all(one.message.endswith(f'"{by}" allows it') for one in found)
    assert found


def test_a_denied_guise_and_the_guise_of_another_license_nothing() -> None:
    assert _slots(Weight.CONTRADICTION, "Mira, not in disguise, with black hair") == [
        ("Mira", Slot.HAIR_COLOUR)
    ]
    assert _slots(Weight.CONTRADICTION, "Kai in a wig meets Mira, who has black hair") == [
        ("Mira", Slot.HAIR_COLOUR)
    ]


def test_the_only_one_of_the_cast_is_meant_where_nobody_is_named() -> None:
    assert _slots(Weight.CONTRADICTION, "a girl with black hair in the rain", "Mira") == [
        ("Mira", Slot.HAIR_COLOUR)
    ]
    assert _slots(Weight.CONTRADICTION, "black hair, blue eyes, rain", "Mira") == [("Mira", Slot.HAIR_COLOUR)]
    assert _of(Weight.CONTRADICTION, "a man with black hair in the rain", "Mira") == []
    assert _of(Weight.CONTRADICTION, "a girl with black hair", "Mira", "Kai Nakamura") == []


def test_what_is_left_unsaid_is_filled_in_once_in_the_words_of_the_bible() -> None:
    prompt = "Mira with silver hair opens her blue eyes."
    assert filled(prompt, BIBLE.check(prompt)) == (
        "Mira with silver hair opens her blue eyes. "
        "Mira: sixteen years old, long hair, navy sailor uniform, round glasses"
    )


def test_nothing_is_filled_in_against_what_the_text_says_or_licenses() -> None:
    missing = _slots(Weight.MISSING, "Mira in a black wig and a green dress")
    assert not {("Mira", Slot.HAIR_COLOUR), ("Mira", Slot.HAIR_LENGTH), ("Mira", Slot.OUTFIT)} & set(missing)
    assert _of(Weight.MISSING, "In a flashback Mira waves") == []


def test_what_was_filled_in_is_not_missing_and_contradicts_nothing() -> None:
    once = filled("Mira and Kai wave", BIBLE.check("Mira and Kai wave"))
    assert _of(Weight.CONTRADICTION, once) == []
    assert filled(once, BIBLE.check(once)) == once


def test_metadata_says_what_its_keys_name() -> None:
    details = {
        "hair_colour": "white",
        "Age": 70,
        "weapons": ["staff", "bow"],
        "mood": "red eyes",
        "eyes": None,
    }
    bible = Bible([Canon("Ren", told(details, "characters/2 v1"))])
    facts = {(fact.slot, fact.quote) for fact in bible.sheet("Ren").facts}
    assert facts == {
        (Slot.HAIR_COLOUR, "white hair"),
        (Slot.AGE, "70"),
        (Slot.WEAPON, "staff"),
        (Slot.WEAPON, "bow"),
    }
    found = bible.check("Ren, a boy with black hair and a gun")
    wrong = {one.slot for one in found if one.weight is Weight.CONTRADICTION}
    assert wrong == {Slot.HAIR_COLOUR, Slot.AGE, Slot.WEAPON}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ".",
        ",,,",
        "'",
        "Mira",
        "mira's",
        "Mira's",
        "((((",
        "<lora:x:1>",
        "ミラは赤い髪",
        "no no no",
        "her his their",
        "\n\n",
    ],
)
def test_any_text_is_read(text: str) -> None:
    assert _of(Weight.CONTRADICTION, text, "Mira") == []


def test_among_a_thousand_characters_only_those_named_are_read() -> None:
    look = "A girl of sixteen with long silver hair and blue eyes, in a red coat."
    syllables = ["ka", "to", "mi", "re", "no", "shu", "ba", "di", "go", "fe"]
    names = [f"{a}{b}ri {c}mura".title() for a in syllables for b in syllables for c in syllables]
    bible = Bible([Canon(name, [Statement(look, "bible")]) for name in names])
    began = time.process_time()
    found = bible.check(f"{names[3]} with red hair hugs {names[777]}, whose eyes are green")
    took_s = time.process_time() - began
    wrong = [(one.character, one.slot) for one in found if one.weight is Weight.CONTRADICTION]
    assert wrong == [(names[3], Slot.HAIR_COLOUR), (names[777], Slot.EYE_COLOUR)]
    assert took_s < 0.05
