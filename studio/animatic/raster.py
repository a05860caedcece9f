"""Pictures as arrays: typed doors to OpenCV, noise, and compositing of premultiplied layers."""

import hashlib
from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]


def channels(colour: Sequence[float]) -> Floats:
    """A colour as an array, shape (3,)."""
    return np.array(colour, np.float32)


def as_picture(values: Floats) -> Picture:
    """Values 0..1 as a picture of whole numbers 0..255, rounded and clipped."""
    picture: Picture = (np.clip(values, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
    return picture


def stream(*keys: object) -> np.random.Generator:
    """A random stream of its own for these keys, the same in every process."""
    digest = hashlib.sha256("\x1f".join(map(str, keys)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def smoothstep(low: float, high: float, value: Floats) -> Floats:
    """Ease `value` from 0 at `low` to 1 at `high`; a falling step when `low` > `high`."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return cast("Floats", (t * t * (3.0 - 2.0 * t)).astype(np.float32))


def resized(image: Floats, size_px: tuple[int, int], *, method: int = cv2.INTER_CUBIC) -> Floats:
    """`image` at (width, height) `size_px`."""
    return cast("Floats", cv2.resize(image, size_px, interpolation=method))


def resized_picture(image: Picture, size_px: tuple[int, int]) -> Picture:
    """`image` at (width, height) `size_px`, averaged when it shrinks."""
    shrinks = size_px[0] < image.shape[1]
    return cast(
        "Picture", cv2.resize(image, size_px, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    )


def blurred(image: Floats, sigma_px: float) -> Floats:
    """`image` under a Gaussian of standard deviation `sigma_px`; unchanged below a fifth of a pixel."""
    return image if sigma_px < 0.2 else cast("Floats", cv2.GaussianBlur(image, (0, 0), sigma_px))


def blurred_picture(image: Picture, sigma_px: float) -> Picture:
    """`image` under a Gaussian of standard deviation `sigma_px`; unchanged below a fifth of a pixel."""
    return image if sigma_px < 0.2 else cast("Picture", cv2.GaussianBlur(image, (0, 0), sigma_px))


def fractal_noise(
    shape: tuple[int, int], cell_px: tuple[float, float], rng: np.random.Generator, *, octaves: int = 4
) -> Floats:
    """Smooth noise of several sizes.

    Args:
        shape: Rows and columns, each >= 1.
        cell_px: Width and height of the largest blob, pixels.
        rng: Where the randomness comes from.
        octaves: How many sizes are summed, each half as large and half as strong.

    Returns:
        Values around 0.5, nearly all within 0..1, shape `shape`.
    """
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        cells = [
            max(2, int(n * 2**octave / max(c, 1.0)) + 2) for n, c in zip(shape, cell_px[::-1], strict=True)
        ]
        cells = [min(c, n + 2) for c, n in zip(cells, shape, strict=True)]
        grid = rng.random((cells[0], cells[1]), dtype=np.float32)
        total += resized(grid, (shape[1], shape[0])) * np.float32(0.5**octave)
    return total / np.float32(2.0 - 0.5 ** (octaves - 1))


def wander(
    count: int, rng: np.random.Generator, *, waves: float, octaves: int = 5, rough: float = 0.5
) -> Curve:
    """A wandering line of `count` heights in about -1..1, `waves` bumps long; larger `rough` is craggier."""
    at = np.linspace(0.0, 1.0, count)
    line = np.zeros(count)
    for octave in range(octaves):
        knots = max(2, int(waves * 2**octave) + 2)
        values = rng.uniform(-1.0, 1.0, knots)
        line += np.interp(at, np.linspace(0.0, 1.0, knots), values) * rough**octave
    return line


def lay_over(frame: Picture, layer: Picture, left: int, top: int) -> None:
    """Composite a premultiplied RGBA `layer` onto an RGB or RGBA `frame`, in place, clipped to it."""
    rows, columns = frame.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + layer.shape[1], columns), min(top + layer.shape[0], rows)
    if x0 >= x1 or y0 >= y1:
        return
    over = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    under = frame[y0:y1, x0:x1]
    veil = cv2.bitwise_not(cv2.extractChannel(over, 3))
    channels = frame.shape[2]
    kept = cv2.multiply(under, cv2.merge([veil] * channels), scale=1 / 255)
    ink = over if channels == 4 else cv2.cvtColor(over, cv2.COLOR_RGBA2RGB)
    cv2.add(kept, ink, dst=kept)
    frame[y0:y1, x0:x1] = kept


def straight(picture: Picture) -> Picture:
    """A premultiplied RGBA picture with its colours divided by alpha again."""
    alpha = np.maximum(picture[..., 3:4].astype(np.float32), 1.0)
    colour = np.minimum(picture[..., :3] * (255.0 / alpha), 255.0)
    return np.dstack([colour.round().astype(np.uint8), picture[..., 3]])


def premultiplied(picture: Picture) -> Picture:
    """A straight RGBA picture with its colours multiplied by alpha."""
    colour = picture[..., :3].astype(np.float32) * (picture[..., 3:4] / np.float32(255.0))
    return np.dstack([colour.round().astype(np.uint8), picture[..., 3]])
