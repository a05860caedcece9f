"""Properties of the vocabulary: colours, styles, things and slips."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from studio.canon.checking import Bible
from studio.canon.colours import NAMED, Place, agree, mixed
from studio.canon.hair import ARRANGED, TEXTURED
from studio.canon.lexicon import KNOWN, MEANT, MEANT_FIRST
from studio.canon.sheets import Canon, Statement
from studio.canon.slots import Weight
from studio.canon.spans import Span
from studio.canon.tokens import corrected, tokens
from studio.canon.wardrobe import GARMENT_KINDS, WEAPON_KINDS

COLOURS = some.sampled_from(sorted(NAMED))
GARMENTS = some.sampled_from(sorted(GARMENT_KINDS))


def _contradicts(prompt: str, bible: str) -> bool:
    found = Bible([Canon("Asuna", [Statement(bible, "bible")])]).check(prompt)
    return any(one.weight is Weight.CONTRADICTION for one in found)


@given(COLOURS, COLOURS, some.sampled_from(list(Place)))
def test_colours_agree_with_themselves_and_both_ways(one: str, other: str, place: Place) -> None:
    assert agree(NAMED[one], NAMED[one], place)
    assert agree(NAMED[one], NAMED[other], place) == agree(NAMED[other], NAMED[one], place)


@pytest.mark.parametrize(
    ("one", "other", "place", "agreed"),
    [
        ("blonde", "gold", Place.HAIR, True),
        ("silver", "white", Place.HAIR, True),
        ("grey", "white", Place.HAIR, False),
        ("ginger", "red", Place.HAIR, True),
        ("hazel", "brown", Place.EYES, True),
        ("hazel", "green", Place.EYES, False),
        ("navy", "blue", Place.CLOTH, True),
        ("navy", "sky blue", Place.CLOTH, False),
        ("crimson", "scarlet", Place.CLOTH, True),
        ("red", "orange", Place.CLOTH, False),
    ],
)
def test_colours_that_people_tell_apart(one: str, other: str, place: Place, agreed: bool) -> None:
    assert agree(NAMED[one], NAMED[other], place) is agreed


def test_a_colour_of_two_words_is_what_they_share_or_either() -> None:
    assert mixed([NAMED["emerald green"], NAMED["green"]]).families == {"green"}
    assert mixed([NAMED["gold"], NAMED["brown"]]).families == {"gold", "brown"}


@given(COLOURS, COLOURS)
def test_hair_contradicts_hair_just_where_its_colours_clash(said: str, stated: str) -> None:
    clash = not agree(NAMED[said], NAMED[stated], Place.HAIR)
    assert _contradicts(f"Asuna with {said} hair", f"A girl with {stated} hair.") is clash
    assert _contradicts(f"Asuna does not have {said} hair", f"A girl with {stated} hair.") is not clash
    assert not _contradicts(f"Asuna hugs a stranger with {said} hair", f"A girl with {stated} hair.")


@given(GARMENTS, COLOURS)
def test_clothes_never_contradict_themselves(garment: str, colour: str) -> None:
    assert not _contradicts(f"Asuna in a {colour} {garment}", f"She wears a {colour} {garment}.")


@given(GARMENTS, some.sampled_from(["holds up", "looks at", "folds", "buys"]))
def test_clothes_that_nobody_wears_contradict_nothing(garment: str, verb: str) -> None:
    assert not _contradicts(
        f"Asuna {verb} a red {garment}", "She wears a blue coat, a white shirt and black trousers."
    )


@given(
    some.sampled_from(sorted({**ARRANGED, **TEXTURED}.items())),
    some.sampled_from(sorted({**ARRANGED, **TEXTURED}.items())),
)
def test_styles_agree_both_ways(one: tuple, other: tuple) -> None:
    assert one[1].agrees(one[1])
    assert one[1].agrees(other[1]) == other[1].agrees(one[1])


@given(some.sampled_from(sorted(WEAPON_KINDS)))
def test_a_weapon_agrees_with_itself_and_its_broader_kinds(word: str) -> None:
    kind = WEAPON_KINDS[word]
    assert kind.agrees(kind)
    assert all(other.agrees(kind) for other in WEAPON_KINDS.values() if other.name in kind.broader)


@given(some.sampled_from(sorted(KNOWN)))
def test_a_known_word_is_never_taken_for_another(word: str) -> None:
    assert corrected(word, MEANT, MEANT_FIRST, KNOWN) == word


@given(some.sampled_from(sorted(word for word in MEANT_FIRST if len(word) > 4)), some.data())
def test_a_slip_is_put_right_or_left_alone(word: str, data: some.DataObject) -> None:
    at = data.draw(some.integers(1, len(word) - 2))
    slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assume(slip not in KNOWN)
    assert corrected(slip, MEANT, MEANT_FIRST, KNOWN) in {word, slip}


@given(some.text(max_size=60))
def test_tokens_stand_where_they_say(text: str) -> None:
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(some.integers(0, 9), some.integers(0, 9), some.integers(0, 9), some.integers(0, 9))
def test_spans_meet_both_ways_and_their_overlap_lies_in_both(a: int, b: int, c: int, d: int) -> None:
    one, other = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    assert one.meets(other) == other.meets(one)
    if one.meets(other):
        both = one.within(other)
        assert (max(one.low, other.low), min(one.high, other.high)) == (both.low, both.high)


EVERY_WORD = some.sampled_from(
    [*sorted(KNOWN), *[",", ".", ":", "Asuna", "Asuna's", "isn't", "her", "with"] * 300]
)


@given(some.lists(EVERY_WORD, max_size=30))
def test_any_row_of_words_is_read_and_findings_stand_in_it(row: list[str]) -> None:
    text = " ".join(row)
    look = "A girl of ten with long red hair in a braid, a red dress and a sword."
    for found in Bible([Canon("Asuna", [Statement(look, "bible")])]).check(text, ["Asuna"]):
        assert text[found.start : found.end] == found.quote
        assert found.weight is Weight.MISSING or found.quote
