"""Sound against pictures: lags that are known."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.av_offset import AvOffset, picture_lag_frames, picture_late_s, sound_lag_s

RATE_HZ = 8_000
FPS = Fraction(24)


def noise(length_s: float = 2.0, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, 0.1, round(length_s * RATE_HZ)).astype(np.float32)


def pictures(count: int = 48, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, 18, 32, 3), np.uint8)


@settings(deadline=None)
@given(st.integers(-3_900, 3_900), st.integers(0, 3))
def test_a_lag_of_the_sound_is_found_to_the_sample(lag: int, seed: int) -> None:
    meant = noise(seed=seed)
    heard = np.concatenate([np.zeros(max(lag, 0), np.float32), meant[max(-lag, 0) :]])
    found_s = sound_lag_s(heard, meant, RATE_HZ)
    assert found_s is not None
    assert found_s * RATE_HZ == pytest.approx(lag, abs=0.05)


def burst(at_s: float) -> NDArray[np.float32]:
    away_s = np.arange(2 * RATE_HZ) / RATE_HZ - at_s
    return (np.sin(1500 * away_s) * np.exp(-((away_s / 0.01) ** 2))).astype(np.float32)


def test_a_lag_between_two_samples_is_found_too() -> None:
    found_s = sound_lag_s(burst(1.0 + 40.5 / RATE_HZ), burst(1.0), RATE_HZ)
    assert found_s is not None
    assert found_s * RATE_HZ == pytest.approx(40.5, abs=0.05)


def test_a_steady_tone_has_the_least_of_its_lags() -> None:
    tone = np.sin(2 * np.pi * 100 * np.arange(8 * RATE_HZ) / RATE_HZ).astype(np.float32)
    found_s = sound_lag_s(tone, tone, RATE_HZ)
    assert found_s == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [(np.zeros(9_000, np.float32), noise()), (noise(), np.zeros(0, np.float32)), (noise(seed=1), noise())],
)
def test_what_is_not_the_same_sound_has_no_lag(
    heard: NDArray[np.float32], meant: NDArray[np.float32]
) -> None:
    assert sound_lag_s(heard, meant, RATE_HZ) is None


@pytest.mark.parametrize("lag", [-12, -3, 0, 1, 7])
def test_pictures_that_come_late_are_found(lag: int) -> None:
    meant = pictures()
    seen = meant[np.clip(np.arange(48) - lag, 0, 47)]
    assert picture_lag_frames(seen, meant) == lag
    time_s = np.arange(48) / 24 + 0.02
    assert picture_late_s(seen, time_s, meant, FPS) == pytest.approx(lag / 24 + 0.02)


def test_where_nothing_moves_nothing_is_late() -> None:
    still = np.repeat(pictures(1), 30, axis=0)
    assert picture_lag_frames(still, still) == 0
    assert picture_lag_frames(still[:1], still[:1]) == 0


@pytest.mark.parametrize(
    ("sound_ms", "picture_ms", "exceeds"),
    [(0.0, 0.0, False), (41.0, 0.0, False), (42.0, 0.0, True), (-42.0, 0.0, True), (80.0, 60.0, False),
     (None, 90.0, False), (20.0, -25.0, True)],
)  # fmt: skip
def test_more_than_a_frame_is_too_much(sound_ms: float | None, picture_ms: float, exceeds: bool) -> None:
    assert AvOffset(sound_ms, picture_ms).exceeds(1 / FPS) is exceeds
