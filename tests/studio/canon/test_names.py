"""Who is meant by a word of a text."""

import pytest

from studio.canon.checking import Bible
from studio.canon.sheets import Canon

NAMES = ["Mira", "Kai Nakamura", "Ren Nakamura", "Ruby", "Captain Vega", "O'Neil", "Hana", "Hanako Mori"]
BIBLE = Bible([Canon(name) for name in NAMES])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mira waves", ["Mira"]),
        ("MIRA'S hat", ["Mira"]),
        ("Mirror and Miranda", []),
        ("Mina waves", []),
        ("Miira waves", ["Mira"]),
        ("Kai waits", ["Kai Nakamura"]),
        ("Kai Nakamura waits", ["Kai Nakamura"]),
        ("the Nakamura brothers", ["Kai Nakamura", "Ren Nakamura"]),
        ("ruby lips, ruby eyes", []),
        ("Ruby eyes the door", []),
        ("Ruby smiles", ["Ruby"]),
        ("the captain smiles", []),
        ("Vega smiles", ["Captain Vega"]),
        ("O'Neil and O’Neil", ["O'Neil"]),
        ("Hanako-chan", ["Hanako Mori"]),
        ("Hana and Hanako", ["Hana", "Hanako Mori"]),
        ("Hanaok Mori", ["Hanako Mori"]),
        ("hair dyed ruby, no name here", []),
    ],
)
def test_names_are_found_in_a_text(text: str, named: list[str]) -> None:
    assert list(BIBLE.named_in(text)) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("カイ・ナカムラが神秘的な森を歩く", ["カイ・ナカムラ"]),
        ("夜の街でカイ＝ナカムラは待つ", ["カイ・ナカムラ"]),
        ("中村カイとKaiは走る", ["中村カイ", "Kai"]),
        ("カイちゃんが笑う", ["中村カイ"]),
        ("カイトと森林", []),
        ("森さんは笑った", ["森"]),
    ],
)
def test_japanese_names_are_found_between_words_without_spaces(text: str, named: list[str]) -> None:
    bible = Bible([Canon("カイ・ナカムラ"), Canon("中村カイ", aliases=("カイ",)), Canon("Kai"), Canon("森")])
    assert list(bible.named_in(text)) == named


def test_a_shared_name_means_the_one_who_is_there() -> None:
    bible = Bible([Canon("Kai Nakamura"), Canon("Ren Nakamura")])
    assert bible.standing_in("Nakamura's grave") == {}
    assert list(bible.standing_in("Kai Nakamura runs")) == ["Kai Nakamura"]
