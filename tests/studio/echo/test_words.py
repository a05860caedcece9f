"""Amounts, slips and names, as people write them."""

import pytest

from benchmarks.echo import project
from studio.echo.amounts import count, duration, listed
from studio.echo.spelling import spelt
from studio.echo.who import find_cast

FACTS = project()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("a 5-second scene", 5),
        ("7.5 s", 7.5),
        ("twenty-four seconds of rain", 24),
        ("half a minute", 30),
        ("a quarter of a minute", 15),
        ("a minute and a half of waves", 90),
        ("one and a half minutes", 90),
        ("1:30 long", 90),
        ("2 minutes 10 seconds", 130),
        ("a minute of waves", 60),
        ("a 3 hour scene", 10_800),
    ],
)
def test_a_length_is_read_in_figures_and_in_words(text: str, seconds: float) -> None:
    amount = duration(text)
    assert amount is not None
    assert amount.value == seconds


@pytest.mark.parametrize("text", ["the second episode", "ten minutes later", "5 years ago", "scenes 5-8"])
def test_times_of_the_story_and_numbers_of_things_are_no_lengths(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("three clips", 3), ("a couple of short clips", 2), ("4 takes of kai", 4)]
)
def test_a_count_stands_before_clips(text: str, number: int) -> None:
    amount = count(text)
    assert amount is not None
    assert amount.value == number


@pytest.mark.parametrize("text", ["scenes 2 and 3", "ten second shot", "scene 3", "two cats in a scene"])
def test_other_numbers_count_no_clips(text: str) -> None:
    assert count(text) is None


def test_lists_of_numbers_have_ranges() -> None:
    assert [*listed("2, 4 to 6 and eight")] == [2, 4, 5, 6, 8]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("genrate a clip", "generate a clip"),
        ("make a trialer", "make a trailer"),
        ("with Kai Nakmura", "with Kai Nakamura"),
        ("captian vega laughs", "Captain vega laughs"),
        ("Miar Tanaka", "Mira Tanaka"),
    ],
)
def test_slips_are_put_right(written: str, meant: str) -> None:
    assert spelt(written, FACTS.names).text == meant


@pytest.mark.parametrize("text", ["a trail in the forest", "the brother paints a statue", "her general"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert spelt(text, FACTS.names).text == text


def test_a_place_behind_a_slip_is_found_in_what_was_written() -> None:
    text = spelt("genrate a clip", FACTS.names)
    assert text.origin(text.text.index("clip")) == "genrate a clip".index("clip")


@pytest.mark.parametrize(
    ("text", "names", "unknown"),
    [
        ("Kai meets Mira", ("Kai Nakamura", "Mira Tanaka"), ()),
        ("a walk with Tomoko", (), ("Tomoko",)),
        ("Snow falls on Kyoto", (), ()),
        ("the captain steers", ("Captain Vega",), ()),
        ("a stroll in Shibuya with Hana", ("Hana",), ()),
    ],
)
def test_who_is_in_a_text(text: str, names: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    cast = find_cast(text, FACTS)
    assert (cast.names, cast.unknown) == (names, unknown)


def test_a_shared_name_is_nobodys() -> None:
    assert find_cast("Sato cries", FACTS).shared == (("Sato", ("Ren Sato", "Yuki Sato")),)
