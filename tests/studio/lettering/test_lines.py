"""Lines: they fit, lose nothing, and end where a reader of the script would end them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.lettering.letters import Letters, legible
from studio.lettering.lines import ELLIPSIS, NOT_FIRST, NOT_LAST, broken, is_whole, shortened

LETTERS = Letters(20)
SENTENCE = "「神秘的な森。」を歩く、カイ・ナカムラ（十七歳）は、夜の雨にうたれていた。"
WRITTEN = st.text(st.sampled_from("夜の雨森。、「」（）ッー・カイ abcd wort-한국 ."), max_size=60)


@pytest.mark.parametrize("room", range(80, 400, 20))
def test_japanese_is_broken_anywhere_but_before_and_behind_certain_signs(room: int) -> None:
    lines = broken(SENTENCE, LETTERS, room)
    assert "".join(lines) == SENTENCE
    assert max(map(LETTERS.width, lines)) <= room
    if room >= 160:
        assert not {line[0] for line in lines} & NOT_FIRST
        assert not {line[-1] for line in lines} & NOT_LAST


def test_katakana_and_words_of_spaced_scripts_stay_together() -> None:
    assert broken("風の谷のナウシカ", LETTERS, 105) == ["風の谷の", "ナウシカ"]
    assert broken("신비로운 숲의 소녀", LETTERS, 110) == ["신비로운", "숲의 소녀"]
    assert broken("A night of rain", LETTERS, 75) == ["A night", "of rain"]


def test_a_word_too_long_for_a_line_is_broken_between_letters() -> None:
    assert not is_whole("W" * 40, LETTERS, 100)
    assert is_whole(SENTENCE, LETTERS, 120)
    lines = broken("W" * 40, LETTERS, 100)
    assert "".join(lines) == "W" * 40
    assert max(map(LETTERS.width, lines)) <= 100
    assert broken("夜", LETTERS, 3) == ["夜"]
    assert broken("", LETTERS, 100) == []


def test_marks_are_never_parted_from_their_letters() -> None:
    assert all(line[0] != "\u0323" for line in broken("q\u0323" * 30, LETTERS, 40))


@settings(max_examples=80, deadline=None)
@given(WRITTEN, st.integers(30, 300))
def test_lines_lose_no_letter_and_fit(text: str, room: int) -> None:
    told = legible(text)
    lines = broken(told, LETTERS, room)
    assert "".join(lines).replace(" ", "") == told.replace(" ", "")
    assert all(LETTERS.width(line) <= room + 1e-6 for line in lines)


@settings(max_examples=80, deadline=None)
@given(WRITTEN, st.integers(0, 300))
def test_what_is_shortened_fits_and_begins_as_the_text_does(text: str, room: int) -> None:
    told = legible(text)
    kept = shortened(told, LETTERS, room)
    assert LETTERS.width(kept) <= room
    assert kept == told or kept == "" or told.startswith(kept.removesuffix(ELLIPSIS))


def test_whole_words_are_kept_where_they_can_be() -> None:
    assert shortened("Kai walks through the forest", LETTERS, 150) == "Kai walks..."
    assert shortened("夜の雨、終わらない夏休み", LETTERS, 150) == "夜の雨、終わ..."
