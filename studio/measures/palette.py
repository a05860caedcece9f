"""Palette consistency: whether the colours of a reference picture are found in a clip."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colours = NDArray[np.float32]

TONES = 6
SAMPLE_PX = 96
OPAQUE_FROM = 128
BACKGROUND_DE = 10.0
BACKGROUND_SHARE = 0.6
ALIKE_DE = 12.0
PRESENT_SHARE = 0.003
FEWEST_PX = 32


def palette_of(reference: Pixels) -> tuple[Colours, NDArray[np.float64]]:
    """The main colours of a reference picture, its plain background left out.

    Args:
        reference: RGB or RGBA, uint8, shape (h, w, 3 or 4); transparent pixels don't count.

    Returns:
        Lab colours (CIE 1976, D65), shape (k, 3), and their shares, adding up to 1, shape (k,); empty
        where fewer than 32 pixels are left of the picture at 96 pixels.
    """
    rows, columns = reference.shape[:2]
    scale = SAMPLE_PX / max(rows, columns)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    small = np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)
    lab = _lab(np.ascontiguousarray(small[..., :3]))
    pixels = lab[_foreground(small, lab)]
    if len(pixels) < FEWEST_PX:
        return np.zeros((0, 3), np.float32), np.zeros(0)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    cv2.setRNGSeed(1)
    first = np.zeros((len(pixels), 1), np.int32)
    _, labels, centres = cv2.kmeans(pixels, TONES, first, stop, 2, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(labels.ravel(), minlength=TONES) / len(pixels)
    return np.asarray(centres, np.float32), shares


def _foreground(small: Pixels, lab: Colours) -> NDArray[np.bool_]:
    if small.shape[2] == 4 and (small[..., 3] < OPAQUE_FROM).any():
        return np.asarray(small[..., 3] >= OPAQUE_FROM)
    border = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    plain = np.median(border, axis=0)
    if (np.linalg.norm(border - plain, axis=1) < BACKGROUND_DE).mean() < BACKGROUND_SHARE:
        return np.ones(lab.shape[:2], bool)
    return np.asarray(np.linalg.norm(lab - plain, axis=2) >= BACKGROUND_DE)


def palette_consistency(references: Sequence[Pixels], stills: Pixels) -> float | None:
    """How much of the references' colours a clip shows; it knows colours, and no faces.

    Args:
        references: Pictures of one character, as for `palette_of`.
        stills: Frames of the clip: luma, Cb, Cr (BT.709, full range), uint8, shape (k, h, w, 3).

    Returns:
        The best reference's share of colours, 0 to 1, that at least one still shows within 12 of Lab
        distance on 0.3% of its picture, in proportion below; None where there is nothing to compare.

    Source:
        Colour indexing (Swain and Ballard 1991), one-sided: a scene has more colours than a character.
    """
    if not len(stills):
        return None
    frames = [_lab(rgb_of(still)).reshape(-1, 3) for still in stills]
    shown = [_share_shown(*palette_of(one), frames) for one in references]
    judged = [share for share in shown if share is not None]
    return max(judged) if judged else None


def _share_shown(colours: Colours, shares: NDArray[np.float64], frames: list[Colours]) -> float | None:
    if not len(colours):
        return None
    best = 0.0
    for pixels in frames:
        away = np.linalg.norm(pixels[:, None, :] - colours[None], axis=2)
        present = np.minimum((away < ALIKE_DE).mean(axis=0) / PRESENT_SHARE, 1.0)
        best = max(best, float(present @ shares))
    return best


def _lab(rgb: Pixels) -> Colours:
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def rgb_of(still: Pixels) -> Pixels:
    """RGB of luma, Cb and Cr (BT.709, full range), all uint8, shape (h, w, 3)."""
    luma, cb, cr = (still[..., index].astype(np.float32) for index in range(3))
    red, green = luma + 1.5748 * (cr - 128), luma - 0.1873 * (cb - 128) - 0.4681 * (cr - 128)
    rgb = np.stack([red, green, luma + 1.8556 * (cb - 128)], axis=-1)
    return np.clip(np.round(rgb), 0, 255).astype(np.uint8)
