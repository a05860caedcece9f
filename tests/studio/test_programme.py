"""Loudness, peak, clipping and cut-off of whole tracks, measured in blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.fidelity import STEP_HZ, find_cutoff, is_transcoded
from studio.measures.listening import Listening
from studio.measures.programme import Programme, Samples
from studio.measures.sound import measure_sound

RATE_HZ = 48_000


def measured(samples: Samples, cuts: list[int] | None = None) -> Programme:
    programme = Programme(RATE_HZ, samples.shape[1])
    for block in np.split(samples, cuts or []):
        programme.add(block)
    return programme


def music(seed: int, length_s: float = 3.0) -> Samples:
    noise = np.random.default_rng(seed).normal(0, 0.2, (round(length_s * RATE_HZ), 2))
    swell = np.abs(np.sin(np.arange(len(noise)) / RATE_HZ * 2))[:, None]
    return np.clip(1.5 * noise * swell, -1, 1).astype(np.float32)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 3 * RATE_HZ), max_size=6).map(sorted), st.integers(0, 3))
def test_blocks_measure_what_the_whole_measures(cuts: list[int], seed: int) -> None:
    samples = music(seed)
    whole, parts = measure_sound(samples, RATE_HZ), measured(samples, cuts)
    assert parts.loudness_lufs() == pytest.approx(whole.loudness_lufs, abs=0.1)
    assert parts.true_peak_dbtp() == pytest.approx(whole.peak_dbtp, abs=0.02)
    assert parts.clipped == whole.clipped


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 3 * RATE_HZ), max_size=6).map(sorted), st.integers(0, 3 * RATE_HZ))
def test_a_silence_is_found_whatever_the_blocks(cuts: list[int], quiet_from: int) -> None:
    samples = music(1)
    samples[quiet_from : quiet_from + RATE_HZ // 2] = 0
    whole, parts = measure_sound(samples, RATE_HZ, start_s=0.1), Listening(RATE_HZ, 2)
    for block in np.split(samples, cuts):
        parts.add(block)
    found = parts.sound(start_s=0.1)
    assert (found.start_s, found.end_s, found.clipped) == (whole.start_s, whole.end_s, whole.clipped)
    assert (found.silence_s, found.silence_at_s) == pytest.approx((whole.silence_s, whole.silence_at_s))
    assert found.peak_dbtp == pytest.approx(whole.peak_dbtp, abs=0.02)


def test_a_tone_of_minus_23_dbfs_in_both_channels_is_minus_23_lufs() -> None:
    time_s = np.arange(5 * RATE_HZ) / RATE_HZ
    tone = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32)
    assert measured(np.stack([tone, tone], axis=1)).loudness_lufs() == pytest.approx(-23.0, abs=0.1)


def test_silence_has_neither_loudness_nor_peak() -> None:
    programme = measured(np.zeros((RATE_HZ, 2), np.float32))
    assert (programme.loudness_lufs(), programme.true_peak_dbtp(), programme.clipped) == (None, None, 0)


@pytest.mark.parametrize("cutoff_hz", [11_000, 16_000, 19_000])
def test_a_low_pass_is_found_where_it_is(cutoff_hz: int) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 4 * RATE_HZ)
    spectrum = np.fft.rfft(noise)
    spectrum[np.fft.rfftfreq(len(noise), 1 / RATE_HZ) > cutoff_hz] = 0
    samples = np.fft.irfft(spectrum)[:, None].astype(np.float32)
    assert find_cutoff(measured(samples).levels_db(), STEP_HZ) == pytest.approx(cutoff_hz, abs=200)


def test_a_spectrum_that_fades_or_goes_on_has_no_cut_off() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 4 * RATE_HZ)
    spectrum = np.fft.rfft(noise)
    faded = np.fft.irfft(spectrum / np.maximum(np.fft.rfftfreq(len(noise), 1 / RATE_HZ), 50.0))
    for sound in (noise, 20 * faded):
        assert find_cutoff(measured(sound[:, None].astype(np.float32)).levels_db(), STEP_HZ) is None
    assert find_cutoff(measured(np.zeros((RATE_HZ, 1), np.float32)).levels_db(), STEP_HZ) is None


def test_only_of_lossless_files_can_be_said_that_something_was_lost_before() -> None:
    assert is_transcoded("flac", 16_000) is True
    assert is_transcoded("pcm_s16le", None) is False
    assert is_transcoded("flac", 21_500) is False
    assert is_transcoded("mp3", 16_000) is None
