"""Designs read from descriptions, and the figures drawn from them."""

import cv2
import numpy as np
import pytest

from studio.animatic.colour import CLOTH, EYES, HAIR, Colour
from studio.animatic.cutout import cut_out
from studio.animatic.looks import read_look
from studio.animatic.portrait import draw_reference


def test_colours_go_to_the_part_they_stand_before() -> None:
    look = read_look("red hair, green eyes, dark blue coat, tall man", "Kai")
    assert look.hair == Colour.of(HAIR["red"])
    assert look.eyes == Colour.of(EYES["green"])
    assert look.outer == "coat"
    assert look.outer_colour == Colour.of(CLOTH["blue"]).scaled(0.62)
    assert not look.is_feminine


@pytest.mark.parametrize(
    "text", ["hair: red", "hair is red", "hair colour: red", "red-haired", "a red haired girl"]
)
def test_hair_colour_is_read_in_any_order(text: str) -> None:
    assert read_look(text, "Kai").hair == Colour.of(HAIR["red"])


def test_a_garment_without_a_colour_does_not_take_its_neighbours() -> None:
    assert read_look("blue eyes, coat", "A").outer_colour == read_look("coat", "A").outer_colour


def test_a_name_alone_gives_a_stable_design_and_other_names_others() -> None:
    assert read_look("", "Ren") == read_look("", "Ren")
    assert len({read_look("", name).hair for name in "abcdefgh"}) > 2


def test_long_hair_falls_lower_than_short_hair() -> None:
    assert read_look("long hair", "A").hair_fall > read_look("short hair", "A").hair_fall + 1


def test_a_reference_is_a_figure_on_nothing() -> None:
    picture = draw_reference("girl with long silver hair, red dress", seed=3, size_px=(200, 320))
    assert picture.shape == (320, 200, 4)
    alpha = picture[..., 3]
    assert not alpha[:, 0].any()
    assert not alpha[:, -1].any()
    assert 0.1 < (alpha > 250).mean() < 0.6
    rows = np.flatnonzero(alpha.any(axis=1))
    assert rows[-1] - rows[0] > 0.75 * 320


def test_references_follow_seed_and_description() -> None:
    def draw(text: str, seed: int) -> bytes:
        return draw_reference(text, seed=seed, size_px=(96, 160)).tobytes()

    assert draw("a knight", 1) == draw("a knight", 1)
    assert draw("a knight", 1) != draw("a knight", 2)
    assert draw("a knight", 1) != draw("a mage", 1)


def test_the_described_hair_is_seen_on_the_reference() -> None:
    picture = draw_reference("red hair, green eyes, dark blue coat, tall man", seed=4, size_px=(300, 480))
    top = picture[: 480 // 6]
    hsv = cv2.cvtColor(np.ascontiguousarray(top[..., :3]), cv2.COLOR_RGB2HSV)[top[..., 3] > 250]
    vivid = hsv[(hsv[:, 1] > 130) & (hsv[:, 2] > 60)]
    assert np.mean((vivid[:, 0] < 12) | (vivid[:, 0] > 170)) > 0.6


def test_an_even_background_is_keyed_out_and_the_figures_own_patch_of_it_stays() -> None:
    picture = np.full((120, 80, 3), (250, 250, 250), np.uint8)
    picture[20:110, 20:60] = (40, 60, 160)
    picture[50:60, 35:45] = (250, 250, 250)
    cut = cut_out(picture)
    assert abs(cut.shape[0] - 90) <= 4
    assert abs(cut.shape[1] - 40) <= 4
    assert cut[cut.shape[0] // 2, cut.shape[1] // 2, 3] > 240


def test_a_busy_background_leaves_soft_edges() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (120, 80, 3)).astype(np.uint8)
    cut = cut_out(picture)
    middle, edge = cut[60, cut.shape[1] // 2, 3], cut[60, 0, 3]
    assert middle == 255
    assert edge < 128
