import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.animatic.caption import bar_height
from studio.artwork import (
    BACKDROP_PX,
    POSTER_PX,
    THUMB_PX,
    choose_frame,
    choose_take,
    draw_backdrop,
    draw_poster,
    draw_thumb,
    without_caption,
)

Pixels = NDArray[np.uint8]
SIZE = (320, 180)
RNG = np.random.default_rng(7)


def scene(seed: int = 1) -> Pixels:
    """Coloured blots with crisp edges on a gradient."""
    rng = np.random.default_rng(seed)
    across = np.linspace(30, 220, SIZE[0])[None, :, None]
    picture = np.repeat(np.repeat(across, SIZE[1], axis=0), 3, axis=2).astype(np.uint8)
    for _ in range(20):
        at = (int(rng.integers(0, SIZE[0])), int(rng.integers(0, SIZE[1])))
        cv2.circle(picture, at, 14, [int(value) for value in rng.integers(0, 256, 3)], -1)
    return picture


def flat(tone: int) -> Pixels:
    return np.full((SIZE[1], SIZE[0], 3), tone, np.uint8)


def blurred(picture: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 6.0), np.uint8)


def grey(picture: Pixels) -> Pixels:
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def decoded(jpeg: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize(
    ("frames", "chosen"),
    [
        ([blurred(scene()), scene(), blurred(scene())], 1),
        ([grey(scene()), scene()], 1),
        ([scene() // 4, scene()], 1),  # a fade
        ([scene(), scene()], 0),  # the earlier of equals
        ([flat(0), blurred(scene()), flat(255)], 1),
        ([flat(0), flat(128), flat(255)], None),
        ([], None),
    ],
)
def test_the_frame_that_shows_most_is_chosen(frames: list[Pixels], chosen: int | None) -> None:
    assert choose_frame(frames) == chosen


def test_a_picture_that_is_mostly_black_shows_nothing() -> None:
    dark = scene()
    dark[:, : SIZE[0] * 6 // 10] = 0
    assert choose_frame([dark]) is None


def test_of_equal_takes_the_better_judged_comes_first_and_the_unjudged_last() -> None:
    assert choose_take([scene()] * 3, [5.0, None, 9.0]) == [2, 0, 1]
    assert choose_take([flat(0), scene()], [9.0, 1.0]) == [1]
    assert choose_take([], []) == []


def test_the_caption_of_an_animatic_is_cut_off_whole() -> None:
    frame = scene()
    tall = bar_height(SIZE)
    frame[-tall:] = 255
    cut = without_caption(frame)
    assert cut.shape[0] == SIZE[1] - tall - 1
    assert np.array_equal(cut, frame[: -tall - 1])


def test_pictures_have_the_shapes_that_media_servers_want() -> None:
    poster = draw_poster(scene(), "Kaze", is_animatic=False)
    for jpeg, size in (
        (poster, POSTER_PX),
        (draw_backdrop(scene(), is_animatic=False), BACKDROP_PX),
        (draw_thumb(scene(), is_animatic=False), THUMB_PX),
    ):
        assert decoded(jpeg).shape == (size[1], size[0], 3)
    assert POSTER_PX[0] / POSTER_PX[1] == 2 / 3
    assert BACKDROP_PX[0] / BACKDROP_PX[1] == THUMB_PX[0] / THUMB_PX[1] == 16 / 9


def test_equal_frames_give_equal_files() -> None:
    assert draw_poster(scene(), "Kaze", is_animatic=True) == draw_poster(scene(), "Kaze", is_animatic=True)
    assert draw_poster(scene(), "Kaze", is_animatic=True) != draw_poster(scene(2), "Kaze", is_animatic=True)


def test_the_part_with_most_detail_is_cut_out() -> None:
    frame = flat(120)
    frame[:, 240:] = RNG.integers(0, 256, (SIZE[1], 80, 3), np.uint8)
    poster = decoded(draw_poster(frame, "", is_animatic=False)).astype(int)
    assert poster[:, 500:].std() > 40
    empty = decoded(draw_poster(np.ascontiguousarray(frame[:, ::-1]), "", is_animatic=False)).astype(int)
    assert empty[:, :300].std() > 40


def test_the_title_stands_at_the_foot_and_the_rest_is_left_as_it_is() -> None:
    plain, titled = (
        decoded(draw_poster(scene(), title, is_animatic=False)) for title in ("", "Kaze no Tani")
    )
    assert np.abs(plain[:600].astype(int) - titled[:600]).mean() < 1
    assert titled[1000:1100].max() > 230
    assert titled[1100:].mean() < plain[1100:].mean()


@pytest.mark.parametrize(
    "title", ["K" * 300, "word " * 200, "A", "Ärger über Straßen", "夜" * 300, "終わらない、夏休みの「物語」"]
)
def test_a_title_of_any_length_stays_within_the_poster(title: str) -> None:
    poster = decoded(draw_poster(flat(90) + np.uint8(0), title, is_animatic=False))
    margins = np.concatenate([poster[:, :40], poster[:, -40:]], axis=1)
    assert margins.max() < 130


@pytest.mark.parametrize("title", ["風の谷", "바람의 계곡", "Долина ветров", "Tower 東京"])
def test_a_title_of_any_script_stands_on_it(title: str) -> None:
    plain, titled = (
        decoded(draw_poster(flat(90), told, is_animatic=False)).astype(int) for told in ("", title)
    )
    assert (titled[800:].max(axis=2) > 230).mean() > 0.01
    assert np.abs(plain[:600] - titled[:600]).mean() < 1


def test_letters_that_no_font_has_are_left_off() -> None:
    plain, none = (draw_poster(scene(), title, is_animatic=False) for title in ("", "\U0010fffd \ue000"))
    assert plain == none


def test_an_animatic_says_so_on_each_of_its_pictures() -> None:
    for draw in (
        draw_backdrop,
        draw_thumb,
        lambda f, is_animatic: draw_poster(f, "", is_animatic=is_animatic),
    ):
        told, untold = (decoded(draw(scene(), is_animatic=is_it)).astype(int) for is_it in (True, False))
        corner = np.abs(told - untold)[:12, :40]
        assert corner.mean() > 10
        assert np.abs(told - untold)[100:].mean() < 1
