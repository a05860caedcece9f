"""Ducking and level: known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.measures.sound import measure_sound
from studio.mixing import CEILING_DBTP, DUCK_DB, duck_gains, gain_db, levelled, mix, speech_present

RATE_HZ = 48_000


def tone(length_s: float, amplitude: float, hz: float = 440.0) -> NDArray[np.float32]:
    wave = amplitude * np.sin(2 * np.pi * hz * np.arange(round(length_s * RATE_HZ)) / RATE_HZ)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def voice(*spans_s: tuple[float, float], length_s: float = 4.0) -> NDArray[np.float32]:
    """Words between the given times, silence around them."""
    sound, said = np.zeros((round(length_s * RATE_HZ), 2), np.float32), tone(length_s, 0.2, 200)
    for begin_s, end_s in spans_s:
        place = slice(round(begin_s * RATE_HZ), round(end_s * RATE_HZ))
        sound[place] = said[place]
    return sound


def db_at(gains: NDArray[np.float64], time_s: float) -> float:
    return float(20 * np.log10(gains[round(time_s * RATE_HZ)]))


def test_music_is_down_when_the_first_word_comes_and_returns_after_the_last() -> None:
    gains = duck_gains(voice((1.0, 2.0)), RATE_HZ)
    assert db_at(gains, 0.9) == pytest.approx(0.0)
    assert db_at(gains, 0.975) == pytest.approx(DUCK_DB / 2, abs=1.5)
    for time_s in (1.0, 1.5, 2.0, 2.25):
        assert db_at(gains, time_s) == pytest.approx(DUCK_DB)
    assert db_at(gains, 2.5) == pytest.approx(DUCK_DB / 2, abs=1.0)
    assert db_at(gains, 2.8) == pytest.approx(0.0)


def test_music_does_not_pump_between_words() -> None:
    gains = duck_gains(voice((1.0, 1.4), (1.65, 2.0)), RATE_HZ)
    assert db_at(gains, 1.55) == pytest.approx(DUCK_DB)


@pytest.mark.parametrize("own", [voice(), voice((0, 4)) * 0.01])
def test_silence_and_hiss_duck_nothing(own: NDArray[np.float32]) -> None:
    assert not speech_present(own, RATE_HZ).any()
    music = tone(4.0, 0.3)
    np.testing.assert_allclose(mix(music, own, RATE_HZ), music + own, atol=1e-7)


def test_under_speech_the_music_is_a_quarter() -> None:
    own = voice((1.0, 3.0))
    mixed = mix(tone(4.0, 0.4), own, RATE_HZ) - own
    around = slice(round(1.5 * RATE_HZ), round(2.5 * RATE_HZ))
    assert np.abs(mixed[around]).max() == pytest.approx(0.4 * 10 ** (DUCK_DB / 20), rel=0.01)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_gains_stay_in_range_and_have_no_steps(said: list[bool]) -> None:
    own = np.repeat(np.array(said, np.float32), RATE_HZ // 20)[:, None] * 0.2
    gains = duck_gains(own, RATE_HZ)
    assert len(gains) == len(own)
    assert gains.max() <= 1.0
    assert gains.min() >= 10 ** (DUCK_DB / 20) - 1e-9
    assert np.abs(np.diff(20 * np.log10(gains))).max() < 0.01


@pytest.mark.parametrize("amplitude", [0.03, 0.05, 0.5, 1.0])
def test_sound_is_brought_to_its_loudness(amplitude: float) -> None:
    rng = np.random.default_rng(1)
    noise = (amplitude * np.clip(rng.normal(0, 0.2, (3 * RATE_HZ, 2)), -1, 1)).astype(np.float32)
    seen = measure_sound(levelled(noise, RATE_HZ), RATE_HZ)
    assert seen.loudness_lufs == pytest.approx(-23.0, abs=0.1)
    assert seen.peak_dbtp is not None
    assert seen.peak_dbtp <= CEILING_DBTP + 0.01


def test_a_peak_is_never_pushed_over_the_ceiling() -> None:
    sound = tone(3.0, 0.002)
    sound[RATE_HZ : RATE_HZ + 20] = 0.5
    seen = measure_sound(levelled(sound, RATE_HZ), RATE_HZ)
    assert seen.peak_dbtp == pytest.approx(CEILING_DBTP, abs=0.05)
    assert seen.loudness_lufs is not None
    assert seen.loudness_lufs < -23


def test_silence_and_moments_are_left_alone() -> None:
    assert gain_db(np.zeros((RATE_HZ, 2), np.float32), RATE_HZ) == 0.0
    assert gain_db(tone(0.1, 0.5), RATE_HZ) == 0.0
    assert gain_db(tone(0.1, 1.0), RATE_HZ) == pytest.approx(CEILING_DBTP, abs=0.1)
    assert len(duck_gains(np.zeros((0, 2), np.float32), RATE_HZ)) == 0
