import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from studio.errors import InvalidError
from studio.fitting import LEAST_PIXELS, Shape, fit, smaller
from studio.workflows import Limits

WAN = Limits(side_multiple=16, frame_step=4, most_frames=81, most_pixels=832 * 480, fps=Fraction(16))
rates = st.sampled_from([Fraction(12), Fraction(16), Fraction(24000, 1001), Fraction(24), Fraction(60)])
shapes = st.builds(Shape, st.integers(64, 1920), st.integers(64, 1920), st.integers(1, 2000), rates)
limits_given = st.builds(
    Limits,
    side_multiple=st.sampled_from([2, 8, 16, 32, 64]),
    frame_step=st.sampled_from([1, 4, 8]),
    most_frames=st.none(),
    most_pixels=st.none() | st.integers(64 * 64, 1920 * 1920),
    fps=st.none() | rates,
)


@given(shapes, limits_given)
@example(Shape(1920, 64, 1, Fraction(24)), Limits(side_multiple=64, most_pixels=4096))
def test_a_fitted_shape_is_what_the_model_takes(asked: Shape, limits: Limits) -> None:
    fitted = fit(asked, limits)
    assert fitted.width % limits.side_multiple == fitted.height % limits.side_multiple == 0
    assert min(fitted.width, fitted.height) > 0
    assert (fitted.frames - 1) % limits.frame_step == 0
    assert fitted.fps == (limits.fps or asked.fps)
    assert limits.most_pixels is None or fitted.width * fitted.height <= limits.most_pixels


@given(shapes, limits_given)
def test_a_fitted_shape_fits(asked: Shape, limits: Limits) -> None:
    fitted = fit(asked, limits)
    assert fit(fitted, limits) == fitted


@given(shapes, limits_given)
def test_a_fitted_clip_is_at_least_as_long_and_no_step_longer(asked: Shape, limits: Limits) -> None:
    fitted = fit(asked, limits)
    assert fitted.frames / fitted.fps >= asked.frames / asked.fps
    assert (fitted.frames - limits.frame_step) / fitted.fps < asked.frames / asked.fps


@given(shapes, limits_given)
def test_the_aspect_is_off_by_less_than_a_multiple_a_side(asked: Shape, limits: Limits) -> None:
    fitted, multiple = fit(asked, limits), limits.side_multiple
    assume(min(fitted.width, fitted.height) > multiple)
    off = abs(math.log(fitted.width / fitted.height * asked.height / asked.width))
    short = min(fitted.width, fitted.height)
    assert off <= math.log(short / (short - multiple))


@given(shapes, limits_given)
def test_a_size_that_the_model_takes_stays(asked: Shape, limits: Limits) -> None:
    multiple = limits.side_multiple
    whole = replace(asked, width=-(-asked.width // multiple) * multiple, height=multiple * 4)
    assume(limits.most_pixels is None or whole.width * whole.height <= limits.most_pixels)
    fitted = fit(whole, limits)
    assert (fitted.width, fitted.height) == (whole.width, whole.height)


@given(shapes, st.integers(1, 400), st.sampled_from([1, 4, 8]))
def test_a_clip_is_never_longer_than_the_model_renders(asked: Shape, most: int, step: int) -> None:
    limits, longest = Limits(frame_step=step, most_frames=most), (most - 1) // step * step + 1
    if asked.frames <= longest:
        assert asked.frames <= fit(asked, limits).frames <= most
    else:
        with pytest.raises(InvalidError):
            fit(asked, limits)


@given(shapes, limits_given)
def test_smaller_pictures_get_smaller_until_they_end(asked: Shape, limits: Limits) -> None:
    shape, times = fit(asked, limits), 0
    while (less := smaller(shape, limits)) is not None:
        assert less.width * less.height < shape.width * shape.height
        assert fit(less, limits) == less
        assert (less.frames, less.fps) == (shape.frames, shape.fps)
        shape, times = less, times + 1
    assert shape.width * shape.height * 0.6 < LEAST_PIXELS + 1
    assert times <= 8


@pytest.mark.parametrize(
    ("asked", "fitted"),
    [
        (Shape(832, 480, 120, Fraction(24)), Shape(832, 480, 81, Fraction(16))),
        (Shape(854, 480, 24, Fraction(24)), Shape(832, 464, 17, Fraction(16))),
        (Shape(1920, 1080, 1, Fraction(24)), Shape(832, 464, 1, Fraction(16))),
        (Shape(480, 832, 2, Fraction(24)), Shape(480, 832, 5, Fraction(16))),
    ],
)
def test_what_is_asked_of_wan_becomes_what_it_takes(asked: Shape, fitted: Shape) -> None:
    assert fit(asked, WAN) == fitted


def test_too_long_a_clip_is_refused_with_the_longest_there_is() -> None:
    with pytest.raises(InvalidError, match=r"at most 5\.06 s at once, and 10\.00 s"):
        fit(Shape(832, 480, 240, Fraction(24)), WAN)


def test_a_clip_knows_how_long_it_plays() -> None:
    assert Shape(64, 64, 24000, Fraction(24000, 1001)).duration_s == 1001.0
