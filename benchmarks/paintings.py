"""Drawings that clean clips are made of: a painted background, a city of flat tones, figures in action."""

import cv2
import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
SIZE = (320, 192)


def action(frames: int, *, step: int) -> Frames:
    """Figures that dash across a panning background, with lines of speed; a new drawing every `step`."""
    back = painting((SIZE[0] * 4, SIZE[1]), seed=16)
    random = np.random.default_rng(17)
    pictures: list[Frames] = []
    for frame in range(frames):
        if frame % step:
            pictures.append(pictures[-1])
            continue
        picture = back[:, 6 * frame : 6 * frame + SIZE[0]].copy()
        for number, tone in enumerate(((200, 60, 60), (60, 90, 200))):
            x = int(160 + 130 * np.sin(frame / 7 + 2 * number))
            y = int(110 + 40 * np.cos(frame / 5 + number))
            cv2.ellipse(picture, (x, y), (18, 42), 10 * np.sin(frame / 3), 0, 360, tone, -1, cv2.LINE_AA)
            cv2.circle(picture, (x, y - 52), 16, (235, 205, 180), -1, cv2.LINE_AA)
        for y in random.integers(0, SIZE[1], 12):
            x = int(random.integers(0, SIZE[0]))
            cv2.line(picture, (x, int(y)), (x + 70, int(y)), (245, 245, 240), 1)
        pictures.append(picture)
    return np.stack(pictures)


def painting(size: tuple[int, int], *, seed: int) -> Frames:
    """A background as brushes leave it: tones at every scale, with a few hard edges."""
    random = np.random.default_rng(seed)
    width, height = size
    canvas = np.zeros((height, width, 3), np.float32)
    for scale, weight in ((4, 90), (16, 50), (64, 25), (160, 12)):
        cells = (max(2, width * scale // 320), max(2, height * scale // 320))
        tones = random.normal(0, 1, (cells[1], cells[0], 3)).astype(np.float32)
        canvas += weight * 0.5 * cv2.resize(tones, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(canvas + 125, 10, 240).astype(np.uint8)
    for _ in range(width // 40):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        tone = [int(value) for value in random.integers(30, 220, 3)]
        cv2.rectangle(picture, (x, y), (x + int(random.integers(10, 60)), height), tone, -1)
    return picture


def flat_city(size: tuple[int, int]) -> Frames:
    random = np.random.default_rng(18)
    picture = np.full((size[1], size[0], 3), (150, 190, 230), np.uint8)
    for x in range(0, size[0], 23):
        tone = [int(value) for value in random.integers(50, 200, 3)]
        top = int(random.integers(20, size[1] - 30))
        cv2.rectangle(picture, (x, top), (x + 20, size[1]), tone, -1)
    return picture


def gained(frames: Frames, gain: NDArray[np.float64]) -> Frames:
    return np.clip(np.round(frames * gain[:, None, None, None]), 0, 255).astype(np.uint8)
