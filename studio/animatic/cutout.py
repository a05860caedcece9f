"""Reference pictures made ready to stand in a scene: cut out of their background."""

import cv2
import numpy as np

from studio.animatic.raster import Floats, Picture, blurred, premultiplied, resized_picture, smoothstep

TOLERANCE = 26
EVEN_SHARE = 0.85


def cut_out(reference: Picture) -> Picture:
    """Cut the figure out of a reference picture.

    Args:
        reference: RGB or RGBA picture, straight alpha, shape (height, width, 3 or 4).

    Returns:
        Premultiplied RGBA picture, cropped to what can be seen. Transparency is taken from
        the picture where it has any; otherwise a border of one even colour is keyed out;
        otherwise the whole picture stays, with soft edges.
    """
    rgb = np.ascontiguousarray(reference[..., :3])
    has_alpha = reference.shape[2] == 4 and bool((reference[..., 3] < 250).mean() > 0.01)
    alpha = reference[..., 3].astype(np.float32) / 255 if has_alpha else _keyed(rgb)
    picture = premultiplied(np.dstack([rgb, (alpha * 255 + 0.5).astype(np.uint8)]))
    return _cropped(picture)


def _keyed(rgb: Picture) -> Floats:
    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]]).astype(np.int32)
    ground = np.median(border, axis=0)
    even = (np.abs(border - ground).max(axis=1) <= TOLERANCE).mean()
    return _flooded(rgb, ground) if even >= EVEN_SHARE else _vignetted((rgb.shape[0], rgb.shape[1]))


def _flooded(rgb: Picture, ground: np.ndarray) -> Floats:
    """Alpha that is 0 wherever the border's colour runs in from outside; holes inside the figure stay."""
    near = (np.abs(rgb.astype(np.int32) - ground).max(axis=2) <= TOLERANCE).astype(np.uint8)
    padded = np.pad(near, 1, constant_values=1)
    mask = np.zeros((padded.shape[0] + 2, padded.shape[1] + 2), np.uint8)
    cv2.floodFill(padded, mask, (0, 0), (2.0,))
    figure = (padded[1:-1, 1:-1] != 2).astype(np.float32)
    return smoothstep(0.35, 0.85, blurred(figure, 0.9))


def _vignetted(shape: tuple[int, int]) -> Floats:
    """Alpha of a rounded frame whose sides melt away; the lower edge fades the least."""
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    return smoothstep(
        1.0, 0.72, (np.abs(x) ** 4 + np.abs(np.minimum(y, 0.86 + 0 * y)) ** 4) ** np.float32(0.25)
    )


def _cropped(picture: Picture) -> Picture:
    seen = picture[..., 3] > 12
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return picture
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def heads_in(picture: Picture) -> float:
    """How many heads tall a cut-out figure probably is: a standing figure about 6.8, a bust about 2.5."""
    ratio = picture.shape[0] / picture.shape[1]
    return float(np.clip(1.9 + 2.2 * (ratio - 0.8), 2.0, 6.8))


def posed(picture: Picture, head_px: float) -> Picture:
    """A cut-out figure scaled so that its head is about `head_px` tall."""
    scale = head_px * heads_in(picture) / picture.shape[0]
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return resized_picture(picture, size)
