"""The composition: what it promises of itself."""

import numpy as np
import pytest

from studio.composition import compose
from studio.errors import InvalidError


def test_beats_are_a_beat_apart_and_fill_the_bars() -> None:
    samples, beats_s = compose(bpm=120, bars=3, seed=1, rate_hz=22_050)
    np.testing.assert_allclose(beats_s, np.arange(12) * 0.5)
    assert samples.shape == (6 * 22_050, 2)
    assert samples.dtype == np.float32


def test_the_peak_is_one_decibel_below_full_scale() -> None:
    samples, _ = compose(bpm=97, bars=2, seed=5, rate_hz=22_050)
    assert 20 * np.log10(np.max(np.abs(samples))) == pytest.approx(-1.0, abs=0.01)


def test_the_seed_decides_the_music() -> None:
    one, again, other = (compose(bpm=128, bars=2, seed=seed, rate_hz=16_000)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other, atol=0.05)


def test_it_is_music_and_not_a_click() -> None:
    """Low, middle and high parts all sound, left differs from right, and little of it is silence."""
    samples, _ = compose(bpm=120, bars=6, seed=3, rate_hz=22_050)
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1))) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / 22_050)
    shares = [spectrum[(hz >= low) & (hz < high)].sum() / spectrum.sum() for low, high in BANDS_HZ]
    assert min(shares) > 0.002
    left, right = samples.T
    assert np.linalg.norm(left - right) > 0.03 * np.linalg.norm(left + right)
    loudness = np.sqrt(np.mean(samples[: len(samples) // 2_205 * 2_205].reshape(-1, 2_205 * 2) ** 2, axis=1))
    assert np.mean(loudness < 0.02) < 0.05


BANDS_HZ = ((30, 150), (150, 1_000), (1_000, 5_000), (5_000, 11_000))


def test_the_intro_is_quieter_than_the_chorus() -> None:
    samples, beats_s = compose(bpm=120, bars=6, seed=3, rate_hz=16_000)
    bar = round(beats_s[4] * 16_000)
    intro, chorus = samples[:bar], samples[5 * bar : 6 * bar]
    assert np.sqrt(np.mean(intro**2)) < 0.9 * np.sqrt(np.mean(chorus**2))


@pytest.mark.parametrize(
    ("bpm", "bars", "rate_hz"), [(30, 4, 48_000), (300, 4, 48_000), (120, 0, 48_000), (120, 4, 8_000)]
)
def test_what_cannot_be_composed_is_refused(bpm: float, bars: int, rate_hz: int) -> None:
    with pytest.raises(InvalidError):
        compose(bpm=bpm, bars=bars, seed=0, rate_hz=rate_hz)
