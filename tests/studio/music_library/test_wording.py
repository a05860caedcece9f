"""Words are found as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.music_library.wording import LONGEST_WORD, Term, fold, terms_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Beyoncé — Déjà Vu", ["beyonce", "deja", "vu"]),
        ("Don't Stop (Me) Now!", ["dont", "stop", "me", "now"]),
        ("風の谷のナウシカ", ["風の", "の谷", "谷の", "のナ", "ナウ", "ウシ", "シカ", "カ"]),
        ("桜 remix", ["桜", "remix"]),
        ("ＦＵＬＬ ｗｉｄｔｈ", ["full", "width"]),
        ("snake_case a.b", ["snake", "case", "a", "b"]),
        ("' & | ! <-> :*", []),
    ],
)
def test_words_of_titles(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_voiced_kana_stay_what_they_are() -> None:
    assert fold("がぎ") == "がぎ"


def test_all_but_single_letters_and_pairs_of_characters_may_go_on() -> None:
    assert terms_of("a epic 桜 風の") == [
        Term("a", is_prefix=False), Term("epic", is_prefix=True),
        Term("桜", is_prefix=True), Term("風の", is_prefix=False),
    ]  # fmt: skip


@given(st.text(max_size=200))
def test_words_are_letters_and_digits_whatever_is_sent(text: str) -> None:
    for word in words_of(text):
        assert word.isalnum() or not word.isascii()
        assert not set(word) & set("'\"\\:&|!()<>* \0")
        assert 0 < len(word) <= LONGEST_WORD


@given(st.text(max_size=60))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    assert {term.word for term in terms_of(text)} <= set(words_of(text))


@given(st.text("風の谷ナウシカ", min_size=1, max_size=12), st.data())
def test_ideographs_are_found_by_any_that_stand_together(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    words = words_of(text)
    for term in terms_of(part):
        assert any(word.startswith(term.word) if term.is_prefix else word == term.word for word in words)
