"""Sections: changes are found where they are, and none where there is none."""

from itertools import pairwise

import numpy as np
import pytest

from studio.sections import SHORTEST_S, Samples, Seconds, find_sections

RATE_HZ = 22_050
BPM = 120.0


def loop(bars: int, root_hz: float, brightness: float, seed: int) -> Samples:
    """Bars of a chord with a hiss on each beat."""
    length = round(bars * 4 * 60 / BPM * RATE_HZ)
    time_s = np.arange(length) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * root_hz * ratio * time_s) for ratio in (1, 1.26, 1.5))
    noise = np.random.default_rng(seed).normal(0, 1, length)
    hiss = noise * np.exp(-20 * (time_s % (60 / BPM)))
    return (0.1 * chord + 0.1 * brightness * hiss + 0.001 * noise).astype(np.float32)


def beats(samples: Samples) -> Seconds:
    return np.arange(0, len(samples) / RATE_HZ, 60 / BPM)


def test_changes_are_found_on_their_beats() -> None:
    parts = [loop(8, 220, 0.2, 1), loop(8, 330, 1.0, 2), loop(12, 196, 0.2, 3)]
    samples = np.concatenate(parts)
    found = find_sections(samples, RATE_HZ, beats(samples))
    assert [section.start_s for section in found] == pytest.approx([0.0, 16.0, 32.0], abs=0.51)
    assert found[-1].end_s == pytest.approx(56.0)
    assert all(before.end_s == after.start_s for before, after in pairwise(found))
    assert all(section.end_s - section.start_s >= SHORTEST_S for section in found)


def test_changes_are_found_without_beats() -> None:
    samples = np.concatenate([loop(8, 220, 0.0, 1), loop(8, 330, 0.0, 2)])
    found = find_sections(samples, RATE_HZ, np.zeros(0))
    assert [section.start_s for section in found] == pytest.approx([0.0, 16.0], abs=1.0)


def test_music_that_stays_as_it_is_has_no_sections() -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, 60 * RATE_HZ).astype(np.float32)
    for samples in (loop(30, 220, 0.5, 1), noise, np.zeros(60 * RATE_HZ, np.float32)):
        assert find_sections(samples, RATE_HZ, beats(samples)) == ()


def test_what_is_short_has_no_sections() -> None:
    samples = np.concatenate([loop(2, 220, 0.2, 1), loop(2, 330, 1.0, 2)])
    assert find_sections(samples, RATE_HZ, beats(samples)) == ()
    assert find_sections(np.zeros(0, np.float32), RATE_HZ, np.zeros(0)) == ()
