"""Previews fit into a notification and still show the picture."""

import cv2
import numpy as np
import pytest

from studio.previews import LARGEST_BYTES, shrink


def encoded(pixels: np.ndarray, suffix: str = ".png") -> bytes:
    return cv2.imencode(suffix, pixels)[1].tobytes()


@pytest.mark.parametrize("shape", [(480, 832, 3), (1080, 1920, 3), (1920, 64, 3), (64, 64, 3), (1, 1, 3)])
def test_any_picture_is_made_to_fit(shape: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    small = shrink(encoded(noise))
    assert small is not None
    assert len(small) <= LARGEST_BYTES


def test_a_preview_keeps_shape_and_colour() -> None:
    picture = np.zeros((480, 832, 3), np.uint8)
    picture[:, 416:] = (30, 60, 220)
    small = shrink(encoded(picture, ".jpg"))
    assert small is not None
    shown = cv2.imdecode(np.frombuffer(small, np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape[1] / shown.shape[0] == pytest.approx(832 / 480, rel=0.02)
    np.testing.assert_allclose(shown[:, -100:].mean(axis=(0, 1)), (30, 60, 220), atol=6)


@pytest.mark.parametrize("junk", [b"", b"no picture", b"\xff\xd8\xff\xe0 broken"])
def test_what_is_no_picture_is_no_preview(junk: bytes) -> None:
    assert shrink(junk) is None
