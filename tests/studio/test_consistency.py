"""What the check finds, and what it adds to the prompt."""

from dataclasses import replace

from studio.consistency import Finding, Introduction, Sheet, Weight, check_cast, complete_prompt, named_in
from studio.continuity import Misread

KAI = Sheet("Kai", 1, "skilled fighter", None, visual_description="red hair, blue coat.")
INTRODUCED = Introduction("Kai", KAI.looks)


def test_an_unknown_character_is_a_conflict() -> None:
    findings = check_cast(["Kai", "Nobody"], [], {"Kai": KAI}, {})
    assert [(finding.weight, finding.character) for finding in findings] == [(Weight.CONFLICT, "Nobody")]


def test_a_picture_that_cannot_be_opened_is_not_judged_and_no_conflict() -> None:
    findings = check_cast(["Kai"], ["Kai"], {"Kai": KAI}, {"Kai": "there is no file"})
    assert findings == (
        Finding(Weight.NOT_JUDGED, "Kai", "the reference picture of Kai cannot be used: there is no file"),
    )


def test_the_prompt_gets_the_looks_once_the_bible_first() -> None:
    prompt = complete_prompt("Kai in a forest.", [INTRODUCED], {"palette": "deep blue."}, "cinematic")
    assert (
        prompt
        == "Kai in a forest. Kai: red hair, blue coat. skilled fighter. palette: deep blue. cinematic style"
    )


def test_a_prompt_without_characters_only_gets_its_style() -> None:
    assert complete_prompt("rain", [], {}, "anime") == "rain. anime style"
    assert complete_prompt("rain", [], {}, "") == "rain"


def test_names_in_a_sentence_are_whole_words_and_the_longest_meant() -> None:
    names = ["Kai", "Kai Nakamura", "Mira", "An", "O'Neil (elder)"]
    assert named_in("Mira and KAI NAKAMURA wander", names) == ("Mira", "Kai Nakamura")
    assert named_in("Kai meets Kai Nakamura's sister", names) == ("Kai", "Kai Nakamura")
    assert named_in("Kaiju admire an O'Neil (elder)", names) == ("An", "O'Neil (elder)")


def test_an_unknown_character_of_the_scene_alone_is_not_judged() -> None:
    (finding,) = check_cast(["Kai"], ["Kai", "Village Elder"], {"Kai": KAI}, {})
    assert (finding.weight, finding.character) == (Weight.NOT_JUDGED, "Village Elder")


def test_trigger_words_come_into_the_prompt_once() -> None:
    kai = replace(INTRODUCED, trigger_words=("sks kai", "Blue coat", "forest"))
    twin = Introduction("Rei", trigger_words=("sks kai", "sks rei"))
    prompt = complete_prompt("Kai and Rei in a FOREST", [kai, twin], {}, "")
    assert prompt == (
        "Kai and Rei in a FOREST. Kai: sks kai. red hair, blue coat. skilled fighter. Rei: sks rei"
    )


def test_metadata_that_cannot_be_used_is_a_warning() -> None:
    kai = replace(KAI, misread=(Misread("seed", "7", "a whole number"),))
    assert check_cast(["Kai"], [], {"Kai": kai}, {}) == (
        Finding(
            Weight.WARNING,
            "Kai",
            "metadata.seed of the character Kai is passed over: it takes a whole number",
        ),
    )
