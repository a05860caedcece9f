"""Measuring in one pass: what it holds does not grow with the clip, and where blocks end changes nothing."""

import tracemalloc
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.cuts import CutFinder, find_cuts
from studio.measures.flashes import FlashMeter, count_flashes
from studio.metering import AT_ONCE_FRAMES, MOST_STILLS, measure_pictures
from studio.pictures import STILL_EVERY_FRAMES, ClipInfo, Measurements, Picture, Thumbs

FPS = Fraction(24)
SIZE = (18, 32)
SHOTS = 3


def pictures(frames: int) -> Iterator[Picture]:
    """Grain on a tone that is another one every two seconds, and flashes in the middle."""
    random = np.random.default_rng(1)
    grain = random.integers(0, 40, (7, *SIZE)).astype(np.uint8)
    chroma = np.full((SIZE[0] // 2, SIZE[1] // 2, 2), 128, np.uint8)
    for frame in range(frames):
        is_flash = abs(frame - frames // 2) < 24 and frame // 3 % 2
        tone = np.uint8(40 + 50 * (frame // 48 % SHOTS) + 60 * bool(is_flash))
        yield Picture(frame / 24, grain[frame % 7] + tone, chroma)


def measured(frames: int) -> Measurements:
    info = ClipInfo(*SIZE[::-1], FPS, frames, frames / 24, "h264", None, None)
    return measure_pictures(info, pictures(frames), watch=lambda _: None)


def most_held(frames: int) -> int:
    tracemalloc.start()
    try:
        measured(frames)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_is_held_grows_by_hardly_anything_with_the_clip() -> None:
    """Stills are the half of it here, until there are 512; thumbs alone would be 1.7 kB a frame."""
    short, long = (most_held(blocks * AT_ONCE_FRAMES) for blocks in (2, 4))
    assert long - short < 2 * AT_ONCE_FRAMES * 700


def test_a_long_clip_has_as_many_stills_further_apart() -> None:
    frames = STILL_EVERY_FRAMES * (MOST_STILLS + 2)
    seen = measured(frames)
    assert (seen.frames, seen.still_every, len(seen.stills)) == (frames, 12, MOST_STILLS // 2 + 1)
    nearest = list(pictures(13))[12].luma
    assert np.array_equal(seen.stills[1][..., 0], nearest)
    assert seen.cuts.tolist()[:3] == [48, 96, 144]
    assert len(seen.thumbs) == 0


def thumbs(seed: int, frames: int) -> Thumbs:
    """Shots of random length, some of which flash, in grey and in red."""
    random = np.random.default_rng(seed)
    shot = np.cumsum(random.random(frames) < 0.04)
    tones = random.integers(30, 200, (shot[-1] + 1, 18, 32, 3))
    shown = tones[shot] + random.integers(0, 6, (frames, 18, 32, 3))
    flashing = (np.arange(frames) // 3 % 2 == 1) & (shot % 2 == 1)
    shown[flashing, ..., random.integers(0, 3)] += 50
    return np.asarray(shown.clip(0, 255), np.uint8)


@settings(max_examples=10)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 60), min_size=1, max_size=4))
def test_where_blocks_end_changes_nothing(seed: int, ends: list[int]) -> None:
    whole = thumbs(seed, 100)
    blocks: list[NDArray[np.uint8]] = np.split(whole, np.cumsum(ends).clip(0, len(whole)))
    finder, meter = CutFinder(FPS), FlashMeter(FPS)
    for block in blocks:
        finder.add(block)
        meter.add(block)
    at_once = count_flashes(whole, FPS)
    assert finder.cuts().tolist() == find_cuts(whole, FPS).tolist()
    assert np.array_equal(meter.flashing().general, at_once.general)
    assert np.array_equal(meter.flashing().red, at_once.red)
