"""Cards: their text is there, readable, and within the margins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.assembly_cards import SAFE, draw_card
from studio.assembly_parts import Card

SIZES = [(832, 480), (1920, 1080), (480, 832), (256, 144)]
LONG = "The night in which nothing happened, told once more from the very beginning\nEpisode one\nTower"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "text", ["Tower", LONG, "東京の夜\nПривет", "Wort" * 30, "Grüße", "夏休みの物語、" * 9]
)
def test_letters_lie_within_the_margins_on_a_dark_ground(text: str, size: tuple[int, int]) -> None:
    card = draw_card(Card("title", text), size)
    assert card.shape == (size[1], size[0], 3)
    bright = np.argwhere(card.max(axis=2) > 120)
    assert len(bright) > 20
    for length, places in ((size[1], bright[:, 0]), (size[0], bright[:, 1])):
        margin = length * (1 - SAFE) / 2 - 2
        assert places.min() >= margin
        assert places.max() < length - margin
    assert np.median(card) < 40


def test_a_title_is_larger_than_what_is_beneath_it() -> None:
    alone, both = (draw_card(Card("end", text), (832, 480)) for text in ("Tower", "Tower\nTower"))
    assert np.any(both != alone)
    rows = np.flatnonzero((both.max(axis=2) > 120).any(axis=1))
    blocks = np.split(rows, np.flatnonzero(np.diff(rows) > 4) + 1)
    title, rule, text = blocks
    assert len(title) > 1.5 * len(text) > len(rule)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60))
def test_any_text_makes_a_card_and_always_the_same(text: str) -> None:
    one, other = (draw_card(Card("title", text), (160, 90)) for _ in range(2))
    assert np.array_equal(one, other)
