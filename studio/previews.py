"""Previews small enough to travel in a notification."""

from typing import Final

import cv2
import numpy as np

LARGEST_BYTES: Final = 5_700
"""PostgreSQL's notifications carry under 8,000 bytes, in which Base64 and the generation's id must fit."""

SIDES_PX: Final = (320, 240, 160, 96)
QUALITIES: Final = (70, 45)


def shrink(image: bytes) -> bytes | None:
    """The picture as a JPEG of at most 5,700 bytes, as large as fits; None where it is no picture.

    Args:
        image: A picture in any format that OpenCV reads.
    """
    pixels = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR) if image else None
    if pixels is None:
        return None
    for side_px in SIDES_PX:
        scale = min(1.0, side_px / max(pixels.shape[:2]))
        size = [max(1, round(side * scale)) for side in pixels.shape[1::-1]]
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        for quality in QUALITIES:
            _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if jpeg.size <= LARGEST_BYTES:
                return jpeg.tobytes()
    return None
