"""Letters: every common script is drawn, in its own forms and direction, and none as a box."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.lettering.letters import Letters, legible
from studio.lettering.typefaces import CAN_SHAPE, Forms, forms_of, typeface_of

LETTERS = Letters(32)
needs_shaping = pytest.mark.skipif(not CAN_SHAPE, reason="no FriBidi: joining scripts are left out")


def cover(text: str) -> np.ndarray:
    return LETTERS.cover(text, 48, 34)


def same(one: str, other: str) -> bool:
    return np.array_equal(cover(one), cover(other))


@pytest.mark.parametrize(
    "text",
    [
        "神秘的な森、「夜の雨」…", "カイ・ナカムラ", "신비로운 숲", "简体中文", "繁體中文", "Тихий лес",
        "Ελληνικά", "Ärger Đặng łódź", "ქართული", "Հայերեն", "★ ♪ 🌸",
    ],
)  # fmt: skip
def test_a_text_keeps_all_its_letters_and_each_leaves_ink(text: str) -> None:
    assert legible(text) == text
    assert all(cover(letter).max() > 200 for letter in text if not letter.isspace())
    assert len({cover(letter).tobytes() for letter in set(text)}) == len(set(text))


@needs_shaping
@pytest.mark.parametrize("text", ["مرحبا", "שלום", "สวัสดี", "रहस्यमय", "தமிழ்", "বাংলা"])
def test_letters_that_join_or_stack_are_set_as_words(text: str) -> None:
    assert legible(text) == text
    assert cover(text).max() > 200
    assert LETTERS.width(text) < 0.98 * sum(LETTERS.width(letter) for letter in text) or text == "שלום"


@needs_shaping
def test_leftward_letters_begin_at_the_right_and_numbers_in_them_run_on() -> None:
    both = cover("שלום Tower")
    tail = cover("שלום")
    assert np.array_equal(both[:, -tail.shape[1] + 2 :], tail[:, 2:])
    opening = cover("(")
    assert np.array_equal(cover("(שלום)")[:, : opening.shape[1] - 1], opening[:, :-1])  # towards the word
    number = cover("2026")
    assert np.array_equal(cover("עד 2026")[:, : number.shape[1] - 1], number[:, :-1])


def test_unknown_letters_and_controls_are_left_out() -> None:
    assert legible("夜\x00の\ue000雨\u200b\ufe0f") == "夜の雨"
    assert same("夜\U0010ffffの", "夜の")
    assert legible("\U0010ffff") == ""
    assert cover("").shape == (48, 1)


def test_spaces_are_single_and_lines_stay() -> None:
    assert legible("  a\t b\u3000c \n\n d ") == "a b c\n\nd"


def test_letters_are_composed_before_they_are_set() -> None:
    assert legible("か\u3099") == "が"
    assert legible("e\u0301") == "é"


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("森", Forms.JAPANESE), ("森を", Forms.JAPANESE), ("숲 森", Forms.KOREAN),
        ("简体头发", Forms.SIMPLIFIED), ("臺灣 體驗 妳", Forms.TRADITIONAL),
        ("", Forms.JAPANESE), ("Tower", Forms.JAPANESE),
    ],
)  # fmt: skip
def test_chinese_characters_take_the_forms_of_their_language(text: str, forms: Forms) -> None:
    assert forms_of(text) == forms


def test_one_character_has_a_form_for_each_language() -> None:
    faces = {typeface_of("直", form) for form in Forms}
    assert len(faces) == len(Forms)
    assert not same("直です", "直简体头"[:3])


def test_weight_is_seen() -> None:
    bold = Letters(32, 600).cover("夜", 48, 34)
    assert bold.sum() > 1.1 * cover("夜").sum()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_drawn_as_wide_as_it_measures_and_widths_add_up(one: str, other: str) -> None:
    for text in (one, other):
        drawn = cover(text)
        assert drawn.shape == (48, max(1, int(np.ceil(LETTERS.width(text)))))
        assert same(text, text)
        assert legible(legible(text)) == legible(text)
