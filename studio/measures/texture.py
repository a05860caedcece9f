"""What is between neighbouring pixels of one picture: sharpness, noise, the grid of a codec, bands."""

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Plane = NDArray[np.float32]

SIDE = 8
MOST_BLOCKS = 1024
SHIFTS = ((4, 4), (4, 2), (2, 4))
FLOOR = 0.1
LEAST_VARIANCE = 1.0
NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
NOISE_GAIN = 6.0
FLAT_SHARE = 0.5
TILE, MOST_TILES, FEWEST_TILES = 32, 160, 4
TAIL = 0.03
SPANS = (10, 60)


def _cosines() -> Plane:
    order, at = np.mgrid[:SIDE, :SIDE]
    basis = np.sqrt(2 / SIDE) * np.cos(np.pi * order * (2 * at + 1) / (2 * SIDE))
    basis[0] /= np.sqrt(2)
    return np.asarray(basis, np.float32)


COSINES = _cosines()
FINE = np.add.outer(np.arange(SIDE), np.arange(SIDE)) >= 3


def sharpness(luma: Luma) -> float:
    """How much of a picture's contrast is between neighbouring pixels.

    Args:
        luma: One picture in its own size, 0 to 255, shape (h, w).

    Returns:
        Mean square of the Laplacian over the variance, >= 0, about 1e-3 (soft) to 1 (crisp); NaN for
        flat pictures and ones below 3 x 3 pixels. It compares pictures of one clip, and nothing else.

    Source:
        The variance of the Laplacian (Pech-Pacheco et al. 2000), here without dependence on contrast.
    """
    variance = float(cv2.meanStdDev(luma)[1][0, 0] ** 2)
    if variance < LEAST_VARIANCE or min(luma.shape) < 3:
        return float("nan")
    laplacian = cv2.Laplacian(luma, cv2.CV_16S)
    return float(cv2.norm(laplacian, cv2.NORM_L2SQR) / laplacian.size) / variance


def noise(luma: Luma) -> float:
    """Standard deviation of the noise in the flatter half of a picture, in levels of 255.

    Args:
        luma: One picture in its own size, 0 to 255, shape (h, w).

    Returns:
        Levels, >= 0; NaN below 16 x 16 pixels.

    Source:
        Immerkaer, "Fast noise variance estimation", 1996, on the flatter half of blocks of 16 pixels.
    """
    if min(luma.shape) < 2 * SIDE:
        return float("nan")
    response = np.abs(cv2.filter2D(luma, cv2.CV_32F, NOISE_KERNEL))
    size = (luma.shape[1] // 16, luma.shape[0] // 16)
    blocks = np.sort(cv2.resize(response, size, interpolation=cv2.INTER_AREA), axis=None)
    flat = blocks[: max(1, round(FLAT_SHARE * blocks.size))]
    return float(np.sqrt(np.pi / 2) * np.median(flat) / NOISE_GAIN)


def blockiness(luma: Luma) -> float:
    """How much plainer a picture is inside of a codec's 8 x 8 blocks than across their borders.

    Coarse quantising leaves few fine frequencies within each block; blocks laid four pixels off catch
    the steps between them. A picture that was never cut into blocks is as fine on every grid.

    Args:
        luma: One picture in its own size, 0 to 255, shape (h, w), its grid starting at the corner.

    Returns:
        Ratio of the mean log magnitude of fine cosine coefficients off the grid to that on it, > 0;
        1 without a grid, 1.15 and more where it shows; NaN below 24 x 24 pixels.

    Source:
        As the grid-shift tests of JPEG forensics (Luo, Huang and Qiu 2007): aligned against shifted.
    """
    if min(luma.shape) < 3 * SIDE:
        return float("nan")
    shifted = float(np.mean([_fineness(luma[down:, right:]) for down, right in SHIFTS]))
    return (shifted + FLOOR) / (_fineness(luma) + FLOOR)


def _fineness(luma: Luma) -> float:
    """Mean log magnitude of the fine cosine coefficients of a sample of blocks."""
    rows, columns = luma.shape[0] // SIDE, luma.shape[1] // SIDE
    every = max(1, -(-rows * columns // MOST_BLOCKS))
    cut = luma[: rows * SIDE, : columns * SIDE].reshape(rows, SIDE, columns * SIDE)[::every]
    blocks = cut.reshape(len(cut), SIDE, columns, SIDE).transpose(0, 2, 1, 3).astype(np.float32)
    across = blocks.reshape(-1, SIDE) @ COSINES.T
    both = across.reshape(-1, SIDE, SIDE).transpose(0, 2, 1).reshape(-1, SIDE) @ COSINES.T
    fine = np.abs(both.reshape(-1, SIDE * SIDE)[:, FINE.ravel()])
    return float(np.log1p(fine).mean())


def tone_richness(luma: Luma) -> float:
    """How many of the tones between its darkest and its brightest a gradient has; bands leave most out.

    Args:
        luma: One picture in its own size, 0 to 255, shape (h, w).

    Returns:
        For tiles of 32 x 32 pixels that span 10 to 60 levels, the number of tones that are used evenly
        (the exponential of their entropy) over the number of tones spanned, median over tiles, 0 to 1;
        NaN where fewer than four tiles span so much.

    Source:
        Perplexity of the histogram, Shannon 1948; banding as too few tones, as in CAMBI (Tandon et al. 2021).
    """
    rows, columns = luma.shape[0] // TILE, luma.shape[1] // TILE
    cut = luma[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE)
    tiles = cut.swapaxes(1, 2).reshape(-1, TILE * TILE)
    tiles = tiles[:: max(1, -(-len(tiles) // MOST_TILES))]
    offsets = 256 * np.arange(len(tiles))[:, None]
    counts = np.bincount((tiles + offsets).ravel(), minlength=256 * len(tiles)).reshape(-1, 256)
    passed = np.cumsum(counts, axis=1) / TILE**2
    inside = (passed >= TAIL) & (passed - counts / TILE**2 <= 1 - TAIL)
    first, last = np.argmax(inside, axis=1), 255 - np.argmax(inside[:, ::-1], axis=1)
    spans = last - first
    is_gradient = (spans >= SPANS[0]) & (spans <= SPANS[1])
    if is_gradient.sum() < FEWEST_TILES:
        return float("nan")
    weights = np.where(inside, counts, 0)[is_gradient].astype(np.float64)
    shares = weights / weights.sum(axis=1, keepdims=True)
    entropy = -np.sum(shares * np.log(np.where(shares > 0, shares, 1.0)), axis=1)
    return float(np.median(np.exp(entropy) / (spans[is_gradient] + 1)))
